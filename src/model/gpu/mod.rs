//! The same graphs on WebGPU: a tract graph is lowered to a list of dispatches, and what has no kernel stays with tract.
//!
//! A graph becomes views (`view`), expressions (`expression`) and kernels (`kernel`) by `lower`, which goes through the nodes, and
//! `operators`, one arm an operator, on what `lowering` knows so far. `kernels` and `writer` turn them into WGSL (`wgsl`), each a
//! `dispatch` or another `stage`; `constants` lays the weights together and `arena` gives values their buffers. `plan` runs it all on a
//! `device`, `steps` in a loop; `profile` measures a run by the device's `timestamps`.

mod arena;
#[cfg(any(test, feature = "shader_check"))]
mod compute;
mod constants;
mod device;
mod dispatch;
mod expression;
mod kernel;
mod kernels;
mod lower;
mod lowering;
mod operators;
mod plan;
mod profile;
mod stage;
mod steps;
#[cfg(test)]
mod tests;
mod timestamps;
mod view;
mod wgsl;
mod writer;

pub use device::Gpu;
pub use kernel::Variant;
pub use plan::GpuModel;
pub use steps::GpuSteps;
pub(super) use steps::Loop;
