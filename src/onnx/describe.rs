//! What an ONNX file holds, before any shape is known but those that it states.

use std::collections::{BTreeMap, HashMap, HashSet};

use serde::Serialize;
use tract_onnx::Onnx;
use tract_onnx::pb::tensor_proto::DataType;
use tract_onnx::pb::tensor_shape_proto::dimension::Value as Size;
use tract_onnx::pb::{GraphProto, ModelProto, NodeProto, TensorProto, ValueInfoProto, type_proto};
use tract_onnx::prelude::*;

use crate::attention;
use crate::error::{OnnxError, Trouble};

/// An ONNX file that was read: what it says of itself, and itself.
pub struct File {
    pub description: Description,
    pub(crate) proto: ModelProto,
}

/// What the page shows of a file.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "types", derive(ts_rs::TS), ts(rename = "OnnxDescription"))]
pub struct Description {
    pub opset: i64,
    /// The program that wrote it, with its version.
    pub producer: String,
    /// Numbers that were learned.
    pub weights: u64,
    pub inputs: Vec<Port>,
    pub outputs: Vec<Port>,
    /// The open dimensions of the inputs.
    pub open: Vec<Open>,
    pub nodes: Vec<Node>,
    /// The operators that no node of which can run here.
    pub unknown: Vec<String>,
}

/// An input or output.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "types", derive(ts_rs::TS), ts(rename = "OnnxPort"))]
pub struct Port {
    pub name: String,
    /// "float", "int64", …
    pub kind: String,
    /// Nothing if the file does not even say how many axes there are.
    pub shape: Option<Vec<Dimension>>,
}

/// The size along an axis: a number, or the name of an open dimension.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
#[cfg_attr(feature = "types", derive(ts_rs::TS), ts(rename = "OnnxSize"))]
pub enum Dimension {
    Known(usize),
    Open(String),
}

/// A dimension that the visitor gives a number.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "types", derive(ts_rs::TS), ts(rename = "OpenDimension"))]
pub struct Open {
    pub name: String,
    /// A sensible number.
    pub guess: usize,
    /// Where it stands: "images, axis 0".
    pub at: String,
}

/// One node of the graph.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "types", derive(ts_rs::TS), ts(rename = "OnnxNode"))]
pub struct Node {
    /// As the file names it, or else its first output.
    pub name: String,
    pub operator: String,
    /// The nodes that it takes values from; −1 − i is the graph's input i.
    pub from: Vec<i64>,
    /// Numbers of its weights.
    pub weights: u64,
}

impl File {
    /// # Errors
    /// [`Trouble::NotOnnx`] if the bytes hold no graph; [`Trouble::ExternalWeights`] if its weights lie elsewhere;
    /// [`Trouble::Refused`] if an input is no tensor.
    pub fn read(bytes: &[u8]) -> Result<Self, OnnxError> {
        let no = |why: &str| OnnxError::new(Trouble::NotOnnx, why);
        let mut bytes = bytes;
        let read = tract_onnx::onnx().proto_model_for_read(&mut bytes);
        let mut proto = read.map_err(|_| no("This is not an ONNX file, or it is cut off"))?;
        if let Some(graph) = &mut proto.graph {
            tell_apart(graph);
            attention::write_out(graph);
        }
        let graph = proto.graph.as_ref().ok_or_else(|| no("This is not an ONNX file: it holds no graph"))?;
        if graph.node.is_empty() || graph.output.is_empty() {
            return Err(no("The graph of this file is empty"));
        }
        check_weights(graph)?;
        let description = describe(&proto, graph)?;
        Ok(Self { description, proto })
    }
}

/// Names a node by what it makes where another has its name: ONNX allows that, but tract tells nodes apart by their names.
pub(crate) fn tell_apart(graph: &mut GraphProto) {
    let mut seen = HashSet::new();
    for node in &mut graph.node {
        for body in node.attribute.iter_mut().filter_map(|attribute| attribute.g.as_mut()) {
            tell_apart(body);
        }
        if !seen.insert(name_of(node).to_owned()) {
            node.name = node.output.first().cloned().unwrap_or_default();
            while !seen.insert(node.name.clone()) {
                node.name.push('\'');
            }
        }
    }
}

fn check_weights(graph: &GraphProto) -> Result<(), OnnxError> {
    match graph.initializer.iter().find(|tensor| tensor.data_location == Some(1)) {
        Some(tensor) => {
            let why = format!("The weights “{}” lie in another file beside this one", tensor.name);
            Err(OnnxError::new(Trouble::ExternalWeights, why))
        }
        None => Ok(()),
    }
}

/// The name that tract gives a node, too.
pub(crate) fn name_of(node: &NodeProto) -> &str {
    let made = node.output.first().map(String::as_str).unwrap_or_default();
    if node.name.is_empty() { made } else { &node.name }
}

/// What a graph takes at every run: its inputs that are no weights.
pub(crate) fn inputs(graph: &GraphProto) -> impl Iterator<Item = &ValueInfoProto> {
    let weights: HashSet<&str> = graph.initializer.iter().map(|tensor| tensor.name.as_str()).collect();
    graph.input.iter().filter(move |input| !weights.contains(input.name.as_str()))
}

/// The name of an open dimension: the file's own, or where it stands.
fn open_name(input: &str, axis: usize, size: Option<&Size>) -> Option<String> {
    match size {
        Some(Size::DimValue(size)) if *size > 0 => None,
        Some(Size::DimParam(name)) if !name.is_empty() && name != "?" => Some(name.clone()),
        _ => Some(format!("{input}, axis {axis}")),
    }
}

fn tensor_type(port: &ValueInfoProto) -> Option<&type_proto::Tensor> {
    match port.r#type.as_ref()?.value.as_ref()? {
        type_proto::Value::TensorType(tensor) => Some(tensor),
    }
}

fn port(info: &ValueInfoProto) -> Option<Port> {
    let tensor = tensor_type(info)?;
    let kind = DataType::try_from(tensor.elem_type).ok()?;
    let shape = tensor.shape.as_ref().map(|shape| {
        let sizes = shape.dim.iter().enumerate();
        let size = |(axis, dim): (usize, &tract_onnx::pb::tensor_shape_proto::Dimension)| match &dim.value {
            Some(Size::DimValue(size)) if *size > 0 => Dimension::Known(*size as usize),
            value => Dimension::Open(open_name(&info.name, axis, value.as_ref()).unwrap_or_default()),
        };
        sizes.map(size).collect()
    });
    Some(Port { name: info.name.clone(), kind: kind.as_str_name().to_lowercase(), shape })
}

/// A sensible number for the open axis `axis` of an input: 1 picture, 3 channels, 224 rows and columns; 16 words.
fn guess(port: &Port, axis: usize) -> usize {
    let shape = port.shape.as_deref().unwrap_or_default();
    let known = |axis: usize| match shape.get(axis) {
        Some(Dimension::Known(size)) => Some(*size),
        _ => None,
    };
    let channels_last = matches!(known(3), Some(1 | 3 | 4)) && !matches!(known(1), Some(1 | 3 | 4));
    match (shape.len(), axis) {
        (_, 0) => 1,
        (4, 1) if !channels_last => 3,
        (4, 3) if channels_last => 3,
        (4, _) => 224,
        _ => 16,
    }
}

fn describe(proto: &ModelProto, graph: &GraphProto) -> Result<Description, OnnxError> {
    let mut ports = Vec::new();
    for input in inputs(graph) {
        let why = || OnnxError::new(Trouble::Refused, format!("The input “{}” is no tensor", input.name));
        ports.push(port(input).ok_or_else(why)?);
    }
    let mut open: BTreeMap<String, Open> = BTreeMap::new();
    for port in &ports {
        for (axis, size) in port.shape.iter().flatten().enumerate() {
            let Dimension::Open(name) = size else { continue };
            let (guess, at) = (guess(port, axis), format!("{}, axis {axis}", port.name));
            open.entry(name.clone()).or_insert(Open { name: name.clone(), guess, at });
        }
    }
    let weights: HashMap<&str, u64> = graph.initializer.iter().map(|t| (t.name.as_str(), count(t))).collect();
    let framework = tract_onnx::onnx();
    let outputs = graph.output.iter().map(|output| {
        let unknown = || Port { name: output.name.clone(), kind: "unknown".into(), shape: None };
        port(output).unwrap_or_else(unknown)
    });
    Ok(Description {
        opset: opset(proto),
        producer: format!("{} {}", proto.producer_name, proto.producer_version).trim().to_owned(),
        weights: weights.values().sum(),
        outputs: outputs.collect(),
        nodes: nodes(graph, &ports, weights),
        unknown: unknown(graph, &framework),
        inputs: ports,
        open: open.into_values().collect(),
    })
}
/// The version of ONNX's own operators.
pub(crate) fn opset(proto: &ModelProto) -> i64 {
    let own = proto.opset_import.iter().find(|set| set.domain.is_empty() || set.domain == "ai.onnx");
    own.map_or(1, |set| set.version)
}

fn count(tensor: &TensorProto) -> u64 {
    tensor.dims.iter().map(|size| (*size).max(0) as u64).product()
}

fn nodes(graph: &GraphProto, inputs: &[Port], mut weights: HashMap<&str, u64>) -> Vec<Node> {
    let mut makers: HashMap<&str, i64> =
        inputs.iter().enumerate().map(|(i, port)| (port.name.as_str(), -1 - i as i64)).collect();
    for (i, node) in graph.node.iter().enumerate() {
        makers.extend(node.output.iter().map(|made| (made.as_str(), i as i64)));
    }
    let described = graph.node.iter().map(|node| {
        let mut from: Vec<i64> =
            node.input.iter().filter_map(|name| makers.get(name.as_str()).copied()).collect();
        from.dedup();
        Node {
            name: name_of(node).to_owned(),
            operator: operator(node),
            from,
            // Shared weights count where they are used first.
            weights: node.input.iter().filter_map(|name| weights.remove(name.as_str())).sum(),
        }
    });
    described.collect()
}

/// "Softmax", or "com.microsoft.Attention" where it is none of ONNX's own.
pub(crate) fn operator(node: &NodeProto) -> String {
    match node.domain.as_str() {
        "" | "ai.onnx" => node.op_type.clone(),
        domain => format!("{domain}.{}", node.op_type),
    }
}

/// Whether tract has an operator, as far as its name tells.
pub(crate) fn is_known(node: &NodeProto, framework: &Onnx) -> bool {
    framework.op_register.0.contains_key(&node.op_type)
}

fn unknown(graph: &GraphProto, framework: &Onnx) -> Vec<String> {
    let mut unknown: Vec<String> =
        graph.node.iter().filter(|node| !is_known(node, framework)).map(operator).collect();
    unknown.sort_unstable();
    unknown.dedup();
    unknown
}
