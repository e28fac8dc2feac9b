//! The same graphs on WebGPU: a tract graph is lowered to a list of dispatches, and what has no kernel stays with tract.
//!
//! `lower` and `operators` make views (`view`), expressions (`expression`) and kernels (`kernel`) of a graph; `writer` turns them
//! into WGSL; `arena` gives values their buffers; `plan` runs it all on a `device`, `steps` in a loop; `profile` measures a run by
//! the device's `ticks`.

mod arena;
mod device;
mod expression;
mod kernel;
mod lecture;
mod lower;
mod operators;
mod plan;
mod profile;
mod steps;
#[cfg(test)]
mod tests;
mod ticks;
mod view;
mod writer;

pub use device::{Gpu, GpuError};
pub use kernel::Variant;
pub use lecture::{Compared, compared, farthest};
pub use plan::GpuModel;
pub use steps::GpuSteps;
