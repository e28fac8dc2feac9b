//! What stands inside a shipped file: weights by the names of the layers, and values that its graph makes on the way.

#[allow(dead_code, reason = "the crate's own reading of the format, of which the tests need a part")]
#[path = "../../src/model/import/onnx.rs"]
mod format;

use format::{ModelProto, NodeProto, TensorProto, ValueInfoProto};
use glimpse::attention::additive::projected;
use glimpse::attention::matrix::{sum, transposed};
use glimpse::model::Model;
use prost::Message;
use prost::bytes::Bytes;

/// An ONNX file of models/.
pub struct File {
    path: String,
    proto: ModelProto,
}

/// What a layer of PyTorch's `nn.Linear` learned.
pub struct Linear {
    /// [out, in].
    pub matrix: Vec<f32>,
    pub inputs: usize,
    /// [out]; zeros where the layer has none.
    pub bias: Vec<f32>,
}

impl Linear {
    /// Of each of the vectors x [N, in].
    pub fn of(&self, x: &[f32]) -> Vec<f32> {
        let made = projected(&self.matrix, x, self.inputs);
        made.chunks_exact(self.bias.len()).flat_map(|row| sum(row, &self.bias)).collect()
    }
}

impl File {
    /// `path` below models/.
    pub fn read(path: &str) -> Self {
        let bytes = Bytes::from(crate::support::read(format!("models/{path}")));
        let proto = ModelProto::read(bytes).unwrap_or_else(|error| panic!("{path}: {error}"));
        Self { path: path.to_owned(), proto }
    }

    /// The model, which also gives these values of its graph.
    pub fn telling(&self, inside: &[&str]) -> Model {
        let mut proto = self.proto.clone();
        let outputs = &mut proto.graph.as_mut().expect("a graph").output;
        for name in inside {
            outputs.push(ValueInfoProto { name: (*name).to_owned(), r#type: None });
        }
        Model::new(&self.path, &proto.encode_to_vec()).unwrap_or_else(|error| panic!("{error}"))
    }

    fn nodes(&self) -> &[NodeProto] {
        &self.proto.graph.as_ref().expect("a graph").node
    }

    fn node(&self, what: &str, wanted: impl Fn(&NodeProto) -> bool) -> &NodeProto {
        let mut found = self.nodes().iter().filter(|node| wanted(node));
        found.next().unwrap_or_else(|| panic!("{}: no node {what}", self.path))
    }

    /// The value that the operator `operator` makes of the value `input`.
    pub fn made_of(&self, operator: &str, input: &str) -> &str {
        let what = format!("{operator} of {input}");
        let takes = |node: &NodeProto| node.input.iter().any(|name| name == input);
        &self.node(&what, |node| node.op_type == operator && takes(node)).output[0]
    }

    /// The value that the operator which makes `output` takes as its `nth` input.
    pub fn taken_for(&self, output: &str, nth: usize) -> &str {
        &self.node(output, |node| node.output.iter().any(|name| name == output)).input[nth]
    }

    /// The layer of this name within the network, such as "query", or the one that makes the output of this name.
    pub fn linear(&self, layer: &str) -> Linear {
        let gemm = format!("/{layer}/Gemm_output_0");
        let product = format!("/{layer}/MatMul_output_0");
        let names = [gemm.as_str(), product.as_str(), layer];
        let node = self.node(layer, |node| names.contains(&node.output[0].as_str()));
        let (values, shape) = self.weights(&node.input[1]);
        if node.op_type == "Gemm" {
            let bias = self.weights(&node.input[2]).0;
            return Linear { matrix: values, inputs: shape[1], bias };
        }
        let added =
            self.nodes().iter().find(|other| other.op_type == "Add" && other.input.contains(&product));
        let constant = added.and_then(|add| add.input.iter().find(|name| self.tensor(name).is_some()));
        let bias = constant.map_or_else(|| vec![0.0; shape[1]], |name| self.weights(name).0);
        Linear { matrix: transposed(&values, shape[1]), inputs: shape[0], bias }
    }

    fn tensor(&self, name: &str) -> Option<&TensorProto> {
        self.proto.graph.as_ref().expect("a graph").initializer.iter().find(|tensor| tensor.name == name)
    }

    /// The numbers and the shape of a constant, spread if it is stored in eight bits.
    pub fn weights(&self, name: &str) -> (Vec<f32>, Vec<usize>) {
        if let Some(tensor) = self.tensor(name) {
            return (numbers(tensor), tensor.shape().expect("a shape"));
        }
        let node = self.node(name, |node| node.op_type == "DequantizeLinear" && node.output[0] == name);
        let stored = |nth: usize| self.tensor(&node.input[nth]).expect("a constant");
        let (whole, scales, shape) =
            (numbers(stored(0)), numbers(stored(1)), stored(0).shape().expect("a shape"));
        let axis = node.attribute("axis").map_or(1, |axis| axis.i) as usize;
        let inner: usize = shape[axis + 1..].iter().product();
        let spread = |(at, value): (usize, &f32)| value * scales[at / inner % scales.len()];
        (whole.iter().enumerate().map(spread).collect(), shape)
    }
}

fn numbers(tensor: &TensorProto) -> Vec<f32> {
    let raw = &tensor.raw_data;
    match tensor.data_type {
        format::element::I8 => raw.iter().map(|byte| f32::from(*byte as i8)).collect(),
        format::element::I64 => {
            raw.as_chunks().0.iter().map(|bytes| i64::from_le_bytes(*bytes) as f32).collect()
        }
        format::element::F32 if raw.is_empty() => tensor.float_data.clone(),
        format::element::F32 => raw.as_chunks().0.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect(),
        other => panic!("{}: numbers of type {other}", tensor.name),
    }
}
