//! A graph becomes a plan for the CPU. Where tract works number by number through general code, an operator of our own with
//! the same answer takes the place; the graph before that is left to other runtimes as it was.

mod convolution;
mod direct;
mod four;
mod planes;
mod winograd;

use convolution::{Convolution, Frame, Planes};
use direct::{Direct, Kind};
use planes::{Arithmetic, Pool, Pooling, Resizing, Taps};
use tract_core::internal::*;
use tract_core::ops::binary::TypedBinOp;
use tract_core::ops::cnn::{Conv, KernelFormat, MaxPool, PaddingSpec, PoolSpec, SumPool};
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
        if let Some((op, input)) = floored(model, node)? {
            return TypedModelPatch::replace_single_op(model, node, &[input], op).map(Some);
        }
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

/// What takes the place of a node, if anything does.
fn direct(model: &TypedModel, node: &TypedNode) -> TractResult<Option<Direct>> {
    let (inputs, outputs) = model.node_facts(node.id)?;
    let [output] = outputs[..] else { return Ok(None) };
    let Some(fact) = inputs.first().filter(|fact| fact.datum_type == DatumType::F32) else { return Ok(None) };
    let (Some(from), Some(to)) = (fact.shape.as_concrete(), output.shape.as_concrete()) else {
        return Ok(None);
    };
    let kind = if let Some(op) = node.op_as::<Conv>() {
        let made = convolution(op, &inputs, from, to)?;
        made.map(|made| Kind::Convolution { convolution: Arc::new(made), floor: f32::NEG_INFINITY })
    } else if let Some(op) = node.op_as::<Resize>() {
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

/// A floor under what a convolution makes is worked in where it writes; also gives what the convolution is given.
fn floored(model: &TypedModel, node: &TypedNode) -> TractResult<Option<(Direct, OutletId)>> {
    if !node.op_as::<TypedBinOp>().is_some_and(|op| op.0.is::<math::Max>()) {
        return Ok(None);
    }
    let before = model.node(node.inputs[0].node);
    let (Some(op), [only]) = (before.op_as::<Direct>(), &before.outputs[0].successors[..]) else {
        return Ok(None);
    };
    let by = model.outlet_fact(node.inputs[1])?.konst.clone().filter(|by| by.len() == 1);
    match (&op.kind, by) {
        (Kind::Convolution { convolution, .. }, Some(by)) if only.node == node.id => {
            let floor = by.cast_to_scalar::<f32>()?;
            let kind = Kind::Convolution { convolution: convolution.clone(), floor };
            Ok(Some((Direct { shape: op.shape.clone(), kind }, before.inputs[0])))
        }
        _ => Ok(None),
    }
}

/// tract makes a matrix of the windows first; where there are none to speak of, or many groups, its way is the faster one.
fn convolution(
    op: &Conv,
    inputs: &[&TypedFact],
    from: &[usize],
    to: &[usize],
) -> TractResult<Option<Convolution>> {
    let spec = &op.pool_spec;
    let pair = |sizes: &[usize]| <[usize; 2]>::try_from(sizes).ok();
    let (Some(size), Some(stride), Some(dilation)) =
        (pair(&spec.kernel_shape), pair(&spec.strides()), pair(&spec.dilations()))
    else {
        return Ok(None);
    };
    let padding = match &spec.padding {
        PaddingSpec::Valid => Some([0; 2]),
        PaddingSpec::Explicit(before, _) => pair(before),
        _ => None,
    };
    let plain = op.group == 1 && op.q_params.is_none() && op.kernel_fmt == KernelFormat::OIHW;
    let (Some(padding), Some(weights), Some(bias)) = (padding, &inputs[1].konst, &inputs[2].konst) else {
        return Ok(None);
    };
    let (Some(from), Some(to)) = (planes(spec.data_format, from), planes(spec.data_format, to)) else {
        return Ok(None);
    };
    if !plain || size == [1, 1] {
        return Ok(None);
    }
    let numbers = bias.try_as_plain_ram()?.as_slice::<f32>()?;
    let bias = numbers.iter().copied().cycle().take(to.channels).collect();
    let frame = Frame { from, to, size, stride, dilation, padding, bias };
    Ok(Some(Convolution::new(frame, weights.try_as_plain_ram()?.as_slice::<f32>()?)))
}

/// What a picture's axes are, the first left aside if there are four.
fn planes(format: DataFormat, shape: &[usize]) -> Option<Planes> {
    let sizes = if format.has_n() { shape.get(1..)? } else { shape };
    let &[first, middle, last] = sizes else { return None };
    Some(match format.c_is_last() {
        true => Planes { channels: last, rows: first, columns: middle, channels_last: true },
        false => Planes { channels: first, rows: middle, columns: last, channels_last: false },
    })
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
    fn compare(op: impl Into<Box<dyn TypedOp>>, shape: &[usize], constants: &[Tensor]) {
        compare_model(shape, constants, |model, wires| model.wire_node("made", op, wires));
    }

    fn compare_model(
        shape: &[usize],
        constants: &[Tensor],
        wire: impl FnOnce(&mut TypedModel, &[OutletId]) -> TractResult<TVec<OutletId>>,
    ) {
        let mut model = TypedModel::default();
        let mut wires = tvec!(model.add_source("x", f32::fact(shape)).expect("a source"));
        for (i, constant) in constants.iter().enumerate() {
            wires.push(model.add_const(format!("constant {i}"), constant.clone()).expect("a constant"));
        }
        let made = wire(&mut model, &wires).expect("wires");
        model.select_output_outlets(&made).expect("an output");
        let plain = model.clone().into_runnable().expect("runs");
        let ours = optimised(model).expect("optimises");
        let computed =
            ours.nodes.iter().filter(|node| !node.op_is::<Const>() && !node.op_is::<TypedSource>());
        assert!(computed.clone().all(|node| node.op_is::<Direct>()), "{shape:?}: {ours}");
        let run =
            |plan: &Arc<TypedRunnableModel>| plan.run(tvec!(numbers(shape).into_tvalue())).expect("a run");
        let (wanted, got) = (run(&plain), run(&ours.into_runnable().expect("runs")));
        got[0].close_enough(&wanted[0], Approximation::Approximate).expect("the same numbers");
    }

    fn convolution_of(
        format: DataFormat,
        [inputs, outputs]: [usize; 2],
        size: usize,
        [stride, dilation]: [usize; 2],
        padding: usize,
    ) -> (Conv, [Tensor; 2]) {
        let pool_spec = PoolSpec {
            data_format: format,
            kernel_shape: tvec!(size; 2),
            padding: PaddingSpec::Explicit(tvec!(padding; 2), tvec!(padding; 2)),
            dilations: Some(tvec!(dilation; 2)),
            strides: Some(tvec!(stride; 2)),
            input_channels: inputs,
            output_channels: outputs,
        };
        let mut weights = numbers(&[outputs, inputs, size, size]);
        let mut view = weights.try_as_plain_ram_mut().expect("floats");
        view.as_slice_mut::<f32>().expect("floats").iter_mut().for_each(|weight| *weight *= 0.1);
        let constants = [weights, numbers(&[outputs])];
        (Conv::new(pool_spec, KernelFormat::OIHW, 1, None), constants)
    }

    #[test]
    fn convolutions_are_those_of_tract() {
        for (channels, [rows, columns], size, [stride, dilation], padding) in [
            ([8, 4], [8, 8], 3, [1, 1], 1),
            ([9, 5], [7, 11], 3, [1, 1], 1),
            ([16, 24], [40, 33], 3, [1, 1], 0),
            ([8, 7], [13, 6], 5, [1, 1], 2),
            ([12, 4], [5, 5], 5, [1, 1], 0),
            ([10, 8], [9, 9], 3, [1, 1], 2),
            ([1, 16], [21, 21], 5, [1, 1], 2),
            ([3, 1], [10, 9], 3, [1, 1], 1),
            ([8, 6], [17, 12], 3, [2, 1], 1),
            ([4, 9], [12, 19], 3, [1, 2], 2),
            ([2, 3], [7, 7], 2, [3, 1], 0),
        ] {
            for format in [DataFormat::NCHW, DataFormat::NHWC] {
                let (op, constants) = convolution_of(format, channels, size, [stride, dilation], padding);
                let shape = format.from_n_c_hw(2, channels[0], [rows, columns]).expect("a shape").shape;
                compare(op.clone(), &shape, &constants);
                compare_model(&shape, &constants, |model, wires| {
                    let made = model.wire_node("made", op.clone(), wires)?;
                    let floor = model.add_const("floor", numbers(&[1, 1, 1, 1]))?;
                    model.wire_node("floored", math::max(), &[made[0], floor])
                });
            }
        }
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
            compare(MaxPool { pool_spec: pool_spec.clone(), with_index_outputs: None }, &shape, &[]);
            compare(SumPool { pool_spec, count_include_pad: true, normalize: true }, &shape, &[]);
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
                compare(op, &[1, 3, from[0], from[1]], &[tensor1(&[1.0_f32, 1.0, by[0], by[1]])]);
            }
        }
    }

    #[test]
    fn sums_and_softmax_are_those_of_tract() {
        for (shape, axes) in
            [([2, 3, 5, 7], tvec!(1)), ([1, 9, 4, 3], tvec!(2, 3)), ([3, 1, 6, 5], tvec!(1, 2))]
        {
            compare(Reduce::new(axes.clone(), Reducer::Sum), &shape, &[]);
            compare(Softmax { axes, quant_output_dt: None, kind: SoftmaxKind::Softmax }, &shape, &[]);
        }
    }

    #[test]
    fn arithmetic_is_that_of_tract() {
        for op in [math::add(), math::sub(), math::mul()] {
            compare(op.clone(), &[2, 5, 3, 7], &[numbers(&[1, 5, 1, 1])]);
            compare(op.clone(), &[1, 1, 7], &[numbers(&[1, 3, 1])]);
            compare(op, &[1, 3, 1], &[numbers(&[1, 1, 7])]);
        }
    }
}
