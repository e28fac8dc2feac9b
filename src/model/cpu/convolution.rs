//! Convolution of whole pictures, with the arithmetic fused into it. With one group: minimal filtering (Winograd) where that saves
//! products, else im2col, a few windows at a time. With one filter a channel: row by row.

use super::depthwise::Depthwise;
use super::frame::{Epilogue, Frame, Sink};
use super::im2col::Im2col;
use super::winograd::Winograd;

/// A convolution with its weights laid out.
#[derive(Clone, Debug, PartialEq)]
pub struct Convolution {
    frame: Frame,
    method: Method,
}

#[derive(Clone, Debug, PartialEq)]
enum Method {
    Winograd(Winograd),
    Im2col(Im2col),
    Depthwise(Depthwise),
}

impl Convolution {
    /// `weights` [O, I, rows, columns].
    pub fn new(frame: Frame, weights: &[f32]) -> Self {
        let method = match Winograd::new(&frame, weights) {
            Some(winograd) => Method::Winograd(winograd),
            None => Method::Im2col(Im2col::new(frame.to.channels, weights)),
        };
        Self { frame, method }
    }

    /// `weights` [C, 1, rows, columns]; `None` if there is no loop for their size.
    pub fn depthwise(frame: Frame, weights: &[f32]) -> Option<Self> {
        let method = Method::Depthwise(Depthwise::new(&frame, weights)?);
        Some(Self { frame, method })
    }

    /// Whether each channel has a filter of its own.
    pub fn is_depthwise(&self) -> bool {
        matches!(self.method, Method::Depthwise(_))
    }

    /// Multiply-adds of so many pictures, as if each output were summed by itself.
    pub fn work(&self, pictures: usize) -> usize {
        let Frame { from, to, size, .. } = &self.frame;
        let channels = if self.is_depthwise() { 1 } else { from.channels };
        pictures * to.len() * channels * size[0] * size[1]
    }

    /// Pictures x [N, I, rows, columns] to y [N, O, rows, columns]; `added` has the shape of y.
    pub fn run(&self, x: &[f32], added: Option<&[f32]>, epilogue: Epilogue, y: &mut [f32]) {
        let frame = &self.frame;
        let len = frame.to.len();
        for (i, (x, y)) in x.chunks_exact(frame.from.len()).zip(y.chunks_exact_mut(len)).enumerate() {
            let added = added.map(|added| &added[i * len..][..len]);
            let to = Sink::new(frame, added, epilogue, y);
            match &self.method {
                Method::Winograd(winograd) => winograd.picture(frame, x, to),
                Method::Im2col(im2col) => im2col.picture(frame, x, to),
                Method::Depthwise(depthwise) => depthwise.picture(frame, x, to),
            }
        }
    }
}
