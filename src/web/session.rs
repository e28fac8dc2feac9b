//! An exhibit in the page's hands, and the pictures that the page has the core make.

use js_sys::{Uint8Array, Uint8ClampedArray};
use wasm_bindgen::prelude::*;
use web_sys::ImageData;

use super::convert::{failure, frame, thrown};
use super::engine;
use crate::exhibits::{self, Exhibit, ExhibitError, Input, ModelFile, ModelStore};
use crate::picture::colour::ColourMap;
use crate::picture::heat::enlarged;

unsafe extern "C" {
    /// Fills tract's registers of kernels. The linker makes it, and calls it before EVERY call from JavaScript if nobody else
    /// does, which takes longer than a small step of a model and fills the registers again each time.
    fn __wasm_call_ctors();
}

#[wasm_bindgen(start)]
fn begin() {
    // SAFETY: it is called once, before anything that it prepares is used.
    unsafe { __wasm_call_ctors() };
    console_error_panic_hook::set_once();
}

/// The version of the core.
#[wasm_bindgen]
pub fn version() -> String {
    env!("CARGO_PKG_VERSION").to_owned()
}

/// RGBA of values in 0..1 by the map `name`: viridis, magma, cividis or turbo.
#[wasm_bindgen]
pub fn colour_map(name: &str, values: &[f32]) -> Result<Vec<u8>, JsValue> {
    Ok(map_named(name)?.rgba(values))
}

/// RGBA [height, width] of a grid of weights [rows, cols], smoothly enlarged, the greatest weight at the map's end.
#[wasm_bindgen]
pub fn heatmap(
    name: &str,
    weights: &[f32],
    rows: usize,
    cols: usize,
    width: usize,
    height: usize,
) -> Result<Vec<u8>, JsValue> {
    let map = map_named(name)?;
    if weights.is_empty() || rows.checked_mul(cols) != Some(weights.len()) {
        return Err(failure("bad-input", &format!("{} weights are no {rows}×{cols} grid", weights.len())));
    }
    Ok(map.rgba(&enlarged(weights, (rows, cols), (height, width))))
}

fn map_named(name: &str) -> Result<ColourMap, JsValue> {
    ColourMap::named(name).ok_or_else(|| failure("bad-input", &format!("there is no colour map {name}")))
}

/// An exhibit with its models: loaded once, then started and stepped as often as the visitor likes.
#[wasm_bindgen]
pub struct Session {
    exhibit: Box<dyn Exhibit>,
    store: ModelStore,
}

#[wasm_bindgen]
impl Session {
    /// `exhibit` is a name that [`exhibits::named`] knows.
    #[wasm_bindgen(constructor)]
    pub fn new(exhibit: &str) -> Result<Session, JsValue> {
        let unknown = || ExhibitError::Settings(format!("there is no exhibit {exhibit}"));
        let exhibit = exhibits::named(exhibit).ok_or_else(unknown).map_err(thrown)?;
        Ok(Self { exhibit, store: ModelStore::default() })
    }

    /// The files that these settings need and that are not loaded yet: JSON [{model, name}].
    pub fn models(&self, settings: &str) -> Result<String, JsValue> {
        let files = self.exhibit.files(settings).map_err(thrown)?;
        let missing = files.into_iter().filter(|file| !self.store.holds(file));
        let files =
            missing.map(|ModelFile { model, name }| serde_json::json!({ "model": model, "name": name }));
        Ok(serde_json::Value::from_iter(files).to_string())
    }

    /// Takes a file of a model as it was downloaded.
    pub fn load(&mut self, model: &str, name: &str, bytes: Vec<u8>) -> Result<(), JsValue> {
        self.store.load(ModelFile::new(model, name), bytes).map_err(thrown)
    }

    /// Begins a run. `settings` is JSON; `input` is undefined, the bytes of a picture file, a drawing or a text.
    pub fn start(&mut self, settings: &str, input: &JsValue) -> Result<(), JsValue> {
        let (bytes, text);
        let input = if input.is_undefined() || input.is_null() {
            None
        } else if let Some(file) = input.dyn_ref::<Uint8Array>() {
            bytes = file.to_vec();
            Some(Input::File(&bytes))
        } else if let Some(typed) = input.as_string() {
            text = typed;
            Some(Input::Text(&text))
        } else if let Some(drawing) = input.dyn_ref::<ImageData>() {
            bytes = drawing.data().0;
            let (width, height) = (drawing.width() as usize, drawing.height() as usize);
            Some(Input::Drawing { width, height, rgba: &bytes })
        } else {
            return Err(failure("bad-input", "give a picture file, an ImageData or a text"));
        };
        self.exhibit.start(settings, input, &self.store).map_err(thrown)
    }

    /// The next frame; null when the run is over.
    pub fn step(&mut self) -> Result<JsValue, JsValue> {
        let made = self.exhibit.step().map_err(thrown)?;
        Ok(made.map_or(JsValue::NULL, |made| frame(&made)))
    }

    /// The visitor's picture as the stage shows it, or undefined.
    pub fn picture(&self) -> Result<Option<ImageData>, JsValue> {
        let shown = |photo: &crate::picture::Photo| {
            // A copy: an ImageData of a slice would lie in the core's own memory.
            let rgba = Uint8ClampedArray::from(photo.rgba().as_slice());
            ImageData::new_with_js_u8_clamped_array(&rgba, photo.width as u32)
        };
        self.exhibit.picture().map(shown).transpose()
    }

    /// From now on heavy models that are loaded run on the GPU, but for those named ("model/name"). Then a call may throw an
    /// error of the kind `pending`: [`Session::settle`] must be awaited, and the same be asked again.
    pub fn for_gpu(&mut self, but: Vec<String>) {
        self.store.for_gpu(but);
    }

    /// Awaits what the last call was pending for. CPU and GPU are tried against each other but for the models in `known`, JSON
    /// {model: variant of its kernels}, or all with `force`, which stay on the GPU. Gives JSON [{model, gpu, variant,
    /// milliseconds: {cpu, gpu}, parts, trouble: {lost, why}}] of the models that were awaited.
    pub async fn settle(&self, force: bool, known: String) -> String {
        let known = serde_json::from_str(&known).unwrap_or_default();
        engine::json(&engine::settled(&self.store.models(), force, &known).await)
    }

    /// The models that have run: JSON ["model/name"], each once.
    pub fn ran(&self) -> String {
        let models = self.store.models();
        let ran: std::collections::BTreeSet<&str> =
            models.iter().filter(|model| model.has_run()).map(|model| model.name()).collect();
        serde_json::Value::from_iter(ran).to_string()
    }

    /// Measures the last run of what was made of the file "model/name", whose bytes these are, on the CPU and with `gpu` on
    /// whatever GPU there is; the run itself stays as it is. Gives JSON [{model, size, cpu, gpu}], where `cpu` is {milliseconds,
    /// runs, parts} and `gpu` {profile: the same, output, worst}, {trouble: {lost, why}} or null.
    pub async fn examine(&self, name: String, bytes: Vec<u8>, gpu: bool) -> Result<String, JsValue> {
        let mut models = self.store.models();
        models.retain(|model| model.name() == name);
        let measured = engine::examined(&models, &bytes, gpu).await;
        Ok(engine::json(&measured.map_err(|error| thrown(ExhibitError::Model(error)))?))
    }

    /// Forgets what was awaited, once a call has succeeded.
    pub fn forget(&self) {
        self.store.models().iter().for_each(|model| model.forget());
    }

    /// Takes the run back to before step `step`, which then attends as `weights` say, or without them as it likes.
    pub fn steer(&mut self, step: usize, weights: Option<Vec<f32>>) -> Result<(), JsValue> {
        self.exhibit.steer(step, weights.as_deref()).map_err(thrown)
    }
}
