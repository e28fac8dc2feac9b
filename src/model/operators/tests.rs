//! Operators that no shipped file has, as ONNX Runtime has them (tests/data/operators.py), and what is said of those that do
//! not run.

use prost::Message;
use prost::bytes::Bytes;
use serde_json::Value;

use crate::model::onnx::*;
use crate::model::{Model, Tensor};

/// A graph of one node, what it is given, and what ONNX Runtime makes of it.
pub struct Case {
    pub what: String,
    pub file: Vec<u8>,
    pub given: Vec<(String, Tensor)>,
    pub wanted: Vec<(String, Tensor)>,
    /// How many numbers its constants hold.
    pub weights: usize,
}

impl Case {
    pub fn given(&self) -> Vec<(&str, &Tensor)> {
        self.given.iter().map(|(name, tensor)| (name.as_str(), tensor)).collect()
    }
}

/// All that stands in the file.
pub fn cases() -> Vec<Case> {
    stored().iter().map(case).collect()
}

fn stored() -> Vec<Value> {
    serde_json::from_str(include_str!("../../../tests/data/operators.json")).expect("JSON")
}

fn shape(of: &Value) -> Vec<usize> {
    let sizes = of["shape"].as_array().expect("a shape").iter();
    sizes.map(|size| size.as_u64().expect("a size") as usize).collect()
}

/// The values that stand in the file, or height · sin(12.9898 i + seed).
fn numbers(of: &Value) -> Tensor {
    let shape = shape(of);
    let number = |name: &str, default: f64| of[name].as_f64().unwrap_or(default);
    let made: Vec<f32> = match of["values"].as_array() {
        Some(values) => values.iter().map(|v| v.as_f64().expect("a number") as f32).collect(),
        None => (0..shape.iter().product::<usize>())
            .map(|i| (number("height", 1.0) * (i as f64 * 12.9898 + number("seed", 0.0)).sin()) as f32)
            .collect(),
    };
    Tensor::floats(&shape, &made).expect("as many as the shape says")
}

fn attribute((name, value): (&String, &Value)) -> AttributeProto {
    let text = |value: &Value| Bytes::from(value.as_str().expect("a text").to_owned());
    let mut made = AttributeProto { name: name.clone(), ..AttributeProto::default() };
    match value {
        Value::Number(number) => made.i = number.as_i64().expect("a whole number"),
        Value::Array(texts) => made.strings = texts.iter().map(text).collect(),
        value => made.s = text(value),
    }
    made
}

/// A file of one node, whose inputs are constants where they say so.
fn case(told: &Value) -> Case {
    let operator = told["operator"].as_str().expect("an operator");
    let attributes = told["attributes"].as_object().expect("attributes");
    let (mut graph, mut given) = (GraphProto::default(), Vec::new());
    let mut node = NodeProto { op_type: operator.to_owned(), ..NodeProto::default() };
    node.attribute = attributes.iter().map(attribute).collect();
    for (i, input) in told["inputs"].as_array().expect("inputs").iter().enumerate() {
        if input.is_null() {
            node.input.push(String::new());
            continue;
        }
        let (name, tensor) = (format!("i{i}"), numbers(input));
        let dims = tensor.shape().iter().map(|size| *size as i64);
        if input["constant"] == true {
            graph.initializer.push(TensorProto {
                dims: dims.collect(),
                data_type: element::F32,
                float_data: tensor.values().to_vec(),
                name: name.clone(),
                ..TensorProto::default()
            });
        } else {
            let known = |size| Dimension { value: Some(DimensionValue::Known(size)) };
            let shape = Some(TensorShapeProto { dim: dims.map(known).collect() });
            let tensor_type = Some(TensorTypeProto { elem_type: element::F32, shape });
            let value = ValueInfoProto { name: name.clone(), r#type: Some(TypeProto { tensor_type }) };
            graph.input.push(value);
            given.push((name.clone(), tensor));
        }
        node.input.push(name);
    }
    let mut wanted = Vec::new();
    for output in told["outputs"].as_array().expect("outputs") {
        let name = output["name"].as_str().unwrap_or_default().to_owned();
        if !name.is_empty() {
            graph.output.push(ValueInfoProto { name: name.clone(), r#type: None });
            wanted.push((name.clone(), numbers(output)));
        }
        node.output.push(name);
    }
    graph.node.push(node);
    let weights = graph.initializer.iter().map(|constant| constant.float_data.len()).sum();
    let opset_import = vec![OperatorSetIdProto { domain: String::new(), version: 17 }];
    let file = ModelProto { graph: Some(graph), opset_import, ..ModelProto::default() };
    let what = format!("{operator} {} of {}", told["attributes"], told["inputs"]);
    Case { what, file: file.encode_to_vec(), given, wanted, weights }
}

#[test]
fn they_make_what_onnx_runtime_makes() {
    let cases = cases();
    assert!(cases.len() > 40, "all that was stored");
    for case in &cases {
        let model = Model::new("case", &case.file).unwrap_or_else(|error| panic!("{}: {error}", case.what));
        // An error of a gate counts as often as the state is large.
        let given = case.given.iter().flat_map(|(_, tensor)| tensor.values());
        let tolerance = 2e-6 * given.fold(1.0_f32, |most, value| most.max(value.abs()).min(100.0));
        let made = model.run(&case.given()).unwrap_or_else(|error| panic!("{}: {error}", case.what));
        for (name, wanted) in &case.wanted {
            assert_eq!(made[name].shape(), wanted.shape(), "{}: {name}", case.what);
            for (i, (a, w)) in made[name].values().iter().zip(wanted.values()).enumerate() {
                assert!((a - w).abs() < tolerance, "{}: {name}[{i}] is {a}, not {w}", case.what);
            }
        }
    }
}

/// The first case of an operator with a part of it changed, as (path, value).
fn changed(operator: &str, changes: &[(&str, Value)]) -> Case {
    let mut told = stored().into_iter().find(|case| case["operator"] == operator).expect("a case");
    for (at, value) in changes {
        let (place, last) = at.rsplit_once('/').expect("a path");
        let place = told.pointer_mut(place).expect("a place");
        match last.parse::<usize>() {
            Ok(i) if place.is_array() => {
                let list = place.as_array_mut().expect("a list");
                list.resize(list.len().max(i + 1), Value::Null);
                list[i] = value.clone();
            }
            _ => place[last] = value.clone(),
        }
    }
    case(&told)
}

#[test]
fn what_does_not_run_is_refused_by_name() {
    use serde_json::json;
    let cases = [
        ("LSTM", "/attributes/direction", json!("sideways"), "the direction sideways is not known"),
        ("LSTM", "/attributes/activations", json!(["Relu", "Tanh", "Tanh"]), "only the activations"),
        ("LSTM", "/attributes/input_forget", json!(1), "input_forget is not known"),
        ("LSTM", "/attributes/clip", json!(3), "clip is not known"),
        ("LSTM", "/attributes/hidden_size", json!(6), "hidden_size"),
        ("LSTM", "/attributes/direction", json!("bidirectional"), "its input 1 is"),
        ("LSTM", "/inputs/7", json!({"shape": [1, 15]}), "peepholes are not known"),
        ("LSTM", "/inputs/4", json!({"shape": [1]}), "sequence_lens is not known"),
        ("LSTM", "/inputs/0", json!({"shape": [3, 5]}), "is not [T, B, I]"),
        ("LSTM", "/inputs/0", json!({"shape": [0, 1, 3]}), "there is nothing in X"),
        ("LSTM", "/inputs/1", json!({"shape": [1, 15, 3]}), "its input 1 is"),
        ("LSTM", "/inputs/2", json!({"shape": [20, 5]}), "is not [D, 4 H, H]"),
        ("LSTM", "/inputs/3", json!({"shape": [1, 20]}), "its input 3 is"),
        ("LSTM", "/inputs/6", json!({"shape": [1, 2, 5]}), "its input 6 is"),
        ("LSTM", "/inputs/2", Value::Null, "its input 2 is missing"),
        ("GRU", "/attributes/layout", json!(1), "only layout 0 is known"),
        ("GRU", "/attributes/activations", json!(["Tanh", "Tanh"]), "only the activations"),
        ("GRU", "/inputs/5", json!({"shape": [2, 1, 5]}), "its input 5 is"),
        ("GRU", "/outputs/2", json!({"name": "more", "shape": [0]}), "makes only 2"),
        ("GridSample", "/attributes/mode", json!("bicubic"), "the mode bicubic is not known"),
        ("GridSample", "/attributes/padding_mode", json!("reflection"), "the padding_mode reflection"),
        ("GridSample", "/inputs/0", json!({"shape": [2, 2, 5, 7, 3]}), "are not pictures [N, C, H, W]"),
        ("GridSample", "/inputs/0", json!({"shape": [2, 2, 0, 7]}), "there is nothing in"),
        ("GridSample", "/inputs/1", json!({"shape": [2, 3, 5, 3]}), "are not pictures [N, C, H, W]"),
        ("GridSample", "/inputs/1", json!({"shape": [1, 3, 5, 2]}), "2 pictures are given 1 grids"),
        ("GridSample", "/inputs/1", Value::Null, "its input 1 is missing"),
    ];
    for (operator, at, value, wanted) in cases {
        let file = changed(operator, &[(at, value.clone())]).file;
        let told = Model::new("case", &file).err().map(|error| error.to_string()).unwrap_or_default();
        assert!(told.contains(wanted), "{operator} {at} {value}: {told:?}");
        assert!(told.contains(&format!("({operator})")), "{operator} {at} {value}: {told:?}");
    }
    let default = changed("LSTM", &[("/attributes/activations", json!(["Sigmoid", "Tanh", "Tanh"]))]);
    assert!(Model::new("case", &default.file).is_ok(), "the default may be spelt out");
}

#[test]
fn a_grid_may_hold_what_is_no_number() {
    let places = [f32::INFINITY, 0.0, 0.0, f32::NEG_INFINITY, f32::NAN, 0.0, 3e38, -3e38];
    let grid = Tensor::floats(&[1, 4, 1, 2], &places).expect("four places");
    for (padding, wanted) in [("zeros", [0.0; 4]), ("border", [5.0, 1.5, 0.0, 2.0])] {
        let Case { file, .. } = changed(
            "GridSample",
            &[
                ("/attributes/padding_mode", padding.into()),
                ("/inputs/0", serde_json::json!({"shape": [1, 1, 3, 2]})),
                ("/inputs/1", serde_json::json!({"shape": [1, 4, 1, 2]})),
            ],
        );
        let model = Model::new("case", &file).expect("a model");
        let picture = Tensor::floats(&[1, 1, 3, 2], &[1.0, 2.0, 4.0, 5.0, 7.0, 8.0]).expect("six pixels");
        let made = model.run(&[("i0", &picture), ("i1", &grid)]).expect("a run");
        assert_eq!(made["Y"].values(), wanted, "{padding}");
    }
}
