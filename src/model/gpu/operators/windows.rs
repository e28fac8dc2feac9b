//! Convolutions and windows over pictures.

use tract_core::internal::*;
use tract_core::ops::cnn::{Conv, KernelFormat, PoolSpec};

use crate::model::gpu::expression::Expr;
use crate::model::gpu::kernel::{KernelKind, WindowSpec};
use crate::model::gpu::lowering::{Lowering, MaybeOperand, Operand};
use crate::model::gpu::view::{Source, View, inverse};

impl Lowering<'_> {
    /// The windows of an operator; nothing if they are not two-dimensional.
    fn window_spec(&self, node: &TypedNode, spec: &PoolSpec) -> TractResult<Option<WindowSpec>> {
        if spec.kernel_shape.len() != 2 {
            return Ok(None);
        }
        let order = channels_first(spec);
        let first = |shape: Vec<usize>| order.iter().map(|&axis| shape[axis]).collect::<Vec<usize>>();
        let (input, output) = (first(self.shape(node.inputs[0])?), first(self.shape(node.id.into())?));
        let from = usize::from(spec.data_format.has_n());
        let (size_in, size_out) = ([input[from + 1], input[from + 2]], [output[from + 1], output[from + 2]]);
        let padding = spec.computed_padding(&size_in);
        Ok(Some(WindowSpec {
            pictures: if from == 1 { input[0] } else { 1 },
            channels_in: input[from],
            channels_out: output[from],
            size_in,
            size_out,
            window: [spec.kernel_shape[0], spec.kernel_shape[1]],
            stride: [spec.stride(0), spec.stride(1)],
            dilation: [spec.dilation(0), spec.dilation(1)],
            padding: [padding[0].pad_before, padding[1].pad_before],
        }))
    }

    /// What a convolution reads, channels first, with the shape that it writes and the order of axes that this takes.
    fn pictures(&mut self, node: &TypedNode, spec: &PoolSpec) -> TractResult<(View, Vec<usize>, Vec<usize>)> {
        let first = channels_first(spec);
        let x = self.operand(node.inputs[0])?;
        let view = self.view(&x, &node.name).permuted(&first);
        let x = self.plain(&Operand { shape: view.shape.clone(), expr: Expr::View(view) }, &node.name);
        let shape = self.shape(node.id.into())?;
        Ok((x, first.iter().map(|&axis| shape[axis]).collect(), inverse(&first)))
    }

    /// The largest of each window, or its sum or mean.
    pub fn pool(
        &mut self,
        node: &TypedNode,
        spec: &PoolSpec,
        mean: Option<bool>,
        largest: bool,
    ) -> MaybeOperand {
        let Some(windows) = self.window_spec(node, spec)? else { return Ok(None) };
        let (x, layout, order) = self.pictures(node, spec)?;
        let shape = self.shape(node.id.into())?;
        let expr = self.kernel(node, KernelKind::Pool { x, spec: windows, mean, largest }, layout, order);
        Ok(Some(Operand { shape, expr }))
    }

    /// A convolution with constant weights, and its bias.
    pub fn convolution(&mut self, node: &TypedNode, op: &Conv) -> MaybeOperand {
        let Some(spec) = self.window_spec(node, &op.pool_spec)? else { return Ok(None) };
        let oihw = matches!(op.kernel_fmt, KernelFormat::OIHW);
        let weights = self.operand(node.inputs[1])?;
        let Expr::View(View { source: Source::Constant(constant), .. }) = weights.expr else {
            return Ok(None);
        };
        if !oihw || op.q_params.is_some() {
            return Ok(None);
        }
        let lanes = if op.group == 1 || (spec.channels_out / op.group).is_multiple_of(4) { 4 } else { 1 };
        let taps = self.constants.values(constant).len() / spec.channels_out;
        let interleaved: Vec<f32> = {
            let held = self.constants.values(constant);
            let blocks = spec.channels_out.div_ceil(lanes);
            let places = (0..blocks * taps * lanes).map(|i| {
                let (lane, tap, block) = (i % lanes, i / lanes % taps, i / (lanes * taps));
                held.get((block * lanes + lane) * taps + tap).copied().unwrap_or_default()
            });
            places.collect()
        };
        let shape = vec![interleaved.len()];
        let weights = View::whole(self.constants.add(interleaved.into()), 0, &shape);
        let (x, layout, order) = self.pictures(node, &op.pool_spec)?;
        let shape = self.shape(node.id.into())?;
        let channels = spec.channels_out;
        let kind = KernelKind::Convolution { x, weights, spec, groups: op.group, lanes };
        let expr = self.kernel(node, kind, layout, order);
        let bias = self.operand(node.inputs[2])?;
        let axis = channels_first(&op.pool_spec)[usize::from(op.pool_spec.data_format.has_n())];
        let along = shape.clone();
        let bias = self.rearranged(bias, shape.clone(), &node.name, |view| {
            let mut wide = view.reshaped(&[view.len()])?;
            if wide.len() != channels {
                return None;
            }
            for at in 0..along.len() {
                if at != axis {
                    wide = wide.with_axis(at);
                }
            }
            Some(wide.broadcast(&along))
        })?;
        Ok(Some(Operand { shape, expr: Expr::binary("Add", expr, bias.expr) }))
    }
}

/// The axes of pictures as a format has them, in the order [N,] C, H, W.
fn channels_first(spec: &PoolSpec) -> Vec<usize> {
    let rank = spec.kernel_shape.len() + 1 + usize::from(spec.data_format.has_n());
    let mut order: Vec<usize> = (0..rank).collect();
    if spec.data_format.c_is_last() {
        order.remove(rank - 1);
        order.insert(rank - 1 - spec.kernel_shape.len(), rank - 1);
    }
    order
}
