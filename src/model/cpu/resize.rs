//! Pictures of another size by linear interpolation: each output lies between two rows and two columns.

use tract_core::ops::nn::resize::AxisPlan;

/// The two inputs that each output of a resized axis lies between, and their weights.
#[derive(Clone, Debug, PartialEq)]
pub struct Taps(Vec<([usize; 2], [f32; 2])>);

impl Taps {
    /// `None` if an output lies between more inputs.
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
    /// Planes x [N, rows, columns] to planes y, one behind the other.
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
