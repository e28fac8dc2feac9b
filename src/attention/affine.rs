//! Slides 23–27. Spatial transformers: Jaderberg, Simonyan, Zisserman and Kavukcuoglu, "Spatial Transformer Networks", NIPS 2015.
//!
//! Places are (x, y), −1 to 1 from edge to edge of a picture; the middle of pixel i of n lies at (2i + 1)/n − 1.

/// Where a sample is taken from, x and y.
pub type Place = [f32; 2];

/// The middles of the pixels of a picture of `side`×`side`, row by row.
pub fn places(side: usize) -> Vec<Place> {
    let middle = |i: usize| (2 * i + 1) as f32 / side as f32 - 1.0;
    (0..side * side).map(|at| [middle(at % side), middle(at / side)]).collect()
}

/// The grid of an affine transformation θ [2, 3]: where each pixel of an output of `side`×`side` looks (eq. 1).
pub fn grid(theta: &[f32; 6], side: usize) -> Vec<Place> {
    let [a, b, c, d, e, f] = *theta;
    places(side).into_iter().map(|[x, y]| [a * x + b * y + c, d * x + e * y + f]).collect()
}

/// The gradient by θ from that by the grid.
pub fn grid_backward(d_grid: &[Place], side: usize) -> [f32; 6] {
    let mut d_theta = [0.0; 6];
    for ([x, y], [d_x, d_y]) in places(side).into_iter().zip(d_grid) {
        for (slot, value) in d_theta.iter_mut().zip([d_x * x, d_x * y, *d_x, d_y * x, d_y * y, *d_y]) {
            *slot += value;
        }
    }
    d_theta
}

/// A pixel by its number in the picture (none outside), its weight, and the weight's slopes by x and y in pixels.
pub type Corner = (Option<usize>, f32, f32, f32);

/// The four pixels of a picture of `height` rows and `width` columns around a place that is told in pixels from the middle of
/// the first: the left and the right one above, then those below.
pub fn corners([x, y]: Place, [height, width]: [usize; 2]) -> [Corner; 4] {
    let (left, top) = (x.floor(), y.floor());
    let (right_share, low_share) = (x - left, y - top);
    let inside = |value: f32, size: usize| (value >= 0.0 && value < size as f32).then_some(value as usize);
    [(0, 0), (1, 0), (0, 1), (1, 1)].map(|(right, low)| {
        let (column, row) = (inside(left + right as f32, width), inside(top + low as f32, height));
        let at = column.zip(row).map(|(x, y)| y * width + x);
        let (w_x, slope_x) = if right == 1 { (right_share, 1.0) } else { (1.0 - right_share, -1.0) };
        let (w_y, slope_y) = if low == 1 { (low_share, 1.0) } else { (1.0 - low_share, -1.0) };
        (at, w_x * w_y, slope_x * w_y, w_x * slope_y)
    })
}

/// The corners around a place of a picture of `side`×`side`.
fn around(place: Place, side: usize) -> [Corner; 4] {
    let pixel = |axis: f32| (axis.clamp(-4.0, 4.0) + 1.0) * side as f32 / 2.0 - 0.5;
    corners(place.map(pixel), [side, side])
}

/// Samples of a `picture` [side, side] at the places of a grid, each the pixel that it lies on; nothing (0) lies outside. It has no
/// gradient by the grid: a place that moves a little shows the same pixel.
pub fn nearest(picture: &[f32], side: usize, grid: &[Place]) -> Vec<f32> {
    let pixel = |axis: f32| {
        let at = ((axis + 1.0) * side as f32 / 2.0).floor();
        (at >= 0.0 && at < side as f32).then_some(at as usize)
    };
    let value =
        |place: &Place| pixel(place[0]).zip(pixel(place[1])).map_or(0.0, |(x, y)| picture[y * side + x]);
    grid.iter().map(value).collect()
}

/// Samples of a `picture` [side, side] at the places of a grid, each the mean of its four neighbours weighted by nearness
/// (eq. 5); nothing (0) lies outside.
pub fn sample(picture: &[f32], side: usize, grid: &[Place]) -> Vec<f32> {
    let value = |place: &Place| {
        around(*place, side).into_iter().filter_map(|(at, weight, ..)| Some(weight * picture[at?])).sum()
    };
    grid.iter().map(value).collect()
}

/// As [`sample`], but what lies beyond the middles of the outermost pixels is like them.
pub fn sample_within(picture: &[f32], side: usize, grid: &[Place]) -> Vec<f32> {
    let edge = 1.0 - 1.0 / side as f32;
    let held: Vec<Place> = grid.iter().map(|place| place.map(|axis| axis.clamp(-edge, edge))).collect();
    sample(picture, side, &held)
}

/// The gradients by the picture [side, side] and by the grid, from that by the samples (eq. 6-7).
pub fn sample_backward(
    picture: &[f32],
    side: usize,
    grid: &[Place],
    d_sample: &[f32],
) -> (Vec<f32>, Vec<Place>) {
    let mut d_picture = vec![0.0; picture.len()];
    // A place moves by half a side of pixels when it moves by one.
    let pixels = side as f32 / 2.0;
    let d_grid = grid.iter().zip(d_sample).map(|(place, d)| {
        let mut d_place = [0.0; 2];
        for (at, weight, slope_x, slope_y) in around(*place, side) {
            let Some(at) = at else { continue };
            d_picture[at] += d * weight;
            d_place[0] += d * picture[at] * slope_x * pixels;
            d_place[1] += d * picture[at] * slope_y * pixels;
        }
        d_place
    });
    let d_grid = d_grid.collect();
    (d_picture, d_grid)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::attention::differences::{assert_close, differences};

    const SIDE: usize = 5;
    const THETA: [f32; 6] = [0.6, -0.25, 0.13, 0.31, 0.55, -0.07];

    fn picture() -> Vec<f32> {
        (0..SIDE * SIDE).map(|i| (i as f32 * 1.7).sin()).collect()
    }

    /// A loss that weighs every sample differently.
    fn loss(samples: &[f32]) -> f32 {
        samples.iter().enumerate().map(|(i, v)| v * (i as f32 * 0.9).cos()).sum()
    }

    fn d_loss(count: usize) -> Vec<f32> {
        (0..count).map(|i| (i as f32 * 0.9).cos()).collect()
    }

    #[test]
    fn the_identity_gives_the_picture_back() {
        let same = sample(&picture(), SIDE, &grid(&[1.0, 0.0, 0.0, 0.0, 1.0, 0.0], SIDE));
        assert_close(&same, &picture(), 1e-5);
    }

    #[test]
    fn known_places_give_known_samples() {
        let picture = [0.0, 1.0, 2.0, 3.0];
        let cases = [
            ([-0.5, -0.5], 0.0),
            ([0.5, -0.5], 1.0),
            ([0.0, 0.0], 1.5),
            ([0.5, 1.0], 1.5),
            ([3.0, 0.0], 0.0),
        ];
        for (place, expected) in cases {
            assert_close(&sample(&picture, 2, &[place]), &[expected], 1e-6);
        }
        assert!(sample(&picture, 2, &[[f32::INFINITY, 0.0]])[0].abs() < 1e-6, "far outside is nothing");
    }

    #[test]
    fn a_crop_shows_the_nearest_pixels() {
        let picture = [0.0, 1.0, 2.0, 3.0];
        let places = [[-0.9, -0.1], [0.1, -0.9], [-0.9, 0.1], [0.9, 0.9], [1.1, 0.0]];
        assert_eq!(nearest(&picture, 2, &places), [0.0, 1.0, 2.0, 3.0, 0.0]);
    }

    #[test]
    fn beyond_the_edge_it_is_as_at_the_edge() {
        let picture = [0.0, 1.0, 2.0, 3.0];
        assert_close(&sample_within(&picture, 2, &places(4)[..4]), &[0.0, 0.25, 0.75, 1.0], 1e-5);
        assert_close(
            &sample_within(&picture, 2, &[[9.0, -9.0], [f32::NEG_INFINITY, 1.0]]),
            &[1.0, 2.0],
            1e-5,
        );
    }

    #[test]
    fn the_gradients_are_those_of_finite_differences() {
        let looked = |theta: &[f32]| grid(theta.try_into().expect("six numbers"), 4);
        let (_, d_grid) = sample_backward(&picture(), SIDE, &looked(&THETA), &d_loss(16));
        let numeric: Vec<f32> = (0..6)
            .map(|i| {
                // A kink between two pixels must not lie within the step.
                let moved = |by: f32| {
                    let mut theta = THETA;
                    theta[i] += by;
                    loss(&sample(&picture(), SIDE, &looked(&theta)))
                };
                (moved(1e-3) - moved(-1e-3)) / 2e-3
            })
            .collect();
        assert_close(&grid_backward(&d_grid, 4), &numeric, 2e-2);
        let (d_picture, _) = sample_backward(&picture(), SIDE, &looked(&THETA), &d_loss(16));
        let numeric = differences(&picture(), |picture| loss(&sample(picture, SIDE, &looked(&THETA))));
        assert_close(&d_picture, &numeric, 1e-2);
    }
}
