//! The lecture's mechanisms, one a file: value AND gradient on plain `f32` slices, small enough to read in class. Each file's first
//! line names its slides and its paper. `shaders/` holds what also runs on the GPU; the exhibits call these, and keep no formula to
//! themselves.

pub mod additive;
pub mod affine;
pub mod draw_window;
pub mod glimpse;
pub mod graves_window;
pub mod hard;
pub mod matrix;
pub mod refine;
pub mod reinforce;
pub mod scale;
pub mod semantic;
pub mod soft;
pub mod spline;

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

    /// Numbers between −1 and 1 that no symmetry makes equal.
    pub fn waves(count: usize, phase: f32) -> Vec<f32> {
        (0..count).map(|i| (1.3 * i as f32 + phase).sin()).collect()
    }
}
