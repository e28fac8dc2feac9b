//! Operators that move numbers and compute none, and constants.

use tract_core::internal::*;
use tract_core::ops::array::{Gather, Slice, TypedConcat};
use tract_core::ops::cast::cast;

use super::node::{Node, axis};
use crate::model::bounds;

/// `Concat` along one axis.
pub fn concat(n: &mut Node) -> TractResult<TVec<OutletId>> {
    let inputs = (0..n.count()).map(|i| n.part(i)).collect::<TractResult<TVec<_>>>()?;
    let mut kind = n.datum_type(*inputs.first().context("it has no inputs")?)?;
    for input in &inputs {
        kind = kind.common_super_type(n.datum_type(*input)?).context("the inputs have no common type")?;
    }
    let shape = n.shape(inputs[0])?;
    let axis = axis(n.integer("axis", 0), shape.len())?;
    for input in &inputs {
        let other = n.shape(*input)?;
        let fits = |(at, size): (usize, &usize)| at == axis || *size == shape[at];
        let fit = other.len() == shape.len() && other.iter().enumerate().all(fits);
        ensure!(fit, "{other:?} does not go on {shape:?}");
    }
    let wires = n.cast(&inputs, kind)?;
    Ok(tvec!(n.wire(Box::new(TypedConcat::new(axis)), &wires)?))
}

/// `Flatten` to a matrix.
pub fn flatten(n: &mut Node) -> TractResult<TVec<OutletId>> {
    let x = n.input(0)?;
    let shape = n.shape(x)?;
    let at = n.integer("axis", 1);
    let at = if at == shape.len() as i64 { shape.len() } else { axis(at, shape.len())? };
    let (rows, columns) = (shape[..at].iter().product(), shape[at..].iter().product());
    Ok(tvec!(reshaped(n, x, &[rows, columns])?))
}

/// `Reshape` to a constant shape.
pub fn reshape(n: &mut Node) -> TractResult<TVec<OutletId>> {
    let x = n.input(0)?;
    let is = n.shape(x)?;
    let mut wanted = tvec!();
    for (i, size) in n.known(1)?.into_iter().enumerate() {
        wanted.push(match size {
            0 if n.integer("allowzero", 0) == 0 => *is.get(i).context("a size of 0 stands for no axis")?,
            // Worked out below: one size may be left to what the others leave over.
            -1 => usize::MAX,
            size => usize::try_from(size)?,
        });
    }
    let known: TVec<usize> = wanted.iter().copied().filter(|size| *size != usize::MAX).collect();
    let known = bounds::product(&known).context("it is too large")?;
    if let Some(open) = wanted.iter_mut().find(|size| **size == usize::MAX) {
        *open = is.iter().product::<usize>().checked_div(known).context("no size fits")?;
    }
    Ok(tvec!(reshaped(n, x, &wanted)?))
}

/// A wire under another shape of as many numbers.
fn reshaped(n: &mut Node, x: OutletId, wanted: &[usize]) -> TractResult<OutletId> {
    let is = n.shape(x)?;
    let same = Some(is.iter().product::<usize>()) == bounds::product(wanted);
    ensure!(same, "{is:?} cannot become {wanted:?}");
    let dims = |shape: &[usize]| shape.iter().map(|d| d.to_dim()).collect::<TVec<TDim>>();
    let mut made = x;
    for op in to_axis_ops_with_tf_rules(&dims(&is), &dims(wanted))? {
        made = n.wire(Box::new(op), &[made])?;
    }
    Ok(made)
}

/// `Gather` along one axis at places that are counted from the back below zero.
pub fn gather(n: &mut Node) -> TractResult<TVec<OutletId>> {
    let (data, places) = (n.input(0)?, n.input(1)?);
    let axis = axis(n.integer("axis", 0), n.shape(data)?.len())?;
    let places = n.wire(Box::new(cast(DatumType::I64)), &[places])?;
    Ok(tvec!(n.wire(Box::new(Gather::new(axis)), &[data, places])?))
}

/// `Shape`, a constant.
pub fn shape(n: &mut Node) -> TractResult<TVec<OutletId>> {
    let shape = n.shape(n.input(0)?)?;
    let place = |at: i64| {
        let counted = if at < 0 { at + shape.len() as i64 } else { at };
        counted.clamp(0, shape.len() as i64) as usize
    };
    let (start, end) = (place(n.integer("start", 0)), place(n.integer("end", i64::MAX)));
    let sizes: Vec<i64> = shape[start..end.max(start)].iter().map(|d| *d as i64).collect();
    Ok(tvec!(n.constant(tensor1(&sizes))?))
}

/// `Slice` with constant bounds and steps of one.
pub fn slice(n: &mut Node) -> TractResult<TVec<OutletId>> {
    let mut made = n.part(0)?;
    let shape = n.shape(made)?;
    let (starts, ends) = (n.known(1)?, n.known(2)?);
    let axes = if n.optional(3).is_some() { n.known(3)? } else { (0..starts.len() as i64).collect() };
    let steps = if n.optional(4).is_some() { n.known(4)? } else { vec![1; starts.len()] };
    ensure!(steps.iter().all(|step| *step == 1), "only steps of 1 are known, not {steps:?}");
    ensure!(
        starts.len() == ends.len() && starts.len() == axes.len(),
        "its starts, ends and axes differ in number"
    );
    for ((start, end), along) in starts.into_iter().zip(ends).zip(axes) {
        let along = axis(along, shape.len())?;
        let size = shape[along] as i64;
        let place = |at: i64| if at < 0 { at.saturating_add(size) } else { at }.clamp(0, size) as usize;
        let (start, end) = (place(start), place(end));
        ensure!(start <= end, "it takes nothing: {start} to {end}");
        if (start, end) != (0, shape[along]) {
            made = n.wire(Box::new(Slice::new(along, start, end)), &[made])?;
        }
    }
    Ok(tvec!(made))
}

/// `Split` into parts of constant or equal size.
pub fn split(n: &mut Node) -> TractResult<TVec<OutletId>> {
    let x = n.input(0)?;
    let shape = n.shape(x)?;
    let axis = axis(n.integer("axis", 0), shape.len())?;
    let parts = n.outputs();
    let sizes = match n.optional(1) {
        Some(_) => {
            let known = n.known(1)?;
            let sum = known.iter().try_fold(0_i64, |sum, size| sum.checked_add(*size));
            ensure!(sum == Some(shape[axis] as i64), "its parts {known:?} do not make {}", shape[axis]);
            known
        }
        None => vec![shape[axis].div_ceil(parts) as i64; parts],
    };
    let mut start = 0;
    let mut made = tvec!();
    for size in sizes {
        // The last part may be smaller than the others, if the file leaves the sizes out.
        let end = (start + usize::try_from(size)?).min(shape[axis]);
        made.push(n.wire(Box::new(Slice::new(axis, start, end)), &[x])?);
        start = end;
    }
    Ok(made)
}

/// `Squeeze`: constant axes of one are dropped.
pub fn squeeze(n: &mut Node) -> TractResult<TVec<OutletId>> {
    let mut made = n.input(0)?;
    let shape = n.shape(made)?;
    let mut axes = match n.optional(1) {
        Some(_) => n.known(1)?.into_iter().map(|a| axis(a, shape.len())).collect::<TractResult<Vec<_>>>()?,
        None => (0..shape.len()).filter(|a| shape[*a] == 1).collect(),
    };
    axes.sort_unstable();
    axes.dedup();
    for axis in axes.into_iter().rev() {
        ensure!(shape[axis] == 1, "{axis} of {shape:?} is no axis of one");
        made = n.wire(Box::new(AxisOp::Rm(axis)), &[made])?;
    }
    Ok(tvec!(made))
}

/// `Unsqueeze`: constant axes of one are added.
pub fn unsqueeze(n: &mut Node) -> TractResult<TVec<OutletId>> {
    let mut made = n.input(0)?;
    let axes = n.known(1)?;
    let rank = n.shape(made)?.len() + axes.len();
    let mut axes = axes.into_iter().map(|a| axis(a, rank)).collect::<TractResult<Vec<_>>>()?;
    axes.sort_unstable();
    ensure!(axes.windows(2).all(|pair| pair[0] < pair[1]), "{axes:?} names an axis twice");
    for axis in axes {
        made = n.wire(Box::new(AxisOp::Add(axis)), &[made])?;
    }
    Ok(tvec!(made))
}

/// `Transpose`, by default to the reverse order.
pub fn transpose(n: &mut Node) -> TractResult<TVec<OutletId>> {
    let mut made = n.input(0)?;
    let rank = n.shape(made)?.len();
    let order = match n.integers("perm") {
        Some(order) => order.iter().map(|a| axis(*a, rank)).collect::<TractResult<Vec<_>>>()?,
        None => (0..rank).rev().collect(),
    };
    let mut sorted = order.clone();
    sorted.sort_unstable();
    ensure!(sorted.into_iter().eq(0..rank), "{order:?} is no order of {rank} axes");
    for op in perm_to_ops(&order) {
        made = n.wire(Box::new(op), &[made])?;
    }
    Ok(tvec!(made))
}

/// `Constant`: a tensor within the file.
pub fn constant(n: &mut Node) -> TractResult<TVec<OutletId>> {
    let value = n.attribute("value").and_then(|a| a.t.as_ref()).context("it holds no tensor")?;
    Ok(tvec!(n.constant(value.tensor()?)?))
}
