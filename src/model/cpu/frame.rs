//! Where a convolution's numbers come from and go to: sizes and padding of its pictures, and what is done to each output.

use std::borrow::Cow;

use super::simd::{Four, LANES};

/// How many channels, rows and columns a picture has, in this order.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Planes {
    pub channels: usize,
    pub rows: usize,
    pub columns: usize,
}

impl Planes {
    /// How many numbers all planes hold.
    pub fn len(&self) -> usize {
        self.channels * self.area()
    }

    /// How many numbers a plane holds.
    pub fn area(&self) -> usize {
        self.rows * self.columns
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
    /// A number to add for each output channel.
    pub bias: Vec<f32>,
}

impl Frame {
    /// Rows and columns of a plane that holds the picture and every window of `outputs` rows and columns.
    pub fn reach(&self, outputs: [usize; 2]) -> [usize; 2] {
        let inside = [self.from.rows, self.from.columns];
        [0, 1].map(|axis| {
            let window = (self.size[axis] - 1) * self.dilation[axis] + 1;
            ((outputs[axis] - 1) * self.stride[axis] + window).max(self.padding[axis] + inside[axis])
        })
    }

    /// The picture's planes [height, width] with zeros around.
    pub fn padded<'a>(&self, x: &'a [f32], [height, width]: [usize; 2]) -> Cow<'a, [f32]> {
        let Planes { channels, rows, columns } = self.from;
        if [height, width] == [rows, columns] {
            return x.into();
        }
        let mut made = vec![0.0; channels * height * width];
        for (plane, x) in made.chunks_exact_mut(height * width).zip(x.chunks_exact(rows * columns)) {
            self.pad(x, width, plane);
        }
        made.into()
    }

    /// Lays one plane into a wider one.
    pub fn pad(&self, x: &[f32], width: usize, to: &mut [f32]) {
        let ([top, left], columns) = (self.padding, self.from.columns);
        for (to, x) in to.chunks_exact_mut(width).skip(top).zip(x.chunks_exact(columns)) {
            to[left..left + columns].copy_from_slice(x);
        }
    }
}

/// What is done to each output before it is written: the bias and perhaps another picture are added, then it is kept within bounds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Epilogue {
    pub floor: f32,
    pub ceiling: f32,
}

impl Default for Epilogue {
    fn default() -> Self {
        Self { floor: f32::NEG_INFINITY, ceiling: f32::INFINITY }
    }
}

/// Where outputs go.
pub struct Sink<'a> {
    y: &'a mut [f32],
    added: Option<&'a [f32]>,
    bias: &'a [f32],
    bounds: [Four; 2],
    area: usize,
}

impl<'a> Sink<'a> {
    /// For one picture of `frame`; `added` and `y` hold as many numbers as it makes.
    pub fn new(frame: &'a Frame, added: Option<&'a [f32]>, epilogue: Epilogue, y: &'a mut [f32]) -> Self {
        let bounds = [epilogue.floor, epilogue.ceiling].map(Four::splat);
        Self { y, added, bias: &frame.bias, bounds, area: frame.to.area() }
    }
}

impl Sink<'_> {
    /// Up to four outputs of a channel, as many as `count` says, from the pixel `at` on. There may be no such channel.
    #[inline(always)]
    pub fn put(&mut self, channel: usize, at: usize, made: Four, count: usize) {
        let Some(bias) = self.bias.get(channel) else { return };
        let (start, [floor, ceiling]) = (channel * self.area + at, self.bounds);
        let mut made = made + Four::splat(*bias);
        if count >= LANES {
            if let Some(added) = self.added {
                made = made + Four::load(&added[start..]);
            }
            made.max(floor).min(ceiling).store(&mut self.y[start..]);
            return;
        }
        let mut rest = [0.0; LANES];
        if let Some(added) = self.added {
            rest[..count].copy_from_slice(&added[start..start + count]);
        }
        let made = (made + Four::from_array(rest)).max(floor).min(ceiling).array();
        self.y[start..start + count].copy_from_slice(&made[..count]);
    }

    /// Up to eight outputs of four channels.
    #[inline(never)]
    pub fn put_tile(&mut self, channel: usize, at: usize, made: &[[Four; 2]; LANES], count: usize) {
        for (row, [near, far]) in made.iter().enumerate() {
            self.put(channel + row, at, *near, count);
            if count > LANES {
                self.put(channel + row, at + LANES, *far, count - LANES);
            }
        }
    }
}
