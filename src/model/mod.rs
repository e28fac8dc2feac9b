//! An ONNX file becomes something that runs: named inputs and outputs, checked shapes, clear errors.
//!
//! A file is read by `import` into tract's graph; `cpu` and `gpu` make plans of the graph; `placement` says which of the two runs.
//! [`Model`] (`run`) holds all that; `run_steps`, `run_on_gpu`, `settle` and `examine` are what else it does.

mod bounds;
mod cpu;
mod error;
mod examine;
pub mod gpu;
mod graph;
mod import;
mod placement;
mod profile;
mod run;
mod run_on_gpu;
mod run_steps;
mod settle;
mod steps;
mod tensor;

pub use error::ModelError;
pub use examine::{Compared, Examined};
#[cfg(test)]
pub(crate) use import::half;
pub use profile::{Part, Profile};
pub use run::Model;
pub use settle::{Choice, Settled};
pub use steps::{Carried, StepOutputs, Steps};
pub use tensor::{Outputs, Tensor, as_inputs, farthest};
