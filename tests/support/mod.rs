//! What the tests of shipped models share.
#![allow(dead_code, reason = "each test takes what it needs")]

use std::fs;
use std::path::{Path, PathBuf};

use glimpse::exhibits::{AttentionMap, Exhibit, Frame, ModelStore};
use glimpse::model::{Model, Tensor};
use glimpse::picture::Photo;
use serde_json::Value;

pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}

pub fn read(path: impl AsRef<Path>) -> Vec<u8> {
    let path = root().join(path);
    fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

pub fn json(path: impl AsRef<Path>) -> Value {
    serde_json::from_slice(&read(path)).expect("JSON")
}

/// The square pictures that stand side by side in a slice.png, RGBA each, and their side.
pub fn strip(path: &str) -> (Vec<Vec<u8>>, usize) {
    let strip = Photo::decode(&read(path)).unwrap_or_else(|error| panic!("{path}: {error}"));
    let (rgba, side) = (strip.rgba(), strip.height);
    let one = |i: usize| {
        let rows = rgba.chunks_exact(4 * strip.width);
        rows.flat_map(|row| &row[4 * i * side..4 * (i + 1) * side]).copied().collect()
    };
    ((0..strip.width / side).map(one).collect(), side)
}

/// The likeliest of a frame's ten digits, and how likely it is.
pub fn likeliest(frame: &Frame) -> (&str, f32) {
    let best = frame.choices.iter().max_by(|a, b| a.probability.total_cmp(&b.probability));
    best.map(|best| (best.word.as_str(), best.probability)).expect("ten digits")
}

pub fn manifest() -> Value {
    json("models/manifest.json")["models"].take()
}

pub fn numbers(value: &Value) -> Vec<f32> {
    value.as_array().expect("a list").iter().map(|v| v.as_f64().expect("a number") as f32).collect()
}

/// A store with all that the exhibit asks for with these settings.
pub fn store(exhibit: &dyn Exhibit, settings: &str) -> ModelStore {
    let (manifest, mut store) = (manifest(), ModelStore::default());
    for file in exhibit.files(settings).expect("settings") {
        let files = manifest[&file.model]["files"].as_array().expect("files");
        let found = files.iter().find(|f| f["name"] == file.name.as_str()).expect("a file of the manifest");
        let bytes = read(Path::new("models").join(found["path"].as_str().expect("a path")));
        store.load(file, bytes).unwrap_or_else(|error| panic!("{error}"));
    }
    store
}

pub fn frames(exhibit: &mut dyn Exhibit) -> Vec<Frame> {
    std::iter::from_fn(|| exhibit.step().unwrap_or_else(|error| panic!("{error}"))).collect()
}

pub fn values<'a>(frame: &'a Frame, picture: &str) -> &'a [f32] {
    let found = frame.pictures.iter().find(|p| p.name == picture);
    &found.unwrap_or_else(|| panic!("step {} has a picture {picture}", frame.step)).values
}

pub fn number(frame: &Frame, name: &str) -> f32 {
    let found = frame.numbers.iter().find(|(n, _)| *n == name);
    found.unwrap_or_else(|| panic!("step {} has a number {name}", frame.step)).1
}

pub fn grid<'a>(frame: &'a Frame, name: &str) -> Option<&'a [f32]> {
    frame.maps.iter().find_map(|map| match map {
        AttentionMap::Grid { name: n, weights, .. } if *n == name => Some(weights.as_slice()),
        _ => None,
    })
}

pub fn tokens<'a>(frame: &'a Frame, name: &str) -> Option<&'a [f32]> {
    frame.maps.iter().find_map(|map| match map {
        AttentionMap::Tokens { name: n, weights, .. } if *n == name => Some(weights.as_slice()),
        _ => None,
    })
}

pub fn assert_close(actual: &[f32], expected: &[f32], tolerance: f32, what: &str) {
    assert_eq!(actual.len(), expected.len(), "{what}");
    for (i, (a, e)) in actual.iter().zip(expected).enumerate() {
        assert!((a - e).abs() <= tolerance, "{what}[{i}]: {a}, not {e}");
    }
}

/// The inputs of a golden case: each stands as its values or as a formula.
pub fn golden_inputs(model: &Model, case: &Value) -> Vec<(String, Tensor)> {
    let input = |(name, shape): (&str, &[usize])| {
        let value = &case["inputs"][name];
        let values = match value.get("formula") {
            Some(_) => (0..shape.iter().product()).map(|i: usize| (i as f64 * 0.01).sin() as f32).collect(),
            None => numbers(value),
        };
        (name.to_owned(), model.tensor(name, &values).unwrap_or_else(|error| panic!("{error}")))
    };
    model.inputs().map(input).collect()
}
