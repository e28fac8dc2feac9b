//! Rewrites a graph with operators of our own in one walk (tract's rules would visit it many times). A convolution or product is held
//! back until another node needs its output, so that the arithmetic after it can be fused into it.

use std::collections::{HashMap, HashSet};

use tract_core::internal::*;
use tract_core::ops::binary::TypedBinOp;
use tract_core::ops::cnn::{Conv, KernelFormat, MaxPool, PaddingSpec, PoolSpec, SumPool};
use tract_core::ops::einsum::EinSum;
use tract_core::ops::konst::Const;
use tract_core::ops::math;
use tract_core::ops::nn::{DataFormat, Reduce, Reducer, Resize, Softmax, SoftmaxKind};
use tract_core::ops::source::TypedSource;

use super::arithmetic::{Arithmetic, Broadcast};
use super::convolution::Convolution;
use super::frame::{Epilogue, Frame, Planes};
use super::op::{CpuOperator, OperatorKind, numbers};
use super::pool::{Pool, Pooling};
use super::product::Product;
use super::resize::{Resizing, Taps};
use crate::model::bounds;
use crate::model::graph::{add_constant, constant_fact};

/// The graph as the CPU runs it.
///
/// # Errors
/// If an operator does not run on its inputs.
pub fn optimised(model: &TypedModel) -> TractResult<TypedModel> {
    let mut model = rebuilt(model)?;
    // tract optimises what is left of these two; no shipped graph has any.
    if model.nodes.iter().any(|node| node.op_is::<Conv>() || node.op_is::<EinSum>()) {
        model.optimize()?;
    }
    Ok(model)
}

struct Rebuild<'a> {
    from: &'a TypedModel,
    made: TypedModel,
    wires: HashMap<OutletId, OutletId>,
    /// What does not depend on the graph's inputs; wired when something asks for it.
    known: HashMap<OutletId, Arc<Tensor>>,
    /// What the graph gives.
    outputs: HashSet<OutletId>,
    /// Operators that are held back, by the node that each stands for.
    held: HashMap<usize, Held>,
}

/// An operator that arithmetic may still be fused into, and its inputs in the new graph.
struct Held {
    op: CpuOperator,
    inputs: TVec<OutletId>,
}

/// The graph with operators of our own where there are some, and constants computed.
///
/// # Errors
/// If an operator does not run on its inputs.
fn rebuilt(model: &TypedModel) -> TractResult<TypedModel> {
    let outputs = model.output_outlets()?.iter().copied().collect();
    let (made, wires, known, held) = Default::default();
    let mut rebuild = Rebuild { from: model, made, wires, known, outputs, held };
    for outlet in model.input_outlets()? {
        let name = model.node(outlet.node).name.clone();
        let wire = rebuild.made.add_source(name, model.outlet_fact(*outlet)?.clone())?;
        rebuild.wires.insert(*outlet, wire);
    }
    for id in model.eval_order()? {
        let node = model.node(id);
        rebuild.node(node).with_context(|| format!("the node {} ({})", node.name, node.op.name()))?;
        rebuild.forget(node)?;
    }
    let outputs: TractResult<Vec<_>> =
        model.output_outlets()?.iter().map(|outlet| rebuild.wire(*outlet)).collect();
    rebuild.made.select_output_outlets(&outputs?)?;
    Ok(rebuild.made)
}

impl Rebuild<'_> {
    #[inline(never)]
    fn node(&mut self, node: &TypedNode) -> TractResult<()> {
        if node.op_is::<TypedSource>() || self.fold(node)? {
            return Ok(());
        }
        if let Some(held) = self.joined(node)? {
            self.held.insert(node.id, held);
            return Ok(());
        }
        for outlet in &node.inputs {
            if !self.known.contains_key(outlet) {
                self.wire(*outlet)?;
            }
        }
        let facts = node.inputs.iter().map(|outlet| self.fact(*outlet)).collect::<TractResult<TVec<_>>>()?;
        let Some((op, taken)) = substitute(node, &facts)? else {
            let inputs = self.wire_all(&node.inputs)?;
            return self.put(node, node.op.clone(), &inputs);
        };
        let taken: TVec<_> = taken.into_iter().map(|i| node.inputs[i]).collect();
        let inputs = self.wire_all(&taken)?;
        if matches!(op.kind, OperatorKind::Convolution(_) | OperatorKind::Product(_)) {
            self.held.insert(node.id, Held { op, inputs });
            return Ok(());
        }
        self.put(node, op, &inputs)
    }

    /// Computes a node if all its inputs are constant; gives whether they are.
    #[inline(never)]
    fn fold(&mut self, node: &TypedNode) -> TractResult<bool> {
        let made = if let Some(constant) = node.op_as::<Const>() {
            tvec!(constant.val().clone().into_tvalue())
        } else {
            let known =
                node.inputs.iter().map(|outlet| self.known.get(outlet).map(|t| t.clone().into_tvalue()));
            let Some(known) = known.collect::<Option<TVec<_>>>() else { return Ok(false) };
            bounds::given(node.op.as_ref(), &known)?;
            match node.op.eval_out_of_plan(known)? {
                Some(made) => made,
                None => return Ok(false),
            }
        };
        for (slot, made) in made.into_iter().enumerate() {
            self.known.insert(OutletId::new(node.id, slot), made.into_arc_tensor());
        }
        Ok(true)
    }

    /// Drops the constants that only this node uses; what was wired stays.
    fn forget(&mut self, node: &TypedNode) -> TractResult<()> {
        for outlet in &node.inputs {
            if self.asked_once(*outlet)? {
                self.known.remove(outlet);
            }
        }
        Ok(())
    }

    fn asked_once(&self, outlet: OutletId) -> TractResult<bool> {
        Ok(self.from.outlet_successors(outlet).len() == 1 && !self.outputs.contains(&outlet))
    }

    fn fact(&self, outlet: OutletId) -> TractResult<TypedFact> {
        match self.known.get(&outlet) {
            Some(known) => Ok(constant_fact(known)),
            None => Ok(self.from.outlet_fact(outlet)?.clone()),
        }
    }

    fn put(
        &mut self,
        node: &TypedNode,
        op: impl Into<Box<dyn TypedOp>>,
        inputs: &[OutletId],
    ) -> TractResult<()> {
        // The facts are known; tract's own wiring would search all nodes for one of the same name.
        let facts: TVec<TypedFact> = node.outputs.iter().map(|output| output.fact.clone()).collect();
        let count = facts.len();
        let id = self.made.add_node(&node.name, op, facts)?;
        for (slot, input) in inputs.iter().enumerate() {
            self.made.add_edge(*input, InletId::new(id, slot))?;
        }
        self.wires.extend((0..count).map(|slot| (OutletId::new(node.id, slot), OutletId::new(id, slot))));
        Ok(())
    }

    /// Where an outlet is in the new graph; wires the operator that was held back for it.
    fn wire(&mut self, outlet: OutletId) -> TractResult<OutletId> {
        let node = self.from.node(outlet.node);
        if let Some(Held { op, inputs }) = self.held.remove(&node.id) {
            self.put(node, op, &inputs)?;
        } else if let Some(known) = self.known.get(&outlet).filter(|_| !self.wires.contains_key(&outlet)) {
            let wire = add_constant(&mut self.made, &node.name, known.clone())?;
            self.wires.insert(outlet, wire);
        }
        self.wires.get(&outlet).copied().with_context(|| format!("nothing makes {}", node.name))
    }

    fn wire_all(&mut self, outlets: &[OutletId]) -> TractResult<TVec<OutletId>> {
        outlets.iter().map(|outlet| self.wire(*outlet)).collect()
    }

    /// The operator that was held back for an input of this node, with the node's arithmetic fused into it.
    #[inline(never)]
    fn joined(&mut self, node: &TypedNode) -> TractResult<Option<Held>> {
        let Some(op) = node.op_as::<TypedBinOp>().filter(|op| op.1.is_none()) else { return Ok(None) };
        let [one, other] = node.inputs[..] else { return Ok(None) };
        for (outlet, by) in [(one, other), (other, one)] {
            if !self.asked_once(outlet)? {
                continue;
            }
            let Some(mut held) = self.held.remove(&outlet.node) else { continue };
            let fact = self.fact(by)?;
            if held.bounds(op, &fact)? || held.bias(op, &fact)? {
                return Ok(Some(held));
            }
            let same = fact.shape == self.from.outlet_fact(outlet)?.shape;
            if op.0.is::<math::Add>() && same && !held.op.adds && held.op.epilogue == Epilogue::default() {
                held.inputs.push(self.wire(by)?);
                held.op.adds = true;
                return Ok(Some(held));
            }
            self.held.insert(outlet.node, held);
        }
        Ok(None)
    }
}

impl Held {
    /// Fuses a maximum or minimum with a number; gives whether the node is one.
    fn bounds(&mut self, op: &TypedBinOp, by: &TypedFact) -> TractResult<bool> {
        let Some([number]) = by.konst.as_ref().map(|known| numbers(known)).transpose()? else {
            return Ok(false);
        };
        let epilogue = &mut self.op.epilogue;
        if op.0.is::<math::Max>() && epilogue.ceiling == f32::INFINITY {
            epilogue.floor = epilogue.floor.max(*number);
        } else if op.0.is::<math::Min>() {
            epilogue.ceiling = epilogue.ceiling.min(*number);
        } else {
            return Ok(false);
        }
        Ok(true)
    }

    /// Fuses the bias of a product; gives whether the node adds one.
    fn bias(&mut self, op: &TypedBinOp, by: &TypedFact) -> TractResult<bool> {
        let CpuOperator { shape, kind: OperatorKind::Product(product), epilogue, .. } = &mut self.op else {
            return Ok(false);
        };
        let Some(bias) = &by.konst else { return Ok(false) };
        let wide =
            shape.last() == Some(&bias.len()) && by.shape.as_concrete().and_then(<[_]>::last) == shape.last();
        if !op.0.is::<math::Add>() || *epilogue != Epilogue::default() || !wide {
            return Ok(false);
        }
        Ok(Arc::make_mut(product).add_bias(numbers(bias)?))
    }
}

/// Our operator for a node, if there is one, and which of the node's inputs it takes.
#[inline(never)]
fn substitute(node: &TypedNode, inputs: &[TypedFact]) -> TractResult<Option<(CpuOperator, Vec<usize>)>> {
    let [output] = &node.outputs[..] else { return Ok(None) };
    let Some(fact) = inputs.first().filter(|fact| fact.datum_type == DatumType::F32) else { return Ok(None) };
    let (Some(from), Some(to)) = (fact.shape.as_concrete(), output.fact.shape.as_concrete()) else {
        return Ok(None);
    };
    if let Some(op) = node.op_as::<EinSum>().filter(|op| op.q_params.is_none()) {
        let made = product(op, inputs)?;
        return Ok(
            made.map(|(made, taken)| (CpuOperator::new(to, OperatorKind::Product(Arc::new(made))), taken))
        );
    }
    let kind = if let Some(op) = node.op_as::<Conv>() {
        convolution(op, inputs, from, to)?.map(|made| OperatorKind::Convolution(Arc::new(made)))
    } else if let Some(op) = node.op_as::<Resize>() {
        resizing(op, &inputs[1], from, to)?.map(OperatorKind::Resize)
    } else if let Some(op) = node.op_as::<MaxPool>().filter(|op| op.with_index_outputs.is_none()) {
        pool(&op.pool_spec, from, to, Pooling::Greatest).map(OperatorKind::Pool)
    } else if let Some(op) = node.op_as::<SumPool>().filter(|op| op.normalize) {
        pool(&op.pool_spec, from, to, Pooling::Mean).map(OperatorKind::Pool)
    } else if let Some(op) = node.op_as::<Softmax>().filter(|op| op.quant_output_dt.is_none()) {
        let log = op.kind == SoftmaxKind::LogSoftmax;
        middle(&op.axes, from).map(|(n, inner)| OperatorKind::Softmax { n, inner, log })
    } else if let Some(op) = node.op_as::<Reduce>().filter(|op| op.reducer == Reducer::Sum) {
        middle(&op.axes, from).map(|(n, inner)| OperatorKind::Sum { n, inner })
    } else if let Some(op) = node.op_as::<TypedBinOp>().filter(|op| op.1.is_none()) {
        let both = [fact, &inputs[1]].map(|fact| fact.shape.as_concrete());
        match (arithmetic(op), both) {
            (Some(arithmetic), [Some(first), Some(second)]) => {
                Broadcast::new(arithmetic, [first, second]).map(OperatorKind::Broadcast)
            }
            _ => None,
        }
    } else {
        None
    };
    Ok(kind.map(|kind| {
        let taken = if matches!(kind, OperatorKind::Broadcast(_)) { vec![0, 1] } else { vec![0] };
        (CpuOperator::new(to, kind), taken)
    }))
}

#[inline(never)]
fn product(op: &EinSum, inputs: &[TypedFact]) -> TractResult<Option<(Product, Vec<usize>)>> {
    let [a, b] = inputs else { return Ok(None) };
    let (Some(first), Some(second)) = (a.shape.as_concrete(), b.shape.as_concrete()) else {
        return Ok(None);
    };
    let [a, b] = [a, b].map(|fact| fact.konst.as_ref().map(|known| numbers(known)).transpose());
    let known = [a?, b?];
    Ok(Product::new(&op.axes, [first, second], known))
}

#[inline(never)]
fn convolution(
    op: &Conv,
    inputs: &[TypedFact],
    from: &[usize],
    to: &[usize],
) -> TractResult<Option<Convolution>> {
    let spec = &op.pool_spec;
    let pair = |sizes: &[usize]| <[usize; 2]>::try_from(sizes).ok();
    let padding = match &spec.padding {
        PaddingSpec::Valid => Some([0; 2]),
        PaddingSpec::Explicit(before, _) => pair(before),
        _ => None,
    };
    let (Some(size), Some(stride), Some(dilation), Some(padding)) =
        (pair(&spec.kernel_shape), pair(&spec.strides()), pair(&spec.dilations()), padding)
    else {
        return Ok(None);
    };
    let (Some(weights), Some(bias)) = (&inputs[1].konst, &inputs[2].konst) else { return Ok(None) };
    let planes = |shape: &[usize]| match *shape {
        [_, channels, rows, columns] => Some(Planes { channels, rows, columns }),
        _ => None,
    };
    let (Some(from), Some(to)) = (planes(from), planes(to)) else { return Ok(None) };
    let plain = op.q_params.is_none() && op.kernel_fmt == KernelFormat::OIHW;
    if !plain || spec.data_format != DataFormat::NCHW {
        return Ok(None);
    }
    let weights = numbers(weights)?;
    let bias = numbers(bias)?.iter().copied().cycle().take(to.channels).collect();
    let one_each = op.group == from.channels && op.group == to.channels;
    let frame = Frame { from, to, size, stride, dilation, padding, bias };
    Ok(match op.group {
        1 => Some(Convolution::new(frame, weights)),
        _ if one_each => Convolution::depthwise(frame, weights),
        _ => None,
    })
}

/// The middle and inner sizes of a tensor [outer, n, inner] whose neighbouring axes `axes` are n.
fn middle(axes: &[usize], shape: &[usize]) -> Option<(usize, usize)> {
    let (first, last) = (*axes.iter().min()?, *axes.iter().max()?);
    let neighbours = last - first + 1 == axes.len();
    let size = |range: std::ops::Range<usize>| shape[range].iter().product();
    neighbours.then(|| (size(first..last + 1), size(last + 1..shape.len())))
}

fn arithmetic(op: &TypedBinOp) -> Option<Arithmetic> {
    match () {
        () if op.0.is::<math::Add>() => Some(Arithmetic::Add),
        () if op.0.is::<math::Sub>() => Some(Arithmetic::Subtract),
        () if op.0.is::<math::Mul>() => Some(Arithmetic::Multiply),
        () if op.0.is::<math::Div>() => Some(Arithmetic::Divide),
        () if op.0.is::<math::Max>() => Some(Arithmetic::Greatest),
        () if op.0.is::<math::Min>() => Some(Arithmetic::Least),
        () => None,
    }
}

fn pool(spec: &PoolSpec, from: &[usize], to: &[usize], pooling: Pooling) -> Option<Pool> {
    let none = |pads: &[usize]| pads.iter().all(|pad| *pad == 0);
    let unpadded = match &spec.padding {
        PaddingSpec::Valid => true,
        PaddingSpec::Explicit(before, after) => none(before) && none(after),
        PaddingSpec::ExplicitOnnxPool(before, after, up) => none(before) && none(after) && !up,
        PaddingSpec::SameUpper | PaddingSpec::SameLower => false,
    };
    let rows_last = matches!(spec.data_format, DataFormat::NCHW | DataFormat::CHW);
    let dense = spec.dilations().iter().all(|by| *by == 1);
    let ([.., height, width], [.., rows, columns]) = (from, to) else { return None };
    let ([high, wide], [down, right]) = (&spec.kernel_shape[..], &spec.strides()[..]) else { return None };
    (unpadded && rows_last && dense).then_some(Pool {
        from: [*height, *width],
        to: [*rows, *columns],
        size: [*high, *wide],
        stride: [*down, *right],
        pooling,
    })
}

fn resizing(op: &Resize, wanted: &TypedFact, from: &[usize], to: &[usize]) -> TractResult<Option<Resizing>> {
    let ([outer @ .., height, width], [same @ .., rows, columns]) = (from, to) else { return Ok(None) };
    let Some(wanted) = wanted.konst.as_ref().filter(|_| outer == same) else { return Ok(None) };
    let mut scales = [*rows as f32 / *height as f32, *columns as f32 / *width as f32];
    if op.optional_scales_input.is_some()
        && let [.., down, right] = numbers(wanted)?
    {
        scales = [*down, *right];
    }
    let rows = Taps::of(&op.plan_axis(scales[0], *height, *rows));
    let columns = Taps::of(&op.plan_axis(scales[1], *width, *columns));
    Ok(rows.zip(columns).map(|(rows, columns)| Resizing { from: [*height, *width], rows, columns }))
}
