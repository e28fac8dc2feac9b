//! Which operator of our own takes the place of a node.

use tract_core::internal::*;
use tract_core::ops::binary::TypedBinOp;
use tract_core::ops::cnn::{Conv, KernelFormat, MaxPool, PaddingSpec, PoolSpec, SumPool};
use tract_core::ops::einsum::EinSum;
use tract_core::ops::math;
use tract_core::ops::nn::{DataFormat, Reduce, Reducer, Resize, Softmax, SoftmaxKind};

use super::arithmetic::{Arithmetic, Broadcast};
use super::convolution::{Convolution, Frame, Planes};
use super::direct::{Direct, Kind, numbers};
use super::planes::{Pool, Pooling, Resizing, Taps};
use super::product::Product;

/// What takes the place of a node, if anything does, and which of its inputs that takes.
#[inline(never)]
pub fn direct(node: &TypedNode, inputs: &[TypedFact]) -> TractResult<Option<(Direct, Vec<usize>)>> {
    let [output] = &node.outputs[..] else { return Ok(None) };
    let Some(fact) = inputs.first().filter(|fact| fact.datum_type == DatumType::F32) else { return Ok(None) };
    let (Some(from), Some(to)) = (fact.shape.as_concrete(), output.fact.shape.as_concrete()) else {
        return Ok(None);
    };
    if let Some(op) = node.op_as::<EinSum>().filter(|op| op.q_params.is_none()) {
        let made = product(op, inputs)?;
        return Ok(made.map(|(made, given)| (Direct::new(to, Kind::Product(Arc::new(made))), given)));
    }
    let kind = if let Some(op) = node.op_as::<Conv>() {
        convolution(op, inputs, from, to)?.map(|made| Kind::Convolution(Arc::new(made)))
    } else if let Some(op) = node.op_as::<Resize>() {
        resizing(op, &inputs[1], from, to)?.map(Kind::Resize)
    } else if let Some(op) = node.op_as::<MaxPool>().filter(|op| op.with_index_outputs.is_none()) {
        pool(&op.pool_spec, from, to, Pooling::Greatest).map(Kind::Pool)
    } else if let Some(op) = node.op_as::<SumPool>().filter(|op| op.normalize) {
        pool(&op.pool_spec, from, to, Pooling::Mean).map(Kind::Pool)
    } else if let Some(op) = node.op_as::<Softmax>().filter(|op| op.quant_output_dt.is_none()) {
        let log = op.kind == SoftmaxKind::LogSoftmax;
        middle(&op.axes, from).map(|(n, inner)| Kind::Softmax { n, inner, log })
    } else if let Some(op) = node.op_as::<Reduce>().filter(|op| op.reducer == Reducer::Sum) {
        middle(&op.axes, from).map(|(n, inner)| Kind::Sum { n, inner })
    } else if let Some(op) = node.op_as::<TypedBinOp>().filter(|op| op.1.is_none()) {
        let both = [fact, &inputs[1]].map(|fact| fact.shape.as_concrete());
        match (arithmetic(op), both) {
            (Some(arithmetic), [Some(first), Some(second)]) => {
                Broadcast::new(arithmetic, [first, second]).map(Kind::Broadcast)
            }
            _ => None,
        }
    } else {
        None
    };
    Ok(kind.map(|kind| {
        let given = if matches!(kind, Kind::Broadcast(_)) { vec![0, 1] } else { vec![0] };
        (Direct::new(to, kind), given)
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
