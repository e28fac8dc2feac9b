//! Convolutions, pools, matrix products, softmax, reductions and resizing.

use tract_core::internal::*;
use tract_core::ops::cnn::{Conv, KernelFormat, MaxPool, PaddingSpec, PoolSpec, SumPool};
use tract_core::ops::einsum::EinSum;
use tract_core::ops::math;
use tract_core::ops::nn::{
    CoordTransformer, DataFormat, Interpolator, Nearest, Reduce, Reducer, Resize, Softmax, SoftmaxKind,
};

use super::node::{Node, axis};
use crate::model::bounds;

/// Zeros before or after an axis of a picture that is convolved.
const MOST_ZEROS: usize = 1024;

/// Checks that wires hold no whole numbers.
fn numbers(n: &Node, wires: &[OutletId]) -> TractResult<()> {
    for wire in wires {
        let kind = n.datum_type(*wire)?;
        ensure!(kind == DatumType::F32, "it does not compute with {kind:?}");
    }
    Ok(())
}

/// Sizes along the axes of a picture, such as strides.
fn sizes(n: &Node, name: &str) -> TractResult<Option<TVec<usize>>> {
    let read = |sizes: &[i64]| sizes.iter().map(|v| Ok(usize::try_from(*v)?)).collect();
    n.integers(name).map(read).transpose()
}

/// The same, one for each of `axes` axes, none of them zero.
fn steps(n: &Node, name: &str, axes: usize) -> TractResult<Option<TVec<usize>>> {
    let steps = sizes(n, name)?;
    let fit = steps.iter().all(|steps| steps.len() == axes && !steps.contains(&0));
    ensure!(fit, "its {name} {steps:?} are not {axes} numbers above zero");
    Ok(steps)
}

/// How many zeros surround a picture of `axes` axes: before and after.
fn pads(n: &Node, axes: usize) -> TractResult<(TVec<usize>, TVec<usize>)> {
    let automatic = n.text("auto_pad", "NOTSET")?;
    ensure!(automatic == "NOTSET", "the padding {automatic} is not known");
    let pads = sizes(n, "pads")?.unwrap_or_else(|| tvec!(0; 2 * axes));
    ensure!(pads.len() == 2 * axes, "{} pads are not {}", pads.len(), 2 * axes);
    Ok((pads[..axes].into(), pads[axes..].into()))
}

/// Checks that every window lies within the picture and its zeros, as the operators that walk over them take for granted. `most` is the
/// most zeros before or after an axis for a window of such a size.
fn reach(spec: &PoolSpec, picture: &[usize], most: fn(usize) -> usize) -> TractResult<()> {
    let (PaddingSpec::Explicit(before, after) | PaddingSpec::ExplicitOnnxPool(before, after, _)) =
        &spec.padding
    else {
        bail!("such zeros around a picture are not known");
    };
    for (axis, size) in picture.iter().enumerate() {
        let window =
            (spec.kernel_shape[axis] - 1).checked_mul(spec.dilation(axis)).map_or(usize::MAX, |gap| gap + 1);
        let fit = before[axis].max(after[axis]) <= most(window);
        ensure!(fit, "{} zeros before and {} after are too many", before[axis], after[axis]);
        let padded = size + before[axis] + after[axis];
        ensure!(window <= padded, "a window of {window} does not fit into {padded}");
    }
    Ok(())
}

/// `Conv` of x [N, C, …] with weights [O, C / group, …] and a bias [O] that may be left out.
pub fn conv(n: &mut Node) -> TractResult<TVec<OutletId>> {
    let (x, kernel) = (n.input(0)?, n.input(1)?);
    let (shape, kernel_shape) = (n.shape(x)?, n.shape(kernel)?);
    ensure!(kernel_shape.len() > 2 && kernel_shape.len() == shape.len(), "{kernel_shape:?} on {shape:?}");
    ensure!(!kernel_shape.contains(&0), "there is nothing in its kernel {kernel_shape:?}");
    let (axes, group) = (shape.len() - 2, usize::try_from(n.integer("group", 1))?);
    ensure!(
        group > 0 && kernel_shape[0].is_multiple_of(group),
        "{} outputs are not {group} groups",
        kernel_shape[0]
    );
    let channels = kernel_shape[1].checked_mul(group).unwrap_or_default();
    ensure!(channels == shape[1], "a kernel for {channels} channels meets {}", shape[1]);
    let mut bias = match n.optional(2) {
        Some(bias) => bias,
        None => n.scalar(0.0, x)?,
    };
    if n.shape(bias)?[..] == [1] {
        bias = n.wire(Box::new(AxisOp::Rm(0)), &[bias])?;
    }
    let one_each =
        matches!(n.shape(bias)?[..], [count] if count == kernel_shape[0]) || n.shape(bias)?.is_empty();
    ensure!(one_each, "its bias {:?} is not one number a channel", n.shape(bias)?);
    numbers(n, &[x, kernel, bias])?;
    let (before, after) = pads(n, axes)?;
    let spec = PoolSpec {
        data_format: DataFormat::NCHW,
        kernel_shape: kernel_shape[2..].into(),
        padding: PaddingSpec::Explicit(before, after),
        dilations: steps(n, "dilations", axes)?,
        strides: steps(n, "strides", axes)?,
        input_channels: channels,
        output_channels: kernel_shape[0],
    };
    reach(&spec, &shape[2..], |_| MOST_ZEROS)?;
    let op = Conv::new(spec, KernelFormat::OIHW, group, None);
    Ok(tvec!(n.wire(Box::new(op), &[x, kernel, bias])?))
}

/// The windows of a pool over x [N, C, …].
fn pool(n: &Node) -> TractResult<PoolSpec> {
    let shape = n.shape(n.input(0)?)?;
    numbers(n, &[n.input(0)?])?;
    let (channels, axes) = (*shape.get(1).context("its input has no channels")?, shape.len() - 2);
    ensure!(axes > 0, "its input has no rows");
    let kernel_shape = steps(n, "kernel_shape", axes)?.context("it has no kernel_shape")?;
    let (before, after) = pads(n, axes)?;
    let spec = PoolSpec {
        data_format: DataFormat::NCHW,
        padding: PaddingSpec::ExplicitOnnxPool(before, after, n.integer("ceil_mode", 0) == 1),
        kernel_shape,
        dilations: steps(n, "dilations", axes)?,
        strides: steps(n, "strides", axes)?,
        input_channels: channels,
        output_channels: channels,
    };
    reach(&spec, &shape[2..], |window| window - 1)?;
    Ok(spec)
}

/// `AveragePool` of x [N, C, …].
pub fn average_pool(n: &mut Node) -> TractResult<TVec<OutletId>> {
    let pool_spec = pool(n)?;
    let count_include_pad = n.integer("count_include_pad", 0) == 1;
    n.map(Box::new(SumPool { pool_spec, count_include_pad, normalize: true }) as Box<dyn TypedOp>)
}

/// `MaxPool` of x [N, C, …], without the places.
pub fn max_pool(n: &mut Node) -> TractResult<TVec<OutletId>> {
    let pool_spec = pool(n)?;
    n.map(Box::new(MaxPool { pool_spec, with_index_outputs: None }) as Box<dyn TypedOp>)
}

/// `Gemm`: alpha · A · B + beta · C, with A [m, k] and B [k, n], either transposed if the file says so.
pub fn gemm(n: &mut Node) -> TractResult<TVec<OutletId>> {
    let (a, b) = (n.input(0)?, n.input(1)?);
    ensure!(n.shape(a)?.len() == 2 && n.shape(b)?.len() == 2, "it multiplies matrices only");
    let axes =
        AxesMapping::for_numpy_matmul(2, n.integer("transA", 0) == 1, n.integer("transB", 0) == 1, false)?;
    numbers(n, &[a, b])?;
    let (first, second) = (n.shape(a)?, n.shape(b)?);
    let (rows, columns) =
        (first[usize::from(n.integer("transA", 0) != 1)], second[usize::from(n.integer("transB", 0) == 1)]);
    ensure!(rows == columns, "{first:?} and {second:?} do not multiply");
    let kind = n.datum_type(a)?;
    let mut made = n.wire(Box::new(EinSum::new(axes, kind)), &[a, b])?;
    made = scaled(n, made, n.float("alpha", 1.0))?;
    if let Some(bias) = n.optional(2) {
        let bias = scaled(n, bias, n.float("beta", 1.0))?;
        made = n.combine(Box::new(math::Add), made, bias)?;
    }
    Ok(tvec!(made))
}

/// A wire times a number.
fn scaled(n: &mut Node, wire: OutletId, by: f32) -> TractResult<OutletId> {
    if by == 1.0 {
        return Ok(wire);
    }
    let by = n.scalar(by, wire)?;
    n.combine(Box::new(math::Mul), wire, by)
}

/// `MatMul` as numpy has it: matrices [m, k] and [k, n] behind batches that are repeated.
pub fn matmul(n: &mut Node) -> TractResult<TVec<OutletId>> {
    let (a, b) = (n.input(0)?, n.input(1)?);
    let (rank_a, rank_b) = (n.shape(a)?.len(), n.shape(b)?.len());
    ensure!(rank_a > 0 && rank_b > 0 && rank_a + rank_b > 2, "it does not multiply two vectors or numbers");
    numbers(n, &[a, b])?;
    let (first, second) = (n.shape(a)?, n.shape(b)?);
    let depths = [first[rank_a - 1], second[rank_b.saturating_sub(2)]];
    let pairs = first.iter().rev().zip(second.iter().rev()).skip(2);
    let fit = depths[0] == depths[1] && pairs.into_iter().all(|(a, b)| a == b || *a == 1 || *b == 1);
    ensure!(fit, "{first:?} and {second:?} do not multiply");
    // A vector is a matrix of one row or one column, which the product then does not have.
    let batch = rank_a.max(rank_b).saturating_sub(2);
    let letters =
        |rank: usize| ('a'..).take(batch).skip((batch + 2).saturating_sub(rank)).collect::<String>();
    let (rows, columns) = (if rank_a > 1 { "m" } else { "" }, if rank_b > 1 { "n" } else { "" });
    let axes = format!(
        "{}{rows}k,{}k{columns}->{}{rows}{columns}",
        letters(rank_a),
        letters(rank_b),
        letters(batch + 2)
    );
    let axes = axes.parse()?;
    let kind = n.datum_type(a)?;
    Ok(tvec!(n.wire(Box::new(EinSum::new(axes, kind)), &[a, b])?))
}

/// `Softmax` or `LogSoftmax` along one axis.
pub fn softmax(n: &mut Node, kind: SoftmaxKind) -> TractResult<TVec<OutletId>> {
    let axis = axis(n.integer("axis", -1), n.shape(n.input(0)?)?.len())?;
    numbers(n, &[n.input(0)?])?;
    n.map(Box::new(Softmax { axes: tvec!(axis), quant_output_dt: None, kind }) as Box<dyn TypedOp>)
}

/// The axes that a reduction sums over, in rising order: until opset 18 an attribute of all but the sum.
fn reduced(n: &Node) -> TractResult<TVec<usize>> {
    let rank = n.shape(n.input(0)?)?.len();
    let axes = match n.integers("axes") {
        Some(axes) => axes.to_vec(),
        None if n.optional(1).is_some() => n.known(1)?,
        None => (0..rank as i64).collect(),
    };
    let mut axes = axes.into_iter().map(|a| axis(a, rank)).collect::<TractResult<TVec<_>>>()?;
    axes.sort_unstable();
    axes.dedup();
    Ok(axes)
}

/// Drops axes that were reduced, unless `keepdims` keeps them.
fn kept(n: &mut Node, mut wire: OutletId, axes: &[usize]) -> TractResult<TVec<OutletId>> {
    if n.integer("keepdims", 1) == 0 {
        for axis in axes.iter().rev() {
            wire = n.wire(Box::new(AxisOp::Rm(*axis)), &[wire])?;
        }
    }
    Ok(tvec!(wire))
}

/// Sums over axes, which stay with a size of one.
fn sum(n: &mut Node, wire: OutletId, axes: &TVec<usize>) -> TractResult<OutletId> {
    n.wire(Box::new(Reduce::new(axes.clone(), Reducer::Sum)), &[wire])
}

/// `ReduceSum`.
pub fn reduce_sum(n: &mut Node) -> TractResult<TVec<OutletId>> {
    let (x, axes) = (n.input(0)?, reduced(n)?);
    let made = sum(n, x, &axes)?;
    kept(n, made, &axes)
}

/// `ReduceMean`, a sum divided by a count.
pub fn reduce_mean(n: &mut Node) -> TractResult<TVec<OutletId>> {
    let (x, axes) = (n.input(0)?, reduced(n)?);
    let shape = n.shape(x)?;
    let made = sum(n, x, &axes)?;
    let count = n.scalar(axes.iter().map(|a| shape[*a]).product::<usize>() as f32, made)?;
    let made = n.combine(Box::new(math::Div), made, count)?;
    kept(n, made, &axes)
}

/// `ReduceLogSumExp`, without the shift by the largest.
pub fn reduce_log_sum_exp(n: &mut Node) -> TractResult<TVec<OutletId>> {
    let (x, axes) = (n.input(0)?, reduced(n)?);
    numbers(n, &[x])?;
    let made = n.wire(math::exp().into(), &[x])?;
    let made = sum(n, made, &axes)?;
    let made = n.wire(math::ln().into(), &[made])?;
    kept(n, made, &axes)
}

/// `ArgMax`, the first of equals unless the file says the last.
pub fn arg_max(n: &mut Node) -> TractResult<TVec<OutletId>> {
    let x = n.input(0)?;
    let axes = tvec!(axis(n.integer("axis", 0), n.shape(x)?.len())?);
    let last = n.integer("select_last_index", 0) == 1;
    let made = n.wire(Box::new(Reduce::new(axes.clone(), Reducer::ArgMax(last))), &[x])?;
    kept(n, made, &axes)
}

/// `Resize` by scales or to sizes that are constant.
pub fn resize(n: &mut Node) -> TractResult<TVec<OutletId>> {
    let interpolator = Interpolator::parse(n.text("mode", "nearest")?)?;
    let nearest = match n.text("nearest_mode", "round_prefer_floor")? {
        _ if interpolator != Interpolator::Nearest => Nearest::Floor,
        mode => Nearest::parse(mode)?,
    };
    ensure!(n.integer("exclude_outside", 0) == 0, "exclude_outside is not known");
    let by_scales = n.optional(2).is_some();
    let wanted = n.input(if by_scales { 2 } else { 3 })?;
    let x = n.input(0)?;
    numbers(n, &[x])?;
    resizes(n, x, wanted, by_scales)?;
    let op = Resize {
        coord_transformer: CoordTransformer::parse(n.text("coordinate_transformation_mode", "half_pixel")?)?,
        interpolator,
        nearest,
        optional_scales_input: by_scales.then_some(1),
        optional_sizes_input: (!by_scales).then_some(1),
    };
    Ok(tvec!(n.wire(Box::new(op), &[x, wanted])?))
}

/// Checks what `Resize` is to make of x, before it plans each of its rows.
fn resizes(n: &Node, x: OutletId, wanted: OutletId, by_scales: bool) -> TractResult<()> {
    let known = n.constant_of(wanted)?.context("the sizes that it makes are not constant")?;
    let from = n.shape(x)?;
    let wanted = known.cast_to::<f32>()?;
    let wanted = wanted.try_as_plain_ram()?;
    let wanted = wanted.as_slice::<f32>()?;
    ensure!(wanted.len() == from.len(), "{} sizes are not {}", wanted.len(), from.len());
    let size =
        |(size, wanted): (&usize, &f32)| (if by_scales { *size as f32 * wanted } else { *wanted }) as usize;
    let to: TVec<usize> = from.iter().zip(wanted).map(size).collect();
    ensure!(wanted.iter().all(|one| *one > 0.0) && !to.contains(&0), "{wanted:?} makes nothing of {from:?}");
    bounds::shape(&to, DatumType::F32)?;
    Ok(())
}
