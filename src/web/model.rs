use js_sys::{Array, Float32Array, Object, Reflect};
use wasm_bindgen::prelude::*;

use super::convert::{failure, plain, set};
use super::list;
use crate::exhibits::ExhibitError;
use crate::model::{self, ModelError, Tensor};

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
        let mut given: Vec<(&str, Tensor)> = Vec::new();
        for (name, _) in self.0.inputs() {
            let values = Reflect::get(inputs, &name.into())?;
            if !Array::is_array(&values) && !values.is_instance_of::<Float32Array>() {
                return Err(failure("bad-input", &format!("the input {name} is no list of numbers")));
            }
            let values = Float32Array::new(&values).to_vec();
            given.push((name, self.0.tensor(name, &values).map_err(thrown)?));
        }
        let given: Vec<(&str, &Tensor)> = given.iter().map(|(name, tensor)| (*name, tensor)).collect();
        let answer = Object::new();
        for (name, tensor) in self.0.run(&given).map_err(thrown)? {
            set(&answer, &name, &Float32Array::from(tensor.values()));
        }
        Ok(answer)
    }
}

fn thrown(error: ModelError) -> JsValue {
    super::thrown(ExhibitError::Model(error))
}
