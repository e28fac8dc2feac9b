//! Convolution with one filter a channel, eight outputs of a row at a time.

use super::frame::{Frame, Sink};
use super::simd::{Four, LANES};

/// Outputs that are made side by side.
const WIDE: usize = 2 * LANES;
/// What they see of a row at most: five taps, every second place.
const SEEN: usize = 2 * WIDE + 4;

/// The filters [C, side · side].
#[derive(Clone, Debug, PartialEq)]
pub struct Depthwise {
    taps: Vec<f32>,
}

impl Depthwise {
    /// `weights` [C, 1, side, side]; `None` for sides, strides or dilations that have no loop.
    pub fn new(frame: &Frame, weights: &[f32]) -> Option<Self> {
        let known = match frame.size {
            [1, 1] => frame.stride == [1, 1],
            [3, 3] | [5, 5] => matches!(frame.stride, [1, 1] | [2, 2]),
            _ => false,
        };
        (known && frame.dilation == [1, 1]).then(|| Self { taps: weights.to_vec() })
    }

    /// One picture x [C, rows, columns].
    #[inline(never)]
    pub fn picture(&self, frame: &Frame, x: &[f32], to: Sink) {
        match (frame.size[0], frame.stride[0]) {
            (1, _) => self.planes::<1, 1>(frame, x, to),
            (3, 1) => self.planes::<3, 1>(frame, x, to),
            (3, _) => self.planes::<3, 2>(frame, x, to),
            (_, 1) => self.planes::<5, 1>(frame, x, to),
            _ => self.planes::<5, 2>(frame, x, to),
        }
    }

    fn planes<const SIDE: usize, const STRIDE: usize>(&self, frame: &Frame, x: &[f32], mut to: Sink) {
        let columns = frame.to.columns;
        let [height, width] = frame.reach([frame.to.rows, columns.next_multiple_of(WIDE)]);
        let width = width + SEEN;
        let mut plane = vec![0.0; height * width];
        let each = x.chunks_exact(frame.from.area()).zip(self.taps.as_chunks::<SIDE>().0.chunks_exact(SIDE));
        for (channel, (x, taps)) in each.enumerate() {
            frame.pad(x, width, &mut plane);
            for row in 0..frame.to.rows {
                let lines = &plane[row * STRIDE * width..];
                line::<SIDE, STRIDE>(lines, width, taps, channel, [row * columns, columns], &mut to);
            }
        }
    }
}

/// One row of outputs.
#[inline(never)]
fn line<const SIDE: usize, const STRIDE: usize>(
    lines: &[f32],
    width: usize,
    taps: &[[f32; SIDE]],
    channel: usize,
    [start, columns]: [usize; 2],
    to: &mut Sink,
) {
    for first in (0..columns).step_by(WIDE) {
        let mut made = [Four::splat(0.0); 2];
        for (inside, taps) in taps.iter().enumerate() {
            let Some(seen) = lines[inside * width + first * STRIDE..].first_chunk::<SEEN>() else { continue };
            for (at, tap) in taps.iter().enumerate() {
                let tap = Four::splat(*tap);
                let [near, far] = eight::<STRIDE>(seen, at);
                made = [made[0] + tap * near, made[1] + tap * far];
            }
        }
        let left = columns - first;
        to.put(channel, start + first, made[0], left);
        if left > LANES {
            to.put(channel, start + first + LANES, made[1], left - LANES);
        }
    }
}

/// Eight numbers from `at` on, each `STRIDE` behind the one before.
#[inline(always)]
fn eight<const STRIDE: usize>(seen: &[f32; SEEN], at: usize) -> [Four; 2] {
    let four = |i: usize| Four::load(&seen[at + i * LANES..]);
    if STRIDE == 1 { [four(0), four(1)] } else { [four(0).evens(four(1)), four(2).evens(four(3))] }
}
