//! What a file may ask for: held while its graph is wired, before memory is taken or an operator of tract or ours meets sizes that it
//! was not written for. The shipped files stay far below all of it.

use tract_core::internal::*;
use tract_core::ops::array::Gather;
use tract_core::ops::cnn::{Conv, MaxPool, PoolSpec, SumPool};
use tract_core::ops::einsum::EinSum;

/// Bytes of one value, and of all values of a graph together.
const MOST_BYTES: usize = 64 << 20;
const MOST_TOGETHER: usize = 256 << 20;
/// Multiply-adds of one node, and of all nodes together; each number that a window sees counts as one.
const MOST_WORK: usize = 2_000_000_000;
const MOST_WORK_TOGETHER: usize = 4_000_000_000;
const MOST_AXES: usize = 8;
const MOST_NODES: usize = 50_000;

/// The product of sizes, if it can be counted.
pub fn product(sizes: &[usize]) -> Option<usize> {
    sizes.iter().try_fold(1_usize, |product, size| product.checked_mul(*size))
}

/// Holds a shape within what one value may take, and gives its bytes. An axis of size zero counts as one.
///
/// # Errors
/// If it takes more, or has too many axes.
pub fn shape(shape: &[usize], kind: DatumType) -> TractResult<usize> {
    ensure!(shape.len() <= MOST_AXES, "{} axes are too many", shape.len());
    let counted: TVec<usize> = shape.iter().map(|size| *size.max(&1)).collect();
    let bytes = product(&counted).and_then(|count| count.checked_mul(kind.size_of()));
    let bytes = bytes.filter(|bytes| *bytes <= MOST_BYTES);
    bytes.with_context(|| format!("{shape:?} is too large"))
}

/// Holds what a node makes, and how long it takes, within bounds.
///
/// # Errors
/// If it takes more, or makes nothing.
pub fn node(op: &dyn TypedOp, inputs: &[&TypedFact], outputs: &TVec<TypedFact>) -> TractResult<()> {
    for output in outputs {
        let made = output.shape.as_concrete().context("a shape is open")?;
        shape(made, output.datum_type)?;
        // An empty list may be a part of a shape that is put together.
        let is_part = made == [0] && inputs.iter().all(|input| input.konst.is_some());
        ensure!(is_part || !made.contains(&0), "it makes nothing: {made:?}");
    }
    let work = work(op, inputs, outputs)?;
    ensure!(work <= MOST_WORK, "it takes too long: {work} multiply-adds");
    if let Some(gather) = op.downcast_ref::<Gather>()
        && let (Some(data), Some(places)) = (inputs[0].shape.as_concrete(), &inputs[1].konst)
    {
        within(places, data[gather.axis])?;
    }
    Ok(())
}

/// Checks what an operator is given at a run, where that decides which of its numbers it reads.
///
/// # Errors
/// If it would read beyond its inputs.
pub fn given(op: &dyn TypedOp, inputs: &[TValue]) -> TractResult<()> {
    match (op.downcast_ref::<Gather>(), inputs) {
        (Some(gather), [data, places, ..]) => within(places, data.shape()[gather.axis]),
        _ => Ok(()),
    }
}

/// Checks places that count from the back below zero.
///
/// # Errors
/// If one lies outside.
pub fn within(places: &Tensor, size: usize) -> TractResult<()> {
    let places = places.try_as_plain_ram()?;
    let size = size as i64;
    let beyond = places.as_slice::<i64>()?.iter().find(|place| !(-size..size).contains(place));
    ensure!(beyond.is_none(), "there is no place {} of {size}", beyond.copied().unwrap_or_default());
    Ok(())
}

fn work(op: &dyn TypedOp, inputs: &[&TypedFact], outputs: &TVec<TypedFact>) -> TractResult<usize> {
    let volume = |fact: &TypedFact| fact.shape.as_concrete().and_then(product);
    let out = volume(&outputs[0]);
    let windows = |spec: &PoolSpec, channels: usize| {
        out.zip(product(&spec.kernel_shape)).and_then(|(out, window)| product(&[out, window, channels]))
    };
    let made = if let Some(conv) = op.downcast_ref::<Conv>() {
        windows(&conv.pool_spec, conv.pool_spec.input_channels / conv.group)
    } else if let Some(pool) = op.downcast_ref::<MaxPool>() {
        windows(&pool.pool_spec, 1)
    } else if let Some(pool) = op.downcast_ref::<SumPool>() {
        windows(&pool.pool_spec, 1)
    } else if op.is::<EinSum>() {
        // The axis that is summed over is the last but one of the second matrix, or its last.
        let depth = inputs.last().and_then(|fact| fact.shape.as_concrete()).unwrap_or_default();
        let depth = depth.iter().rev().take(2).max().copied().unwrap_or(1);
        out.and_then(|out| out.checked_mul(depth))
    } else {
        inputs.iter().copied().chain(outputs).map(volume).try_fold(0, |most: usize, one| Some(most.max(one?)))
    };
    made.context("it takes too long")
}

/// Holds a whole graph within bounds.
///
/// # Errors
/// If its values take more together, or it takes too long.
pub fn graph(model: &TypedModel) -> TractResult<()> {
    ensure!(model.nodes.len() <= MOST_NODES, "{} nodes are too many", model.nodes.len());
    let (mut bytes, mut together) = (0_usize, 0_usize);
    for node in &model.nodes {
        let inputs = model.node_input_facts(node.id)?;
        let outputs: TVec<TypedFact> = node.outputs.iter().map(|output| output.fact.clone()).collect();
        for output in &outputs {
            bytes += shape(output.shape.as_concrete().context("a shape is open")?, output.datum_type)?;
        }
        together = together.saturating_add(work(node.op.as_ref(), &inputs, &outputs)?);
    }
    ensure!(bytes <= MOST_TOGETHER, "it takes too much memory: {} MB", bytes >> 20);
    ensure!(together <= MOST_WORK_TOGETHER, "it takes too long: {together} multiply-adds");
    Ok(())
}
