//! Glimpse: the attention models of a lecture, to be seen at work.
//!
//! The rooms, in reading order:
//! - [`attention`]: the lecture's mathematics, value and gradient, on plain slices.
//! - [`model`]: an ONNX file becomes something that runs, with named inputs and outputs.

pub mod attention;
pub mod model;
