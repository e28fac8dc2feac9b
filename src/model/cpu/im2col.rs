//! im2col: the filter times the windows, of which eight at a time are gathered into columns.

use super::frame::{Frame, Sink};
use super::simd::{LANES, narrow_product, product};

/// Outputs that are made side by side.
const PANEL: usize = 2 * LANES;

/// The filter [O / 4, I · rows · columns, 4].
#[derive(Clone, Debug, PartialEq)]
pub struct Im2col {
    panels: Vec<f32>,
}

impl Im2col {
    /// `weights` [O, I, rows, columns], of so many outputs O.
    pub fn new(outputs: usize, weights: &[f32]) -> Self {
        let depth = weights.len() / outputs;
        let mut panels = vec![0.0; outputs.next_multiple_of(LANES) * depth];
        for (panel, filters) in panels.chunks_exact_mut(depth * LANES).zip(weights.chunks(depth * LANES)) {
            interleave(filters, depth, panel);
        }
        Self { panels }
    }

    /// One picture x [I, rows, columns].
    #[inline(never)]
    pub fn picture(&self, frame: &Frame, x: &[f32], mut to: Sink) {
        let Frame { size, stride, dilation, .. } = frame;
        let [height, width] = frame.reach([frame.to.rows, frame.to.columns]);
        let padded = frame.padded(x, [height, width]);
        let depth = frame.from.channels * size[0] * size[1];
        let (count, columns) = (frame.to.area(), frame.to.columns);
        let tap = |i: usize| i / size[1] * dilation[0] * width + i % size[1] * dilation[1];
        let taps = (0..frame.from.channels)
            .flat_map(|plane| (0..size[0] * size[1]).map(move |i| plane * height * width + tap(i)));
        let taps: Vec<usize> = taps.collect();
        let mut windows = vec![0.0; depth * PANEL];
        for first in (0..count).step_by(PANEL) {
            let left = count - first;
            let corners: [usize; PANEL] = std::array::from_fn(|lane| {
                let at = (first + lane).min(count - 1);
                at / columns * stride[0] * width + at % columns * stride[1]
            });
            let lanes = if left > LANES { PANEL } else { LANES };
            if lanes == PANEL {
                gather::<PANEL>(&padded, &taps, &corners, &mut windows);
            } else {
                gather::<LANES>(&padded, &taps, &corners, &mut windows);
            }
            let windows = &windows[..depth * lanes];
            for (block, filter) in self.panels.chunks_exact(depth * LANES).enumerate() {
                let tile = if lanes == PANEL {
                    product(filter, windows)
                } else {
                    narrow_product(filter, windows).map(|made| [made; 2])
                };
                to.put_tile(block * LANES, first, &tile, left.min(lanes));
            }
        }
    }
}

/// The numbers that each tap meets in the windows that begin at the corners: [taps, WIDE].
#[inline(never)]
fn gather<const WIDE: usize>(from: &[f32], taps: &[usize], corners: &[usize; PANEL], to: &mut [f32]) {
    let first = corners[0];
    let neighbours = corners[WIDE - 1] == first + WIDE - 1;
    for (to, tap) in to.as_chunks_mut::<WIDE>().0.iter_mut().zip(taps) {
        match from[*tap..].get(first..first + WIDE).and_then(|from| from.first_chunk()) {
            Some(from) if neighbours => *to = *from,
            _ => to.iter_mut().zip(corners).for_each(|(to, corner)| *to = from[tap + corner]),
        }
    }
}

/// Rows of `depth` numbers, up to four of them, side by side: [depth, 4].
#[inline(never)]
fn interleave(rows: &[f32], depth: usize, to: &mut [f32]) {
    for (lane, row) in rows.chunks_exact(depth).enumerate() {
        for (to, from) in to.as_chunks_mut::<LANES>().0.iter_mut().zip(row) {
            to[lane] = *from;
        }
    }
}
