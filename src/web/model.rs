use js_sys::{Array, Float32Array, Object, Reflect};
use wasm_bindgen::prelude::*;

use super::convert::{failure, list, plain, set};
use super::engine;
use crate::exhibits::ExhibitError;
use crate::model::gpu::Variant;
use crate::model::{self, ModelError, Outputs, Tensor};

/// One model file by itself, for those who want its tensors: the page does not need it, the parity tests do.
#[wasm_bindgen]
pub struct Model(model::Model);

#[wasm_bindgen]
impl Model {
    /// From the bytes of an ONNX file.
    #[wasm_bindgen(constructor)]
    pub fn new(bytes: &[u8]) -> Result<Model, JsValue> {
        model::Model::new("the model", bytes).map(Self).map_err(thrown)
    }

    /// The shape of each input by name.
    pub fn shapes(&self) -> Object {
        let answer = Object::new();
        for (name, shape) in self.0.inputs() {
            set(&answer, name, &list(shape.iter().copied().map(plain)));
        }
        answer
    }

    /// Runs it once: `inputs` and the answer are objects of flat lists of numbers by name.
    pub fn run(&self, inputs: &Object) -> Result<Object, JsValue> {
        let given = given(&self.0, inputs)?;
        let given: Vec<(&str, &Tensor)> = given.iter().map(|(name, tensor)| (*name, tensor)).collect();
        Ok(lists(&self.0.run(&given).map_err(thrown)?))
    }
}

/// The same on the GPU, whatever adapter there is.
#[wasm_bindgen]
pub struct GpuModel {
    model: model::Model,
    placed: model::gpu::GpuModel,
}

#[wasm_bindgen]
impl GpuModel {
    /// From the bytes of an ONNX file.
    pub async fn create(bytes: Vec<u8>) -> Result<GpuModel, JsValue> {
        let mut model = model::Model::with_graph("the model", &bytes).map_err(thrown)?;
        let graph = model.take_graph().ok_or_else(|| failure("internal", "the graph was not kept"))?;
        let gpu = engine::device().await.map_err(engine::no_gpu)?;
        let placed = model::gpu::GpuModel::new(&gpu, &graph, Variant::default()).await;
        Ok(Self { model, placed: placed.map_err(engine::no_gpu)? })
    }

    /// The steps of the plan: JSON [{label, gpu, work, moved}], with multiply-adds, and bytes read and written.
    pub fn parts(&self) -> String {
        engine::json(&engine::listed(self.placed.parts()))
    }

    /// As [`Model::run`], after a while.
    pub async fn run(&self, inputs: Object) -> Result<Object, JsValue> {
        let given = given(&self.model, &inputs)?;
        let given: Vec<(&str, &Tensor)> = given.iter().map(|(name, tensor)| (*name, tensor)).collect();
        let made = self.model.run_on(&self.placed, &given).await;
        Ok(lists(&made.map_err(|error| failure("gpu", &error.to_string()))?))
    }
}

/// The inputs that a model wants, by name, out of an object of lists.
fn given<'a>(model: &'a model::Model, inputs: &Object) -> Result<Vec<(&'a str, Tensor)>, JsValue> {
    let mut given = Vec::new();
    for (name, _) in model.inputs() {
        let values = Reflect::get(inputs, &name.into())?;
        if !Array::is_array(&values) && !values.is_instance_of::<Float32Array>() {
            return Err(failure("bad-input", &format!("the input {name} is no list of numbers")));
        }
        let values = Float32Array::new(&values).to_vec();
        given.push((name, model.tensor(name, &values).map_err(thrown)?));
    }
    Ok(given)
}

fn lists(outputs: &Outputs) -> Object {
    let answer = Object::new();
    for (name, tensor) in outputs {
        set(&answer, name, &Float32Array::from(tensor.values()));
    }
    answer
}

fn thrown(error: ModelError) -> JsValue {
    super::convert::thrown(ExhibitError::Model(error))
}
