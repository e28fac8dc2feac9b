//! Softmax and sums over the middle of [outer, n, inner].

use super::simd::{Four, LANES};

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

/// Folds the numbers of each line into `to`, which holds one for each column.
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

/// Changes each line by `by`, which holds one number for each column.
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
