//! What the reader, the CPU and the GPU share about tract's graphs.

use tract_core::internal::*;
use tract_core::ops::konst::Const;

use super::bounds;

/// Constants of fewer numbers are computed with while a graph is wired: they may be a shape.
const SMALL: usize = 16;

/// Adds a constant as it is. tract's own method compares it with all others and casts it: large functions that an engine must compile.
///
/// # Errors
/// If tract refuses the node.
pub fn add_constant(
    model: &mut TypedModel,
    name: impl Into<String>,
    tensor: Arc<Tensor>,
) -> TractResult<OutletId> {
    let fact = TypedFact { uniform: tensor.as_uniform().map(Arc::new), ..constant_fact(&tensor) };
    Ok(model.add_node(name, Const::new(tensor)?, tvec!(fact))?.into())
}

/// Adds a node, or what it makes where all its inputs are small constants. tract's own method searches all nodes for one of the same
/// name, so that a graph would take the square of its nodes to read; names must differ only where something asks for them by name.
///
/// # Errors
/// If the operator does not take such inputs.
pub fn add_node(
    model: &mut TypedModel,
    name: String,
    op: Box<dyn TypedOp>,
    inputs: &[OutletId],
) -> TractResult<TVec<OutletId>> {
    let held = inputs.iter().map(|input| model.outlet_fact(*input).cloned());
    let held = held.collect::<TractResult<TVec<TypedFact>>>()?;
    let facts: TVec<&TypedFact> = held.iter().collect();
    let made = op.output_facts(&facts)?;
    bounds::node(op.as_ref(), &facts, &made)?;
    let known = facts.iter().map(|fact| fact.konst.clone().filter(|known| known.volume() < SMALL));
    if let Some(known) = known.map(|known| known.map(IntoTValue::into_tvalue)).collect::<Option<TVec<_>>>()
        && !known.is_empty()
        && let Some(outputs) = op.eval_out_of_plan(known)?
    {
        let constants =
            outputs.into_iter().map(|output| add_constant(model, &name, output.into_arc_tensor()));
        return constants.collect();
    }
    let count = made.len();
    let id = model.add_node(name, op, made)?;
    for (slot, input) in inputs.iter().enumerate() {
        model.add_edge(*input, InletId::new(id, slot))?;
    }
    Ok((0..count).map(|slot| OutletId::new(id, slot)).collect())
}

/// What is known of a constant: its type, its shape and itself.
pub fn constant_fact(tensor: &Arc<Tensor>) -> TypedFact {
    TypedFact { konst: Some(tensor.clone()), ..tensor.datum_type().fact(tensor.shape()) }
}

/// Multiply-adds of a node, as far as they are known before it runs.
pub fn work(graph: &TypedModel, node: &TypedNode) -> u64 {
    let cost = graph.node_input_facts(node.id).and_then(|facts| node.op.cost(&facts)).unwrap_or_default();
    let adds = cost.into_iter().filter(|(kind, _)| matches!(kind, Cost::FMA(_)));
    adds.filter_map(|(_, count)| count.to_usize().ok()).sum::<usize>() as u64
}
