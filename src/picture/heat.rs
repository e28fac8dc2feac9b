//! Heatmaps: a photo under a grid of attention weights. heat.wgsl is the same for the GPU.

use super::colour::ColourMap;

/// The greatest weight is sought on so many lines of so many places, whatever the size of the picture: a heatmap has the same colours on
/// the stage, in a thumbnail and in print.
pub const LINES: usize = 112;
/// Where there is no weight, so much of the heatmap still covers the photo.
const VEIL: f32 = 0.25;
/// Less than this counts as no weight at all.
const LEAST: f32 = 1e-9;

/// The greatest value of each line of a grid of weights [rows, cols] enlarged to [LINES, LINES]: [LINES].
///
/// # Panics
/// If `weights` does not hold `rows`×`cols` numbers, or there are none.
pub fn peaks(weights: &[f32], grid: (usize, usize)) -> Vec<f32> {
    let lines = upsampled(weights, grid, (LINES, LINES));
    lines.chunks_exact(LINES).map(|line| line.iter().copied().fold(f32::MIN, f32::max)).collect()
}

/// A grid of weights [rows, cols] smoothly enlarged to [height, width] by uniform cubic B-splines, which smooth a
/// little and never undershoot, so that a weight of zero stays zero; the greatest becomes 1.
///
/// # Panics
/// If `weights` does not hold `rows`×`cols` numbers, or there are none.
pub fn enlarged(weights: &[f32], grid: (usize, usize), size: (usize, usize)) -> Vec<f32> {
    let top = peaks(weights, grid).into_iter().fold(LEAST, f32::max);
    upsampled(weights, grid, size).iter().map(|weight| (weight / top).clamp(0.0, 1.0)).collect()
}

/// A photo, RGBA [height, width, 4] premultiplied by its alpha as a canvas holds it, under the heatmap of a grid of weights [rows, cols]:
/// RGBA [height, width, 4] in 0..1, premultiplied, not yet rounded to bytes. A pixel's colour says how much of the greatest weight it has;
/// the less, the more the photo shows. `opacity` in 0..1 thins the whole heatmap.
///
/// # Panics
/// If `weights` does not hold `rows`×`cols` numbers, or there are none.
pub fn composited(
    photo: &[u8],
    size: (usize, usize),
    weights: &[f32],
    grid: (usize, usize),
    map: &ColourMap,
    opacity: f32,
) -> Vec<f32> {
    let over = |(pixel, share): (&[u8], f32)| -> [f32; 4] {
        let [red, green, blue] = map.shade(share);
        let heat = [red, green, blue, 255.0];
        let alpha = (VEIL + share).min(1.0) * opacity;
        std::array::from_fn(|c| (f32::from(pixel[c]) * (1.0 - alpha) + heat[c] * alpha) / 255.0)
    };
    photo.chunks_exact(4).zip(enlarged(weights, grid, size)).flat_map(over).collect()
}

/// The weights [rows, cols] at [height, width], as great as they are.
fn upsampled(weights: &[f32], (rows, cols): (usize, usize), (height, width): (usize, usize)) -> Vec<f32> {
    assert_eq!(weights.len(), rows * cols, "one weight a place");
    let across: Vec<f32> = weights.chunks_exact(cols).flat_map(|row| spline(row, width)).collect();
    let mut out = vec![0.0; height * width];
    for x in 0..width {
        let column: Vec<f32> = across.iter().copied().skip(x).step_by(width).collect();
        for (y, value) in spline(&column, height).into_iter().enumerate() {
            out[y * width + x] = value;
        }
    }
    out
}

fn spline(values: &[f32], count: usize) -> Vec<f32> {
    let at = |i: isize| values[i.clamp(0, values.len() as isize - 1) as usize];
    let sample = |i: usize| {
        let place = (i as f32 + 0.5) / count as f32 * values.len() as f32 - 0.5;
        let (base, t) = (place.floor() as isize, place - place.floor());
        let weights = [
            (1.0 - t).powi(3) / 6.0,
            (3.0 * t.powi(3) - 6.0 * t * t + 4.0) / 6.0,
            (-3.0 * t.powi(3) + 3.0 * t * t + 3.0 * t + 1.0) / 6.0,
            t.powi(3) / 6.0,
        ];
        (-1..3).zip(weights).map(|(k, w)| w * at(base + k)).sum()
    };
    (0..count).map(sample).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(name: &str) -> ColourMap {
        ColourMap::named(name).expect("known")
    }

    /// A grid with one weight of `height` at (row, col).
    fn hot(grid: (usize, usize), (row, col): (usize, usize), height: f32) -> Vec<f32> {
        let mut weights = vec![0.0; grid.0 * grid.1];
        weights[row * grid.1 + col] = height;
        weights
    }

    /// The cubic B-spline as it is defined over distances, by its two pieces.
    fn bump(away: f64) -> f64 {
        let away = away.abs();
        if away < 1.0 {
            2.0 / 3.0 - away * away + away.powi(3) / 2.0
        } else {
            (2.0 - away).max(0.0).powi(3) / 6.0
        }
    }

    #[test]
    fn a_hot_weight_peaks_at_its_place_and_is_a_bump() {
        for (grid, place, size, height) in [
            ((14, 14), (3, 5), (140, 140), 1.0),
            ((14, 14), (7, 8), (37, 53), 1e4),
            ((7, 9), (2, 4), (101, 23), 0.02),
            ((5, 31), (2, 28), (6, 97), 3.0),
        ] {
            let weights = hot(grid, place, height);
            let large = enlarged(&weights, grid, size);
            let case = format!("{place:?} of {grid:?} at {size:?}");
            let at = (0..large.len()).max_by(|a, b| large[*a].total_cmp(&large[*b])).expect("a map");
            let middle = |place: usize, count: usize, length: usize| {
                (place as f64 + 0.5) / count as f64 * length as f64 - 0.5
            };
            let (y, x) = (middle(place.0, grid.0, size.0), middle(place.1, grid.1, size.1));
            assert!(
                ((at / size.1) as f64 - y).abs() <= 1.0 && ((at % size.1) as f64 - x).abs() <= 1.0,
                "{case}"
            );
            let plain = upsampled(&weights, grid, size);
            for (i, actual) in plain.iter().enumerate() {
                let away = |i: usize, place: usize, count: usize, length: usize| {
                    (i as f64 + 0.5) / length as f64 * count as f64 - 0.5 - place as f64
                };
                let wanted = f64::from(height)
                    * bump(away(i / size.1, place.0, grid.0, size.0))
                    * bump(away(i % size.1, place.1, grid.1, size.1));
                let off = (f64::from(*actual) - wanted).abs();
                assert!(off <= 2e-6 * f64::from(height), "{case}, pixel {i}: {actual}, not {wanted}");
            }
        }
    }

    #[test]
    fn shares_lie_between_none_and_all() {
        for (what, weights, grid, share) in [
            ("nothing", vec![0.0; 196], (14, 14), Some(0.0)),
            ("next to nothing", vec![1e-30; 6], (2, 3), Some(0.0)),
            ("one place", vec![0.3], (1, 1), Some(1.0)),
            ("flat", vec![0.25; 6], (3, 2), Some(1.0)),
            ("flat and high", vec![1e4; 35], (5, 7), Some(1.0)),
            ("a line", vec![1.0, 0.0, 0.0, 0.0, 0.5], (1, 5), None),
            ("extremes", vec![1e4, 1e-30, 0.0, 2.0, 1e4, 0.0], (3, 2), None),
        ] {
            for size in [(1, 1), (8, 8), (61, 29), (13, 112)] {
                let large = enlarged(&weights, grid, size);
                assert_eq!(large.len(), size.0 * size.1);
                assert!(large.iter().all(|v| (0.0..=1.0).contains(v)), "{what} at {size:?}");
                let flat = |share: f32| large.iter().all(|v| (v - share).abs() < 1e-5);
                assert!(share.is_none_or(flat), "{what} at {size:?}: {large:?}");
            }
        }
    }

    #[test]
    fn the_photo_shows_where_there_is_no_weight() {
        let photo = [200, 100, 0, 255];
        let near = |actual: &[f32], wanted: [f32; 4]| {
            for (a, w) in actual.iter().zip(wanted) {
                assert!((a - w / 255.0).abs() < 1e-5, "{actual:?}, not {wanted:?} of 255");
            }
        };
        // Of the flat grid only the map's end is seen, of the empty one a quarter of its beginning; half as much at half the opacity.
        let [end, begin] = [[253.0, 231.0, 37.0], [68.0, 1.0, 84.0]];
        for (weight, opacity, alpha, colour) in
            [(1.0, 1.0, 1.0, end), (1.0, 0.5, 0.5, end), (0.0, 1.0, 0.25, begin), (0.0, 0.0, 0.0, begin)]
        {
            let actual = composited(&photo, (1, 1), &[weight], (1, 1), &map("viridis"), opacity);
            let over = |c: usize| f32::from(photo[c]) * (1.0 - alpha) + colour[c] * alpha;
            near(&actual, [over(0), over(1), over(2), 255.0]);
        }
        let clear = composited(&[0; 4], (1, 1), &[0.0], (1, 1), &map("magma"), 1.0);
        near(&clear, [0.0, 0.0, 1.0, 63.75]);
    }

    #[test]
    fn every_map_ends_where_the_weight_is_greatest() {
        for name in ["viridis", "magma", "cividis", "turbo"] {
            let (grid, size) = ((3, 5), (37, 53));
            let photo = vec![255; size.0 * size.1 * 4];
            let picture = composited(&photo, size, &hot(grid, (1, 2), 0.4), grid, &map(name), 1.0);
            let middle = &picture[4 * (18 * 53 + 26)..][..3];
            for (actual, wanted) in middle.iter().zip(map(name).shade(1.0)) {
                assert!((actual - wanted / 255.0).abs() < 0.01, "{name}: {middle:?}");
            }
        }
    }
}
