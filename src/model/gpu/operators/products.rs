//! Sums of products over any axes.

use tract_core::internal::*;
use tract_core::ops::einsum::EinSum;

use crate::model::gpu::expression::Expr;
use crate::model::gpu::kernel::KernelKind;
use crate::model::gpu::lowering::{Lowering, MaybeOperand, Operand};
use crate::model::gpu::view::{Source, View, row_major};

impl Lowering<'_> {
    /// A sum of products over the axes that the output lacks, as one batched matrix product.
    pub fn einsum(&mut self, node: &TypedNode, op: &EinSum) -> MaybeOperand {
        if node.inputs.len() != 2 || op.q_params.is_some() || op.operating_dt != f32::datum_type() {
            return Ok(None);
        }
        let shape = self.shape(node.id.into())?;
        let mut sides = Vec::new();
        for outlet in &node.inputs {
            let operand = self.operand(*outlet)?;
            sides.push(self.view(&operand, &node.name));
        }
        let mut axes = Vec::new();
        for axis in op.axes.iter_all_axes() {
            let at = [&axis.inputs[0], &axis.inputs[1], &axis.outputs[0]];
            if at.iter().any(|positions| positions.len() > 1) {
                return Ok(None);
            }
            let [a, b, out] = at.map(|positions| positions.first().copied());
            let length = |side: usize, at: Option<usize>| at.map(|axis: usize| sides[side].shape[axis]);
            let size = length(0, a).into_iter().chain(length(1, b)).max().unwrap_or(1);
            axes.push(Loop { a, b, out, size });
        }
        // Columns are read and written four at a time: they come from the side whose own axes lie together in memory, if the
        // other is constant and can be rearranged, else from the side that has the output's last axis.
        let together = |side: usize, at: fn(&Loop) -> Option<usize>, other: fn(&Loop) -> Option<usize>| {
            let own = axes.iter().filter(|axis| axis.size > 1 && axis.out.is_some() && other(axis).is_none());
            own.filter_map(at).any(|axis| sides[side].strides[axis] == 1)
        };
        let constant = |side: usize| matches!(sides[side].source, Source::Constant(_));
        let last = axes.iter().filter(|axis| axis.size > 1 && axis.out.is_some()).max_by_key(|axis| axis.out);
        let swap = match (constant(0), constant(1)) {
            (false, true) if together(0, |axis| axis.a, |axis| axis.b) => true,
            (true, false) if together(1, |axis| axis.b, |axis| axis.a) => false,
            _ => last.is_some_and(|axis| axis.b.is_none()),
        };
        if swap {
            sides.swap(0, 1);
            axes.iter_mut().for_each(|axis| std::mem::swap(&mut axis.a, &mut axis.b));
        }
        let group = |wanted: fn(&Loop) -> bool| {
            let mut found: Vec<&Loop> = axes.iter().filter(|axis| axis.size > 1 && wanted(axis)).collect();
            found.sort_by_key(|axis| (axis.out, axis.a, axis.b));
            found
        };
        let batch = group(|axis| axis.out.is_some() && axis.a.is_some() && axis.b.is_some());
        let m = group(|axis| axis.out.is_some() && axis.a.is_some() && axis.b.is_none());
        let n = group(|axis| axis.out.is_some() && axis.a.is_none() && axis.b.is_some());
        let k = group(|axis| axis.out.is_none());
        let a = self.matrix(&sides[0], &batch, &m, &k, |axis| axis.a, &node.name);
        let b = self.matrix(&sides[1], &batch, &n, &k, |axis| axis.b, &node.name);
        let b = View {
            shape: vec![b.shape[0], b.shape[2], b.shape[1]],
            strides: vec![b.strides[0], b.strides[2], b.strides[1]],
            ..b
        };
        let written: Vec<&&Loop> = batch.iter().chain(&m).chain(&n).collect();
        let mut layout: Vec<usize> = written.iter().map(|axis| axis.size).collect();
        let order = (0..shape.len())
            .map(|out| {
                written.iter().position(|axis| axis.out == Some(out)).unwrap_or_else(|| {
                    layout.push(1);
                    layout.len() - 1
                })
            })
            .collect();
        let expr = self.kernel(node, KernelKind::Product { a, b }, layout, order);
        Ok(Some(Operand { shape, expr }))
    }

    /// One side of a product as [batch, rows, k], rearranged in memory where strides cannot say it; constants always, so that
    /// neighbouring rows lie together and can be read four at a time.
    fn matrix(
        &mut self,
        side: &View,
        batch: &[&Loop],
        rows: &[&Loop],
        k: &[&Loop],
        at: fn(&Loop) -> Option<usize>,
        label: &str,
    ) -> View {
        let picked = |order: [&[&Loop]; 3]| {
            let axes: Vec<&Loop> = order.concat();
            let shape = axes.iter().map(|axis| axis.size).collect();
            let strides = axes
                .iter()
                .map(|axis| at(axis).map_or(0, |at| if side.shape[at] == 1 { 0 } else { side.strides[at] }));
            View { source: side.source, offset: side.offset, shape, strides: strides.collect() }
        };
        let view = picked([batch, k, rows]);
        let (first, second, rank) = (batch.len(), batch.len() + k.len(), view.shape.len());
        let length = |range: std::ops::Range<usize>| view.shape[range].iter().product::<usize>();
        let (count, depth, width) = (length(0..first), length(first..second), length(second..rank));
        if let Source::Constant(constant) = view.source
            && width > 1
        {
            let pitch = width.next_multiple_of(4);
            let source = self.constants.arranged(constant, (&view, width), |held| {
                let mut padded = vec![0.0; count * depth * pitch];
                let plain = row_major(&view.shape);
                for i in 0..view.len() {
                    let place: usize =
                        (0..rank).map(|axis| i / plain[axis] % view.shape[axis] * view.strides[axis]).sum();
                    padded[i / width * pitch + i % width] = held[view.offset + place];
                }
                padded
            });
            return View {
                source,
                offset: 0,
                shape: vec![count, width, depth],
                strides: vec![depth * pitch, 1, pitch],
            };
        }
        if let (Some((_, b)), Some((_, d)), Some((_, w))) =
            (view.fused(0..first), view.fused(first..second), view.fused(second..rank))
        {
            return View { shape: vec![count, width, depth], strides: vec![b, w, d], ..view };
        }
        let shape = view.shape.clone();
        let plain = self.plain(&Operand { shape, expr: Expr::View(view) }, label);
        View {
            source: plain.source,
            offset: plain.offset,
            shape: vec![count, width, depth],
            strides: vec![depth * width, 1, width],
        }
    }
}

/// An axis of a product: where each side and the output have it, and its length.
struct Loop {
    a: Option<usize>,
    b: Option<usize>,
    out: Option<usize>,
    size: usize,
}
