//! Slides 6–7, 10–13, 17–19. Deterministic "soft" attention: Xu et al., "Show, Attend and Tell", ICML 2015, section 4.2; the same
//! softmax and weighted sum as Bahdanau et al., ICLR 2015, eq. 5–6. Weights α [L], a place each; annotation vectors a_i [D].

use super::matrix::{dot, sigmoid};

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

/// softmax(scores / T): below T = 1 the weights gather on the greatest scores, above it they even out. T has the scores' unit.
pub fn tempered(scores: &[f32], temperature: f32) -> Vec<f32> {
    softmax(&scores.iter().map(|score| score / temperature).collect::<Vec<f32>>())
}

/// The gradient by the scores at temperature T, from that by the weights: [`softmax_backward`] over T.
pub fn tempered_backward(weights: &[f32], d_weights: &[f32], temperature: f32) -> Vec<f32> {
    softmax_backward(weights, d_weights).iter().map(|d| d / temperature).collect()
}

/// Weighs the annotation vectors `values` (row-major, `dim` numbers a place) by their `scores`.
///
/// # Panics
/// If `values` does not hold `dim` numbers for each score.
pub fn attend(scores: &[f32], values: &[f32], dim: usize) -> Attended {
    assert_eq!(values.len(), scores.len() * dim, "one annotation vector a score");
    let weights = softmax(scores);
    let context = context(&weights, values, dim);
    Attended { weights, context }
}

/// ẑ = Σ αᵢ aᵢ (eq. 13) [D], of weights [L] and annotation vectors `values` [L, D].
pub fn context(weights: &[f32], values: &[f32], dim: usize) -> Vec<f32> {
    let mut context = vec![0.0; dim];
    for (weight, value) in weights.iter().zip(values.chunks_exact(dim)) {
        for (sum, v) in context.iter_mut().zip(value) {
            *sum += weight * v;
        }
    }
    context
}

/// The gradients by the weights [L], as if they were free, and by the values [L, D], from that by the context vector [D].
pub fn context_backward(weights: &[f32], values: &[f32], d_context: &[f32]) -> (Vec<f32>, Vec<f32>) {
    let d_weights = values.chunks_exact(d_context.len()).map(|value| dot(value, d_context)).collect();
    let d_values = weights.iter().flat_map(|w| d_context.iter().map(move |d| w * d)).collect();
    (d_weights, d_values)
}

/// The gradients of a loss by scores and values, from its gradient by the context vector.
pub fn attend_backward(weights: &[f32], values: &[f32], d_context: &[f32]) -> (Vec<f32>, Vec<f32>) {
    let (d_weights, d_values) = context_backward(weights, values, d_context);
    (softmax_backward(weights, &d_weights), d_values)
}

/// β = σ(w · h + b), 0 to 1: how much of the context vector enters this word (section 4.2.1); the decoder is given β ẑ.
/// State h and w [S].
pub fn gate(h: &[f32], w: &[f32], bias: f32) -> f32 {
    sigmoid(dot(w, h) + bias)
}

/// The gradients by h, w and the bias, from β and the gradient by it: dβ · β (1 − β) times w, h and 1.
pub fn gate_backward(h: &[f32], w: &[f32], beta: f32, d_beta: f32) -> (Vec<f32>, Vec<f32>, f32) {
    let d = d_beta * beta * (1.0 - beta);
    (w.iter().map(|w| d * w).collect(), h.iter().map(|h| d * h).collect(), d)
}

/// The doubly stochastic penalty λ Σᵢ (1 − Σₜ αₜᵢ)² (eq. 14): over a sentence every place should be looked at once in all.
/// `weights` [T, L], a row a word.
pub fn doubly_stochastic(weights: &[f32], places: usize, lambda: f32) -> f32 {
    lambda * unseen(weights, places).iter().map(|left| left * left).sum::<f32>()
}

/// Its gradient by the weights [T, L]: −2 λ (1 − Σₜ αₜᵢ), the same at every word.
pub fn doubly_stochastic_backward(weights: &[f32], places: usize, lambda: f32) -> Vec<f32> {
    let row: Vec<f32> = unseen(weights, places).iter().map(|left| -2.0 * lambda * left).collect();
    row.repeat(weights.len() / places)
}

/// 1 − Σₜ αₜᵢ of each place.
fn unseen(weights: &[f32], places: usize) -> Vec<f32> {
    (0..places).map(|i| 1.0 - weights.iter().skip(i).step_by(places).sum::<f32>()).collect()
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
    fn the_temperature_sharpens_or_evens_out() {
        assert_close(&tempered(&SCORES, 1.0), &softmax(&SCORES), 1e-6);
        assert_close(&tempered(&SCORES, 1e-3), &[0.0, 0.0, 1.0, 0.0], 1e-6);
        assert_close(&tempered(&SCORES, 1e4), &[0.25; 4], 1e-3);
        let d_weights = [0.7, -0.2, 0.4, 1.0];
        let found = tempered_backward(&tempered(&SCORES, 0.7), &d_weights, 0.7);
        assert_close(&found, &differences(&SCORES, |s| dot(&tempered(s, 0.7), &d_weights)), 1e-3);
    }

    #[test]
    fn the_gate_opens_and_closes() {
        let (h, w, bias) = ([0.4, -0.9, 1.3], [1.1, 0.6, -0.5], 0.2);
        assert_eq!(gate(&h, &[0.0; 3], 0.0), 0.5);
        let (d_h, d_w, d_bias) = gate_backward(&h, &w, gate(&h, &w, bias), 1.5);
        assert_close(&d_h, &differences(&h, |h| 1.5 * gate(h, &w, bias)), 1e-3);
        assert_close(&d_w, &differences(&w, |w| 1.5 * gate(&h, w, bias)), 1e-3);
        assert_close(&[d_bias], &differences(&[bias], |b| 1.5 * gate(&h, &w, b[0])), 1e-3);
    }

    #[test]
    fn a_sentence_that_looks_everywhere_once_is_not_penalised() {
        assert_close(&[doubly_stochastic(&[0.5, 0.5, 0.5, 0.5], 2, 3.0)], &[0.0], 1e-6);
        assert_close(&[doubly_stochastic(&[1.0, 0.0, 1.0, 0.0], 2, 0.5)], &[1.0], 1e-6);
        let weights = [0.7, 0.2, 0.1, 0.3, 0.3, 0.4];
        let numeric = differences(&weights, |w| doubly_stochastic(w, 3, 0.8));
        assert_close(&doubly_stochastic_backward(&weights, 3, 0.8), &numeric, 1e-3);
    }

    #[test]
    fn entropy_of_known_weights() {
        let cases: [(&[f32], f32); 3] = [(&[1.0, 0.0], 0.0), (&[0.5, 0.5], 1.0), (&[0.25; 4], 2.0)];
        for (weights, bits) in cases {
            assert!((entropy_bits(weights) - bits).abs() < 1e-6);
        }
    }
}
