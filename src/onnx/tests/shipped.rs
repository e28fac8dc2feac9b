//! Every shipped file, read by tract-onnx, gives what the lean reader gives.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use glimpse::model::{Model, Tensor, farthest};
use glimpse_onnx::File;
use prost::Message;
use tract_onnx::pb::attribute_proto::AttributeType;
use tract_onnx::pb::tensor_proto::DataType;
use tract_onnx::pb::tensor_shape_proto::Dimension;
use tract_onnx::pb::tensor_shape_proto::dimension::Value as Size;
use tract_onnx::pb::{
    AttributeProto, GraphProto, ModelProto, NodeProto, OperatorSetIdProto, TensorProto, TensorShapeProto,
    TypeProto, ValueInfoProto, type_proto,
};

/// Both run the same operators on the same numbers; tract may write a graph otherwise than the lean reader does.
const TOLERANCE: f32 = 1e-4;

fn shipped() -> Vec<PathBuf> {
    let models = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models");
    let folders = fs::read_dir(models).expect("models/").map(|folder| folder.expect("a folder").path());
    let files =
        folders.filter(|folder| folder.is_dir()).flat_map(|folder| fs::read_dir(folder).expect("files"));
    let paths = files.map(|file| file.expect("a file").path());
    let mut paths: Vec<PathBuf> =
        paths.filter(|path| path.extension().is_some_and(|kind| kind == "onnx")).collect();
    paths.sort();
    paths
}

/// Numbers between −1 and 1, or ones where they name words.
fn numbers(shape: &[usize], words: bool) -> Vec<f32> {
    (0..shape.iter().product()).map(|i: usize| if words { 1.0 } else { (i as f32 * 0.37).sin() }).collect()
}

/// A log-probability below −80 is nothing in single precision: tract, which takes the logarithm of a softmax, says −∞ there.
fn bounded(values: &[f32]) -> Vec<f32> {
    values.iter().map(|value| value.max(-80.0)).collect()
}

fn compare(path: &Path) -> f32 {
    let (what, bytes) = (path.display(), fs::read(path).expect("a file"));
    let lean = Model::new("lean", &bytes).unwrap_or_else(|error| panic!("{what}: {error}"));
    let mut file = File::read(&bytes).unwrap_or_else(|error| panic!("{what}: {error}"));
    let ready = file.prepare(&BTreeMap::new()).unwrap_or_else(|error| panic!("{what}: {error}"));
    let words = |name: &str| {
        file.description.inputs.iter().any(|port| port.name == name && port.kind.starts_with("int"))
    };
    let given: Vec<Vec<f32>> =
        ready.inputs.iter().map(|(name, _, shape)| numbers(shape, words(name))).collect();
    let named = ready.inputs.iter().zip(&given);
    let named: Vec<(&str, Tensor)> = named
        .map(|((name, _, _), values)| (name.as_str(), lean.tensor(name, values).expect("numbers that fit")))
        .collect();
    let named: Vec<(&str, &Tensor)> = named.iter().map(|(name, tensor)| (*name, tensor)).collect();
    let wanted = lean.run(&named).unwrap_or_else(|error| panic!("{what}: {error}"));
    let made = ready.run(&given, |_, _| {}).unwrap_or_else(|error| panic!("{what}: {error}"));
    let mut worst = 0.0f32;
    for (name, tensor) in &wanted {
        let found = made.iter().find(|one| one.output && one.name == *name);
        let found = found.unwrap_or_else(|| panic!("{what} gives no {name}"));
        let apart = farthest(&bounded(&found.values), &bounded(tensor.values()));
        assert!(apart <= TOLERANCE, "{what}, {name}: {apart} apart");
        worst = worst.max(apart);
    }
    assert_eq!(ready.facts.shapes.len(), file.description.nodes.len());
    worst
}

#[test]
fn tract_onnx_reads_every_shipped_file_as_the_lean_reader_does() {
    let paths = shipped();
    assert!(paths.len() >= 60, "{} files", paths.len());
    let worst = paths.iter().map(|path| compare(path)).fold(0.0, f32::max);
    println!("{} files, at most {worst:e} apart", paths.len());
}

#[test]
fn the_captioner_s_attention_is_found() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models/caption-soft/step.onnx");
    let mut file = File::read(&fs::read(path).expect("a file")).expect("a model");
    let ready = file.prepare(&BTreeMap::new()).expect("a plan");
    let words = |kind: &str| kind.starts_with("int");
    let given = ready.inputs.iter().zip(&file.description.inputs);
    let given: Vec<_> = given.map(|((_, _, shape), port)| numbers(shape, words(&port.kind))).collect();
    let mut calls = 0;
    let made = ready.run(&given, |_, _| calls += 1).expect("a run");
    assert!(calls > 10);
    let weights = made.iter().find(|one| one.node.is_some() && one.shape.last() == Some(&196));
    assert!(weights.is_some_and(|weights| weights.distribution), "a softmax over 196 places");
    assert!(ready.facts.work.iter().sum::<u64>() > 100_000);
}

#[test]
fn what_is_no_onnx_file_is_refused() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models/caption-soft/step.onnx");
    let whole = fs::read(path).expect("a file");
    for bytes in [&[][..], b"not a model at all", &[0; 64], &whole[..5000]] {
        let refused = File::read(bytes).err().expect("no model");
        assert_eq!(refused.trouble, glimpse_onnx::Trouble::NotOnnx, "{refused}");
    }
}

fn node(operator: &str, from: &[&str], to: &str, attribute: Vec<AttributeProto>) -> NodeProto {
    let input = from.iter().map(|&name| name.into()).collect();
    NodeProto { input, output: vec![to.into()], op_type: operator.into(), attribute, ..NodeProto::default() }
}

fn value(name: &str) -> ValueInfoProto {
    ValueInfoProto { name: name.into(), ..ValueInfoProto::default() }
}

fn body(name: &str, graph: GraphProto) -> AttributeProto {
    AttributeProto {
        name: name.into(),
        g: Some(graph),
        r#type: AttributeType::Graph.into(),
        ..AttributeProto::default()
    }
}

fn whole(name: &str, dims: Vec<i64>, value: i64) -> TensorProto {
    TensorProto {
        name: name.into(),
        dims,
        data_type: DataType::Int64.into(),
        int64_data: vec![value],
        ..TensorProto::default()
    }
}

/// PyTorch's `x.squeeze(-1)` of what has an open last axis.
fn squeezed() -> Vec<u8> {
    let sizes = [Size::DimValue(1), Size::DimValue(3), Size::DimParam("last".into())];
    let dim = sizes.map(|size| Dimension { value: Some(size), ..Dimension::default() }).to_vec();
    let tensor =
        type_proto::Tensor { elem_type: DataType::Float.into(), shape: Some(TensorShapeProto { dim }) };
    let of = TypeProto { value: Some(type_proto::Value::TensorType(tensor)), ..TypeProto::default() };
    let one = |name: &str, node: NodeProto| GraphProto {
        node: vec![node],
        output: vec![value(name)],
        ..GraphProto::default()
    };
    let branches = vec![
        body("then_branch", one("thin", node("Squeeze", &["x", "axes"], "thin", vec![]))),
        body("else_branch", one("same", node("Identity", &["x"], "same", vec![]))),
    ];
    let graph = GraphProto {
        node: vec![
            node("Shape", &["x"], "shape", vec![]),
            node("Gather", &["shape", "at"], "size", vec![]),
            node("Equal", &["size", "one"], "is_one", vec![]),
            node("If", &["is_one"], "y", branches),
        ],
        input: vec![ValueInfoProto { r#type: Some(of), ..value("x") }],
        output: vec![value("y")],
        initializer: vec![whole("at", vec![], -1), whole("one", vec![], 1), whole("axes", vec![1], -1)],
        ..GraphProto::default()
    };
    let opset_import = vec![OperatorSetIdProto { version: 17, ..OperatorSetIdProto::default() }];
    ModelProto { ir_version: 8, graph: Some(graph), opset_import, ..ModelProto::default() }.encode_to_vec()
}

#[test]
fn an_if_becomes_the_branch_that_the_shapes_decide() {
    for (last, shape) in [(1, vec![1, 3]), (2, vec![1, 3, 2])] {
        let mut file = File::read(&squeezed()).unwrap_or_else(|error| panic!("{error}"));
        let sizes = BTreeMap::from([("last".to_owned(), last)]);
        let ready = file.prepare(&sizes).unwrap_or_else(|error| panic!("{last}: {error}"));
        let given: Vec<f32> = (0..3 * last).map(|i| i as f32).collect();
        let made = ready
            .run(std::slice::from_ref(&given), |_, _| {})
            .unwrap_or_else(|error| panic!("{last}: {error}"));
        assert_eq!((&made[0].shape, &made[0].values), (&shape, &given));
    }
}
