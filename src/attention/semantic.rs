//! Slide 30. Semantic attention: You, Jin, Wang, Fang and Luo, "Image Captioning with Semantic Attention", CVPR 2016, sections on
//! the input and the output attention model.
//!
//! The attributes i of K that were detected in a picture are words with word vectors E yⁱ. They are attended to twice a step:
//!
//! ```text
//! input    αᵢ ∝ exp(y_{t−1}ᵀ Eᵀ U E yⁱ)    x_t = E y_{t−1} + w_x ⊙ Σ αᵢ E yⁱ
//! output   βᵢ ∝ exp(h_tᵀ V tanh(E yⁱ))     h_t + w_o ⊙ Σ βᵢ V tanh(E yⁱ) goes on to the softmax over words
//! ```
//!
//! Both are one mechanism: a query (the word before, or the state, through U or V) meets a key an attribute ([`attend`]), and what
//! was attended is added to a vector ([`mixed`]). The shipped captioner divides the scores by √width and raises each by the
//! logarithm of how present its attribute is, so that a visitor can take one away.

use super::matrix::dot;
use super::soft::{Attended, attend as weighed, context_backward, softmax_backward};

/// The score of an attribute that is not there.
const ABSENT: f32 = -30.0;
/// No attribute that is there counts as less present.
const LEAST: f32 = 1e-6;

/// The gradient of a loss by what [`attend`] takes.
#[derive(Clone, Debug, PartialEq)]
pub struct SemanticGradient {
    /// [E].
    pub query: Vec<f32>,
    /// [K, E].
    pub keys: Vec<f32>,
    /// [K]; 0 for an attribute that is not there.
    pub presence: Vec<f32>,
}

/// Shares of the attributes [K] and what they tell together [E]: αᵢ ∝ presenceᵢ · exp(scale · queryᵀ keyᵢ), and Σ αᵢ keyᵢ over those
/// that are there. The paper has `scale` 1 and every `presence` 1; the shipped model has 1/√E, and probabilities.
pub fn attend(query: &[f32], keys: &[f32], presence: &[f32], scale: f32) -> Attended {
    let score = |(key, presence): (&[f32], &f32)| match *presence {
        there if there > 0.0 => scale * dot(query, key) + there.max(LEAST).ln(),
        _ => ABSENT,
    };
    let scores: Vec<f32> = keys.chunks_exact(query.len()).zip(presence).map(score).collect();
    weighed(&scores, &present(keys, presence), query.len())
}

/// The gradients from those by the shares [K] and by what they tell [E].
pub fn attend_backward(
    query: &[f32],
    keys: &[f32],
    presence: &[f32],
    scale: f32,
    (d_shares, d_told): (&[f32], &[f32]),
) -> SemanticGradient {
    let shares = attend(query, keys, presence, scale).weights;
    let (mut d_weights, d_values) = context_backward(&shares, &present(keys, presence), d_told);
    d_weights.iter_mut().zip(d_shares).for_each(|(slot, d)| *slot += d);
    let d_scores = softmax_backward(&shares, &d_weights);
    let mut gradient = SemanticGradient {
        query: vec![0.0; query.len()],
        keys: present(&d_values, presence),
        presence: vec![0.0; presence.len()],
    };
    for (i, (key, d)) in keys.chunks_exact(query.len()).zip(d_scores).enumerate() {
        if presence[i] <= 0.0 {
            continue;
        }
        for (at, (q, k)) in query.iter().zip(key).enumerate() {
            gradient.query[at] += d * scale * k;
            gradient.keys[i * query.len() + at] += d * scale * q;
        }
        gradient.presence[i] = if presence[i] > LEAST { d / presence[i] } else { 0.0 };
    }
    gradient
}

/// `base` + gain ⊙ told [E]: x_t of the input attention, where `base` is the word vector before, and of the output attention, where
/// it is the state.
pub fn mixed(base: &[f32], gain: &[f32], told: &[f32]) -> Vec<f32> {
    base.iter().zip(gain).zip(told).map(|((b, g), t)| b + g * t).collect()
}

/// The gradients by base, gain and told, from that by the mixture [E].
pub fn mixed_backward(gain: &[f32], told: &[f32], d: &[f32]) -> [Vec<f32>; 3] {
    let times = |by: &[f32]| d.iter().zip(by).map(|(d, by)| d * by).collect();
    [d.to_vec(), times(told), times(gain)]
}

/// The keys [K, E] of the attributes that are there, zeros for the others.
fn present(keys: &[f32], presence: &[f32]) -> Vec<f32> {
    let width = keys.len() / presence.len().max(1);
    let rows = keys.chunks_exact(width.max(1)).zip(presence);
    rows.flat_map(|(key, there)| key.iter().map(move |k| if *there > 0.0 { *k } else { 0.0 })).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::attention::differences::{assert_close, differences, waves};
    use crate::attention::soft::softmax;

    const WIDTH: usize = 3;
    const PRESENCE: [f32; 4] = [0.9, 0.4, 0.0, 1.0];

    #[test]
    fn with_all_present_it_is_the_papers_softmax() {
        let (query, keys) = (waves(WIDTH, 0.3), waves(2 * WIDTH, 1.2));
        let scores = [dot(&query, &keys[..WIDTH]), dot(&query, &keys[WIDTH..])];
        assert_close(&attend(&query, &keys, &[1.0, 1.0], 1.0).weights, &softmax(&scores), 1e-6);
    }

    #[test]
    fn what_was_taken_away_tells_nothing() {
        let keys = waves(2 * WIDTH, 0.0);
        let found = attend(&waves(WIDTH, 0.5), &keys, &[0.0, 0.7], 1.0);
        assert_close(&found.weights, &[0.0, 1.0], 1e-6);
        assert_close(&found.context, &keys[WIDTH..], 1e-5);
        let nothing = attend(&waves(WIDTH, 0.5), &keys, &[0.0, 0.0], 1.0);
        assert_close(&nothing.weights, &[0.5, 0.5], 1e-6);
        assert_eq!(nothing.context, [0.0; WIDTH]);
    }

    #[test]
    fn gradients_agree_with_differences() {
        let (query, keys) = (waves(WIDTH, 0.3), waves(4 * WIDTH, 1.2));
        let (d_shares, d_told) = (waves(4, 2.0), waves(WIDTH, 0.9));
        let scale = 1.0 / (WIDTH as f32).sqrt();
        let loss = |query: &[f32], keys: &[f32], presence: &[f32]| {
            let found = attend(query, keys, presence, scale);
            dot(&found.weights, &d_shares) + dot(&found.context, &d_told)
        };
        let d = attend_backward(&query, &keys, &PRESENCE, scale, (&d_shares, &d_told));
        assert_close(&d.query, &differences(&query, |q| loss(q, &keys, &PRESENCE)), 1e-3);
        assert_close(&d.keys, &differences(&keys, |k| loss(&query, k, &PRESENCE)), 1e-3);
        let there = [PRESENCE[0], PRESENCE[1], PRESENCE[3]];
        let by_presence = differences(&there, |p| loss(&query, &keys, &[p[0], p[1], 0.0, p[2]]));
        assert_close(&[d.presence[0], d.presence[1], d.presence[3]], &by_presence, 1e-3);
        assert_eq!(d.presence[2], 0.0);
    }

    #[test]
    fn gradients_of_the_mixture_agree_with_differences() {
        let (base, gain, told, d) = (waves(3, 0.1), waves(3, 0.7), waves(3, 1.3), waves(3, 2.1));
        let loss = |b: &[f32], g: &[f32], t: &[f32]| dot(&mixed(b, g, t), &d);
        let [d_base, d_gain, d_told] = mixed_backward(&gain, &told, &d);
        assert_close(&d_base, &differences(&base, |b| loss(b, &gain, &told)), 1e-3);
        assert_close(&d_gain, &differences(&gain, |g| loss(&base, g, &told)), 1e-3);
        assert_close(&d_told, &differences(&told, |t| loss(&base, &gain, t)), 1e-3);
    }
}
