//! Which operator of our own takes the place of a node.

use tract_core::internal::*;
use tract_core::ops::binary::TypedBinOp;
use tract_core::ops::cnn::{Conv, KernelFormat, MaxPool, PaddingSpec, PoolSpec, SumPool};
use tract_core::ops::math;
use tract_core::ops::nn::{DataFormat, Reduce, Reducer, Resize, Softmax, SoftmaxKind};

use super::arithmetic::{Arithmetic, Broadcast};
use super::convolution::{Convolution, Epilogue, Frame, Planes};
use super::direct::{Direct, Kind};
use super::planes::{Pool, Pooling, Resizing, Taps};

/// What takes the place of a node, if anything does, and how many of its inputs that takes. `alone` if none of them comes from
/// a product: tract lets one do arithmetic on its way.
pub fn direct(
    node: &TypedNode,
    inputs: &[TypedFact],
    alone: impl Fn() -> bool,
) -> TractResult<Option<(Direct, usize)>> {
    let [output] = &node.outputs[..] else { return Ok(None) };
    let Some(fact) = inputs.first().filter(|fact| fact.datum_type == DatumType::F32) else { return Ok(None) };
    let (Some(from), Some(to)) = (fact.shape.as_concrete(), output.fact.shape.as_concrete()) else {
        return Ok(None);
    };
    let kind = if let Some(op) = node.op_as::<Conv>() {
        let made = convolution(op, inputs, from, to)?;
        made.map(|made| Kind::Convolution {
            convolution: Arc::new(made),
            epilogue: Epilogue::default(),
            adds: false,
        })
    } else if let Some(op) = node.op_as::<Resize>() {
        resizing(op, &inputs[1], from, to)?.map(Kind::Resize)
    } else if let Some(op) = node.op_as::<MaxPool>().filter(|op| op.with_index_outputs.is_none()) {
        pool(&op.pool_spec, from, to, Pooling::Greatest).map(Kind::Pool)
    } else if let Some(op) = node.op_as::<SumPool>().filter(|op| op.normalize) {
        pool(&op.pool_spec, from, to, Pooling::Mean).map(Kind::Pool)
    } else if let Some(op) = node.op_as::<Softmax>().filter(|op| op.kind == SoftmaxKind::Softmax) {
        middle(&op.axes, from).map(|(n, inner)| Kind::Softmax { n, inner })
    } else if let Some(op) = node.op_as::<Reduce>().filter(|op| op.reducer == Reducer::Sum) {
        middle(&op.axes, from).map(|(n, inner)| Kind::Sum { n, inner })
    } else if let Some(op) = node.op_as::<TypedBinOp>().filter(|op| op.1.is_none()) {
        let both = [fact, &inputs[1]].map(|fact| fact.shape.as_concrete());
        match (arithmetic(op), both) {
            (Some(arithmetic), [Some(first), Some(second)]) if alone() => {
                Broadcast::new(arithmetic, [first, second]).map(Kind::Broadcast)
            }
            _ => None,
        }
    } else {
        None
    };
    Ok(kind.map(|kind| {
        let inputs = if matches!(kind, Kind::Broadcast(_)) { 2 } else { 1 };
        (Direct { shape: to.into(), kind }, inputs)
    }))
}

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
    let weights = weights.try_as_plain_ram()?.as_slice::<f32>()?;
    let numbers = bias.try_as_plain_ram()?.as_slice::<f32>()?;
    let bias = numbers.iter().copied().cycle().take(to.channels).collect();
    let one_each = op.group == from.channels && op.group == to.channels;
    let frame = Frame { from, to, size, stride, dilation, padding, bias };
    Ok(match op.group {
        1 => Some(Convolution::new(frame, weights)),
        _ if one_each => Convolution::depthwise(frame, weights),
        _ => None,
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
        && let [.., down, right] = wanted.try_as_plain_ram()?.as_slice::<f32>()?
    {
        scales = [*down, *right];
    }
    let rows = Taps::of(&op.plan_axis(scales[0], *height, *rows));
    let columns = Taps::of(&op.plan_axis(scales[1], *width, *columns));
    Ok(rows.zip(columns).map(|(rows, columns)| Resizing { from: [*height, *width], rows, columns }))
}
