//! Convolution by minimal filtering (Winograd 1980; Lavin and Gray 2016, "Fast Algorithms for Convolutional Neural Networks"):
//! of a field of 6×6 inputs, 36 products make 4×4 outputs of a 3×3 filter, or 2×2 of a 5×5 one, instead of 144 or 100.

use super::frame::{Frame, Sink};
use super::simd::{Four, LANES, narrow_product, product};

/// Rows and columns of the field that a tile of outputs sees.
const FIELD: usize = 6;
/// Tiles that a panel holds side by side.
const PANEL: usize = 2 * LANES;
/// Panels worked through at once: what they take fits the cache.
const BLOCK: usize = 4;
/// Numbers between the 36 matrices, so that they do not share lines of the cache.
const GAP: usize = 16;
/// Where the polynomials are taken beside infinity, and what the filter's values there are divided by.
const POINTS: [(f64, f64); FIELD - 1] = [(0.0, 4.0), (1.0, -6.0), (-1.0, -6.0), (2.0, 24.0), (-2.0, 24.0)];

/// A square filter's values at the 36 pairs of points, for stride 1: panels [36, O / 4, I, 4].
#[derive(Clone, Debug, PartialEq)]
pub struct Winograd {
    side: usize,
    panels: Vec<f32>,
}

/// What each tap of a filter of `side` taps counts at a point.
fn powers(point: usize, side: usize) -> Vec<f64> {
    let power = |tap: usize| match POINTS.get(point) {
        Some((x, by)) => x.powi(tap as i32) / by,
        None => f64::from(u8::from(tap == side - 1)),
    };
    (0..side).map(power).collect()
}

impl Winograd {
    /// `weights` [O, I, side, side]; `None` if there is no such algorithm for them, or it would not be faster.
    pub fn new(frame: &Frame, weights: &[f32]) -> Option<Self> {
        let Frame { size: [side, across], stride, dilation, .. } = *frame;
        let (inputs, outputs) = (frame.from.channels, frame.to.channels);
        let known = side == across && matches!(side, 3 | 5) && stride == [1, 1] && dilation == [1, 1];
        let wins = inputs >= 2 * LANES && outputs >= LANES;
        if !(known && wins) {
            return None;
        }
        let area = side * side;
        let blocks = outputs.div_ceil(LANES);
        let mut panels = vec![0.0; FIELD * FIELD * blocks * inputs * LANES];
        let at: Vec<Vec<f64>> = (0..FIELD).map(|point| powers(point, side)).collect();
        for (n, plane) in weights.chunks_exact(area).enumerate() {
            let (output, input) = (n / inputs, n % inputs);
            for pair in 0..FIELD * FIELD {
                let (down, right) = (&at[pair / FIELD], &at[pair % FIELD]);
                let taps = (0..area).map(|i| down[i / side] * right[i % side] * f64::from(plane[i]));
                let panel = (pair * blocks + output / LANES) * inputs + input;
                panels[panel * LANES + output % LANES] = taps.sum::<f64>() as f32;
            }
        }
        Some(Self { side, panels })
    }

    /// One picture x [I, rows, columns].
    #[inline(never)]
    pub fn picture(&self, frame: &Frame, x: &[f32], to: Sink) {
        match self.side {
            3 => self.in_tiles::<4>(frame, x, to),
            _ => self.in_tiles::<2>(frame, x, to),
        }
    }

    /// One picture in tiles of `TILE` rows and columns.
    fn in_tiles<const TILE: usize>(&self, frame: &Frame, x: &[f32], mut to: Sink) {
        let tiles = Tiles::new(frame, TILE);
        let padded = frame.padded(x, [tiles.height, tiles.stride]);
        let (inputs, outputs) = (frame.from.channels, frame.to.channels.next_multiple_of(LANES));
        let panels = tiles.count.div_ceil(PANEL);
        let width = panels.min(BLOCK) * PANEL;
        let (spread, joined) = (inputs * width + GAP, outputs * width + GAP);
        let mut fields = vec![0.0; FIELD * FIELD * spread];
        let mut products = vec![0.0; FIELD * FIELD * joined];
        for first in (0..panels).step_by(BLOCK) {
            let starts = (first * PANEL..tiles.count.min((first + BLOCK) * PANEL)).step_by(LANES);
            for (four, start) in starts.clone().enumerate() {
                let wide = (four | 1) * LANES + first * PANEL < tiles.count;
                let step = if wide { PANEL } else { LANES };
                let at = four / 2 * PANEL * inputs + four % 2 * LANES;
                let corners = std::array::from_fn(|lane| tiles.corner(start + lane));
                for (channel, plane) in padded.chunks_exact(tiles.area()).enumerate() {
                    let field = forward(plane, tiles.stride, corners);
                    for (pair, value) in field.iter().flatten().enumerate() {
                        value.store(&mut fields[pair * spread + at + channel * step..]);
                    }
                }
            }
            for (pair, filter) in self.panels.chunks_exact(outputs * inputs).enumerate() {
                let (fields, made) = (&fields[pair * spread..], &mut products[pair * joined..]);
                for (rows, made) in
                    filter.chunks_exact(inputs * LANES).zip(made.chunks_exact_mut(LANES * width))
                {
                    for (panel, start) in starts.clone().step_by(2).enumerate() {
                        let columns = &fields[panel * PANEL * inputs..];
                        let to = &mut made[panel * PANEL..];
                        if start + LANES < tiles.count {
                            let tile = product(rows, columns);
                            for (row, [left, right]) in tile.into_iter().enumerate() {
                                left.store(&mut to[row * width..]);
                                right.store(&mut to[row * width + LANES..]);
                            }
                        } else {
                            let tile = narrow_product(rows, columns);
                            for (row, four) in tile.into_iter().enumerate() {
                                four.store(&mut to[row * width..]);
                            }
                        }
                    }
                }
            }
            for channel in 0..frame.to.channels {
                for (four, start) in starts.clone().enumerate() {
                    let at = channel * width + four * LANES;
                    let field = std::array::from_fn(|row| {
                        std::array::from_fn(|column| {
                            Four::load(&products[(row * FIELD + column) * joined + at..])
                        })
                    });
                    put(frame, backward::<TILE>(&field), channel, start, tiles, &mut to);
                }
            }
        }
    }
}

/// Writes the outputs of four tiles, as far as they lie inside.
#[inline(never)]
fn put<const TILE: usize>(
    frame: &Frame,
    made: [[Four; TILE]; TILE],
    channel: usize,
    start: usize,
    tiles: Tiles,
    to: &mut Sink,
) {
    let (rows, columns) = (frame.to.rows, frame.to.columns);
    for (inside, row) in made.into_iter().enumerate() {
        let row = Four::transposed(std::array::from_fn(|i| *row.get(i).unwrap_or(&row[0])));
        for (tile, made) in (start..tiles.count).zip(row) {
            let (down, right) = (tile / tiles.across * TILE + inside, tile % tiles.across * TILE);
            if down < rows {
                to.put(channel, down * columns + right, made, TILE.min(columns - right));
            }
        }
    }
}

/// How a picture's outputs lie in tiles, row by row.
#[derive(Clone, Copy)]
struct Tiles {
    side: usize,
    across: usize,
    count: usize,
    /// Columns and rows of a padded plane.
    stride: usize,
    height: usize,
}

impl Tiles {
    fn new(of: &Frame, side: usize) -> Self {
        let (across, down) = (of.to.columns.div_ceil(side), of.to.rows.div_ceil(side));
        let [height, stride] = of.reach([down * side, across * side]);
        Self { side, across, count: across * down, stride, height }
    }

    fn area(self) -> usize {
        self.stride * self.height
    }

    /// Where a tile's field begins in a padded plane; that of the last one for any after it.
    fn corner(self, tile: usize) -> usize {
        let tile = tile.min(self.count - 1);
        (tile / self.across * self.stride + tile % self.across) * self.side
    }
}

/// The fields of four tiles at the 36 pairs of points.
#[inline(never)]
fn forward(plane: &[f32], stride: usize, corners: [usize; LANES]) -> [[Four; FIELD]; FIELD] {
    let rows: [[Four; FIELD]; FIELD] = std::array::from_fn(|row| {
        let field = corners.map(|corner| &plane[corner + row * stride..][..FIELD]);
        let [a, b, c, d] = Four::transposed(field.map(Four::load));
        let [_, _, e, f] = Four::transposed(field.map(|field| Four::load(&field[FIELD - LANES..])));
        points([a, b, c, d, e, f])
    });
    let columns: [[Four; FIELD]; FIELD] =
        std::array::from_fn(|column| points(std::array::from_fn(|row| rows[row][column])));
    std::array::from_fn(|row| std::array::from_fn(|column| columns[column][row]))
}

/// Six inputs at the six points.
#[inline(always)]
fn points([a, b, c, d, e, f]: [Four; FIELD]) -> [Four; FIELD] {
    let (two, four, five) = (Four::splat(2.0), Four::splat(4.0), Four::splat(5.0));
    let (even, odd) = (e - four * c, d - four * b);
    let (same, apart) = (e - c, two * (d - b));
    [four * a - five * c + e, even + odd, even - odd, same + apart, same - apart, four * b - five * d + f]
}

/// The outputs of four tiles from what the 36 products made.
#[inline(never)]
fn backward<const TILE: usize>(field: &[[Four; FIELD]; FIELD]) -> [[Four; TILE]; TILE] {
    let rows: [[Four; TILE]; FIELD] = std::array::from_fn(|row| outputs(field[row]));
    let columns: [[Four; TILE]; TILE] =
        std::array::from_fn(|column| outputs(std::array::from_fn(|row| rows[row][column])));
    std::array::from_fn(|row| std::array::from_fn(|column| columns[column][row]))
}

/// The outputs of one row from its six points.
#[inline(always)]
fn outputs<const TILE: usize>([a, b, c, d, e, f]: [Four; FIELD]) -> [Four; TILE] {
    let (near, far) = ([b + c, b - c], [d + e, d - e]);
    std::array::from_fn(|i| {
        let made = near[i % 2] + Four::splat((1 << i) as f32) * far[i % 2];
        let made = if i == 0 { made + a } else { made };
        if i == TILE - 1 { made + f } else { made }
    })
}
