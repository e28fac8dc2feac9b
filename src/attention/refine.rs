//! Slide 29. Refining a saliency map by looks: Kuen, Wang and Wang, "Recurrent Attentional Networks for Saliency Detection", CVPR 2016,
//! section 3.
//!
//! A spatial transformer (see [`super::affine`]) cuts a window out of the picture and the map so far; a network says how the map
//! changes there; the change is laid back through the inverse of the window, fading towards its edge, and added to the map's log-odds:
//!
//! ```text
//! odds ← odds + fade(T⁻¹(place)) · change(T⁻¹(place))
//! ```
//!
//! Windows are not turned: θ = (w, 0, x, 0, h, y). Log-odds are in nats; σ of them is how likely a pixel stands out.

use super::affine::{Place, places, sample_backward, sample_within};

/// Over this share of a window's half its changes fade in from its edge.
const FADE: f32 = 0.2;

/// How undecided a pixel is that stands out with probability p: 4 p (1 − p), 1 at p = ½, 0 where p is sure.
pub fn undecided(p: f32) -> f32 {
    4.0 * p * (1.0 - p)
}

/// How much a window counts at a place of its own, −1 to 1 from edge to edge: 1 inside, fading to 0 at its edge and beyond.
pub fn fade(place: Place) -> f32 {
    place.map(|axis| ((1.0 - axis.abs()) / FADE).clamp(0.0, 1.0)).into_iter().product()
}

/// T⁻¹: where each pixel of a canvas of `side`×`side` lies in the window, −1 to 1 from edge to edge of it.
pub fn within([w, _, x, _, h, y]: [f32; 6], side: usize) -> Vec<Place> {
    places(side).into_iter().map(|[at_x, at_y]| [(at_x - x) / w, (at_y - y) / h]).collect()
}

/// What a `change` [patch, patch] in the window θ adds to each pixel of a canvas [side, side], and how much each pixel was looked at,
/// 0 to 1.
pub fn laid_back(change: &[f32], patch: usize, theta: [f32; 6], side: usize) -> (Vec<f32>, Vec<f32>) {
    let within = within(theta, side);
    let counts: Vec<f32> = within.iter().copied().map(fade).collect();
    let laid = sample_within(change, patch, &within);
    (laid.iter().zip(&counts).map(|(change, count)| change * count).collect(), counts)
}

/// The gradient by the change [patch, patch], from that by what was added [side, side].
pub fn laid_back_backward(d_added: &[f32], patch: usize, theta: [f32; 6], side: usize) -> Vec<f32> {
    let within = within(theta, side);
    let d_laid: Vec<f32> = within.iter().zip(d_added).map(|(place, d)| fade(*place) * d).collect();
    let edge = 1.0 - 1.0 / patch as f32;
    let held: Vec<Place> = within.iter().map(|place| place.map(|axis| axis.clamp(-edge, edge))).collect();
    sample_backward(&vec![0.0; patch * patch], patch, &held, &d_laid).0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::attention::differences::{assert_close, differences, waves};
    use crate::attention::matrix::dot;

    const THETA: [f32; 6] = [0.5, 0.0, 0.1, 0.0, 0.4, -0.2];

    #[test]
    fn a_window_counts_inside_and_fades_at_its_edge() {
        for (place, expected) in
            [([0.0, 0.0], 1.0), ([0.9, 0.0], 0.5), ([0.9, -0.9], 0.25), ([1.2, 0.0], 0.0)]
        {
            assert!((fade(place) - expected).abs() < 1e-5, "{place:?}");
        }
        assert_eq!([0.0, 0.5, 1.0].map(undecided), [0.0, 1.0, 0.0]);
    }

    #[test]
    fn a_change_is_laid_where_the_window_looked() {
        let (added, counts) = laid_back(&[2.0; 9], 3, THETA, 20);
        for (at, [x, y]) in places(20).into_iter().enumerate() {
            let [w, _, left, _, h, top] = THETA;
            let inside = (x - left).abs() < 0.75 * w && (y - top).abs() < 0.75 * h;
            let outside = (x - left).abs() > w || (y - top).abs() > h;
            assert!(!inside || (counts[at] == 1.0 && (added[at] - 2.0).abs() < 1e-5), "{x} {y}");
            assert!(!outside || (counts[at] == 0.0 && added[at] == 0.0), "{x} {y}");
        }
    }

    #[test]
    fn the_gradient_by_the_change_agrees_with_differences() {
        let (change, d_added) = (waves(16, 0.3), waves(81, 1.4));
        let loss = |change: &[f32]| dot(&laid_back(change, 4, THETA, 9).0, &d_added);
        assert_close(&laid_back_backward(&d_added, 4, THETA, 9), &differences(&change, loss), 2e-3);
    }
}
