//! One arm an operator of tract: which view, expression or kernel it becomes.

mod products;
mod windows;

use std::rc::Rc;

use tract_core::internal::*;
use tract_core::ops::array::{Gather, MultiBroadcastTo, Pad, PadMode, Slice, TypedConcat};
use tract_core::ops::binary::TypedBinOp;
use tract_core::ops::cast::Cast;
use tract_core::ops::change_axes::AxisOp;
use tract_core::ops::cnn::{Conv, MaxPool, SumPool};
use tract_core::ops::einsum::EinSum;
use tract_core::ops::element_wise::ElementWiseOp;
use tract_core::ops::identity::Identity;
use tract_core::ops::logic::Iff;
use tract_core::ops::nn::resize::Resize;
use tract_core::ops::nn::{Reduce, Reducer as Reduction, Softmax, SoftmaxKind};

use crate::model::gpu::expression::{Expr, binary, unary};
use crate::model::gpu::kernel::{KernelKind, Reducer};
use crate::model::gpu::lowering::{Lowering, MaybeOperand, Operand};
use crate::model::gpu::view::{Source, View, inverse};

impl Lowering<'_> {
    /// What a node becomes; nothing if it has no kernel and stays with tract.
    pub fn lowered(&mut self, node: &TypedNode) -> MaybeOperand {
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

    fn elementwise(&mut self, node: &TypedNode, name: &str) -> MaybeOperand {
        let Some((name, _)) = unary(name) else { return Ok(None) };
        let Operand { shape, expr } = self.operand(node.inputs[0])?;
        Ok(Some(Operand { shape, expr: Expr::unary(name, expr) }))
    }

    fn of_two(&mut self, node: &TypedNode, name: &str) -> MaybeOperand {
        let Some((name, _)) = binary(name) else { return Ok(None) };
        let shape = self.shape(node.id.into())?;
        let a = self.operand(node.inputs[0])?;
        let a = self.broadcast(a, &shape, &node.name)?;
        let b = self.operand(node.inputs[1])?;
        let b = self.broadcast(b, &shape, &node.name)?;
        let whole = self.datum_type(node.inputs[0])? != f32::datum_type();
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

    fn cast(&mut self, node: &TypedNode, to: DatumType) -> MaybeOperand {
        let Operand { shape, expr } = self.operand(node.inputs[0])?;
        let from = self.datum_type(node.inputs[0])?;
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

    fn pad(&mut self, node: &TypedNode, op: &Pad) -> MaybeOperand {
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
    fn resize(&mut self, node: &TypedNode, op: &Resize) -> MaybeOperand {
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

    fn reduce(&mut self, node: &TypedNode, op: &Reduce) -> MaybeOperand {
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
        let expr = self.kernel(node, KernelKind::Reduce { x, reducer }, shape.clone(), order);
        Ok(Some(Operand { shape, expr }))
    }

    fn softmax(&mut self, node: &TypedNode, op: &Softmax) -> MaybeOperand {
        if op.quant_output_dt.is_some() {
            return Ok(None);
        }
        let operand = self.operand(node.inputs[0])?;
        let (x, axes) = self.rows(&operand, &op.axes, &node.name);
        let layout = axes.iter().map(|&axis| operand.shape[axis]).collect();
        let kind = KernelKind::Softmax { x, log: op.kind == SoftmaxKind::LogSoftmax };
        let expr = self.kernel(node, kind, layout, inverse(&axes));
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
}
