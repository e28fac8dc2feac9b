//! Branches that the shapes decide. PyTorch writes `x.squeeze(-1)` as an `If` on the size of an axis: once the shapes are known one
//! branch is left, and the other would often not even fit.

use std::borrow::Cow;
use std::collections::HashSet;

use tract_core::internal::*;
use tract_onnx::Onnx;
use tract_onnx::model::ParseResult;
use tract_onnx::pb::{GraphProto, ModelProto, NodeProto, ValueInfoProto};
use tract_onnx::tract_hir::infer::{InferenceFact, InferenceModelExt};

use crate::describe::{name_of, tell_apart};

/// The file with each `If` replaced by the branch that it takes, where the shapes alone decide it.
pub(crate) fn decided<'a>(file: &'a ModelProto, framework: &Onnx) -> Cow<'a, ModelProto> {
    let mut file = Cow::Borrowed(file);
    let mut left: HashSet<String> = HashSet::new();
    // A branch may hold another `If`, which is then one of the graph's own.
    while let Some((at, node)) = next(&file, &left) {
        match condition(&file, framework, &node.input[0]).ok().flatten().and_then(|is| branch(&node, is)) {
            Some(branch) => put_in(file.to_mut().graph.get_or_insert_default(), at, &node, branch),
            None => {
                left.insert(name_of(&node).to_owned());
            }
        }
    }
    file
}

fn next(file: &ModelProto, left: &HashSet<String>) -> Option<(usize, NodeProto)> {
    let nodes = &file.graph.as_ref()?.node;
    let is_next =
        |node: &NodeProto| node.op_type == "If" && node.input.len() == 1 && !left.contains(name_of(node));
    let at = nodes.iter().position(is_next)?;
    Some((at, nodes[at].clone()))
}

/// What a condition is in every run; nothing where the numbers given decide it.
fn condition(file: &ModelProto, framework: &Onnx, name: &str) -> TractResult<Option<bool>> {
    let ParseResult { mut model, .. } = framework.parse(&leading_to(file, name), None)?;
    model.analyse(false)?;
    let is_empty = |fact: &InferenceFact| {
        fact.shape.as_concrete_finite().is_ok_and(|shape| shape.is_some_and(|shape| shape.contains(&0)))
    };
    let mut made = model.nodes.iter().flat_map(|node| &node.outputs);
    ensure!(!made.any(|output| is_empty(&output.fact)), "there is nothing to read");
    let typed = model.into_typed()?.into_decluttered()?;
    let Some(value) = &typed.output_fact(0)?.konst else { return Ok(None) };
    Ok(Some(value.cast_to_scalar::<bool>()?))
}

/// The file with no more than what makes this value.
fn leading_to(file: &ModelProto, name: &str) -> ModelProto {
    let (nodes, weights, input) = match &file.graph {
        Some(graph) => (graph.node.as_slice(), graph.initializer.as_slice(), graph.input.clone()),
        None => Default::default(),
    };
    let mut needed = HashSet::from([name.to_owned()]);
    let mut node = Vec::new();
    // The nodes stand in the order in which they run.
    for one in nodes.iter().rev() {
        if one.output.iter().any(|output| needed.contains(output)) {
            taken(one, &mut needed);
            node.insert(0, one.clone());
        }
    }
    let initializer = weights.iter().filter(|one| needed.contains(&one.name)).cloned().collect();
    let output = vec![ValueInfoProto { name: name.to_owned(), ..ValueInfoProto::default() }];
    let graph = GraphProto { node, initializer, input, output, ..GraphProto::default() };
    let (ir_version, opset_import) = (file.ir_version, file.opset_import.clone());
    ModelProto { ir_version, opset_import, graph: Some(graph), ..ModelProto::default() }
}

/// Adds what a node takes, and what the graphs inside it do.
fn taken(node: &NodeProto, names: &mut HashSet<String>) {
    names.extend(node.input.iter().cloned());
    for body in node.attribute.iter().filter_map(|attribute| attribute.g.as_ref()) {
        names.extend(body.output.iter().map(|output| output.name.clone()));
        body.node.iter().for_each(|inner| taken(inner, names));
    }
}

fn branch(node: &NodeProto, taken: bool) -> Option<GraphProto> {
    let name = if taken { "then_branch" } else { "else_branch" };
    node.attribute.iter().find(|attribute| attribute.name == name)?.g.clone()
}

/// Gives the values that a graph's nodes take and make other names, those of the graphs inside it, too.
fn rename(graph: &mut GraphProto, own: &impl Fn(&mut String)) {
    for node in &mut graph.node {
        node.input.iter_mut().chain(&mut node.output).for_each(own);
        let bodies = node.attribute.iter_mut().filter_map(|attribute| attribute.g.as_mut());
        for body in bodies {
            body.output.iter_mut().for_each(|output| own(&mut output.name));
            rename(body, own);
        }
    }
}

/// Puts a branch's nodes in the place of its `If`, with names of their own.
fn put_in(graph: &mut GraphProto, at: usize, node: &NodeProto, mut branch: GraphProto) {
    let made: HashSet<String> = branch
        .node
        .iter()
        .flat_map(|inner| inner.output.iter().cloned())
        .chain(branch.initializer.iter().map(|weights| weights.name.clone()))
        .filter(|name| !name.is_empty())
        .collect();
    let own = |name: &mut String| {
        if made.contains(name.as_str()) {
            *name = format!("{}/{name}", name_of(node));
        }
    };
    branch.initializer.iter_mut().for_each(|weights| own(&mut weights.name));
    rename(&mut branch, &own);
    let outputs = branch.output.into_iter().zip(&node.output).map(|(mut from, to)| {
        own(&mut from.name);
        NodeProto {
            input: vec![from.name],
            output: vec![to.clone()],
            op_type: "Identity".to_owned(),
            ..NodeProto::default()
        }
    });
    let nodes: Vec<NodeProto> = branch.node.into_iter().chain(outputs).collect();
    graph.initializer.extend(branch.initializer);
    graph.node.splice(at..=at, nodes);
    tell_apart(graph);
}
