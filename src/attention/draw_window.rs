//! Slides 20–21, 23. The grid of Gaussian filters through which DRAW reads and writes: Gregor et al., "DRAW: A Recurrent Neural Network
//! For Image Generation", ICML 2015, section 3.2.
//!
//! Pictures are square, D×D, row-major; a filterbank holds N filters of D weights, one filter a row. Pixels count from
//! zero: the paper's g = (D+1)/2 · (g̃+1) counts from one, so its g_X = 1 is our 0 (eq. 22-23).

use super::matrix::{dot, product, scaled, transposed};
use super::soft::{softmax, softmax_backward};

/// Where and how finely one step looks or writes.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Window {
    /// Centre of the grid, in pixels from the middle of the leftmost pixel.
    #[cfg_attr(test, ts(rename = "gx"))]
    pub g_x: f32,
    /// Centre of the grid, in pixels from the middle of the topmost pixel.
    #[cfg_attr(test, ts(rename = "gy"))]
    pub g_y: f32,
    /// Stride between neighbouring filters, in pixels.
    pub delta: f32,
    /// Variance of the filters, in square pixels.
    pub sigma2: f32,
    /// Intensity: a glimpse is multiplied by it, a patch divided.
    pub gamma: f32,
}

/// The gradient of a loss by what makes a filterbank.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct FilterbankGradient {
    pub centre: f32,
    pub delta: f32,
    pub sigma2: f32,
}

/// The gradient of a loss by what makes a glimpse or a stroke; `source` is the picture read or the patch written.
#[derive(Clone, Debug, PartialEq)]
pub struct GridGradient {
    pub source: Vec<f32>,
    pub filter_x: Vec<f32>,
    pub filter_y: Vec<f32>,
    pub gamma: f32,
}

/// The window that a network asks for by five free numbers (g̃_X, g̃_Y, log σ², log δ̃, log γ) (eq. 21–24), on a canvas of
/// D = `side` pixels with N = `count` filters a side: g = (D + 1)/2 · (g̃ + 1) − 1 and δ = (D − 1)/(N − 1) · δ̃. Zeros ask for the whole
/// canvas.
pub fn window([x, y, log_sigma2, log_delta, log_gamma]: [f32; 5], count: usize, side: usize) -> Window {
    let centre = |free: f32| (side as f32 + 1.0) / 2.0 * (free + 1.0) - 1.0;
    Window {
        g_x: centre(x),
        g_y: centre(y),
        delta: (side as f32 - 1.0) / (count as f32 - 1.0) * log_delta.exp(),
        sigma2: log_sigma2.exp(),
        gamma: log_gamma.exp(),
    }
}

/// The gradient by the five free numbers, from the window that they asked for and the gradient by it.
pub fn window_backward(window: &Window, d: &Window, side: usize) -> [f32; 5] {
    let half = (side as f32 + 1.0) / 2.0;
    [d.g_x * half, d.g_y * half, d.sigma2 * window.sigma2, d.delta * window.delta, d.gamma * window.gamma]
}

/// How far filter `i` of `count` stands from the centre, in strides (eq. 19-20, counted from zero).
fn offset(i: usize, count: usize) -> f32 {
    i as f32 - (count as f32 - 1.0) / 2.0
}

/// F_X or F_Y [N, D] (eq. 25-26). Dividing exp(−(a−μ)²/2σ²) by its sum over the pixels a is a softmax, which cannot
/// underflow: a filter whose centre lies off the canvas leans on the nearest edge.
pub fn filterbank(centre: f32, delta: f32, sigma2: f32, count: usize, side: usize) -> Vec<f32> {
    let filter = |i| {
        let mean = centre + offset(i, count) * delta;
        let scores: Vec<f32> = (0..side).map(|a| -(a as f32 - mean).powi(2) / (2.0 * sigma2)).collect();
        softmax(&scores)
    };
    (0..count).flat_map(filter).collect()
}

/// The gradient by centre, stride and variance, from the `bank` [N, D] that they made and the gradient by it.
pub fn filterbank_backward(
    (centre, delta, sigma2): (f32, f32, f32),
    (count, side): (usize, usize),
    bank: &[f32],
    d_bank: &[f32],
) -> FilterbankGradient {
    let mut gradient = FilterbankGradient::default();
    let filters = bank.chunks_exact(side).zip(d_bank.chunks_exact(side));
    for (i, (filter, d_filter)) in filters.enumerate() {
        let mean = centre + offset(i, count) * delta;
        for (a, d_score) in softmax_backward(filter, d_filter).into_iter().enumerate() {
            let apart = a as f32 - mean;
            let d_mean = d_score * apart / sigma2;
            gradient.centre += d_mean;
            gradient.delta += d_mean * offset(i, count);
            gradient.sigma2 += d_score * apart * apart / (2.0 * sigma2 * sigma2);
        }
    }
    gradient
}

/// A glimpse [N, N] = γ F_Y x F_Xᵀ (eq. 27) of a picture [D, D] through filterbanks [N, D].
pub fn read(picture: &[f32], filter_x: &[f32], filter_y: &[f32], side: usize, gamma: f32) -> Vec<f32> {
    let across = product(picture, &transposed(filter_x, side), side);
    scaled(product(filter_y, &across, side), gamma)
}

/// From the gradient by the glimpse [N, N].
pub fn read_backward(
    picture: &[f32],
    filter_x: &[f32],
    filter_y: &[f32],
    side: usize,
    gamma: f32,
    d_glimpse: &[f32],
) -> GridGradient {
    let count = filter_x.len() / side;
    let d_plain = scaled(d_glimpse.to_vec(), gamma);
    let across = product(picture, &transposed(filter_x, side), side);
    let down = product(filter_y, picture, side);
    let spread = product(&transposed(filter_y, side), &d_plain, count);
    GridGradient {
        source: product(&spread, filter_x, count),
        filter_x: product(&transposed(&d_plain, count), &down, count),
        filter_y: product(&d_plain, &transposed(&across, count), count),
        gamma: dot(d_glimpse, &product(filter_y, &across, side)),
    }
}

/// What a patch [N, N] adds to the canvas [D, D]: F_Yᵀ w F_X / γ (eq. 29).
pub fn write(patch: &[f32], filter_x: &[f32], filter_y: &[f32], side: usize, gamma: f32) -> Vec<f32> {
    let count = filter_x.len() / side;
    let rows = product(patch, filter_x, count);
    scaled(product(&transposed(filter_y, side), &rows, count), 1.0 / gamma)
}

/// From the gradient by what was added to the canvas [D, D].
pub fn write_backward(
    patch: &[f32],
    filter_x: &[f32],
    filter_y: &[f32],
    side: usize,
    gamma: f32,
    d_canvas: &[f32],
) -> GridGradient {
    let count = filter_x.len() / side;
    let d_plain = scaled(d_canvas.to_vec(), 1.0 / gamma);
    let rows = product(patch, filter_x, count);
    let seen = product(filter_y, &d_plain, side);
    GridGradient {
        source: product(&seen, &transposed(filter_x, side), side),
        filter_x: product(&transposed(patch, count), &seen, count),
        filter_y: product(&rows, &transposed(&d_plain, side), side),
        gamma: -dot(d_canvas, &write(patch, filter_x, filter_y, side, gamma)) / gamma,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::attention::differences::{assert_close, differences, waves};

    const SIDE: usize = 7;
    const COUNT: usize = 3;
    const GAMMA: f32 = 1.7;

    fn banks() -> (Vec<f32>, Vec<f32>) {
        (filterbank(2.6, 1.1, 0.8, COUNT, SIDE), filterbank(3.4, 0.9, 1.2, COUNT, SIDE))
    }

    #[test]
    fn zeros_ask_for_the_whole_canvas() {
        let found = window([0.0; 5], 5, 28);
        assert_eq!(found, Window { g_x: 13.5, g_y: 13.5, delta: 6.75, sigma2: 1.0, gamma: 1.0 });
    }

    #[test]
    fn gradient_of_the_window_agrees_with_differences() {
        let (free, d) = ([0.2, -0.3, 0.4, -0.5, 0.1], [0.3, -0.7, 1.1, 0.5, -0.9]);
        let flat = |w: Window| [w.g_x, w.g_y, w.delta, w.sigma2, w.gamma];
        let loss = |f: &[f32]| dot(&flat(window(f.try_into().expect("five"), COUNT, SIDE)), &d);
        let d_window = Window { g_x: d[0], g_y: d[1], delta: d[2], sigma2: d[3], gamma: d[4] };
        let found = window_backward(&window(free, COUNT, SIDE), &d_window, SIDE);
        assert_close(&found, &differences(&free, loss), 2e-3);
    }

    #[test]
    fn filters_stand_where_the_window_says() {
        let cases = [
            ("one sharp filter on its pixel", filterbank(2.0, 1.0, 0.01, 1, 4), vec![0.0, 0.0, 1.0, 0.0]),
            ("two a pixel apart", filterbank(0.5, 1.0, 0.01, 2, 3), vec![1.0, 0.0, 0.0, 0.0, 1.0, 0.0]),
            ("far off it leans on the edge", filterbank(-90.0, 1.0, 0.5, 1, 3), vec![1.0, 0.0, 0.0]),
            ("as wide as the world it sees all", filterbank(1.0, 1.0, 1e6, 1, 3), vec![1.0 / 3.0; 3]),
        ];
        for (what, bank, expected) in cases {
            println!("{what}");
            assert_close(&bank, &expected, 1e-5);
        }
    }

    #[test]
    fn sharp_filters_cut_out_and_put_back() {
        let picture: Vec<f32> = (0..25).map(|v| v as f32).collect();
        let x = filterbank(2.0, 1.0, 0.01, 3, 5);
        let y = filterbank(1.0, 1.0, 0.01, 3, 5);
        let glimpse = read(&picture, &x, &y, 5, 2.0);
        assert_close(&glimpse, &[2.0, 4.0, 6.0, 12.0, 14.0, 16.0, 22.0, 24.0, 26.0], 1e-3);
        let back = write(&glimpse, &x, &y, 5, 2.0);
        for (at, value) in back.iter().enumerate() {
            let inside = (1..4).contains(&(at % 5)) && at / 5 < 3;
            let expected = if inside { picture[at] } else { 0.0 };
            assert!((value - expected).abs() < 1e-3, "pixel {at}: {value}, not {expected}");
        }
    }

    #[test]
    fn gradient_of_the_filterbank_agrees_with_differences() {
        let d_bank = waves(COUNT * SIDE, 0.4);
        for made_of in [[2.6, 1.1, 0.8], [0.3, 0.7, 1.5], [5.9, 1.4, 0.6]] {
            let loss = |p: &[f32]| dot(&filterbank(p[0], p[1], p[2], COUNT, SIDE), &d_bank);
            let [centre, delta, sigma2] = made_of;
            let bank = filterbank(centre, delta, sigma2, COUNT, SIDE);
            let given = filterbank_backward((centre, delta, sigma2), (COUNT, SIDE), &bank, &d_bank);
            assert_close(&[given.centre, given.delta, given.sigma2], &differences(&made_of, loss), 2e-3);
        }
    }

    #[test]
    fn gradient_of_reading_agrees_with_differences() {
        let (picture, d_glimpse) = (waves(SIDE * SIDE, 0.1), waves(COUNT * COUNT, 0.9));
        let (x, y) = banks();
        let given = read_backward(&picture, &x, &y, SIDE, GAMMA, &d_glimpse);
        let loss = |p: &[f32], x: &[f32], y: &[f32], g: f32| dot(&read(p, x, y, SIDE, g), &d_glimpse);
        assert_close(&given.source, &differences(&picture, |p| loss(p, &x, &y, GAMMA)), 1e-3);
        assert_close(&given.filter_x, &differences(&x, |x| loss(&picture, x, &y, GAMMA)), 1e-3);
        assert_close(&given.filter_y, &differences(&y, |y| loss(&picture, &x, y, GAMMA)), 1e-3);
        assert_close(&[given.gamma], &differences(&[GAMMA], |g| loss(&picture, &x, &y, g[0])), 1e-3);
    }

    #[test]
    fn gradient_of_writing_agrees_with_differences() {
        let (patch, d_canvas) = (waves(COUNT * COUNT, 0.2), waves(SIDE * SIDE, 0.7));
        let (x, y) = banks();
        let given = write_backward(&patch, &x, &y, SIDE, GAMMA, &d_canvas);
        let loss = |w: &[f32], x: &[f32], y: &[f32], g: f32| dot(&write(w, x, y, SIDE, g), &d_canvas);
        assert_close(&given.source, &differences(&patch, |w| loss(w, &x, &y, GAMMA)), 1e-3);
        assert_close(&given.filter_x, &differences(&x, |x| loss(&patch, x, &y, GAMMA)), 1e-3);
        assert_close(&given.filter_y, &differences(&y, |y| loss(&patch, &x, y, GAMMA)), 1e-3);
        assert_close(&[given.gamma], &differences(&[GAMMA], |g| loss(&patch, &x, &y, g[0])), 1e-3);
    }
}
