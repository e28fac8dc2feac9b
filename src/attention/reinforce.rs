//! Slides 18–19. The score-function estimator with a baseline (REINFORCE): Williams, 1992; Mnih et al., "Recurrent Models of Visual
//! Attention", NIPS 2014, eq. 2–4; Xu et al., "Show, Attend and Tell", ICML 2015, eq. 11–12.
//!
//! Where a place is drawn from p_θ there is nothing to differentiate: a crop here and a crop there are two pictures. But the
//! expected reward has a gradient, and samples estimate it:
//!
//! ```text
//! ∇_θ E[R] = E[(R − b) ∇_θ log p_θ(place)]        for any baseline b that does not hang on the place
//! ```
//!
//! The baseline changes nothing on average; it decides how far single samples lie from that average (the variance). A loss in place
//! of the reward gives the gradient of the expected loss.

use super::matrix::dot;

/// ∂ log α_i / ∂ scores [L], where α = softmax(scores) and place i was taken: one-hot(i) − α.
pub fn categorical_score(weights: &[f32], taken: usize) -> Vec<f32> {
    weights.iter().enumerate().map(|(i, weight)| f32::from(i == taken) - weight).collect()
}

/// ∂ log N(place; mean, σ²) / ∂ mean: (place − mean) / σ², an axis each, in 1 / their unit (Mnih et al., section 3.1, whose locations
/// are drawn so).
pub fn gaussian_score<const N: usize>(place: &[f32; N], mean: &[f32; N], sigma: f32) -> [f32; N] {
    std::array::from_fn(|axis| (place[axis] - mean[axis]) / (sigma * sigma))
}

/// What samples say of the gradient.
#[derive(Clone, Debug, PartialEq)]
pub struct Estimate {
    /// Their mean [D], which the parameters follow.
    pub gradient: Vec<f32>,
    /// What each sample says, (R − b) ∇ log p [D].
    pub each: Vec<Vec<f32>>,
    /// How far the samples lie from their mean: the sum over all D parameters of the variance of one sample.
    pub variance: f32,
}

/// The estimate from the samples' `scores` ∇ log p [D each], their `rewards` and a `baseline` in the rewards' unit.
pub fn estimate(scores: &[&[f32]], rewards: &[f32], baseline: f32) -> Estimate {
    let one = |(score, reward): (&&[f32], &f32)| score.iter().map(|s| (reward - baseline) * s).collect();
    let each: Vec<Vec<f32>> = scores.iter().zip(rewards).map(one).collect();
    let count = each.len().max(1) as f32;
    let mut gradient = vec![0.0; each.first().map_or(0, Vec::len)];
    for sample in &each {
        gradient.iter_mut().zip(sample).for_each(|(sum, s)| *sum += s / count);
    }
    let apart = |sample: &Vec<f32>| sample.iter().zip(&gradient).map(|(s, g)| (s - g).powi(2)).sum::<f32>();
    let variance = each.iter().map(apart).sum::<f32>() / count;
    Estimate { gradient, each, variance }
}

/// The usual baseline: the mean reward.
pub fn mean_baseline(rewards: &[f32]) -> f32 {
    rewards.iter().sum::<f32>() / rewards.len().max(1) as f32
}

/// The baseline of Xu et al., section 4.1: a running mean, 0.9 b + 0.1 R after every reward (there log p of the sentence, in nats).
pub fn moving_baseline(baseline: f32, reward: f32) -> f32 {
    0.9 * baseline + 0.1 * reward
}

/// The baseline with the least variance of all: Σ R |∇ log p|² / Σ |∇ log p|², the mean reward weighed by how much each sample moves.
pub fn best_baseline(scores: &[&[f32]], rewards: &[f32]) -> f32 {
    let weights: Vec<f32> = scores.iter().map(|score| dot(score, score)).collect();
    let sum: f32 = weights.iter().sum();
    if sum > 0.0 { dot(&weights, rewards) / sum } else { mean_baseline(rewards) }
}

/// The exact variance of one sample of a place i ~ α with reward R_i, summed over the scores: Σ αᵢ |(Rᵢ − b)(one-hot(i) − α)|² − |∇E[R]|².
pub fn categorical_variance(weights: &[f32], rewards: &[f32], baseline: f32) -> f32 {
    let mut mean = vec![0.0; weights.len()];
    let mut square = 0.0;
    for (taken, (weight, reward)) in weights.iter().zip(rewards).enumerate() {
        let score = categorical_score(weights, taken);
        square += weight * (reward - baseline).powi(2) * dot(&score, &score);
        mean.iter_mut().zip(&score).for_each(|(sum, s)| *sum += weight * (reward - baseline) * s);
    }
    square - dot(&mean, &mean)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::attention::differences::{assert_close, differences};
    use crate::attention::hard::{gumbel_noise, place};
    use crate::attention::soft::{softmax, softmax_backward};

    const SCORES: [f32; 4] = [0.3, -1.2, 2.0, 0.9];
    const REWARDS: [f32; 4] = [1.0, -0.5, 0.2, 3.0];

    #[test]
    fn the_scores_are_those_of_finite_differences() {
        for taken in 0..4 {
            let numeric = differences(&SCORES, |scores| softmax(scores)[taken].ln());
            assert_close(&categorical_score(&softmax(&SCORES), taken), &numeric, 1e-3);
        }
        let (place, mean, sigma) = ([0.4, -0.7], [0.1, 0.2], 0.5);
        let log_density =
            |m: &[f32]| -((place[0] - m[0]).powi(2) + (place[1] - m[1]).powi(2)) / (2.0 * sigma * sigma);
        assert_close(&gaussian_score(&place, &mean, sigma), &differences(&mean, log_density), 1e-3);
    }

    #[test]
    fn on_average_reinforce_is_the_gradient_of_the_expected_reward_whatever_the_baseline() {
        let weights = softmax(&SCORES);
        let expected = softmax_backward(&weights, &REWARDS);
        for baseline in [0.0, 0.8, -5.0] {
            let mut mean = vec![0.0; 4];
            for (taken, reward) in REWARDS.iter().enumerate() {
                for (sum, g) in mean.iter_mut().zip(categorical_score(&weights, taken)) {
                    *sum += weights[taken] * (reward - baseline) * g;
                }
            }
            assert_close(&mean, &expected, 1e-5);
        }
    }

    #[test]
    fn samples_estimate_gradient_and_variance() {
        let weights = softmax(&SCORES);
        let taken: Vec<usize> =
            (0..20_000).map(|step| place(&weights, &gumbel_noise(4, step, 4)).expect("a place")).collect();
        let scores: Vec<Vec<f32>> = taken.iter().map(|i| categorical_score(&weights, *i)).collect();
        let scores: Vec<&[f32]> = scores.iter().map(Vec::as_slice).collect();
        let rewards: Vec<f32> = taken.iter().map(|i| REWARDS[*i]).collect();
        for baseline in [0.0, 0.8, -5.0] {
            let found = estimate(&scores, &rewards, baseline);
            assert_close(&found.gradient, &softmax_backward(&weights, &REWARDS), 0.06);
            let exact = categorical_variance(&weights, &REWARDS, baseline);
            assert!((found.variance / exact - 1.0).abs() < 0.05, "{}, not {exact}", found.variance);
        }
        let variance = |baseline| estimate(&scores, &rewards, baseline).variance;
        let best = best_baseline(&scores, &rewards);
        for other in [0.0, mean_baseline(&rewards), best - 0.2, best + 0.2] {
            assert!(variance(best) <= variance(other), "{best} against {other}");
        }
        assert!(variance(mean_baseline(&rewards)) < variance(-5.0));
    }

    #[test]
    fn known_baselines() {
        assert_eq!(mean_baseline(&[1.0, 3.0]), 2.0);
        assert_eq!(best_baseline(&[&[1.0], &[3.0]], &[10.0, 0.0]), 1.0);
        assert!((moving_baseline(1.0, 2.0) - 1.1).abs() < 1e-6);
        assert_eq!(estimate(&[], &[], 0.0), Estimate { gradient: vec![], each: vec![], variance: 0.0 });
    }
}
