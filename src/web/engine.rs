//! Where models run: the one device that all models of a worker share.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use serde_json::{Value, json};
use wasm_bindgen::prelude::*;

use super::convert::failure;
use crate::model::gpu::{Gpu, Variant};
use crate::model::{Choice, Compared, Examined, Model, ModelError, Part, Profile, Settled};
#[cfg(feature = "shader_check")]
use crate::shader_check::{ShaderCheck, shader_checks};

thread_local! {
    static DEVICE: RefCell<Option<Rc<Gpu>>> = const { RefCell::new(None) };
}

/// The device, asked for once, and again when it was lost.
///
/// # Errors
/// [`ModelError::NoGpu`].
pub async fn device() -> Result<Rc<Gpu>, ModelError> {
    let known = DEVICE.with_borrow(Clone::clone).filter(|gpu| gpu.check().is_ok());
    if let Some(gpu) = known {
        return Ok(gpu);
    }
    let gpu = Gpu::request().await?;
    DEVICE.set(Some(gpu.clone()));
    Ok(gpu)
}

/// The GPU that there is: JSON {name, fallback}. Throws an error of the kind `no-gpu` if there is none.
#[wasm_bindgen]
pub async fn gpu() -> Result<String, JsValue> {
    let gpu = device().await.map_err(|error| failure("no-gpu", &error.to_string()))?;
    Ok(json!({ "name": gpu.name, "fallback": gpu.fallback }).to_string())
}

/// For tests: how far the lecture's kernels on the GPU are from their twins on the CPU: JSON [{kernel, case, worst}], the largest
/// difference relative to the larger of the twin's number and one.
#[cfg(feature = "shader_check")]
#[wasm_bindgen]
pub async fn compare_kernels() -> Result<String, JsValue> {
    let refused = |error: ModelError| failure("no-gpu", &error.to_string());
    let gpu = device().await.map_err(refused)?;
    let one = |ShaderCheck { kernel, case, worst }: ShaderCheck| json!({ "kernel": kernel, "case": case, "worst": worst });
    let answers: Value = shader_checks(&gpu).await.map_err(refused)?.into_iter().map(one).collect();
    Ok(answers.to_string())
}

/// The steps of a plan as the page gets them.
pub fn listed(parts: &[Part]) -> Value {
    let one = |part: &Part| {
        json!({
            "label": part.label,
            "kind": part.kind,
            "sizes": part.sizes,
            "gpu": part.on_gpu,
            "work": part.work,
            "moved": part.moved,
            "milliseconds": part.milliseconds,
        })
    };
    parts.iter().map(one).collect()
}

/// Awaits every model that waits, those that are `known` in their variant of kernels, and with `force` all, without trying the
/// CPU; a model whose device is gone goes on on the CPU.
pub async fn settled(models: &[Rc<Model>], force: bool, known: &HashMap<String, usize>) -> Value {
    let mut answers = Vec::new();
    for model in models.iter().filter(|model| model.waits()) {
        let variant = known.get(model.name()).and_then(|nth| Variant::ALL.get(*nth));
        let choice = match variant {
            Some(variant) => Choice::Known(*variant),
            None if force => Choice::Gpu,
            None => Choice::Faster { clock },
        };
        match device().await {
            Ok(gpu) => answers.extend(model.settle(&gpu, choice).await.map(|settled| answer(&settled))),
            Err(error) => {
                model.back_to_cpu();
                answers.push(json!({
                    "model": model.name(),
                    "gpu": false,
                    "parts": [],
                    "trouble": trouble(&error),
                }));
            }
        }
    }
    answers.into()
}

fn answer(settled: &Settled) -> Value {
    json!({
        "model": settled.model,
        "gpu": settled.on_gpu,
        "variant": Variant::ALL.iter().position(|one| Some(*one) == settled.variant),
        "milliseconds": { "cpu": settled.cpu, "gpu": settled.gpu },
        "parts": listed(&settled.parts),
        "trouble": settled.trouble.as_ref().map(trouble),
    })
}

/// Whether the device went, or only does not run this.
fn trouble(error: &ModelError) -> Value {
    json!({ "lost": !matches!(error, ModelError::GpuRefused { .. }), "why": error.to_string() })
}

#[wasm_bindgen]
extern "C" {
    /// Milliseconds, as fine as the browser tells them.
    #[wasm_bindgen(js_namespace = performance)]
    fn now() -> f64;
}

fn clock() -> f64 {
    now()
}

/// Measures the last run of each of these models that has run, all read from the file `bytes`, on the CPU and, if `on_gpu`,
/// on whatever GPU there is.
///
/// # Errors
/// [`ModelError`] of the first that does not run.
pub async fn examined(models: &[Rc<Model>], bytes: &[u8], on_gpu: bool) -> Result<Value, ModelError> {
    let device = if on_gpu { Some(device().await) } else { None };
    let mut answers = Vec::new();
    for model in models {
        let gpu = device.as_ref().and_then(|device| device.as_ref().ok());
        let Some(Examined { cpu, gpu }) = model.examine(bytes, gpu, clock).await? else { continue };
        let refused = device.as_ref().and_then(|device| device.as_ref().err());
        let on_gpu = match (&gpu, refused) {
            (Some(Ok(Compared { profile, output, worst })), _) => {
                json!({ "profile": profiled(profile), "output": output, "worst": worst })
            }
            (Some(Err(error)), _) | (None, Some(error)) => json!({ "trouble": trouble(error) }),
            (None, None) => Value::Null,
        };
        answers.push(
            json!({ "model": model.name(), "size": model.size_in(), "cpu": profiled(&cpu), "gpu": on_gpu }),
        );
    }
    Ok(answers.into())
}

fn profiled(Profile { milliseconds, runs, parts }: &Profile) -> Value {
    json!({ "milliseconds": milliseconds, "runs": runs, "parts": listed(parts) })
}
