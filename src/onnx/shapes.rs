//! What is known of a graph once its shapes are: the shape and the work of every node, and where its softmaxes are.

use std::collections::HashMap;

use serde::Serialize;
use tract_core::internal::*;
use tract_onnx::pb::{AttributeProto, GraphProto, NodeProto};
use tract_onnx::tract_hir::infer::{Factoid, InferenceModel};

use crate::describe::name_of;
use crate::model::graph::work;

/// What the page adds to a description.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Facts {
    /// The shape of what each node makes first, in the nodes' order; nothing where it depends on the numbers.
    pub shapes: Vec<Option<Vec<usize>>>,
    /// Multiply-adds of each node.
    pub work: Vec<u64>,
}

/// A value whose numbers are weights: along `axis` they sum to 1.
#[derive(Clone, Debug)]
pub struct Softmax {
    /// The value's name.
    pub name: String,
    /// Its node among the file's.
    pub node: usize,
    /// Counted from the last one if negative.
    pub axis: i64,
    /// Before opset 13 all axes from `axis` on were one.
    pub flat: bool,
}

fn attribute<'a>(node: &'a NodeProto, name: &str) -> Option<&'a AttributeProto> {
    node.attribute.iter().find(|attribute| attribute.name == name)
}

/// Every softmax of a graph, those that are written out as exp(x) / Σ exp(x) too.
pub fn softmaxes(graph: &GraphProto, opset: i64) -> Vec<Softmax> {
    let makers: HashMap<&str, &NodeProto> = graph
        .node
        .iter()
        .flat_map(|node| node.output.iter().map(move |made| (made.as_str(), node)))
        .collect();
    let maker = |node: &NodeProto, input: usize| makers.get(node.input.get(input)?.as_str()).copied();
    let written_out = |node: &NodeProto| {
        let (above, below) = (maker(node, 0)?, maker(node, 1)?);
        let is = above.op_type == "Exp"
            && below.op_type == "ReduceSum"
            && below.input.first() == node.input.first();
        is.then_some(())
    };
    let found = graph.node.iter().enumerate().filter_map(|(i, node)| {
        let name = node.output.first()?.clone();
        match node.op_type.as_str() {
            "Softmax" => {
                let flat = opset < 13;
                let axis = attribute(node, "axis").map_or(if flat { 1 } else { -1 }, |axis| axis.i);
                Some(Softmax { name, node: i, axis, flat })
            }
            "Div" => written_out(node).map(|()| Softmax { name, node: i, axis: -1, flat: false }),
            _ => None,
        }
    });
    found.collect()
}

/// An equation with an ellipsis, which tract computes wrongly without a word.
pub fn has_ellipsis(node: &NodeProto) -> bool {
    let equation = attribute(node, "equation").map(|attribute| attribute.s.as_slice()).unwrap_or_default();
    node.op_type == "Einsum" && equation.windows(3).any(|letters| letters == b"...")
}

/// The shape of what each node makes first.
pub fn shapes(
    graph: &GraphProto,
    model: &InferenceModel,
    outlets: &HashMap<String, OutletId>,
) -> Vec<Option<Vec<usize>>> {
    let shape = |node: &NodeProto| {
        let outlet = outlets.get(node.output.iter().find(|name| !name.is_empty())?)?;
        let shape = model.outlet_fact(*outlet).ok()?.shape.concretize()?;
        shape.iter().map(|size| size.to_usize().ok()).collect()
    };
    graph.node.iter().map(shape).collect()
}

/// Multiply-adds of each node. tract makes several nodes of one: their names begin with its name and a point.
pub fn works(graph: &GraphProto, typed: &TypedModel) -> Vec<u64> {
    let mut sums = vec![0; graph.node.len()];
    let places: HashMap<&str, usize> =
        graph.node.iter().enumerate().map(|(i, node)| (name_of(node), i)).collect();
    for node in typed.nodes() {
        let mut name = node.name.as_str();
        let place = loop {
            if let Some(place) = places.get(name) {
                break Some(*place);
            }
            match name.rsplit_once('.') {
                Some((shorter, _)) => name = shorter,
                None => break None,
            }
        };
        if let Some(place) = place {
            sums[place] += work(typed, node);
        }
    }
    sums
}
