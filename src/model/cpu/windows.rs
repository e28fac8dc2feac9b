//! The filter times the windows, which are gathered eight at a time.

use super::convolution::{Frame, Sink};
use super::four::{LANES, narrow_product, product};

/// Outputs that are made side by side.
const PANEL: usize = 2 * LANES;

/// The filter [O / 4, I · rows · columns, 4].
#[derive(Clone, Debug, PartialEq)]
pub struct Windows {
    panels: Vec<f32>,
}

impl Windows {
    pub fn new(outputs: usize, weights: &[f32]) -> Self {
        let depth = weights.len() / outputs;
        let mut panels = vec![0.0; outputs.next_multiple_of(LANES) * depth];
        for (panel, filters) in panels.chunks_exact_mut(depth * LANES).zip(weights.chunks(depth * LANES)) {
            interleave(filters, depth, panel);
        }
        Self { panels }
    }

    pub fn picture(&self, frame: &Frame, x: &[f32], mut to: Sink) {
        let Frame { size, stride, dilation, .. } = frame;
        let [height, width] = frame.reach([frame.to.rows, frame.to.columns]);
        let padded = frame.padded(x, [height, width]);
        let depth = frame.from.channels * size[0] * size[1];
        let (count, columns) = (frame.to.area(), frame.to.columns);
        let taps: Vec<usize> = (0..size[0] * size[1])
            .map(|tap| tap / size[1] * dilation[0] * width + tap % size[1] * dilation[1])
            .collect();
        let mut windows = vec![0.0; depth * PANEL];
        for first in (0..count).step_by(PANEL) {
            let left = count - first;
            let lanes = if left > LANES { PANEL } else { LANES };
            let corners: [usize; PANEL] = std::array::from_fn(|lane| {
                let at = (first + lane).min(count - 1);
                at / columns * stride[0] * width + at % columns * stride[1]
            });
            let planes = padded.chunks_exact(height * width);
            for (to, plane) in windows.chunks_exact_mut(taps.len() * lanes).zip(planes) {
                gather(plane, &taps, &corners[..lanes], to);
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

/// The numbers at a place of each window, from the windows' corners on.
#[inline(never)]
fn gather(plane: &[f32], taps: &[usize], corners: &[usize], to: &mut [f32]) {
    let lanes = corners.len();
    let neighbours = corners[lanes - 1] == corners[0] + lanes - 1;
    for (to, tap) in to.chunks_exact_mut(lanes).zip(taps) {
        let place = &plane[*tap..];
        if neighbours {
            to.copy_from_slice(&place[corners[0]..][..lanes]);
        } else {
            to.iter_mut().zip(corners).for_each(|(to, corner)| *to = place[*corner]);
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
