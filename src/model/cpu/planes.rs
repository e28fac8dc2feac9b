//! Straight loops over f32 tensors that lie row by row in memory: short and regular, so that the compiler makes vectors of them.

use tract_core::ops::nn::resize::AxisPlan;

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

/// Softmax over the middle of [outer, n, inner].
pub fn softmax(x: &[f32], n: usize, inner: usize, y: &mut [f32]) {
    let (mut greatest, mut sum) = (vec![0.0_f32; inner], vec![0.0_f32; inner]);
    for (x, y) in x.chunks_exact(n * inner).zip(y.chunks_exact_mut(n * inner)) {
        greatest.fill(f32::NEG_INFINITY);
        sum.fill(0.0);
        for x in x.chunks_exact(inner) {
            greatest.iter_mut().zip(x).for_each(|(to, x)| *to = to.max(*x));
        }
        for (x, y) in x.chunks_exact(inner).zip(y.chunks_exact_mut(inner)) {
            for (((x, y), greatest), sum) in x.iter().zip(y).zip(&greatest).zip(&mut sum) {
                *y = (x - greatest).exp();
                *sum += *y;
            }
        }
        for y in y.chunks_exact_mut(inner) {
            y.iter_mut().zip(&sum).for_each(|(y, sum)| *y /= sum);
        }
    }
}

/// Sum over the middle of [outer, n, inner].
pub fn summed(x: &[f32], n: usize, inner: usize, y: &mut [f32]) {
    for (x, y) in x.chunks_exact(n * inner).zip(y.chunks_exact_mut(inner)) {
        if let [y] = y {
            let (fours, rest) = x.as_chunks::<4>();
            let mut sums = [0.0_f32; 4];
            fours.iter().for_each(|four| (0..4).for_each(|i| sums[i] += four[i]));
            *y = sums.iter().chain(rest).sum();
            continue;
        }
        y.fill(0.0);
        for x in x.chunks_exact(inner) {
            y.iter_mut().zip(x).for_each(|(y, x)| *y += x);
        }
    }
}
