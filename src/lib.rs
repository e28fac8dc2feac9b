//! Glimpse: the attention models of a lecture, to be seen at work.
//!
//! The rooms, in reading order:
//! - [`attention`]: the lecture's mathematics, value and gradient, on plain slices; a shader beside what also runs on the GPU.
//! - [`model`]: an ONNX file becomes something that runs, with named inputs and outputs, on the CPU or the GPU.
//! - [`picture`]: pixels in and out: decode, orientation, resize, normalise, colour map, heatmap.
//! - [`exhibits`]: one file a system of the lecture: what goes in, one step, what comes out.
//! - `web` (only in WebAssembly): what the page may ask for; the only place that knows JavaScript.
//!
//! Data has one way through: input → [`exhibits::Exhibit::start`] → step, step, step → [`exhibits::Frame`] → the page.

pub mod attention;
pub mod exhibits;
pub mod model;
pub mod picture;
#[cfg(any(test, feature = "shader_check"))]
mod shader_check;
#[cfg(target_arch = "wasm32")]
mod web;
