//! What the reader, the CPU and the GPU share about tract's graphs.

use tract_core::internal::*;
use tract_core::ops::konst::Const;

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
