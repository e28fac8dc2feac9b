//! Straight loops over f32 tensors that lie row by row in memory: short and regular, so that the compiler makes vectors of them.

use tract_core::ops::nn::resize::AxisPlan;

use super::four::{Four, LANES};

/// The two inputs that each output of a resized axis lies between, and their weights.
#[derive(Clone, Debug, PartialEq)]
pub struct Taps(Vec<([usize; 2], [f32; 2])>);

impl Taps {
    /// Nothing if an output lies between more inputs.
    pub fn of(plan: &AxisPlan) -> Option<Self> {
        let (places, _) = plan.indices.as_chunks::<2>();
        let (weights, _) = plan.weights.as_chunks::<2>();
        let pairs = plan.window == 2 && !plan.extrapolated.contains(&true);
        pairs.then(|| Self(places.iter().copied().zip(weights.iter().copied()).collect()))
    }
}

/// Planes of `from` rows and columns become planes of as many as there are taps.
#[derive(Clone, Debug, PartialEq)]
pub struct Resizing {
    pub from: [usize; 2],
    pub rows: Taps,
    pub columns: Taps,
}

impl Resizing {
    pub fn run(&self, x: &[f32], y: &mut [f32]) {
        let [height, width] = self.from;
        let mut blend = vec![0.0; width];
        let (rows, columns) = (&self.rows.0, &self.columns.0);
        for (x, y) in x.chunks_exact(height * width).zip(y.chunks_exact_mut(rows.len() * columns.len())) {
            for (([above, below], [one, other]), y) in rows.iter().zip(y.chunks_exact_mut(columns.len())) {
                let (above, below) = (&x[above * width..][..width], &x[below * width..][..width]);
                for ((to, above), below) in blend.iter_mut().zip(above).zip(below) {
                    *to = one * above + other * below;
                }
                for (([left, right], [one, other]), y) in columns.iter().zip(y) {
                    *y = one * blend[*left] + other * blend[*right];
                }
            }
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Pooling {
    Greatest,
    Mean,
}

/// Planes of `from` rows and columns become planes of `to`, each of their numbers from a field of `size`, every `stride`.
#[derive(Clone, Debug, PartialEq)]
pub struct Pool {
    pub from: [usize; 2],
    pub to: [usize; 2],
    pub size: [usize; 2],
    pub stride: [usize; 2],
    pub pooling: Pooling,
}

impl Pool {
    pub fn run(&self, x: &[f32], y: &mut [f32]) {
        let count = (self.size[0] * self.size[1]) as f32;
        match self.pooling {
            Pooling::Greatest => self.each(x, y, f32::NEG_INFINITY, |a, b| if b > a { b } else { a }),
            Pooling::Mean => {
                self.each(x, y, 0.0, |a, b| a + b);
                y.iter_mut().for_each(|y| *y /= count);
            }
        }
    }

    #[inline(always)]
    fn each(&self, x: &[f32], y: &mut [f32], start: f32, join: impl Fn(f32, f32) -> f32) {
        let ([height, width], [rows, columns], [down, right]) = (self.from, self.to, self.stride);
        for (x, y) in x.chunks_exact(height * width).zip(y.chunks_exact_mut(rows * columns)) {
            for (row, y) in y.chunks_exact_mut(columns).enumerate() {
                y.fill(start);
                for inside in 0..self.size[0] {
                    let x = &x[(row * down + inside) * width..][..width];
                    if (self.size[1], right) == (2, 2) {
                        let pairs = x.as_chunks::<2>().0;
                        y.iter_mut().zip(pairs).for_each(|(y, [a, b])| *y = join(*y, join(*a, *b)));
                        continue;
                    }
                    for beside in 0..self.size[1] {
                        for (y, x) in y.iter_mut().zip(x[beside..].iter().step_by(right)) {
                            *y = join(*y, *x);
                        }
                    }
                }
            }
        }
    }
}

/// Softmax over the middle of [outer, n, inner], or its logarithm.
pub fn softmax(x: &[f32], n: usize, inner: usize, log: bool, y: &mut [f32]) {
    let (mut greatest, mut sum) = (vec![0.0_f32; inner], vec![0.0_f32; inner]);
    let mut powers = vec![0.0; n * inner];
    for (x, y) in x.chunks_exact(n * inner).zip(y.chunks_exact_mut(n * inner)) {
        greatest.fill(f32::NEG_INFINITY);
        each_line(x, &mut greatest, |to, x| {
            if x > *to {
                *to = x
            }
        });
        y.copy_from_slice(x);
        every_line(y, &greatest, |y, greatest| *y -= greatest);
        to_powers(y, &mut powers);
        sum.fill(0.0);
        each_line(&powers, &mut sum, |to, power| *to += power);
        if log {
            sum.iter_mut().for_each(|sum| *sum = sum.ln());
            every_line(y, &sum, |y, sum| *y -= sum);
        } else {
            y.copy_from_slice(&powers);
            every_line(y, &sum, |y, sum| *y /= sum);
        }
    }
}

/// e to the power of each number.
#[inline(never)]
fn to_powers(x: &[f32], to: &mut [f32]) {
    let ((x, x_rest), (to, rest)) = (x.as_chunks::<LANES>(), to.as_chunks_mut::<LANES>());
    to.iter_mut().zip(x).for_each(|(to, x)| Four::load(x).exp().store(to));
    rest.iter_mut().zip(x_rest).for_each(|(to, x)| *to = Four::splat(*x).exp().array()[0]);
}

/// Takes the numbers of each line into those that are there for all lines.
fn each_line(lines: &[f32], to: &mut [f32], take: impl Fn(&mut f32, f32)) {
    if let [to] = to {
        let (fours, rest) = lines.as_chunks::<LANES>();
        let mut lanes = [*to; LANES];
        fours.iter().for_each(|four| (0..LANES).for_each(|i| take(&mut lanes[i], four[i])));
        return lanes.iter().chain(rest).for_each(|x| take(to, *x));
    }
    for line in lines.chunks_exact(to.len()) {
        to.iter_mut().zip(line).for_each(|(to, x)| take(to, *x));
    }
}

/// Changes each line by numbers that are the same for all.
fn every_line(lines: &mut [f32], by: &[f32], change: impl Fn(&mut f32, f32)) {
    if let [by] = by {
        return lines.iter_mut().for_each(|x| change(x, *by));
    }
    for line in lines.chunks_exact_mut(by.len()) {
        line.iter_mut().zip(by).for_each(|(x, by)| change(x, *by));
    }
}

/// Sum over the middle of [outer, n, inner].
pub fn summed(x: &[f32], n: usize, inner: usize, y: &mut [f32]) {
    y.fill(0.0);
    for (x, y) in x.chunks_exact(n * inner).zip(y.chunks_exact_mut(inner)) {
        each_line(x, y, |to, x| *to += x);
    }
}
