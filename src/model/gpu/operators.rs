//! One arm an operator of tract: which view, expression or kernel it becomes.

use std::rc::Rc;

use tract_core::internal::*;
use tract_core::ops::array::{Gather, MultiBroadcastTo, Pad, PadMode, Slice, TypedConcat};
use tract_core::ops::binary::TypedBinOp;
use tract_core::ops::cast::Cast;
use tract_core::ops::change_axes::AxisOp;
use tract_core::ops::cnn::{Conv, MaxPool, PoolSpec, SumPool};
use tract_core::ops::einsum::EinSum;
use tract_core::ops::element_wise::ElementWiseOp;
use tract_core::ops::identity::Identity;
use tract_core::ops::logic::Iff;
use tract_core::ops::nn::resize::Resize;
use tract_core::ops::nn::{Reduce, Reducer as Reduction, Softmax, SoftmaxKind};

use super::expression::{Expr, binary, unary};
use super::kernel::{Kernel, Kind, Planes, Reducer};
use super::lower::{Lowering, Operand};
use super::view::{Source, View, row_major};

type Made = TractResult<Option<Operand>>;

impl Lowering<'_> {
    /// What a node becomes; nothing if it has no kernel and stays with tract.
    pub fn lowered(&mut self, node: &TypedNode) -> Made {
        let op: &dyn TypedOp = node.op.as_ref();
        if let Some(op) = op.downcast_ref::<ElementWiseOp>() {
            return self.elementwise(node, &op.0.name());
        }
        if let Some(op) = op.downcast_ref::<TypedBinOp>() {
            return self.of_two(node, op.0.name());
        }
        if let Some(op) = op.downcast_ref::<AxisOp>() {
            return self.axes(node, op).map(Some);
        }
        if let Some(op) = op.downcast_ref::<EinSum>() {
            return self.einsum(node, op);
        }
        if let Some(op) = op.downcast_ref::<Conv>() {
            return self.convolution(node, op);
        }
        if let Some(op) = op.downcast_ref::<MaxPool>() {
            return if op.with_index_outputs.is_some() {
                Ok(None)
            } else {
                self.pool(node, &op.pool_spec, None, true)
            };
        }
        if let Some(op) = op.downcast_ref::<SumPool>() {
            return self.pool(node, &op.pool_spec, op.normalize.then_some(op.count_include_pad), false);
        }
        if let Some(op) = op.downcast_ref::<Reduce>() {
            return self.reduce(node, op);
        }
        if let Some(op) = op.downcast_ref::<Softmax>() {
            return self.softmax(node, op);
        }
        if let Some(op) = op.downcast_ref::<Slice>() {
            let (start, end) = (op.start.to_usize()?, op.end.to_usize()?);
            let operand = self.operand(node.inputs[0])?;
            let shape = self.shape(node.id.into())?;
            return self
                .rearranged(operand, shape, &node.name, |v| Some(v.sliced(op.axis, start, end)))
                .map(Some);
        }
        if let Some(op) = op.downcast_ref::<TypedConcat>() {
            return self.concat(node, op.axis).map(Some);
        }
        if let Some(op) = op.downcast_ref::<Pad>() {
            return self.pad(node, op);
        }
        if op.is::<MultiBroadcastTo>() {
            return self.repeated(node).map(Some);
        }
        if let Some(op) = op.downcast_ref::<Gather>() {
            return self.gather(node, op.axis).map(Some);
        }
        if op.is::<Iff>() {
            return self.select(node).map(Some);
        }
        if let Some(op) = op.downcast_ref::<Cast>() {
            return self.cast(node, op.to);
        }
        if let Some(op) = op.downcast_ref::<Resize>() {
            return self.resize(node, op);
        }
        if op.is::<Identity>() {
            return self.operand(node.inputs[0]).map(Some);
        }
        Ok(None)
    }

    fn elementwise(&mut self, node: &TypedNode, name: &str) -> Made {
        let Some((name, _)) = unary(name) else { return Ok(None) };
        let Operand { shape, expr } = self.operand(node.inputs[0])?;
        Ok(Some(Operand { shape, expr: Expr::unary(name, expr) }))
    }

    fn of_two(&mut self, node: &TypedNode, name: &str) -> Made {
        let Some((name, _)) = binary(name) else { return Ok(None) };
        let shape = self.shape(node.id.into())?;
        let a = self.operand(node.inputs[0])?;
        let a = self.broadcast(a, &shape, &node.name)?;
        let b = self.operand(node.inputs[1])?;
        let b = self.broadcast(b, &shape, &node.name)?;
        let whole = self.kind(node.inputs[0])? != f32::datum_type();
        let mut parts = self.together(vec![a, b], &node.name).into_iter().map(|part| part.expr);
        let (Some(a), Some(b)) = (parts.next(), parts.next()) else { return Ok(None) };
        let mut expr = Expr::binary(name, a, b);
        if name == "Div" && whole {
            expr = Expr::unary("Truncate", expr);
        }
        Ok(Some(Operand { shape, expr }))
    }

    fn select(&mut self, node: &TypedNode) -> TractResult<Operand> {
        let shape = self.shape(node.id.into())?;
        let mut parts = Vec::new();
        for outlet in &node.inputs {
            let part = self.operand(*outlet)?;
            parts.push(self.broadcast(part, &shape, &node.name)?);
        }
        let parts: Vec<Rc<Expr>> =
            self.together(parts, &node.name).into_iter().map(|part| Rc::new(part.expr)).collect();
        let expr = Expr::Select(parts[0].clone(), parts[1].clone(), parts[2].clone());
        Ok(Operand { shape, expr })
    }

    fn cast(&mut self, node: &TypedNode, to: DatumType) -> Made {
        let Operand { shape, expr } = self.operand(node.inputs[0])?;
        let from = self.kind(node.inputs[0])?;
        let (float, truth) = (f32::datum_type(), bool::datum_type());
        let expr = match () {
            () if to == truth && from != truth => Expr::binary("NE", expr, Expr::Scalar(0.0)),
            () if from == float && to != float => Expr::unary("Truncate", expr),
            () => expr,
        };
        Ok(Some(Operand { shape, expr }))
    }

    fn axes(&mut self, node: &TypedNode, op: &AxisOp) -> TractResult<Operand> {
        let operand = self.operand(node.inputs[0])?;
        let shape = self.shape(node.id.into())?;
        let wanted = shape.clone();
        self.rearranged(operand, shape, &node.name, |view| match op {
            AxisOp::Add(axis) => Some(view.with_axis(*axis)),
            AxisOp::Rm(axis) => Some(view.without_axis(*axis)),
            AxisOp::Move(from, to) => {
                let mut order: Vec<usize> = (0..view.shape.len()).collect();
                let axis = order.remove(*from);
                order.insert(*to, axis);
                Some(view.permuted(&order))
            }
            AxisOp::Reshape(..) => view.reshaped(&wanted),
        })
    }

    fn repeated(&mut self, node: &TypedNode) -> TractResult<Operand> {
        let operand = self.operand(node.inputs[0])?;
        let shape = self.shape(node.id.into())?;
        let missing = shape.len() - operand.shape.len();
        self.rearranged(operand, shape.clone(), &node.name, |view| {
            let view = (0..missing).fold(view.clone(), |view, _| view.with_axis(0));
            Some(view.broadcast(&shape))
        })
    }

    fn concat(&mut self, node: &TypedNode, axis: usize) -> TractResult<Operand> {
        let shape = self.shape(node.id.into())?;
        let value = self.value(shape.iter().product());
        let whole = View::whole(Source::Value(value), 0, &shape);
        let mut start = 0;
        for outlet in &node.inputs {
            let part = self.operand(*outlet)?;
            let part = self.without_kernels(part, &node.name);
            let end = start + part.shape[axis];
            self.write(&part.expr, &part.shape, &node.name, |_| whole.sliced(axis, start, end));
            start = end;
        }
        Ok(Operand { shape, expr: Expr::View(whole) })
    }

    fn pad(&mut self, node: &TypedNode, op: &Pad) -> Made {
        let PadMode::Constant(filling) = &op.mode else { return Ok(None) };
        let filling = filling.cast_to_scalar::<f32>()?;
        let part = self.operand(node.inputs[0])?;
        let part = self.without_kernels(part, &node.name);
        let shape = self.shape(node.id.into())?;
        let value = self.value(shape.iter().product());
        let whole = View::whole(Source::Value(value), 0, &shape);
        self.write(&Expr::Scalar(filling), &shape, &node.name, |_| whole.clone());
        let inner = op.pads.iter().enumerate().fold(whole.clone(), |view, (axis, (before, _))| {
            view.sliced(axis, *before, before + part.shape[axis])
        });
        self.write(&part.expr, &part.shape, &node.name, |_| inner.clone());
        Ok(Some(Operand { shape, expr: Expr::View(whole) }))
    }

    fn gather(&mut self, node: &TypedNode, axis: usize) -> TractResult<Operand> {
        let data = self.operand(node.inputs[0])?;
        let data = self.view(&data, &node.name);
        let index = self.operand(node.inputs[1])?;
        let shape = self.shape(node.id.into())?;
        let (stride, length, rank) = (data.strides[axis], data.shape[axis], index.shape.len());
        let mut spread = data.without_axis(axis);
        for extra in 0..rank {
            spread = spread.with_axis(axis + extra);
        }
        let spread = spread.broadcast(&shape);
        let wide = shape.clone();
        let index = self.rearranged(index, shape.clone(), &node.name, |view| {
            let mut wider = view.clone();
            for _ in 0..axis {
                wider = wider.with_axis(0);
            }
            for _ in axis + rank..wide.len() {
                wider = wider.with_axis(wider.shape.len());
            }
            Some(wider.broadcast(&wide))
        })?;
        let expr = Expr::Gather { data: spread, index: Rc::new(index.expr), stride, length };
        Ok(Operand { shape, expr })
    }

    /// Axis by axis, a sum of the neighbours that tract's plan names, by its weights.
    fn resize(&mut self, node: &TypedNode, op: &Resize) -> Made {
        let shape = self.shape(node.id.into())?;
        let mut operand = self.operand(node.inputs[0])?;
        let scales = op.optional_scales_input.and_then(|slot| self.constant(*node.inputs.get(slot)?));
        let scales = match scales.filter(|scales| scales.len() == shape.len()) {
            Some(scales) => scales.cast_to::<f32>()?.try_as_plain_ram()?.as_slice::<f32>()?.to_vec(),
            None => shape.iter().zip(&operand.shape).map(|(&to, &from)| to as f32 / from as f32).collect(),
        };
        for axis in 0..shape.len() {
            let (from, to) = (operand.shape[axis], shape[axis]);
            if from == to && scales[axis] == 1.0 {
                continue;
            }
            let plan = op.plan_axis(scales[axis], from, to);
            let data = self.view(&operand, &node.name);
            let stride = data.strides[axis];
            let mut wider = operand.shape.clone();
            wider[axis] = to;
            let spread = data.sliced(axis, 0, 1).broadcast(&wider);
            let mut along = |numbers: Vec<f32>| {
                let mut view = View::whole(self.constants.add(numbers.into()), 0, &wider);
                view.strides = vec![0; wider.len()];
                view.strides[axis] = 1;
                Expr::View(view)
            };
            let mut sum = None;
            for tap in 0..plan.window {
                let each =
                    |of: &[f32]| of.iter().copied().skip(tap).step_by(plan.window).collect::<Vec<f32>>();
                let places: Vec<f32> = plan.indices.iter().map(|&i| i as f32).collect();
                let index = Rc::new(along(each(&places)));
                let found = Expr::Gather { data: spread.clone(), index, stride, length: from };
                let part = Expr::binary("Mul", found, along(each(&plan.weights)));
                sum = Some(match sum {
                    Some(sum) => Expr::binary("Add", sum, part),
                    None => part,
                });
            }
            let expr = sum.ok_or_else(|| format_err!("{}: an empty window", node.name))?;
            let made = Operand { shape: wider, expr };
            let expr = Expr::View(self.view(&made, &node.name));
            operand = Operand { shape: made.shape, expr };
        }
        Ok(Some(operand))
    }

    fn kernel(&self, node: &TypedNode, kind: Kind, layout: Vec<usize>, order: Vec<usize>) -> Expr {
        let label = format!("{} ({})", node.name, node.op.name());
        Expr::Kernel(Rc::new(Kernel { label, kind, layout, order }))
    }

    fn reduce(&mut self, node: &TypedNode, op: &Reduce) -> Made {
        let reducer = match op.reducer {
            Reduction::Sum => Reducer::Sum,
            Reduction::Prod => Reducer::Prod,
            Reduction::Max => Reducer::Max,
            Reduction::Min => Reducer::Min,
            Reduction::MeanOfSquares => Reducer::MeanOfSquares,
            Reduction::ArgMax(last) => Reducer::ArgMax { last },
            _ => return Ok(None),
        };
        let operand = self.operand(node.inputs[0])?;
        let (x, _) = self.rows(&operand, &op.axes, &node.name);
        let shape = self.shape(node.id.into())?;
        let order = (0..shape.len()).collect();
        let expr = self.kernel(node, Kind::Reduce { x, reducer }, shape.clone(), order);
        Ok(Some(Operand { shape, expr }))
    }

    fn softmax(&mut self, node: &TypedNode, op: &Softmax) -> Made {
        if op.quant_output_dt.is_some() {
            return Ok(None);
        }
        let operand = self.operand(node.inputs[0])?;
        let (x, axes) = self.rows(&operand, &op.axes, &node.name);
        let layout = axes.iter().map(|&axis| operand.shape[axis]).collect();
        let mut order = vec![0; axes.len()];
        for (at, &axis) in axes.iter().enumerate() {
            order[axis] = at;
        }
        let expr =
            self.kernel(node, Kind::Softmax { x, log: op.kind == SoftmaxKind::LogSoftmax }, layout, order);
        Ok(Some(Operand { shape: operand.shape, expr }))
    }

    /// An operand as rows [rows, length], the named axes along each, and the order of axes that this takes.
    fn rows(&mut self, operand: &Operand, along: &[usize], label: &str) -> (View, Vec<usize>) {
        let rank = operand.shape.len();
        let mut order: Vec<usize> = (0..rank).filter(|axis| !along.contains(axis)).collect();
        let outer = order.len();
        order.extend((0..rank).filter(|axis| along.contains(axis)));
        let view = self.view(operand, label).permuted(&order);
        let fused = |view: &View| {
            let ((rows, row), (length, step)) = (view.fused(0..outer)?, view.fused(outer..rank)?);
            Some(View {
                source: view.source,
                offset: view.offset,
                shape: vec![rows, length],
                strides: vec![row, step],
            })
        };
        let x = fused(&view).unwrap_or_else(|| {
            let shape = view.shape.clone();
            let plain = self.plain(&Operand { shape, expr: Expr::View(view) }, label);
            let length = plain.shape[outer..].iter().product();
            let rows = plain.shape[..outer].iter().product();
            View {
                source: plain.source,
                offset: plain.offset,
                shape: vec![rows, length],
                strides: vec![length, 1],
            }
        });
        (x, order)
    }

    fn planes(&self, node: &TypedNode, spec: &PoolSpec) -> TractResult<Option<Planes>> {
        if spec.kernel_shape.len() != 2 {
            return Ok(None);
        }
        let order = channels_first(spec);
        let first = |shape: Vec<usize>| order.iter().map(|&axis| shape[axis]).collect::<Vec<usize>>();
        let (input, output) = (first(self.shape(node.inputs[0])?), first(self.shape(node.id.into())?));
        let from = usize::from(spec.data_format.has_n());
        let (size_in, size_out) = ([input[from + 1], input[from + 2]], [output[from + 1], output[from + 2]]);
        let padding = spec.computed_padding(&size_in);
        Ok(Some(Planes {
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
        let mut order = vec![0; first.len()];
        for (at, &axis) in first.iter().enumerate() {
            order[axis] = at;
        }
        Ok((x, first.iter().map(|&axis| shape[axis]).collect(), order))
    }

    fn pool(&mut self, node: &TypedNode, spec: &PoolSpec, mean: Option<bool>, largest: bool) -> Made {
        let Some(planes) = self.planes(node, spec)? else { return Ok(None) };
        let (x, layout, order) = self.pictures(node, spec)?;
        let shape = self.shape(node.id.into())?;
        let expr = self.kernel(node, Kind::Pool { x, spec: planes, mean, largest }, layout, order);
        Ok(Some(Operand { shape, expr }))
    }

    fn convolution(&mut self, node: &TypedNode, op: &Conv) -> Made {
        let Some(spec) = self.planes(node, &op.pool_spec)? else { return Ok(None) };
        let oihw = matches!(op.kernel_fmt, tract_core::ops::cnn::KernelFormat::OIHW);
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
        let kind = Kind::Convolution { x, weights, spec, groups: op.group, lanes };
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

    /// A sum of products over the axes that the output lacks, as one batched matrix product.
    fn einsum(&mut self, node: &TypedNode, op: &EinSum) -> Made {
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
        let expr = self.kernel(node, Kind::Product { a, b }, layout, order);
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
            let mut padded = vec![0.0; count * depth * pitch];
            let held = self.constants.values(constant);
            let plain = row_major(&view.shape);
            for i in 0..view.len() {
                let place: usize =
                    (0..rank).map(|axis| i / plain[axis] % view.shape[axis] * view.strides[axis]).sum();
                padded[i / width * pitch + i % width] = held[view.offset + place];
            }
            let source = self.constants.add(padded.into());
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

/// An axis of a product: where each side and the output have it, and its length.
struct Loop {
    a: Option<usize>,
    b: Option<usize>,
    out: Option<usize>,
    size: usize,
}
