//! Convolution of whole pictures, one group: by minimal filtering where that saves products, else by the product of the filter
//! and the windows, which are gathered eight at a time and never make a matrix of their own.

use super::four::{Four, LANES, narrow_product, product};
use super::winograd::Winograd;

/// Outputs that are made side by side.
const PANEL: usize = 2 * LANES;

/// How many channels, rows and columns a picture has, and whether its channels are the last axis.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Planes {
    pub channels: usize,
    pub rows: usize,
    pub columns: usize,
    pub channels_last: bool,
}

impl Planes {
    pub fn len(&self) -> usize {
        self.channels * self.rows * self.columns
    }

    /// The strides of channels and of pixels.
    pub fn strides(&self) -> [usize; 2] {
        if self.channels_last { [1, self.channels] } else { [self.rows * self.columns, 1] }
    }
}

/// Pictures of shape `from` become pictures of shape `to`; rows first in each pair.
#[derive(Clone, Debug, PartialEq)]
pub struct Frame {
    pub from: Planes,
    pub to: Planes,
    /// Rows and columns of the filter.
    pub size: [usize; 2],
    pub stride: [usize; 2],
    pub dilation: [usize; 2],
    /// Rows above and columns left of the picture that count as zeros.
    pub padding: [usize; 2],
    /// A number to add for each output.
    pub bias: Vec<f32>,
}

impl Frame {
    /// Rows and columns that a window reaches over.
    fn reach(&self) -> [usize; 2] {
        [0, 1].map(|axis| (self.size[axis] - 1) * self.dilation[axis] + 1)
    }

    /// The picture's planes [height, width] with zeros around.
    pub fn padded(&self, x: &[f32], [height, width]: [usize; 2]) -> Vec<f32> {
        let Planes { channels, rows, columns, .. } = self.from;
        let ([top, left], [apart, next]) = (self.padding, self.from.strides());
        let mut made = vec![0.0; channels * height * width];
        for (channel, plane) in made.chunks_exact_mut(height * width).enumerate() {
            for (row, to) in plane.chunks_exact_mut(width).skip(top).take(rows).enumerate() {
                let (from, to) = (&x[channel * apart + row * columns * next..], &mut to[left..][..columns]);
                if next == 1 {
                    to.copy_from_slice(&from[..columns]);
                } else {
                    to.iter_mut().zip(from.iter().step_by(next)).for_each(|(to, from)| *to = *from);
                }
            }
        }
        made
    }
}

/// What makes each picture.
#[derive(Clone, Debug, PartialEq)]
pub struct Convolution {
    frame: Frame,
    method: Method,
}

#[derive(Clone, Debug, PartialEq)]
enum Method {
    Winograd(Winograd),
    Windows(Windows),
}

impl Convolution {
    /// `weights` [O, I, rows, columns].
    pub fn new(frame: Frame, weights: &[f32]) -> Self {
        let method = match Winograd::new(&frame, weights) {
            Some(winograd) => Method::Winograd(winograd),
            None => Method::Windows(Windows::new(frame.to.channels, weights)),
        };
        Self { frame, method }
    }

    /// Some pictures, one behind the other; no output falls below the floor.
    pub fn run(&self, x: &[f32], floor: f32, y: &mut [f32]) {
        let frame = &self.frame;
        for (x, y) in x.chunks_exact(frame.from.len()).zip(y.chunks_exact_mut(frame.to.len())) {
            match &self.method {
                Method::Winograd(winograd) => winograd.picture(frame, x, floor, y),
                Method::Windows(windows) => windows.picture(frame, x, floor, y),
            }
        }
    }
}

/// The filter times the windows.
#[derive(Clone, Debug, PartialEq)]
struct Windows {
    /// The filter [O / 4, I · rows · columns, 4].
    panels: Vec<f32>,
}

impl Windows {
    fn new(outputs: usize, weights: &[f32]) -> Self {
        let depth = weights.len() / outputs;
        let mut panels = vec![0.0; outputs.next_multiple_of(LANES) * depth];
        for (output, filter) in weights.chunks_exact(depth).enumerate() {
            let panel = &mut panels[output / LANES * depth * LANES..];
            for (to, weight) in panel.iter_mut().skip(output % LANES).step_by(LANES).zip(filter) {
                *to = *weight;
            }
        }
        Self { panels }
    }

    fn picture(&self, frame: &Frame, x: &[f32], floor: f32, y: &mut [f32]) {
        let Frame { from, to, size, stride, dilation, padding, bias } = frame;
        let reach = frame.reach();
        let (inside, outside) = ([from.rows, from.columns], [to.rows, to.columns]);
        let [height, width] =
            [0, 1].map(|i| ((outside[i] - 1) * stride[i] + reach[i]).max(padding[i] + inside[i]));
        let padded = frame.padded(x, [height, width]);
        let depth = from.channels * size[0] * size[1];
        let (count, [apart, next]) = (to.rows * to.columns, to.strides());
        let floor = Four::splat(floor);
        let mut windows = vec![0.0; depth * PANEL];
        for first in (0..count).step_by(PANEL) {
            let wide = count - first > LANES;
            let corners = std::array::from_fn(|lane| {
                let at = (first + lane).min(count - 1);
                at / to.columns * stride[0] * width + at % to.columns * stride[1]
            });
            let lanes = if wide { PANEL } else { LANES };
            let planes = padded.chunks_exact(height * width);
            let taps = (0..size[0]).flat_map(|row| {
                (0..size[1]).map(move |column| row * dilation[0] * width + column * dilation[1])
            });
            let places = planes.flat_map(|plane| taps.clone().map(move |tap| &plane[tap..]));
            for (to, place) in windows.chunks_exact_mut(lanes).zip(places) {
                gather(place, &corners, to);
            }
            let windows = &windows[..depth * lanes];
            for (block, filter) in self.panels.chunks_exact(depth * LANES).enumerate() {
                let mut put = |row: usize, at: usize, made: Four| {
                    let channel = block * LANES + row;
                    if let Some(bias) = bias.get(channel) {
                        let made = (made + Four::splat(*bias)).max(floor).array();
                        let start = channel * apart + (first + at) * next;
                        for (lane, value) in made.into_iter().enumerate().take(count - first - at) {
                            y[start + lane * next] = value;
                        }
                    }
                };
                if wide {
                    let tile = product([[Four::splat(0.0); 2]; LANES], filter, windows);
                    for (row, [left, right]) in tile.into_iter().enumerate() {
                        put(row, 0, left);
                        put(row, LANES, right);
                    }
                } else {
                    let tile = narrow_product([Four::splat(0.0); LANES], filter, windows);
                    tile.into_iter().enumerate().for_each(|(row, made)| put(row, 0, made));
                }
            }
        }
    }
}

/// One number of each window, from its corner on.
#[inline(always)]
fn gather(from: &[f32], corners: &[usize; PANEL], to: &mut [f32]) {
    let [first, .., last] = *corners;
    if last == first + PANEL - 1 {
        to.copy_from_slice(&from[first..][..to.len()]);
    } else {
        to.iter_mut().zip(corners).for_each(|(to, corner)| *to = from[*corner]);
    }
}
