//! Photos that were held out of training, as the encoder saw them: what the tests of the shipped models begin with.

use std::path::Path;

use serde_json::Value;

use super::encoded_photo::Annotations;
use crate::model::{Tensor, half};

pub fn read(path: &str) -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("models").join(path);
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// What each photo's encoder output is, from half-precision numbers laid one after the other.
pub fn annotations(path: &str, slice: &Value) -> Vec<Annotations> {
    let stored = read(path);
    let mut numbers = stored.chunks_exact(2).map(|b| half(u16::from_le_bytes([b[0], b[1]])));
    let shapes: Vec<Vec<usize>> = serde_json::from_value(slice["tensors"].clone()).expect("shapes");
    let mut photo = |_| {
        let mut tensors: Vec<Tensor> = Vec::new();
        for shape in &shapes {
            let values: Vec<f32> = numbers.by_ref().take(shape.iter().product()).collect();
            tensors.push(Tensor::floats(shape, &values).expect("as many numbers as the shape says"));
        }
        let pooled = tensors.pop().expect("a pooled vector");
        Annotations { features: tensors.pop().unwrap_or_else(|| pooled.clone()), pooled }
    };
    (0..slice["photos"].as_u64().expect("a count")).map(&mut photo).collect()
}
