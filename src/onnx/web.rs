//! What the page may ask of the second core.

use std::collections::BTreeMap;

use js_sys::{Array, Error, Float32Array, Function, Object, Reflect};
use serde::Serialize;
use wasm_bindgen::prelude::*;

use crate::describe::File;
use crate::error::OnnxError;
use crate::prepare::Prepared;

/// A file of the visitor's.
#[wasm_bindgen]
pub struct AnyModel {
    file: File,
    prepared: Option<Prepared>,
}

#[wasm_bindgen]
impl AnyModel {
    /// From the bytes of an ONNX file.
    #[wasm_bindgen(constructor)]
    pub fn new(bytes: &[u8]) -> Result<AnyModel, JsValue> {
        console_error_panic_hook::set_once();
        Ok(Self { file: File::read(bytes).map_err(thrown)?, prepared: None })
    }

    /// What the file holds, as JSON: [`crate::Description`].
    pub fn description(&self) -> String {
        json(&self.file.description)
    }

    /// Makes it ready for these sizes of its open dimensions (JSON {name: size}) and tells shapes and work as JSON: [`crate::prepare::Ready`].
    pub fn prepare(&mut self, sizes: &str) -> Result<String, JsValue> {
        let sizes: BTreeMap<String, usize> =
            serde_json::from_str(sizes).map_err(|error| failure("open-shape", &error.to_string()))?;
        self.prepared = None;
        let prepared = self.file.prepare(&sizes).map_err(thrown)?;
        let told = json(&prepared.told());
        self.prepared = Some(prepared);
        Ok(told)
    }

    /// Runs it once on a Float32Array for each input. `progress` is called with how many of how many nodes have run. The answer is
    /// a list of {name, node, output, shape, values, distribution}: [`crate::Made`].
    pub fn run(&self, inputs: Vec<Float32Array>, progress: &Function) -> Result<Array, JsValue> {
        let prepared = self.prepared.as_ref().ok_or_else(|| failure("internal", "it was not prepared"))?;
        let given: Vec<Vec<f32>> = inputs.iter().map(Float32Array::to_vec).collect();
        let tell = |ran: usize, all: usize| {
            // What the page does with it is its own affair.
            let _ = progress.call2(&JsValue::NULL, &plain(ran), &plain(all));
        };
        let made = prepared.run(&given, tell).map_err(thrown)?;
        let told = made.into_iter().map(|made| {
            let answer = Object::new();
            let shape: Array = made.shape.iter().map(|size| plain(*size)).collect();
            set(&answer, "name", &made.name.as_str().into());
            set(&answer, "node", &made.node.map_or(JsValue::NULL, plain));
            set(&answer, "output", &made.output.into());
            set(&answer, "shape", &shape);
            set(&answer, "values", &Float32Array::from(made.values.as_slice()));
            set(&answer, "distribution", &made.distribution.into());
            answer
        });
        Ok(told.collect())
    }
}

fn json(told: &impl Serialize) -> String {
    serde_json::to_string(told).unwrap_or_default()
}

fn plain(number: usize) -> JsValue {
    JsValue::from_f64(number as f64)
}

fn set(target: &JsValue, name: &str, value: &JsValue) {
    // Setting a field of an object that was made here cannot fail.
    let _ = Reflect::set(target, &name.into(), value);
}

/// An `Error` with a `kind`.
fn failure(kind: &str, message: &str) -> JsValue {
    let error = Error::new(message);
    set(&error, "kind", &kind.into());
    error.into()
}

fn thrown(error: OnnxError) -> JsValue {
    failure(error.trouble.kind(), &error.to_string())
}
