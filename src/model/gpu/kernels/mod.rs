//! Kernels as WGSL: each file here fills in the templates that lie beside it.

mod product;
mod rows;
mod windows;

use std::rc::Rc;

use crate::model::gpu::dispatch::Dispatch;
use crate::model::gpu::expression::Expr;
use crate::model::gpu::kernel::{Kernel, KernelKind, Variant};
use crate::model::gpu::view::View;
use crate::model::gpu::writer::Writer;

/// The dispatch that runs a kernel and writes `expr`, in which it stands, to `to`.
pub fn written(
    kernel: &Rc<Kernel>,
    expr: &Expr,
    to: &View,
    mut writer: Writer,
    variant: Variant,
) -> Dispatch {
    let body = match &kernel.kind {
        KernelKind::Product { a, b } => product::product(&mut writer, a, b, variant),
        KernelKind::Convolution { x, weights, spec, groups, lanes } => {
            windows::convolution(&mut writer, x, weights, spec, *groups, *lanes)
        }
        KernelKind::Pool { x, spec, mean, largest } => windows::pool(&mut writer, x, spec, *mean, *largest),
        KernelKind::Reduce { x, reducer } => rows::reduce(&mut writer, x, *reducer, variant),
        KernelKind::Softmax { x, log } => rows::softmax(&mut writer, x, *log, variant),
    };
    let finished = (expr, Some(kernel), kernel.order.as_slice());
    let mut dispatch = writer.dispatch(&kernel.label, &body, finished, to);
    (dispatch.kind, dispatch.sizes) = kernel.kind.described(dispatch.sizes);
    dispatch
}
