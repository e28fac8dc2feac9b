//! An ONNX graph becomes a tract graph: every shape is known, so each node is wired as it stands and nothing needs to be
//! inferred. tract's own importer infers types and shapes for all of ONNX, which costs more bytes than running does.

use std::collections::{BTreeMap, HashMap, HashSet};

use prost::bytes::Bytes;
use tract_core::internal::*;

use super::onnx::{DimensionValue, GraphProto, ModelProto, TensorProto, ValueInfoProto, datum_type};
use super::operators::{self, Node};
use super::weights::Packed;
use crate::model::bounds;
use crate::model::graph::{add_constant, add_node};

/// The versions of the operators whose meaning [`operators`] knows.
const OPSETS: std::ops::RangeInclusive<i64> = 13..=17;

/// What a file holds.
pub struct Imported {
    /// Its graph, node by node as the file has it; int8 and fp16 weights are still packed.
    pub graph: TypedModel,
    /// The names of the graph's inputs, in their order; weights are none.
    pub inputs: Vec<String>,
    /// The names of the graph's outputs, in their order.
    pub outputs: Vec<String>,
    /// What the file says about itself.
    pub metadata: BTreeMap<String, String>,
}

/// Reads a file. Rows and columns of its inputs [B, C, H, W] become `to / from` of what the file says; weights are not copied.
///
/// # Errors
/// If the bytes are no such file, or an operator, a type or a shape is not one that is known here: the text names the node.
pub fn read(bytes: Bytes, from: usize, to: usize) -> TractResult<Imported> {
    let proto = ModelProto::read(bytes)?;
    let graph = wired(&proto, from, to)?;
    let held = proto.graph.context("it holds no graph")?;
    Ok(Imported {
        graph,
        inputs: inputs(&held).map(|input| input.name.clone()).collect(),
        outputs: held.output.iter().map(|output| output.name.clone()).collect(),
        metadata: proto.metadata_props.into_iter().map(|entry| (entry.key, entry.value)).collect(),
    })
}

fn wired(proto: &ModelProto, from: usize, to: usize) -> TractResult<TypedModel> {
    let opset = proto.opset_import.iter().find(|set| set.domain.is_empty()).map_or(1, |set| set.version);
    ensure!(OPSETS.contains(&opset), "it is of opset {opset}, not of {OPSETS:?}");
    let graph = proto.graph.as_ref().context("it holds no graph")?;
    let initializers: HashMap<&str, &TensorProto> =
        graph.initializer.iter().map(|t| (t.name.as_str(), t)).collect();
    let mut model = TypedModel::default();
    let mut outlets: BTreeMap<String, OutletId> = BTreeMap::new();
    for input in inputs(graph) {
        let fact = fact(input, from, to).with_context(|| format!("the input {}", input.name))?;
        outlets.insert(input.name.clone(), model.add_source(input.name.clone(), fact)?);
    }
    for node in &graph.node {
        let named = node.output.iter().find(|output| !output.is_empty());
        let name = named.context("a node makes nothing")?;
        let says = || format!("the node {name} ({})", node.op_type);
        let made = match Packed::of(node, |name| initializers.get(name).copied()).with_context(says)? {
            Some(packed) => add_node(&mut model, name.clone(), Box::new(packed), &[]).with_context(says)?,
            None => {
                let mut wires = tvec!();
                for input in &node.input {
                    wires.push(outlet(&mut model, &mut outlets, &initializers, input)?);
                }
                let wire = operators::named(&node.domain, &node.op_type);
                let wire = wire.with_context(|| format!("there is no operator {}", node.op_type))?;
                wire(&mut Node::new(&mut model, name, node, wires)).with_context(says)?
            }
        };
        ensure!(made.len() >= node.output.len(), "{} makes only {}", says(), made.len());
        outlets.extend(node.output.iter().cloned().zip(made));
    }
    let made = graph.output.iter().map(|output| {
        outlet(&mut model, &mut outlets, &initializers, &output.name)?
            .with_context(|| format!("nothing makes its output {}", output.name))
    });
    let made = made.collect::<TractResult<Vec<_>>>()?;
    ensure!(!made.is_empty(), "it makes nothing");
    for (output, outlet) in graph.output.iter().zip(&made) {
        let shape = model.outlet_fact(*outlet)?.shape.as_concrete().unwrap_or_default();
        ensure!(!shape.contains(&0), "its output {} is empty", output.name);
    }
    model.select_output_outlets(&made)?;
    bounds::graph(&model)?;
    Ok(model)
}

/// What a graph takes at every run: its inputs that are no weights.
fn inputs(graph: &GraphProto) -> impl Iterator<Item = &ValueInfoProto> {
    let known: HashSet<&str> = graph.initializer.iter().map(|t| t.name.as_str()).collect();
    graph.input.iter().filter(move |input| !known.contains(input.name.as_str()))
}

/// The wire of this name; `None` for the empty name, by which ONNX leaves an input out.
fn outlet(
    model: &mut TypedModel,
    outlets: &mut BTreeMap<String, OutletId>,
    initializers: &HashMap<&str, &TensorProto>,
    name: &str,
) -> TractResult<Option<OutletId>> {
    if name.is_empty() {
        return Ok(None);
    }
    if let Some(outlet) = outlets.get(name) {
        return Ok(Some(*outlet));
    }
    let initializer = initializers.get(name).with_context(|| format!("nothing makes {name}"))?;
    let made = add_constant(model, name, initializer.tensor()?.into_arc_tensor())?;
    outlets.insert(name.to_owned(), made);
    Ok(Some(made))
}

fn fact(input: &ValueInfoProto, from: usize, to: usize) -> TractResult<TypedFact> {
    let tensor = input.r#type.as_ref().and_then(|t| t.tensor_type.as_ref()).context("has no type")?;
    let dims = &tensor.shape.as_ref().context("has no shape")?.dim;
    let mut shape = Vec::with_capacity(dims.len());
    for (axis, dim) in dims.iter().enumerate() {
        let Some(DimensionValue::Known(size)) = dim.value else { bail!("its shape is open") };
        let size = usize::try_from(size)?;
        let resized = || size.checked_mul(to).and_then(|size| size.checked_div(from));
        shape.push(if axis < 2 { size } else { resized().context("its shape is too large")? });
    }
    let kind = datum_type(tensor.elem_type)?;
    bounds::shape(&shape, kind)?;
    ensure!(!shape.contains(&0), "its shape {shape:?} has no numbers");
    Ok(kind.fact(shape))
}
