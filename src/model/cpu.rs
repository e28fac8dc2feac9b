//! A graph becomes a plan for the CPU. Where tract works number by number through general code, an operator of our own with
//! the same answer takes the place; the graph before that is left to other runtimes as it was.

mod planes;

use planes::{Arithmetic, Pool, Pooling, Resizing, Taps, softmax, summed};
use tract_core::internal::*;
use tract_core::ops::binary::TypedBinOp;
use tract_core::ops::cnn::{MaxPool, PaddingSpec, PoolSpec, SumPool};
use tract_core::ops::konst::Const;
use tract_core::ops::math;
use tract_core::ops::nn::{DataFormat, Reduce, Reducer, Resize, Softmax, SoftmaxKind};
use tract_core::ops::source::TypedSource;

/// The graph as the CPU runs it.
///
/// # Errors
/// If an operator does not run on what it is given.
pub fn optimised(mut model: TypedModel) -> TractResult<TypedModel> {
    replace(&mut model, |model, node| {
        let Some(op) = direct(model, node)? else { return Ok(None) };
        let inputs = &node.inputs[..op.inputs()];
        TypedModelPatch::replace_single_op(model, node, inputs, op).map(Some)
    })?;
    model.optimize()?;
    replace(&mut model, folded)?;
    Ok(model)
}

type Replacement = fn(&TypedModel, &TypedNode) -> TractResult<Option<TypedModelPatch>>;

fn replace(model: &mut TypedModel, with: Replacement) -> TractResult<()> {
    for id in model.eval_order()? {
        if let Some(patch) = with(model, model.node(id))? {
            patch.apply(model)?;
        }
    }
    model.compact()
}

/// tract leaves a constant as it is if it is large and used twice, such as a table of words that both enters and leaves a
/// decoder, and would pack it anew at every step.
fn folded(model: &TypedModel, node: &TypedNode) -> TractResult<Option<TypedModelPatch>> {
    let inputs = model.node_input_facts(node.id)?;
    let known: Option<TVec<TValue>> =
        inputs.iter().map(|f| f.konst.clone().map(|t| t.into_tvalue())).collect();
    let Some(known) = known.filter(|known| !known.is_empty()) else { return Ok(None) };
    let Some(made) = node.op.eval_out_of_plan(known)? else { return Ok(None) };
    let mut patch = TypedModelPatch::default();
    for (slot, tensor) in made.into_iter().enumerate() {
        let outlet = OutletId::new(node.id, slot);
        let exotic = model.outlet_fact(outlet)?.exotic_fact.clone();
        let constant = Const::new_with_opt_exotic_fact(tensor.into_arc_tensor(), exotic)?;
        let name = format!("{}.{slot}.folded", node.name);
        let wire = patch.wire_node(name, constant, &[])?[0];
        patch.shunt_outside(model, outlet, wire)?;
    }
    patch.obliterate(node.id)?;
    Ok(Some(patch))
}

/// An operator on f32 tensors, worked through in straight loops; `shape` is that of what it makes.
#[derive(Clone, Debug, PartialEq)]
struct Direct {
    shape: TVec<usize>,
    kind: Kind,
}

#[derive(Clone, Debug, PartialEq)]
enum Kind {
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
    /// One number a channel beside each of [outer, channels, inner].
    Channels {
        arithmetic: Arithmetic,
        by: Vec<f32>,
        inner: usize,
    },
    /// Each of [m, 1] with each of [1, n]; `flipped` if the former is the second input.
    Cross {
        arithmetic: Arithmetic,
        flipped: bool,
    },
}

// No NaN is a weight or a number a channel.
impl Eq for Direct {}

impl Direct {
    fn inputs(&self) -> usize {
        if matches!(self.kind, Kind::Cross { .. }) { 2 } else { 1 }
    }
}

impl Op for Direct {
    fn name(&self) -> StaticName {
        let name = match &self.kind {
            Kind::Resize(_) => "DirectResize",
            Kind::Pool(_) => "DirectPool",
            Kind::Softmax { .. } => "DirectSoftmax",
            Kind::Sum { .. } => "DirectSum",
            Kind::Channels { .. } => "DirectChannels",
            Kind::Cross { .. } => "DirectCross",
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
                Kind::Resize(resizing) => resizing.run(x, y),
                Kind::Pool(pool) => pool.run(x, y),
                Kind::Softmax { n, inner } => softmax(x, *n, *inner, y),
                Kind::Sum { n, inner } => summed(x, *n, *inner, y),
                Kind::Channels { arithmetic, by, inner } => arithmetic.channels(x, by, *inner, y),
                Kind::Cross { arithmetic, flipped: false } => arithmetic.cross(x, numbers(1)?, y),
                Kind::Cross { arithmetic, flipped: true } => arithmetic.flipped_cross(numbers(1)?, x, y),
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

    as_op!();
}

/// What takes the place of a node, if anything does.
fn direct(model: &TypedModel, node: &TypedNode) -> TractResult<Option<Direct>> {
    let (inputs, outputs) = model.node_facts(node.id)?;
    let [output] = outputs[..] else { return Ok(None) };
    let Some(fact) = inputs.first().filter(|fact| fact.datum_type == DatumType::F32) else { return Ok(None) };
    let (Some(from), Some(to)) = (fact.shape.as_concrete(), output.shape.as_concrete()) else {
        return Ok(None);
    };
    let kind = if let Some(op) = node.op_as::<Resize>() {
        resizing(op, inputs[1], from, to)?.map(Kind::Resize)
    } else if let Some(op) = node.op_as::<MaxPool>().filter(|op| op.with_index_outputs.is_none()) {
        pool(&op.pool_spec, from, to, Pooling::Greatest).map(Kind::Pool)
    } else if let Some(op) = node.op_as::<SumPool>().filter(|op| op.normalize) {
        pool(&op.pool_spec, from, to, Pooling::Mean).map(Kind::Pool)
    } else if let Some(op) = node.op_as::<Softmax>().filter(|op| op.kind == SoftmaxKind::Softmax) {
        middle(&op.axes, from).map(|(n, inner)| Kind::Softmax { n, inner })
    } else if let Some(op) = node.op_as::<Reduce>().filter(|op| op.reducer == Reducer::Sum) {
        middle(&op.axes, from).map(|(n, inner)| Kind::Sum { n, inner })
    } else if let Some(op) = node.op_as::<TypedBinOp>().filter(|op| op.1.is_none()) {
        let Some(arithmetic) = arithmetic(op) else { return Ok(None) };
        if from == to && stands_alone(model, node) {
            channels(arithmetic, inputs[1], from)?
        } else {
            inputs[1].shape.as_concrete().and_then(|second| cross(arithmetic, from, second))
        }
    } else {
        None
    };
    Ok(kind.map(|kind| Direct { shape: to.into(), kind }))
}

/// The middle and inner sizes of a tensor [outer, n, inner] whose neighbouring axes `axes` are n; tract has kernels for the
/// last axis alone.
fn middle(axes: &[usize], shape: &[usize]) -> Option<(usize, usize)> {
    let (first, last) = (*axes.iter().min()?, *axes.iter().max()?);
    let neighbours = last - first + 1 == axes.len();
    let size = |range: std::ops::Range<usize>| shape[range].iter().product();
    (neighbours && first < shape.len() - 1).then(|| (size(first..last + 1), size(last + 1..shape.len())))
}

/// Whether no product comes before: tract lets one do such arithmetic on its way.
fn stands_alone(model: &TypedModel, node: &TypedNode) -> bool {
    let before = model.node(node.inputs[0].node);
    before.op_is::<TypedSource>() || before.op_is::<Direct>()
}

fn arithmetic(op: &TypedBinOp) -> Option<Arithmetic> {
    match () {
        () if op.0.is::<math::Add>() => Some(Arithmetic::Add),
        () if op.0.is::<math::Sub>() => Some(Arithmetic::Subtract),
        () if op.0.is::<math::Mul>() => Some(Arithmetic::Multiply),
        () => None,
    }
}

/// A column beside a row, such as the places of a filter beside its means.
fn cross(arithmetic: Arithmetic, first: &[usize], second: &[usize]) -> Option<Kind> {
    let column =
        |shape: &[usize]| matches!(shape, [ones @ .., m, 1] if *m > 1 && ones.iter().all(|d| *d == 1));
    let row = |shape: &[usize]| matches!(shape, [ones @ .., n] if *n > 1 && ones.iter().all(|d| *d == 1));
    let flipped = row(first) && column(second);
    let crossed = first.len() == second.len() && (flipped || column(first) && row(second));
    crossed.then_some(Kind::Cross { arithmetic, flipped })
}

fn channels(arithmetic: Arithmetic, by: &TypedFact, shape: &[usize]) -> TractResult<Option<Kind>> {
    let Some(constant) = &by.konst else { return Ok(None) };
    let axis = constant.shape().iter().position(|size| *size > 1);
    let Some(axis) = axis.filter(|axis| constant.len() == shape[*axis] && *axis < shape.len() - 1) else {
        return Ok(None);
    };
    let by = constant.try_as_plain_ram()?.as_slice::<f32>()?.to_vec();
    Ok(Some(Kind::Channels { arithmetic, by, inner: shape[axis + 1..].iter().product() }))
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
        && let [.., down, right] = wanted.try_as_plain_ram()?.as_slice::<f32>()?
    {
        scales = [*down, *right];
    }
    let rows = Taps::of(&op.plan_axis(scales[0], *height, *rows));
    let columns = Taps::of(&op.plan_axis(scales[1], *width, *columns));
    Ok(rows.zip(columns).map(|(rows, columns)| Resizing { from: [*height, *width], rows, columns }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(shape: &[usize]) -> Tensor {
        let values: Vec<f32> =
            (0..shape.iter().product()).map(|i: usize| (i as f32 * 0.7).sin() * 3.0).collect();
        Tensor::from_shape(shape, &values).expect("as many as the shape says")
    }

    /// Runs one operator by itself, in tract's way and in ours.
    fn compare(op: impl Into<Box<dyn TypedOp>>, shape: &[usize], second: Option<Tensor>) {
        let mut model = TypedModel::default();
        let mut wires = tvec!(model.add_source("x", f32::fact(shape)).expect("a source"));
        if let Some(second) = second {
            wires.push(model.add_const("second", second).expect("a constant"));
        }
        let made = model.wire_node("made", op, &wires).expect("wires");
        model.select_output_outlets(&made).expect("an output");
        let plain = model.clone().into_runnable().expect("runs");
        let ours = optimised(model).expect("optimises");
        assert!(ours.nodes.iter().any(|node| node.op_is::<Direct>()), "{shape:?}: nothing was replaced");
        let run =
            |plan: &Arc<TypedRunnableModel>| plan.run(tvec!(numbers(shape).into_tvalue())).expect("a run");
        let (wanted, got) = (run(&plain), run(&ours.into_runnable().expect("runs")));
        got[0].close_enough(&wanted[0], Approximation::Approximate).expect("the same numbers");
    }

    fn spec(channels: usize, size: [usize; 2], stride: [usize; 2]) -> PoolSpec {
        PoolSpec {
            data_format: DataFormat::NCHW,
            kernel_shape: size[..].into(),
            padding: PaddingSpec::ExplicitOnnxPool(tvec!(0, 0), tvec!(0, 0), false),
            dilations: None,
            strides: Some(stride[..].into()),
            input_channels: channels,
            output_channels: channels,
        }
    }

    #[test]
    fn pools_are_those_of_tract() {
        for (shape, size, stride) in
            [([1, 3, 8, 10], [2, 2], [2, 2]), ([2, 5, 7, 9], [2, 2], [2, 2]), ([1, 1, 11, 6], [3, 2], [2, 1])]
        {
            let pool_spec = spec(shape[1], size, stride);
            compare(MaxPool { pool_spec: pool_spec.clone(), with_index_outputs: None }, &shape, None);
            compare(SumPool { pool_spec, count_include_pad: true, normalize: true }, &shape, None);
        }
    }

    #[test]
    fn resizing_is_that_of_tract() {
        use tract_core::ops::nn::{CoordTransformer, Interpolator, Nearest};
        for (by, from) in [([2.0, 2.0], [7, 7]), ([1.5, 3.0], [4, 6]), ([0.5, 0.75], [9, 8])] {
            for transformer in [CoordTransformer::HalfPixel, CoordTransformer::AlignCorners] {
                let op = Resize {
                    coord_transformer: transformer,
                    interpolator: Interpolator::Linear,
                    nearest: Nearest::Floor,
                    optional_scales_input: Some(1),
                    optional_sizes_input: None,
                };
                compare(op, &[1, 3, from[0], from[1]], Some(tensor1(&[1.0_f32, 1.0, by[0], by[1]])));
            }
        }
    }

    #[test]
    fn sums_and_softmax_are_those_of_tract() {
        for (shape, axes) in
            [([2, 3, 5, 7], tvec!(1)), ([1, 9, 4, 3], tvec!(2, 3)), ([3, 1, 6, 5], tvec!(1, 2))]
        {
            compare(Reduce::new(axes.clone(), Reducer::Sum), &shape, None);
            compare(Softmax { axes, quant_output_dt: None, kind: SoftmaxKind::Softmax }, &shape, None);
        }
    }

    #[test]
    fn arithmetic_is_that_of_tract() {
        for op in [math::add(), math::sub(), math::mul()] {
            compare(op.clone(), &[2, 5, 3, 7], Some(numbers(&[1, 5, 1, 1])));
            compare(op.clone(), &[1, 1, 7], Some(numbers(&[1, 3, 1])));
            compare(op, &[1, 3, 1], Some(numbers(&[1, 1, 7])));
        }
    }
}
