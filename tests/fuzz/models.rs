//! Model files for the lean reader: small shipped ones with a few fields or bytes changed, and graphs that grow node by node.

#[allow(dead_code, reason = "the crate's own reading of the format, of which the cases need a part")]
#[path = "../../src/model/import/onnx.rs"]
mod format;

use format::{
    AttributeProto, Dimension, DimensionValue, GraphProto, ModelProto, NodeProto, OperatorSetIdProto,
    TensorProto, TensorShapeProto, TensorTypeProto, TypeProto, ValueInfoProto, element,
};
use glimpse::model::{Model, Tensor};
use prost::Message;
use prost::bytes::Bytes;

use crate::Kind;
use crate::chance::Chance;
use crate::support::{read, root};

const OPERATORS: [&str; 45] = [
    "Abs",
    "Add",
    "ArgMax",
    "AveragePool",
    "Cast",
    "Clip",
    "Concat",
    "Constant",
    "Conv",
    "Conv",
    "DequantizeLinear",
    "Div",
    "Equal",
    "Exp",
    "Flatten",
    "Gather",
    "Gemm",
    "Greater",
    "Log",
    "LogSoftmax",
    "MatMul",
    "MatMul",
    "Max",
    "MaxPool",
    "Min",
    "Mod",
    "Mul",
    "Neg",
    "Reciprocal",
    "ReduceLogSumExp",
    "ReduceMean",
    "ReduceSum",
    "Relu",
    "Reshape",
    "Resize",
    "Shape",
    "Sigmoid",
    "Slice",
    "Softmax",
    "Split",
    "Squeeze",
    "Sub",
    "Transpose",
    "Unsqueeze",
    "Where",
];
/// The attributes of all of them, by what they hold.
const INTEGER: [&str; 14] = [
    "axis",
    "keepdims",
    "group",
    "transA",
    "transB",
    "to",
    "fmod",
    "allowzero",
    "ceil_mode",
    "count_include_pad",
    "start",
    "end",
    "select_last_index",
    "exclude_outside",
];
const INTEGERS: [&str; 6] = ["axes", "perm", "pads", "strides", "dilations", "kernel_shape"];
const TEXTS: [(&str, &[&str]); 4] = [
    ("mode", &["nearest", "linear", "cubic"]),
    (
        "coordinate_transformation_mode",
        &["half_pixel", "asymmetric", "align_corners", "pytorch_half_pixel", "tf_crop_and_resize"],
    ),
    ("nearest_mode", &["floor", "ceil", "round_prefer_floor", "round_prefer_ceil"]),
    ("auto_pad", &["NOTSET", "SAME_UPPER", "VALID"]),
];
/// Files larger than this are not changed: reading them takes its time.
const MOST: u64 = 120_000;

pub struct Models {
    shipped: Vec<Vec<u8>>,
    /// A graph that grows as long as it can be read.
    growing: ModelProto,
}

impl Models {
    pub fn new() -> Self {
        let mut paths = Vec::new();
        for folder in std::fs::read_dir(root().join("models")).expect("models").flatten() {
            for file in std::fs::read_dir(folder.path()).into_iter().flatten().flatten() {
                let is_small = file.metadata().is_ok_and(|about| about.len() < MOST);
                paths.extend(
                    (is_small && file.path().extension().is_some_and(|kind| kind == "onnx"))
                        .then(|| file.path()),
                );
            }
        }
        paths.sort();
        let broken = ["gather-beyond", "matmul-shapes", "no-rows", "pool-strides", "resizable-from-zero"];
        let broken = broken.map(|name| read(format!("tests/data/broken/{name}.onnx")));
        Self { shipped: paths.into_iter().map(read).chain(broken).collect(), growing: first(&mut Chance(0)) }
    }
}

fn sizes(chance: &mut Chance) -> Vec<i64> {
    let rank = if chance.one_in(3) { 4 } else { chance.below(5) };
    let size =
        |chance: &mut Chance| if chance.one_in(30) { chance.whole() } else { 1 + chance.below(6) as i64 };
    (0..rank).map(|_| size(chance)).collect()
}

fn port(name: String, elem_type: i32, sizes: &[i64]) -> ValueInfoProto {
    let known = |size: &i64| Dimension { value: Some(DimensionValue::Known(*size)) };
    let shape = Some(TensorShapeProto { dim: sizes.iter().map(known).collect() });
    ValueInfoProto {
        name,
        r#type: Some(TypeProto { tensor_type: Some(TensorTypeProto { elem_type, shape }) }),
    }
}

/// A graph of nothing but its inputs.
fn first(chance: &mut Chance) -> ModelProto {
    let mut graph = GraphProto::default();
    for i in 0..1 + chance.below(3) {
        let kind = if chance.one_in(4) { element::I64 } else { element::F32 };
        graph.input.push(port(format!("x{i}"), kind, &sizes(chance)));
    }
    let opset_import =
        vec![OperatorSetIdProto { domain: String::new(), version: 13 + chance.below(5) as i64 }];
    ModelProto { graph: Some(graph), opset_import, metadata_props: Vec::new() }
}

fn constant(chance: &mut Chance, name: &str) -> TensorProto {
    let mut made = TensorProto { name: name.to_owned(), ..TensorProto::default() };
    let is_list = chance.one_in(2);
    made.dims = if is_list { vec![chance.below(5) as i64] } else { sizes(chance) };
    let counted = made.dims.iter().try_fold(1_i64, |count, size| count.checked_mul(*size)).unwrap_or(1);
    let count = counted.clamp(0, 4096) as usize;
    match chance.below(4) {
        0 => {
            made.data_type = element::I8;
            made.raw_data = (0..count).map(|_| chance.next() as u8).collect::<Vec<u8>>().into();
        }
        1 => {
            made.data_type = element::F32;
            made.float_data = (0..count).map(|_| chance.real() as f32).collect();
        }
        _ => {
            made.data_type = element::I64;
            made.int64_data = (0..count).map(|_| chance.whole()).collect();
        }
    }
    made
}

fn attribute(chance: &mut Chance) -> AttributeProto {
    let mut made = AttributeProto::default();
    match chance.below(4) {
        0 | 1 => {
            made.name = (*chance.of(&INTEGERS)).to_owned();
            let most = if chance.one_in(2) { 2 } else { 5 };
            made.ints = (0..=chance.below(most)).map(|_| chance.whole()).collect();
        }
        2 => {
            made.name = (*chance.of(&INTEGER)).to_owned();
            made.i = chance.whole();
        }
        _ => {
            let (name, texts) = chance.of(&TEXTS);
            made.name = (*name).to_owned();
            made.s = Bytes::from_static(chance.of(texts).as_bytes());
        }
    }
    made
}

/// One node more, of values that there are.
fn grown(graph: &mut GraphProto, chance: &mut Chance) {
    let at = graph.node.len();
    let operator = *chance.of(&OPERATORS);
    let mut node = NodeProto { op_type: operator.to_owned(), ..NodeProto::default() };
    let made: Vec<String> = graph
        .input
        .iter()
        .map(|input| &input.name)
        .chain(graph.node.iter().flat_map(|node| &node.output))
        .cloned()
        .collect();
    let wanted = match operator {
        "Where" | "Slice" => 3,
        "Conv" | "Gemm" => 2 + chance.below(2),
        "Resize" => 3 + chance.below(2),
        "Constant" => 0,
        "Add" | "Sub" | "Mul" | "Div" | "Mod" | "MatMul" | "Gather" | "Reshape" | "Equal" | "Greater"
        | "Concat" | "DequantizeLinear" => 2,
        _ => 1 + chance.below(2),
    };
    for i in 0..wanted {
        if i > 0 && chance.one_in(2) || operator == "DequantizeLinear" {
            let name = format!("c{at}.{i}");
            let mut held = constant(chance, &name);
            // A filter that may fit its picture.
            if operator == "Conv" && i == 1 && held.dims.len() == 4 {
                held = TensorProto {
                    data_type: element::F32,
                    dims: vec![2, 1, 2, 2],
                    float_data: vec![0.5; 8],
                    ..held
                };
            }
            graph.initializer.push(held);
            node.input.push(name);
        } else if chance.one_in(20) {
            node.input.push(String::new());
        } else {
            node.input.push(chance.of(&made).clone());
        }
    }
    let most = chance.below(4);
    node.attribute = (0..most).map(|_| attribute(chance)).collect();
    if operator == "Constant" {
        node.attribute.push(AttributeProto {
            name: "value".to_owned(),
            t: Some(constant(chance, "")),
            ..AttributeProto::default()
        });
    }
    node.output = (0..=usize::from(operator == "Split")).map(|i| format!("n{at}.{i}")).collect();
    graph.output = vec![ValueInfoProto { name: node.output[0].clone(), r#type: None }];
    graph.node.push(node);
}

/// A field of a graph that is not what it was.
fn changed(graph: &mut GraphProto, chance: &mut Chance) {
    let at = chance.below(graph.node.len());
    match chance.below(7) {
        0 if !graph.node.is_empty() => graph.node[at].op_type = (*chance.of(&OPERATORS)).to_owned(),
        1 if !graph.node.is_empty() => graph.node[at].attribute.push(attribute(chance)),
        2 if graph.node.get(at).is_some_and(|node| !node.attribute.is_empty()) => {
            let node = &mut graph.node[at];
            let which = chance.below(node.attribute.len());
            let one = &mut node.attribute[which];
            one.i = chance.whole();
            one.f = chance.real() as f32;
            let place = chance.below(one.ints.len());
            if let Some(number) = one.ints.get_mut(place) {
                *number = chance.whole();
            }
        }
        3 if graph.node.get(at).is_some_and(|node| !node.input.is_empty()) => {
            let from = chance.below(graph.node.len());
            let name = graph.node[from].output.first().cloned().unwrap_or_default();
            let which = chance.below(graph.node[at].input.len());
            graph.node[at].input[which] = name;
        }
        4 if !graph.initializer.is_empty() => {
            let which = chance.below(graph.initializer.len());
            graph.initializer[which] = constant(chance, &graph.initializer[which].name.clone());
        }
        5 if !graph.input.is_empty() => {
            let which = chance.below(graph.input.len());
            let name = graph.input[which].name.clone();
            graph.input[which] =
                port(name, *chance.of(&[element::F32, element::I64, element::F16]), &sizes(chance));
        }
        _ => grown(graph, chance),
    }
}

impl Kind for Models {
    fn name(&self) -> &'static str {
        "model"
    }

    fn share(&self) -> f64 {
        0.3
    }

    fn made(&mut self, chance: &mut Chance) -> Vec<u8> {
        if chance.one_in(3) {
            let (good, other) = (chance.below(self.shipped.len()), chance.below(self.shipped.len()));
            let Ok(mut proto) = ModelProto::read(Bytes::copy_from_slice(&self.shipped[good])) else {
                return Vec::new();
            };
            if chance.one_in(4) {
                return chance.changed(&self.shipped[good], &self.shipped[other]);
            }
            if let Some(graph) = &mut proto.graph {
                (0..=chance.below(3)).for_each(|_| changed(graph, chance));
            }
            return proto.encode_to_vec();
        }
        let count = self.growing.graph.as_ref().map_or(0, |graph| graph.node.len());
        if chance.below(count + 2) > 6 || chance.one_in(40) {
            self.growing = first(chance);
        }
        let mut next = self.growing.clone();
        if let Some(graph) = &mut next.graph {
            grown(graph, chance);
        }
        next.encode_to_vec()
    }

    fn feed(&mut self, case: &[u8]) -> bool {
        let Ok(model) = Model::new("the case", case) else { return false };
        if let Ok(proto) = ModelProto::read(Bytes::copy_from_slice(case)) {
            self.growing = proto;
        }
        for value in [7.0, 0.0, -1.0, f32::NAN] {
            let given = |(name, shape): (&str, &[usize])| {
                let values = vec![value; shape.iter().product()];
                (name.to_owned(), model.tensor(name, &values).unwrap_or_else(|error| panic!("{error}")))
            };
            let inputs: Vec<(String, Tensor)> = model.inputs().map(given).collect();
            let inputs: Vec<(&str, &Tensor)> =
                inputs.iter().map(|(name, tensor)| (name.as_str(), tensor)).collect();
            if let Ok(made) = model.run(&inputs) {
                made.values().for_each(|tensor| assert!(!tensor.shape().contains(&0), "an empty answer"));
            }
        }
        true
    }

    fn renewed(&mut self) {
        self.growing = first(&mut Chance(7));
    }
}
