//! A graph becomes a plan for the CPU. tract works through many operators number by number in general code; those are replaced by
//! operators of our own with the same answer. The graph that is passed in stays as it is.
//!
//! `fuse` writes a graph anew with operators of `op`. Those are convolutions (`convolution`: by `winograd`, `im2col` or `depthwise`,
//! all on a `frame`), products (`product`), and loops over `pool`, `resize`, `softmax` and `arithmetic`; `simd` is what they compute with.

mod arithmetic;
mod convolution;
mod depthwise;
mod frame;
mod fuse;
mod im2col;
mod op;
mod pool;
mod product;
mod resize;
mod simd;
mod softmax;
#[cfg(test)]
mod tests;
mod winograd;

pub use fuse::optimised;
