//! Slide 30. Attention to scale: Chen, Yang, Wang, Xu and Yuille, "Attention to Scale: Scale-aware Semantic Image Segmentation", CVPR
//! 2016, section 3.2.
//!
//! One network sees a picture at S scales; f_s [C, P] are its scores of C classes at P places, all brought to one grid. A small
//! network gives each scale a score h_s at each place. Eq. 1–2:
//!
//! ```text
//! w_s(i) = exp(h_s(i)) / Σ_t exp(h_t(i))        g_c(i) = Σ_s w_s(i) · f_s,c(i)
//! ```

use super::soft::{softmax, softmax_backward};

/// w [S, P] from the scores h [S, P] (eq. 2): at each of the `places`, a softmax over the scales.
pub fn weights(scores: &[f32], places: usize) -> Vec<f32> {
    by_place(scores.len(), places, |at| softmax(&at_place(scores, places, at)))
}

/// The gradient by the scores h [S, P], from the weights and the gradient by them.
pub fn weights_backward(weights: &[f32], d_weights: &[f32], places: usize) -> Vec<f32> {
    by_place(weights.len(), places, |at| {
        softmax_backward(&at_place(weights, places, at), &at_place(d_weights, places, at))
    })
}

/// g [C, P] (eq. 1): the scores [C, P] of every scale, weighed by w [S, P].
pub fn blend(weights: &[f32], scales: &[&[f32]], places: usize) -> Vec<f32> {
    let mut blended = vec![0.0; scales.first().map_or(0, |scores| scores.len())];
    for (scores, weights) in scales.iter().zip(weights.chunks_exact(places)) {
        for (i, (slot, score)) in blended.iter_mut().zip(*scores).enumerate() {
            *slot += weights[i % places] * score;
        }
    }
    blended
}

/// The gradients by w [S, P] and by the scores of every scale [C, P], from that by g [C, P].
pub fn blend_backward(
    weights: &[f32],
    scales: &[&[f32]],
    places: usize,
    d_blend: &[f32],
) -> (Vec<f32>, Vec<Vec<f32>>) {
    let mut d_weights = vec![0.0; weights.len()];
    let mut d_scales = Vec::new();
    for (s, scores) in scales.iter().enumerate() {
        let own = s * places;
        for (i, (score, d)) in scores.iter().zip(d_blend).enumerate() {
            d_weights[own + i % places] += score * d;
        }
        d_scales.push(d_blend.iter().enumerate().map(|(i, d)| weights[own + i % places] * d).collect());
    }
    (d_weights, d_scales)
}

/// The weights with a share `forced` [S] for every scale, the same at all places, and what these lack to one left to `own` [S, P].
pub fn forced(own: &[f32], forced: &[f32], places: usize) -> Vec<f32> {
    let left = (1.0 - forced.iter().sum::<f32>()).max(0.0);
    let shares = own.chunks_exact(places).zip(forced);
    shares.flat_map(|(map, share)| map.iter().map(move |weight| share + left * weight)).collect()
}

/// What attention is compared with (section 3.1): at each class and place the mean of all scales' scores [C, P].
pub fn average(scales: &[&[f32]]) -> Vec<f32> {
    merged(scales, |scores| scores.sum::<f32>() / scales.len() as f32)
}

/// The other comparison: at each class and place the greatest of all scales' scores [C, P].
pub fn greatest(scales: &[&[f32]]) -> Vec<f32> {
    merged(scales, |scores| scores.fold(f32::NEG_INFINITY, f32::max))
}

fn merged(scales: &[&[f32]], of: impl Fn(&mut dyn Iterator<Item = f32>) -> f32) -> Vec<f32> {
    let count = scales.first().map_or(0, |scores| scores.len());
    (0..count).map(|i| of(&mut scales.iter().map(|scores| scores[i]))).collect()
}

/// One number a scale, at one place.
fn at_place(maps: &[f32], places: usize, at: usize) -> Vec<f32> {
    maps.iter().copied().skip(at).step_by(places).collect()
}

/// Maps [S, P] from what `column` gives for every place, one number a scale.
fn by_place(count: usize, places: usize, column: impl Fn(usize) -> Vec<f32>) -> Vec<f32> {
    let mut maps = vec![0.0; count];
    for at in 0..places {
        for (slot, value) in maps.iter_mut().skip(at).step_by(places).zip(column(at)) {
            *slot = value;
        }
    }
    maps
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::attention::differences::{assert_close, differences, waves};
    use crate::attention::matrix::dot;

    const PLACES: usize = 4;
    const CLASSES: usize = 2;

    #[test]
    fn known_weights_and_blends() {
        let two = 2.0_f32.ln();
        assert_close(&weights(&[0.0, 0.0, 0.0, two], 2), &[0.5, 1.0 / 3.0, 0.5, 2.0 / 3.0], 1e-6);
        let (near, far) = ([1.0, 2.0], [3.0, 6.0]);
        assert_close(&blend(&[0.5, 1.0, 0.5, 0.0], &[&near, &far], 2), &[2.0, 2.0], 1e-6);
        assert_eq!((average(&[&near, &far]), greatest(&[&near, &far])), (vec![2.0, 4.0], vec![3.0, 6.0]));
        assert_close(&forced(&[0.2, 0.6, 0.8, 0.4], &[0.5, 0.0], 2), &[0.6, 0.8, 0.4, 0.2], 1e-6);
    }

    #[test]
    fn gradients_agree_with_differences() {
        let scores = waves(3 * PLACES, 0.2);
        let maps = [0.5, 1.4, 2.6].map(|phase| waves(CLASSES * PLACES, phase));
        let scales: Vec<&[f32]> = maps.iter().map(Vec::as_slice).collect();
        let d_blend = waves(CLASSES * PLACES, 0.9);
        let w = weights(&scores, PLACES);
        let (d_weights, d_scales) = blend_backward(&w, &scales, PLACES, &d_blend);
        let d_scores = weights_backward(&w, &d_weights, PLACES);
        let by_scores = differences(&scores, |h| dot(&blend(&weights(h, PLACES), &scales, PLACES), &d_blend));
        assert_close(&d_scores, &by_scores, 1e-3);
        let by_weights = differences(&w, |w| dot(&blend(w, &scales, PLACES), &d_blend));
        assert_close(&d_weights, &by_weights, 1e-3);
        for (s, d_scale) in d_scales.iter().enumerate() {
            let by_scale = differences(scales[s], |map| {
                let mut moved = scales.clone();
                moved[s] = map;
                dot(&blend(&w, &moved, PLACES), &d_blend)
            });
            assert_close(d_scale, &by_scale, 1e-3);
        }
    }
}
