//! An operator of our own in a tract graph: straight loops over f32 tensors.

use tract_core::internal::*;

use super::arithmetic::Broadcast;
use super::convolution::Convolution;
use super::frame::Epilogue;
use super::pool::Pool;
use super::product::Product;
use super::resize::Resizing;
use super::softmax::{softmax, summed};

/// An operator on f32 tensors; `shape` is that of its output.
#[derive(Clone, Debug, PartialEq)]
pub struct CpuOperator {
    pub shape: TVec<usize>,
    pub kind: OperatorKind,
    /// What convolutions and products do to each output.
    pub epilogue: Epilogue,
    /// Whether their last input is added to their output.
    pub adds: bool,
}

/// Which loops an operator runs.
#[derive(Clone, Debug, PartialEq)]
pub enum OperatorKind {
    Convolution(Arc<Convolution>),
    Product(Arc<Product>),
    Resize(Resizing),
    Pool(Pool),
    /// Softmax over the middle of [outer, n, inner], or its logarithm.
    Softmax {
        n: usize,
        inner: usize,
        log: bool,
    },
    /// Sum over the middle of [outer, n, inner].
    Sum {
        n: usize,
        inner: usize,
    },
    Broadcast(Broadcast),
}

impl CpuOperator {
    /// With nothing fused into it.
    pub fn new(shape: &[usize], kind: OperatorKind) -> Self {
        Self { shape: shape.into(), kind, epilogue: Epilogue::default(), adds: false }
    }
}

// No NaN is a weight or a number a channel.
impl Eq for CpuOperator {}

impl Op for CpuOperator {
    fn name(&self) -> StaticName {
        let name = match &self.kind {
            OperatorKind::Convolution(convolution) if convolution.is_depthwise() => "DirectDepthwise",
            OperatorKind::Convolution(_) => "DirectConvolution",
            OperatorKind::Product(_) => "DirectProduct",
            OperatorKind::Resize(_) => "DirectResize",
            OperatorKind::Pool(_) => "DirectPool",
            OperatorKind::Softmax { .. } => "DirectSoftmax",
            OperatorKind::Sum { .. } => "DirectSum",
            OperatorKind::Broadcast(_) => "DirectArithmetic",
        };
        name.into()
    }

    op_as_typed_op!();
}

/// The numbers of a tensor of f32, row-major.
///
/// # Errors
/// If it is of another type.
pub fn numbers(tensor: &Tensor) -> TractResult<&[f32]> {
    tensor.try_as_plain_ram()?.as_slice::<f32>()
}

impl EvalOp for CpuOperator {
    fn eval(&self, _: &EvalContext, inputs: TVec<TValue>) -> TractResult<TVec<TValue>> {
        let values = inputs.iter().map(|input| numbers(input)).collect::<TractResult<TVec<_>>>()?;
        let (added, values) = match values.split_last() {
            Some((added, values)) if self.adds => (Some(*added), values),
            _ => (None, &values[..]),
        };
        let mut made = unsafe { Tensor::uninitialized::<f32>(&self.shape)? };
        {
            let mut to = made.try_as_plain_ram_mut()?;
            let (x, y) = (*values.first().context("an input is missing")?, to.as_slice_mut::<f32>()?);
            match &self.kind {
                OperatorKind::Convolution(convolution) => convolution.run(x, added, self.epilogue, y),
                OperatorKind::Product(product) => product.run(values, added, self.epilogue, y),
                OperatorKind::Resize(resizing) => resizing.run(x, y),
                OperatorKind::Pool(pool) => pool.run(x, y),
                OperatorKind::Softmax { n, inner, log } => softmax(x, *n, *inner, *log, y),
                OperatorKind::Sum { n, inner } => summed(x, *n, *inner, y),
                OperatorKind::Broadcast(broadcast) => broadcast.run(x, values[1], y),
            }
        }
        Ok(tvec!(made.into_tvalue()))
    }

    op_out_of_plan!();
}

impl TypedOp for CpuOperator {
    fn output_facts(&self, _: &[&TypedFact]) -> TractResult<TVec<TypedFact>> {
        Ok(tvec!(f32::fact(&self.shape)))
    }

    fn cost(&self, _: &[&TypedFact]) -> TractResult<TVec<(Cost, TDim)>> {
        let work = match &self.kind {
            OperatorKind::Convolution(convolution) => convolution.work(self.shape[0]),
            OperatorKind::Product(product) => product.work(),
            _ => return Ok(tvec!()),
        };
        Ok(tvec!((Cost::FMA(DatumType::F32), work.to_dim())))
    }

    as_op!();
}
