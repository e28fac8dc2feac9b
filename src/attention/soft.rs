//! Deterministic "soft" attention: Xu et al., "Show, Attend and Tell", ICML 2015, section 4.2.

/// What soft attention hands on.
#[derive(Clone, Debug, PartialEq)]
pub struct Attended {
    /// α, one weight a place, none negative, all of them one together (eq. 5).
    pub weights: Vec<f32>,
    /// The context vector ẑ = Σ αᵢ aᵢ (eq. 13), as long as one annotation vector.
    pub context: Vec<f32>,
}

/// α = softmax(scores), eq. 5. The greatest score is taken off first, so that no score overflows.
/// No scores give no weights.
pub fn softmax(scores: &[f32]) -> Vec<f32> {
    let greatest = scores.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let raised: Vec<f32> = scores.iter().map(|s| (s - greatest).exp()).collect();
    let sum: f32 = raised.iter().sum();
    raised.iter().map(|r| r / sum).collect()
}

/// The gradient of a loss by the scores, from its gradient by the weights: αᵢ (dαᵢ − Σⱼ αⱼ dαⱼ).
pub fn softmax_backward(weights: &[f32], d_weights: &[f32]) -> Vec<f32> {
    let mean: f32 = weights.iter().zip(d_weights).map(|(w, d)| w * d).sum();
    weights.iter().zip(d_weights).map(|(w, d)| w * (d - mean)).collect()
}

/// Weighs the annotation vectors `values` (row-major, `dim` numbers a place) by their `scores`.
///
/// # Panics
/// If `values` does not hold `dim` numbers for each score.
pub fn attend(scores: &[f32], values: &[f32], dim: usize) -> Attended {
    assert_eq!(values.len(), scores.len() * dim, "one annotation vector a score");
    let weights = softmax(scores);
    let mut context = vec![0.0; dim];
    for (weight, value) in weights.iter().zip(values.chunks_exact(dim)) {
        for (sum, v) in context.iter_mut().zip(value) {
            *sum += weight * v;
        }
    }
    Attended { weights, context }
}

/// The gradients of a loss by scores and values, from its gradient by the context vector.
pub fn attend_backward(weights: &[f32], values: &[f32], d_context: &[f32]) -> (Vec<f32>, Vec<f32>) {
    let dot = |value: &[f32]| value.iter().zip(d_context).map(|(v, d)| v * d).sum();
    let d_weights: Vec<f32> = values.chunks_exact(d_context.len()).map(dot).collect();
    let d_values = weights.iter().flat_map(|w| d_context.iter().map(move |d| w * d)).collect();
    (softmax_backward(weights, &d_weights), d_values)
}

/// How widely the gaze is spread: −Σ αᵢ log₂ αᵢ, in bits; log₂ L when all L places weigh the same.
pub fn entropy_bits(weights: &[f32]) -> f32 {
    -weights.iter().filter(|w| **w > 0.0).map(|w| w * w.log2()).sum::<f32>()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::attention::differences::{assert_close, differences};

    const SCORES: [f32; 4] = [0.3, -1.2, 0.9, 0.1];
    const VALUES: [f32; 8] = [0.5, -1.0, 0.2, 0.7, -0.4, 1.1, 0.9, -0.3];
    const D_CONTEXT: [f32; 2] = [0.8, -0.6];

    fn loss(scores: &[f32], values: &[f32]) -> f32 {
        attend(scores, values, 2).context.iter().zip(D_CONTEXT).map(|(c, d)| c * d).sum()
    }

    #[test]
    fn weights_of_known_scores() {
        let cases: [(&[f32], &[f32]); 5] = [
            (&[], &[]),
            (&[5.0], &[1.0]),
            (&[0.0, 0.0], &[0.5, 0.5]),
            (&[0.0, 2.0_f32.ln()], &[1.0 / 3.0, 2.0 / 3.0]),
            (&[1e4, -1e4], &[1.0, 0.0]),
        ];
        for (scores, weights) in cases {
            assert_close(&softmax(scores), weights, 1e-6);
        }
    }

    #[test]
    fn a_shift_of_all_scores_changes_nothing() {
        let shifted = SCORES.map(|s| s + 100.0);
        assert_close(&softmax(&shifted), &softmax(&SCORES), 1e-5);
    }

    #[test]
    fn gradients_agree_with_differences() {
        let Attended { weights, .. } = attend(&SCORES, &VALUES, 2);
        let (d_scores, d_values) = attend_backward(&weights, &VALUES, &D_CONTEXT);
        assert_close(&d_scores, &differences(&SCORES, |s| loss(s, &VALUES)), 1e-4);
        assert_close(&d_values, &differences(&VALUES, |v| loss(&SCORES, v)), 1e-4);
    }

    #[test]
    fn entropy_of_known_weights() {
        let cases: [(&[f32], f32); 3] = [(&[1.0, 0.0], 0.0), (&[0.5, 0.5], 1.0), (&[0.25; 4], 2.0)];
        for (weights, bits) in cases {
            assert!((entropy_bits(weights) - bits).abs() < 1e-6);
        }
    }
}
