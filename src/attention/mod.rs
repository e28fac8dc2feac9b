//! The mechanisms of the lecture, one a file: value and gradient on plain `f32` slices, small enough to read in class.

pub mod affine;
pub mod gaussian;
pub mod hard;
pub mod soft;
pub mod spline;
pub mod window;

/// What the gradients of this room are tested against.
#[cfg(test)]
pub(crate) mod differences {
    /// Central differences of `f` at `at`.
    pub fn differences(at: &[f32], f: impl Fn(&[f32]) -> f32) -> Vec<f32> {
        let step = 1e-2;
        let moved = |i: usize, by: f32| {
            let mut x = at.to_vec();
            x[i] += by;
            f(&x)
        };
        (0..at.len()).map(|i| (moved(i, step) - moved(i, -step)) / (2.0 * step)).collect()
    }

    pub fn assert_close(actual: &[f32], expected: &[f32], tolerance: f32) {
        assert_eq!(actual.len(), expected.len());
        for (i, (a, e)) in actual.iter().zip(expected).enumerate() {
            assert!((a - e).abs() <= tolerance, "[{i}]: {a}, not {e}");
        }
    }
}
