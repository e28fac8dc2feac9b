//! The second core: any ONNX file, read by tract-onnx, for the exhibit "Your model". Its page alone loads it.
//!
//! - [`describe`]: what a file holds: nodes, inputs, outputs, open dimensions. [`Description`] knows no shapes yet.
//! - `attention`: the operator `Attention` in operators that tract has.
//! - `branches`: an `If` that the shapes decide becomes the branch that it takes.
//! - [`prepare`]: with a number for each open dimension the graph becomes a plan whose outputs are the file's and every softmax.
//! - [`run`]: numbers in, numbers out.
//! - [`error`]: why a file does not run: the node, its operator, what to try.
//! - `web` (only in WebAssembly): what the page may ask for.

mod attention;
mod branches;
pub mod describe;
pub mod error;
pub mod prepare;
pub mod run;
mod shapes;
#[cfg(target_arch = "wasm32")]
mod web;

/// The lean core's operators for the CPU, compiled once more: as a dependency it would bring its GPU, its pictures and its page side.
/// What the lean core's reader alone uses of them stands idle here.
#[allow(dead_code)]
#[path = ".."]
mod model {
    #[path = "model/bounds.rs"]
    mod bounds;
    #[path = "model/cpu/mod.rs"]
    pub mod cpu;
    #[path = "model/graph.rs"]
    pub mod graph;
}

pub use describe::{Description, File};
pub use error::{OnnxError, Trouble};
pub use prepare::Prepared;
pub use run::Made;
