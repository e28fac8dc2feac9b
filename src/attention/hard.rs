//! Stochastic "hard" attention: Xu et al., "Show, Attend and Tell", ICML 2015, section 4.1.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use rand_distr::{Distribution, Gumbel};

/// Gumbel noise, one number a place, for step `step` of the run of this seed. The place with the greatest log α + noise
/// is a sample of α (Gumbel, 1954), so that a graph that is given noise can draw the place itself.
pub fn gumbel_noise(seed: u32, step: usize, places: usize) -> Vec<f32> {
    let mut chance = ChaCha8Rng::seed_from_u64(u64::from(seed));
    chance.set_stream(step as u64);
    let gumbel = Gumbel::new(0.0, 1.0).ok();
    (0..places).map(|_| gumbel.map_or(0.0, |gumbel: Gumbel<f32>| gumbel.sample(&mut chance))).collect()
}

/// The place with the greatest log αᵢ + noise (eq. 8: s̃ ~ Multinoulli(α)); without noise, the likeliest. None of none.
pub fn place(weights: &[f32], noise: &[f32]) -> Option<usize> {
    let score = |i: usize| weights[i].ln() + noise.get(i).copied().unwrap_or_default();
    (0..weights.len()).max_by(|a, b| score(*a).total_cmp(&score(*b)).then(b.cmp(a)))
}

/// The gradient of log α at the place taken by the scores, one-hot − α: the direction in which REINFORCE moves them,
/// times the reward less its baseline (eq. 11).
pub fn score_gradient(weights: &[f32], taken: usize) -> Vec<f32> {
    weights.iter().enumerate().map(|(i, weight)| f32::from(i == taken) - weight).collect()
}

/// A square of `size`×`size` pixels cut out of a `picture` [side, side], its middle at the pixel corner (x, y), shrunk by taking
/// the mean of every `shrink`×`shrink` pixels; what lies outside is 0. The crop that Mnih et al., "Recurrent Models of Visual
/// Attention", NIPS 2014, section 3, look through: where it is taken has no gradient.
pub fn crop(picture: &[f32], side: usize, (x, y): (usize, usize), size: usize, shrink: usize) -> Vec<f32> {
    let pixel = |row: usize, column: usize| {
        let (row, column) = ((y + row).checked_sub(size / 2)?, (x + column).checked_sub(size / 2)?);
        (row < side && column < side).then(|| picture[row * side + column])
    };
    let count = size / shrink;
    let mean = |at: usize| {
        let (top, left) = (at / count * shrink, at % count * shrink);
        let sum: f32 = (0..shrink * shrink).filter_map(|i| pixel(top + i / shrink, left + i % shrink)).sum();
        sum / (shrink * shrink) as f32
    };
    (0..count * count).map(mean).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::attention::differences::{assert_close, differences};
    use crate::attention::soft::{softmax, softmax_backward};

    const SCORES: [f32; 4] = [0.3, -1.2, 2.0, 0.9];

    #[test]
    fn the_gradient_is_that_of_finite_differences() {
        for taken in 0..4 {
            let numeric = differences(&SCORES, |scores| softmax(scores)[taken].ln());
            assert_close(&score_gradient(&softmax(&SCORES), taken), &numeric, 1e-3);
        }
    }

    #[test]
    fn on_average_reinforce_is_the_gradient_of_the_expected_reward_whatever_the_baseline() {
        let (weights, rewards) = (softmax(&SCORES), [1.0, -0.5, 0.2, 3.0]);
        let expected = softmax_backward(&weights, &rewards);
        for baseline in [0.0, 0.8, -5.0] {
            let mut mean = vec![0.0; 4];
            for (taken, reward) in rewards.iter().enumerate() {
                for (sum, g) in mean.iter_mut().zip(score_gradient(&weights, taken)) {
                    *sum += weights[taken] * (reward - baseline) * g;
                }
            }
            assert_close(&mean, &expected, 1e-5);
        }
    }

    #[test]
    fn a_crop_holds_what_lies_around_its_middle() {
        let picture: Vec<f32> = (0..16).map(|v| v as f32).collect();
        let cases = [
            ((2, 2), 2, 1, vec![5.0, 6.0, 9.0, 10.0]),
            ((0, 0), 2, 1, vec![0.0, 0.0, 0.0, 0.0]),
            ((4, 4), 2, 1, vec![15.0, 0.0, 0.0, 0.0]),
            ((2, 2), 4, 2, vec![2.5, 4.5, 10.5, 12.5]),
        ];
        for (middle, size, shrink, expected) in cases {
            assert_eq!(crop(&picture, 4, middle, size, shrink), expected, "{middle:?}");
        }
    }

    #[test]
    fn places_are_taken_as_often_as_they_weigh() {
        let weights = softmax(&SCORES);
        let mut counts = [0.0; 4];
        for step in 0..4000 {
            counts[place(&weights, &gumbel_noise(9, step, 4)).expect("a place")] += 1.0 / 4000.0;
        }
        assert_close(&counts, &weights, 0.03);
    }

    #[test]
    fn a_seed_and_a_step_always_give_the_same_noise() {
        assert_eq!(gumbel_noise(1, 5, 9), gumbel_noise(1, 5, 9));
        assert_ne!(gumbel_noise(1, 5, 9), gumbel_noise(1, 6, 9));
        assert_ne!(gumbel_noise(1, 5, 9), gumbel_noise(2, 5, 9));
    }

    #[test]
    fn without_noise_the_likeliest_place_is_taken() {
        assert_eq!(place(&softmax(&SCORES), &[]), Some(2));
        assert_eq!(place(&[0.5, 0.5], &[]), Some(0), "the first of equals, as in the graph");
        assert_eq!(place(&[], &[]), None);
    }
}
