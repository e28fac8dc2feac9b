//! An operator of our own in a tract graph: straight loops over f32 tensors.

use tract_core::internal::*;

use super::arithmetic::Broadcast;
use super::convolution::{Convolution, Epilogue};
use super::planes::{Pool, Resizing, softmax, summed};
use super::product::Product;

/// An operator on f32 tensors, worked through in straight loops; `shape` is that of what it makes.
#[derive(Clone, Debug, PartialEq)]
pub struct Direct {
    pub shape: TVec<usize>,
    pub kind: Kind,
    /// What convolutions and products do on their way.
    pub epilogue: Epilogue,
    /// Whether their last input is added to what they make.
    pub adds: bool,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Kind {
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

impl Direct {
    pub fn new(shape: &[usize], kind: Kind) -> Self {
        Self { shape: shape.into(), kind, epilogue: Epilogue::default(), adds: false }
    }
}

// No NaN is a weight or a number a channel.
impl Eq for Direct {}

impl Op for Direct {
    fn name(&self) -> StaticName {
        let name = match &self.kind {
            Kind::Convolution(convolution) if convolution.is_depthwise() => "DirectDepthwise",
            Kind::Convolution(_) => "DirectConvolution",
            Kind::Product(_) => "DirectProduct",
            Kind::Resize(_) => "DirectResize",
            Kind::Pool(_) => "DirectPool",
            Kind::Softmax { .. } => "DirectSoftmax",
            Kind::Sum { .. } => "DirectSum",
            Kind::Broadcast(_) => "DirectArithmetic",
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

impl EvalOp for Direct {
    fn eval(&self, _: &EvalContext, inputs: TVec<TValue>) -> TractResult<TVec<TValue>> {
        let given = inputs.iter().map(|input| numbers(input)).collect::<TractResult<TVec<_>>>()?;
        let (added, given) = match given.split_last() {
            Some((added, given)) if self.adds => (Some(*added), given),
            _ => (None, &given[..]),
        };
        let mut made = unsafe { Tensor::uninitialized::<f32>(&self.shape)? };
        {
            let mut to = made.try_as_plain_ram_mut()?;
            let (x, y) = (*given.first().context("an input is missing")?, to.as_slice_mut::<f32>()?);
            match &self.kind {
                Kind::Convolution(convolution) => convolution.run(x, added, self.epilogue, y),
                Kind::Product(product) => product.run(given, added, self.epilogue, y),
                Kind::Resize(resizing) => resizing.run(x, y),
                Kind::Pool(pool) => pool.run(x, y),
                Kind::Softmax { n, inner, log } => softmax(x, *n, *inner, *log, y),
                Kind::Sum { n, inner } => summed(x, *n, *inner, y),
                Kind::Broadcast(broadcast) => broadcast.run(x, given[1], y),
            }
        }
        Ok(tvec!(made.into_tvalue()))
    }

    op_out_of_plan!();
}

impl TypedOp for Direct {
    fn output_facts(&self, _: &[&TypedFact]) -> TractResult<TVec<TypedFact>> {
        Ok(tvec!(f32::fact(&self.shape)))
    }

    fn cost(&self, _: &[&TypedFact]) -> TractResult<TVec<(Cost, TDim)>> {
        let work = match &self.kind {
            Kind::Convolution(convolution) => convolution.work(self.shape[0]),
            Kind::Product(product) => product.work(),
            _ => return Ok(tvec!()),
        };
        Ok(tvec!((Cost::FMA(DatumType::F32), work.to_dim())))
    }

    as_op!();
}
