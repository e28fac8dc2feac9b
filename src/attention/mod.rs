//! The mechanisms of the lecture, one a file: value and gradient on plain `f32` slices, small enough to read in class.

pub mod soft;
