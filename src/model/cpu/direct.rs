//! An operator of our own in a tract graph: straight loops over f32 tensors.

use tract_core::internal::*;

use super::arithmetic::Broadcast;
use super::convolution::{Convolution, Epilogue};
use super::planes::{Pool, Resizing, softmax, summed};

/// An operator on f32 tensors, worked through in straight loops; `shape` is that of what it makes.
#[derive(Clone, Debug, PartialEq)]
pub struct Direct {
    pub shape: TVec<usize>,
    pub kind: Kind,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Kind {
    /// `adds` if a second input is added to what is made.
    Convolution {
        convolution: Arc<Convolution>,
        epilogue: Epilogue,
        adds: bool,
    },
    Resize(Resizing),
    Pool(Pool),
    /// Softmax over the middle of [outer, n, inner].
    Softmax {
        n: usize,
        inner: usize,
    },
    /// Sum over the middle of [outer, n, inner].
    Sum {
        n: usize,
        inner: usize,
    },
    Broadcast(Broadcast),
}

// No NaN is a weight or a number a channel.
impl Eq for Direct {}

impl Op for Direct {
    fn name(&self) -> StaticName {
        let name = match &self.kind {
            Kind::Convolution { convolution, .. } if convolution.is_depthwise() => "DirectDepthwise",
            Kind::Convolution { .. } => "DirectConvolution",
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

impl EvalOp for Direct {
    fn eval(&self, _: &EvalContext, inputs: TVec<TValue>) -> TractResult<TVec<TValue>> {
        let numbers =
            |i: usize| inputs.get(i).context("an input is missing")?.try_as_plain_ram()?.as_slice::<f32>();
        let mut made = unsafe { Tensor::uninitialized::<f32>(&self.shape)? };
        {
            let mut to = made.try_as_plain_ram_mut()?;
            let (x, y) = (numbers(0)?, to.as_slice_mut::<f32>()?);
            match &self.kind {
                Kind::Convolution { convolution, epilogue, adds } => {
                    let added = if *adds { Some(numbers(1)?) } else { None };
                    convolution.run(x, added, *epilogue, y);
                }
                Kind::Resize(resizing) => resizing.run(x, y),
                Kind::Pool(pool) => pool.run(x, y),
                Kind::Softmax { n, inner } => softmax(x, *n, *inner, y),
                Kind::Sum { n, inner } => summed(x, *n, *inner, y),
                Kind::Broadcast(broadcast) => broadcast.run(x, numbers(1)?, y),
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
        Ok(match &self.kind {
            Kind::Convolution { convolution, .. } => {
                tvec!((Cost::FMA(DatumType::F32), convolution.work(self.shape[0]).to_dim()))
            }
            _ => tvec!(),
        })
    }

    as_op!();
}
