//! What a graph is lowered to: stages that run one after the other, over values by their number.

use tract_core::internal::*;

use super::dispatch::Dispatch;

/// What a plan does, one after the other.
pub enum Stage {
    Dispatch(Dispatch),
    /// An operator that has no kernel: tract runs it, between two stretches on the device.
    Cpu(Box<CpuStage>),
}

impl Stage {
    /// The dispatch, if it is one.
    pub fn dispatch(&self) -> Option<&Dispatch> {
        match self {
            Self::Dispatch(dispatch) => Some(dispatch),
            Self::Cpu(_) => None,
        }
    }
}

/// An operator that tract runs on the CPU.
pub struct CpuStage {
    pub label: String,
    pub node: TypedNode,
    pub inputs: Vec<StageInput>,
    /// Each output's value, in the node's order.
    pub writes: Vec<usize>,
}

/// An input of an operator that tract runs.
pub enum StageInput {
    Constant(Arc<Tensor>),
    /// A row-major value of this shape, read back and cast.
    Value {
        value: usize,
        shape: Vec<usize>,
        datum_type: DatumType,
    },
}

/// A graph as stages over values.
pub struct Lowered {
    pub stages: Vec<Stage>,
    /// How many numbers each value holds.
    pub values: Vec<usize>,
    pub inputs: Vec<usize>,
    pub outputs: Vec<Output>,
    pub constants: Vec<f32>,
}

/// An output of a graph: its value, shape and type.
pub struct Output {
    pub value: usize,
    pub shape: Vec<usize>,
    pub datum_type: DatumType,
}
