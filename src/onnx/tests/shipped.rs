//! Every shipped file, read by tract-onnx, gives what the lean reader gives.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use glimpse::model::{Model, Tensor, farthest};
use glimpse_onnx::File;

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
