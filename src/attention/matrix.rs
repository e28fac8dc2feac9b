//! Slides 6–31, what every mechanism is made of: products of small matrices, row-major, on plain slices. No paper.

/// a [m, inner] · b [inner, n] → [m, n].
pub fn product(a: &[f32], b: &[f32], inner: usize) -> Vec<f32> {
    let cols = b.len() / inner;
    let mut out = Vec::with_capacity(a.len() / inner * cols);
    for row in a.chunks_exact(inner) {
        let mut sums = vec![0.0; cols];
        for (value, line) in row.iter().zip(b.chunks_exact(cols)) {
            for (sum, other) in sums.iter_mut().zip(line) {
                *sum += value * other;
            }
        }
        out.extend(sums);
    }
    out
}

/// a [m, cols] → aᵀ [cols, m].
pub fn transposed(a: &[f32], cols: usize) -> Vec<f32> {
    (0..cols).flat_map(|col| a.iter().copied().skip(col).step_by(cols)).collect()
}

/// Every number times `by`.
pub fn scaled(mut values: Vec<f32>, by: f32) -> Vec<f32> {
    for value in &mut values {
        *value *= by;
    }
    values
}

/// Σ aᵢ bᵢ.
pub fn dot(a: &[f32], b: &[f32]) -> f32 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// Number by number, a + b.
pub fn sum(a: &[f32], b: &[f32]) -> Vec<f32> {
    a.iter().zip(b).map(|(a, b)| a + b).collect()
}

/// σ(x) = 1 / (1 + e^−x), the logistic function.
pub fn sigmoid(x: f32) -> f32 {
    1.0 / (1.0 + (-x).exp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_products() {
        let (a, b) = ([1.0, 2.0, 3.0, 4.0, 5.0, 6.0], [1.0, 0.0, 0.0, 1.0, 1.0, 1.0]);
        assert_eq!(product(&a, &b, 3), [4.0, 5.0, 10.0, 11.0]);
        assert_eq!(transposed(&a, 3), [1.0, 4.0, 2.0, 5.0, 3.0, 6.0]);
        assert_eq!((dot(&a, &a), sigmoid(0.0)), (91.0, 0.5));
        assert_eq!(sum(&scaled(vec![1.0, 2.0], 2.0), &[1.0, 1.0]), [3.0, 5.0]);
    }
}
