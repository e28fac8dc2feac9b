//! Every shipped ONNX file gives through tract what it gave in PyTorch.

use std::fs;
use std::path::{Path, PathBuf};

use glimpse::model::{Model, ModelError, Tensor};
use serde_json::Value;

const TOLERANCE: f32 = 1e-4;

fn models() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("models")
}

fn read(path: &Path) -> Vec<u8> {
    fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().expect("a list").iter().map(|v| v.as_f64().expect("a number")).collect()
}

/// An input stands as its values or as a formula.
fn input(value: &Value, shape: &[usize], integers: bool) -> Tensor {
    let values = match value.get("formula") {
        Some(_) => (0..shape.iter().product()).map(|i: usize| (i as f64 * 0.01).sin()).collect(),
        None => numbers(value),
    };
    if integers {
        Tensor::integers(shape, &values.iter().map(|v| *v as i64).collect::<Vec<_>>())
    } else {
        Tensor::floats(shape, &values.iter().map(|v| *v as f32).collect::<Vec<_>>())
    }
    .expect("as many numbers as the shape says")
}

/// An output stands as its values or as every k-th of them.
fn assert_output(what: &str, actual: &[f32], expected: &Value) {
    let stride = expected.get("stride").map_or(1, |s| s.as_u64().expect("a stride") as usize);
    let wanted = numbers(expected.get("values").unwrap_or(expected));
    let actual: Vec<f32> = actual.iter().copied().step_by(stride).collect();
    assert_eq!(actual.len(), wanted.len(), "{what}");
    for (i, (a, w)) in actual.iter().zip(&wanted).enumerate() {
        let w = *w as f32;
        assert!((a - w).abs() <= TOLERANCE * w.abs().max(1.0), "{what}[{i}]: {a}, not {w}");
    }
}

#[test]
fn tract_agrees_with_pytorch() {
    let mut files = 0;
    for folder in fs::read_dir(models()).expect("models/").map(|f| f.expect("a folder").path()) {
        if !folder.join("golden.json").exists() {
            continue;
        }
        let golden: Value = serde_json::from_slice(&read(&folder.join("golden.json"))).expect("JSON");
        for (stem, case) in golden.as_object().expect("files by name") {
            let path = folder.join(format!("{stem}.onnx"));
            let model = Model::new(stem, &read(&path)).unwrap_or_else(|error| panic!("{error}"));
            let given: Vec<(&str, Tensor)> = model
                .inputs()
                .map(|(name, shape)| (name, input(&case["inputs"][name], shape, name == "token")))
                .collect();
            let given: Vec<(&str, &Tensor)> = given.iter().map(|(n, t)| (*n, t)).collect();
            let outputs = model.run(&given).unwrap_or_else(|error| panic!("{error}"));
            for (name, expected) in case["outputs"].as_object().expect("outputs by name") {
                let what = format!("{} {name}", path.display());
                assert_output(&what, outputs[name].values(), expected);
            }
            files += 1;
        }
    }
    assert!(files > 0, "models/ holds a golden.json");
}

#[test]
fn what_is_no_model_is_refused() {
    let whole = read(&models().join("caption-soft/start.onnx"));
    let cases: [(&str, &[u8]); 4] =
        [("empty", &[]), ("text", b"not a model at all"), ("zeros", &[0; 64]), ("cut", &whole[..5000])];
    for (what, bytes) in cases {
        let refused = Model::new(what, bytes).err();
        assert!(matches!(refused, Some(ModelError::Unreadable { .. })), "{what}: {refused:?}");
    }
}

#[test]
fn a_wrong_input_is_named() {
    let model = Model::new("start", &read(&models().join("caption-soft/start.onnx"))).expect("runs");
    let small = Tensor::floats(&[1, 2], &[0.0; 2]).expect("two numbers");
    let message = |given: &[(&str, &Tensor)]| model.run(given).expect_err("refused").to_string();
    assert!(message(&[]).contains("features"));
    assert!(message(&[("features", &small), ("pooled", &small)]).contains("[1, 196, 432]"));
}
