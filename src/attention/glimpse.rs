//! Slides 19–21, 31. Glimpses: Mnih, Heess, Graves and Kavukcuoglu, "Recurrent Models of Visual Attention", NIPS 2014, section 3.
//!
//! A glimpse sensor sees a picture x only through a retina ρ(x, l) around a location l, sharp in the middle and coarse around it. l is
//! drawn from a Gaussian around what the network wants; where a crop is taken has no gradient, so that
//! [`super::reinforce`] has to teach it. Locations are (x, y), −1 to 1 from edge to edge of the picture.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use rand_distr::{Distribution, StandardNormal};

/// The pixel corner (x, y) of a picture of `side`×`side` pixels that a location stands for, halves to the even one.
pub fn corner(location: [f32; 2], side: usize) -> (usize, usize) {
    let [x, y] = location.map(|l| ((l + 1.0) * side as f32 / 2.0).round_ties_even() as usize);
    (x, y)
}

/// A square of `size`×`size` pixels cut out of a `picture` [side, side], its middle at the pixel corner (x, y), shrunk by taking
/// the mean of every `shrink`×`shrink` pixels → [size / shrink, size / shrink]; what lies outside is 0.
pub fn crop(picture: &[f32], side: usize, (x, y): (usize, usize), size: usize, shrink: usize) -> Vec<f32> {
    let count = size / shrink;
    let mean = |at: usize| {
        let (top, left) = (at / count * shrink, at % count * shrink);
        let seen = |i: usize| pixel(side, (x, y), size, top + i / shrink, left + i % shrink);
        let sum: f32 = (0..shrink * shrink).filter_map(seen).map(|at| picture[at]).sum();
        sum / (shrink * shrink) as f32
    };
    (0..count * count).map(mean).collect()
}

/// The gradient by the picture [side, side], from that by the crop; there is none by where it is taken.
pub fn crop_backward(
    d_crop: &[f32],
    side: usize,
    middle: (usize, usize),
    size: usize,
    shrink: usize,
) -> Vec<f32> {
    let mut d_picture = vec![0.0; side * side];
    for row in 0..size / shrink * shrink {
        for column in 0..size / shrink * shrink {
            if let Some(at) = pixel(side, middle, size, row, column) {
                d_picture[at] +=
                    d_crop[row / shrink * (size / shrink) + column / shrink] / (shrink * shrink) as f32;
            }
        }
    }
    d_picture
}

/// Which pixel of the picture lies at this row and column of a square; none outside.
fn pixel(side: usize, (x, y): (usize, usize), size: usize, row: usize, column: usize) -> Option<usize> {
    let (row, column) = ((y + row).checked_sub(size / 2)?, (x + column).checked_sub(size / 2)?);
    (row < side && column < side).then_some(row * side + column)
}

/// The retina ρ(x, l): `scales` crops of `patch`×`patch` numbers around a corner, each of twice the side and half the sharpness of the
/// one before.
pub fn retina(
    picture: &[f32],
    side: usize,
    corner: (usize, usize),
    patch: usize,
    scales: usize,
) -> Vec<Vec<f32>> {
    (0..scales).map(|i| crop(picture, side, corner, patch << i, 1 << i)).collect()
}

/// The location of glimpse `step`, l ~ N(mean, spread²) on each axis, held within the picture; the same for a seed and a step. Without
/// spread it is the mean.
pub fn location(mean: [f32; 2], spread: f32, seed: u32, step: usize) -> [f32; 2] {
    let mut noise = ChaCha8Rng::seed_from_u64(u64::from(seed));
    noise.set_stream(step as u64);
    mean.map(|mean| {
        let apart: f32 = StandardNormal.sample(&mut noise);
        (mean + spread * apart).clamp(-1.0, 1.0)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::attention::differences::{assert_close, differences, waves};
    use crate::attention::matrix::dot;

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
    fn the_gradient_by_the_picture_agrees_with_differences() {
        let picture = waves(36, 0.3);
        for (middle, size, shrink) in [((3, 2), 4, 2), ((0, 5), 4, 1), ((6, 6), 6, 3)] {
            let d_crop = waves((size / shrink) * (size / shrink), 1.1);
            let loss = |picture: &[f32]| dot(&crop(picture, 6, middle, size, shrink), &d_crop);
            let found = crop_backward(&d_crop, 6, middle, size, shrink);
            assert_close(&found, &differences(&picture, loss), 1e-3);
        }
    }

    #[test]
    fn a_retina_is_sharp_in_the_middle_and_coarse_around_it() {
        let picture: Vec<f32> = (0..64).map(|at| f32::from(at % 8 >= 4)).collect();
        let seen = retina(&picture, 8, corner([0.0, 0.0], 8), 2, 3);
        assert_eq!(seen, [[0.0, 1.0, 0.0, 1.0]; 3]);
        let aside = retina(&picture, 8, corner([0.5, 0.0], 8), 2, 3);
        assert_eq!(aside[2], [0.5, 0.5, 0.5, 0.5], "the widest sees the edge and what lies outside");
    }

    #[test]
    fn locations_are_drawn_around_the_mean_and_stay_within() {
        let all: Vec<[f32; 2]> = (0..4000).map(|step| location([0.2, -0.1], 0.1, 7, step)).collect();
        let mean = [0, 1].map(|axis| all.iter().map(|l| l[axis]).sum::<f32>() / 4000.0);
        assert_close(&mean, &[0.2, -0.1], 0.01);
        assert_eq!(location([0.2, -0.1], 0.1, 7, 3), location([0.2, -0.1], 0.1, 7, 3));
        assert_eq!(location([0.2, -0.1], 0.0, 7, 3), [0.2, -0.1]);
        assert!((0..100).all(|step| location([1.0, -1.0], 0.5, 1, step).iter().all(|l| l.abs() <= 1.0)));
        assert_eq!((corner([-1.0, 1.0], 60), corner([0.25, 0.0], 60)), ((0, 60), (38, 30)));
    }
}
