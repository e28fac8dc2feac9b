//! Slides 14–19. Stochastic "hard" attention: Xu et al., "Show, Attend and Tell", ICML 2015, section 4.1. At each word one place is
//! drawn from α and looked at alone. What is drawn has no gradient; [`super::reinforce`] is how it is taught.

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

/// α with all weight on the place taken: what a step with hard attention looks at, one-hot [places].
pub fn one_hot(places: usize, taken: Option<usize>) -> Vec<f32> {
    (0..places).map(|i| f32::from(Some(i) == taken)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::attention::differences::assert_close;
    use crate::attention::soft::softmax;

    const SCORES: [f32; 4] = [0.3, -1.2, 2.0, 0.9];

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
        assert_eq!((one_hot(3, Some(1)), one_hot(2, None)), (vec![0.0, 1.0, 0.0], vec![0.0, 0.0]));
    }
}
