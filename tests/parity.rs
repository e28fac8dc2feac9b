//! Every shipped ONNX file gives through tract what it gave in PyTorch.

mod support;

use std::fs;

use glimpse::model::{Model, ModelError, Tensor};
use serde_json::Value;
use support::{golden_inputs, json, numbers, read, root};

const TOLERANCE: f32 = 1e-4;

/// An output stands as its values or as every k-th of them.
fn assert_output(what: &str, actual: &[f32], expected: &Value) {
    let stride = expected.get("stride").map_or(1, |s| s.as_u64().expect("a stride") as usize);
    let wanted = numbers(expected.get("values").unwrap_or(expected));
    let actual: Vec<f32> = actual.iter().copied().step_by(stride).collect();
    assert_eq!(actual.len(), wanted.len(), "{what}");
    for (i, (a, w)) in actual.iter().zip(&wanted).enumerate() {
        assert!((a - w).abs() <= TOLERANCE * w.abs().max(1.0), "{what}[{i}]: {a}, not {w}");
    }
}

#[test]
fn tract_agrees_with_pytorch() {
    let mut files = 0;
    for folder in fs::read_dir(root().join("models")).expect("models/").map(|f| f.expect("a folder").path()) {
        if !folder.join("golden.json").exists() {
            continue;
        }
        for (stem, case) in json(folder.join("golden.json")).as_object().expect("files by name") {
            let path = folder.join(format!("{stem}.onnx"));
            let model = Model::new(stem, &read(&path)).unwrap_or_else(|error| panic!("{error}"));
            let inputs = golden_inputs(&model, case);
            let inputs: Vec<(&str, &Tensor)> = inputs.iter().map(|(n, t)| (n.as_str(), t)).collect();
            let outputs = model.run(&inputs).unwrap_or_else(|error| panic!("{error}"));
            for (name, expected) in case["outputs"].as_object().expect("outputs by name") {
                let what = format!("{} {name}", path.display());
                assert_output(&what, outputs[name].values(), expected);
            }
            files += 1;
        }
    }
    assert!(files > 0, "models/ holds a golden.json");
}

/// The sample of "Your model" that has no exhibit of its own to hold it to its figure.
#[test]
fn the_sentence_reader_names_what_is_hidden_as_often_as_its_slice_says() {
    let model =
        Model::new("cloze", &read("models/cloze/cloze.onnx")).unwrap_or_else(|error| panic!("{error}"));
    let slice = json("models/cloze/slice.json");
    let tokens = slice["tokens"].as_array().expect("sentences");
    let right = tokens.iter().zip(numbers(&slice["things"])).filter(|(tokens, thing)| {
        let given = model.tensor("tokens", &numbers(tokens)).unwrap_or_else(|error| panic!("{error}"));
        let told = model.run(&[("tokens", &given)]).unwrap_or_else(|error| panic!("{error}"));
        let chances = told["probability"].values();
        let best = (0..chances.len()).max_by(|a, b| chances[*a].total_cmp(&chances[*b]));
        best == Some(*thing as usize)
    });
    assert_eq!(right.count(), slice["right"].as_u64().expect("a count") as usize);
}

#[test]
fn what_is_no_model_is_refused() {
    let whole = read("models/caption-soft/start.onnx");
    let cases: [(&str, &[u8]); 4] =
        [("empty", &[]), ("text", b"not a model at all"), ("zeros", &[0; 64]), ("cut", &whole[..5000])];
    for (what, bytes) in cases {
        let refused = Model::new(what, bytes).err();
        assert!(matches!(refused, Some(ModelError::Unreadable { .. })), "{what}: {refused:?}");
    }
}

#[test]
fn an_operator_that_is_not_known_is_named() {
    let mut bytes = read("models/caption-soft/start.onnx");
    // Field 4 of a node, of four bytes: its operator.
    let tanh = b"\x22\x04Tanh";
    let at = bytes.windows(tanh.len()).position(|some| some == tanh).expect("a Tanh");
    bytes[at..at + tanh.len()].copy_from_slice(b"\x22\x04Tank");
    let refused = Model::new("start", &bytes).err();
    assert!(
        matches!(&refused, Some(ModelError::Unreadable { why, .. }) if why.contains("Tank")),
        "{refused:?}"
    );
}

#[test]
fn a_wrong_input_is_named() {
    let model = Model::new("start", &read("models/caption-soft/start.onnx")).expect("runs");
    let small = Tensor::floats(&[1, 2], &[0.0; 2]).expect("two numbers");
    let message = |inputs: &[(&str, &Tensor)]| model.run(inputs).expect_err("refused").to_string();
    assert!(message(&[]).contains("features"));
    assert!(message(&[("features", &small), ("pooled", &small)]).contains("[1, 196, 432]"));
}
