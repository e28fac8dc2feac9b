//! Slide 22. The soft window over the characters of a text: Graves, "Generating Sequences With Recurrent Neural Networks",
//! arXiv 1308.0850, section 5.1.

/// One of the K Gaussians of a window.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Bump {
    /// How much it weighs.
    pub alpha: f32,
    /// How narrow it is, in 1 / characters².
    pub beta: f32,
    /// Where it stands, in characters from the first.
    pub kappa: f32,
}

/// The free numbers that a network gives are held within these before they are raised, as in training.
const HELD: (f32, f32) = (-12.0, 6.0);

/// The window of this step (eq. 48–51): from 3K free numbers, α̂ then β̂ then κ̂, α = exp α̂, β = exp β̂, κ = κ before + exp κ̂; so the
/// window only ever moves on. `before` [K] is in characters.
pub fn advanced(free: &[f32], before: &[f32]) -> Vec<Bump> {
    let count = before.len();
    let raised = |i: usize| free[i].clamp(HELD.0, HELD.1).exp();
    let bump = |(k, kappa): (usize, &f32)| Bump {
        alpha: raised(k),
        beta: raised(count + k),
        kappa: kappa + raised(2 * count + k),
    };
    before.iter().enumerate().map(bump).collect()
}

/// The gradients by the free numbers [3K] and by κ before [K], from that by the bumps.
pub fn advanced_backward(free: &[f32], d: &[Bump]) -> (Vec<f32>, Vec<f32>) {
    let of = |field: fn(&Bump) -> f32| d.iter().map(field).collect::<Vec<f32>>();
    let by_raised = [of(|b| b.alpha), of(|b| b.beta), of(|b| b.kappa)].concat();
    let through = |(free, d): (&f32, f32)| match free {
        free if (HELD.0..=HELD.1).contains(free) => d * free.exp(),
        _ => 0.0,
    };
    (free.iter().zip(by_raised).map(through).collect(), of(|b| b.kappa))
}

/// φ(t, u) of each character u, counted from zero (eq. 46: the sum of αᵏ exp(−βᵏ (κᵏ − u)²)). Its sum need not be one.
pub fn phi(window: &[Bump], characters: usize) -> Vec<f32> {
    let weight = |u: usize| {
        let one = |b: &Bump| b.alpha * (-b.beta * (b.kappa - u as f32).powi(2)).exp();
        window.iter().map(one).sum()
    };
    (0..characters).map(weight).collect()
}

/// The gradient of a loss by each Gaussian, from its gradient by φ.
pub fn phi_backward(window: &[Bump], d_phi: &[f32]) -> Vec<Bump> {
    let gradient = |b: &Bump| {
        let mut sum = Bump::default();
        for (u, d) in d_phi.iter().enumerate() {
            let away = b.kappa - u as f32;
            let bell = (-b.beta * away * away).exp();
            sum.alpha += d * bell;
            sum.beta -= d * b.alpha * bell * away * away;
            sum.kappa -= d * b.alpha * bell * 2.0 * b.beta * away;
        }
        sum
    };
    window.iter().map(gradient).collect()
}

/// Whether the writing is over: the place behind the last character weighs more than any character (section 5.3). `phi`
/// holds the characters and that place.
pub fn is_past(phi: &[f32]) -> bool {
    phi.split_last().is_some_and(|(behind, characters)| characters.iter().all(|weight| behind > weight))
}

/// The weights as shares of one; as they are if they are all zero.
pub fn shares(phi: &[f32]) -> Vec<f32> {
    let sum: f32 = phi.iter().sum();
    if sum.is_normal() { phi.iter().map(|weight| weight / sum).collect() } else { phi.to_vec() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::attention::differences::{assert_close, differences};

    const WINDOW: [Bump; 2] =
        [Bump { alpha: 0.8, beta: 0.6, kappa: 1.3 }, Bump { alpha: 0.3, beta: 2.0, kappa: 3.1 }];

    fn loss(window: &[Bump], d_phi: &[f32]) -> f32 {
        phi(window, d_phi.len()).iter().zip(d_phi).map(|(p, d)| p * d).sum()
    }

    #[test]
    fn the_gradient_is_that_of_finite_differences() {
        let d_phi = [0.4, -1.0, 0.7, 2.0, -0.3];
        let flat: Vec<f32> = WINDOW.iter().flat_map(|b| [b.alpha, b.beta, b.kappa]).collect();
        let bumps = |flat: &[f32]| -> Vec<Bump> {
            flat.chunks_exact(3).map(|b| Bump { alpha: b[0], beta: b[1], kappa: b[2] }).collect()
        };
        let numeric = differences(&flat, |flat| loss(&bumps(flat), &d_phi));
        let found: Vec<f32> =
            phi_backward(&WINDOW, &d_phi).iter().flat_map(|b| [b.alpha, b.beta, b.kappa]).collect();
        assert_close(&found, &numeric, 2e-3);
    }

    #[test]
    fn the_window_moves_on_and_its_gradient_is_that_of_finite_differences() {
        let (free, before) = ([-0.4, 0.3, 0.2, -0.6, -2.0, -0.1], [1.5, 4.0]);
        let flat = |bumps: Vec<Bump>| -> Vec<f32> {
            bumps.iter().flat_map(|b| [b.alpha, b.beta, b.kappa]).collect()
        };
        let found = advanced(&free, &before);
        assert!(found.iter().zip(before).all(|(bump, kappa)| bump.kappa > kappa));
        assert_eq!(advanced(&[-99.0, 0.0, 99.0], &[0.0])[0].alpha, (-12.0_f32).exp());
        let d = [Bump { alpha: 0.7, beta: -0.2, kappa: 0.5 }, Bump { alpha: 0.1, beta: 0.9, kappa: -0.4 }];
        let d_flat = flat(d.to_vec());
        let loss = |free: &[f32], before: &[f32]| -> f32 {
            flat(advanced(free, before)).iter().zip(&d_flat).map(|(b, d)| b * d).sum()
        };
        let (d_free, d_before) = advanced_backward(&free, &d);
        assert_close(&d_free, &differences(&free, |f| loss(f, &before)), 1e-3);
        assert_close(&d_before, &differences(&before, |b| loss(&free, b)), 1e-3);
    }

    #[test]
    fn a_narrow_bump_weighs_its_own_character() {
        let weights = phi(&[Bump { alpha: 2.0, beta: 40.0, kappa: 2.0 }], 4);
        assert_close(&weights, &[0.0, 0.0, 2.0, 0.0], 1e-6);
        assert_close(&shares(&weights), &[0.0, 0.0, 1.0, 0.0], 1e-6);
        assert_eq!(shares(&[0.0, 0.0]), [0.0, 0.0]);
    }

    #[test]
    fn writing_ends_when_the_window_has_passed_the_last_character() {
        let cases = [(1.0, false), (2.4, false), (2.6, true), (9.0, true)];
        for (kappa, over) in cases {
            let window = [Bump { alpha: 1.0, beta: 0.5, kappa }];
            assert_eq!(is_past(&phi(&window, 4)), over, "at {kappa} of three characters");
        }
        assert!(!is_past(&[]));
    }
}
