//! The lean ONNX reader: a file with known shapes, of the operators that the shipped files use, becomes a tract graph.
//!
//! `onnx` holds the messages of the file format; `weights` spreads int8 and fp16 weights; `operators` wires one node each; `reader`
//! wires the whole graph.

mod onnx;
mod operators;
mod reader;
mod weights;

pub use reader::{Imported, read};
pub use weights::declutter;
#[cfg(test)]
pub(crate) use weights::half;
