//! Where models run: the one device that all models of a worker share.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use serde::Serialize;
use wasm_bindgen::prelude::*;

use super::convert::failure;
use super::types::{EngineModel, EnginePart, Examined, ExaminedOnGpu, GpuFound, Profile, Tried, Trouble};
use crate::model::gpu::{Gpu, Variant};
use crate::model::{self, Choice, Compared, Model, ModelError, Part, Settled};
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
    let gpu = device().await.map_err(no_gpu)?;
    Ok(json(&GpuFound { name: gpu.name.clone(), fallback: gpu.fallback }))
}

/// For tests: how far the lecture's kernels on the GPU are from their twins on the CPU: JSON [{kernel, case, worst}], the largest
/// difference relative to the larger of the twin's number and one.
#[cfg(feature = "shader_check")]
#[wasm_bindgen]
pub async fn compare_kernels() -> Result<String, JsValue> {
    let gpu = device().await.map_err(no_gpu)?;
    let one = |ShaderCheck { kernel, case, worst }: ShaderCheck| serde_json::json!({ "kernel": kernel, "case": case, "worst": worst });
    let answers: Vec<_> = shader_checks(&gpu).await.map_err(no_gpu)?.into_iter().map(one).collect();
    Ok(json(&answers))
}

pub fn no_gpu(error: ModelError) -> JsValue {
    failure("no-gpu", &error.to_string())
}

/// JSON of what always has one: structs of text and numbers.
pub fn json(answer: &impl Serialize) -> String {
    serde_json::to_string(answer).unwrap_or_default()
}

/// The steps of a plan as the page gets them.
pub fn listed(parts: &[Part]) -> Vec<EnginePart> {
    let one = |part: &Part| EnginePart {
        label: part.label.clone(),
        kind: part.kind.clone(),
        sizes: part.sizes.clone(),
        gpu: part.on_gpu,
        work: part.work,
        moved: part.moved,
        milliseconds: part.milliseconds,
    };
    parts.iter().map(one).collect()
}

/// Awaits every model that waits, those that are `known` in their variant of kernels, and with `force` all, without trying the
/// CPU; a model whose device is gone goes on on the CPU.
pub async fn settled(models: &[Rc<Model>], force: bool, known: &HashMap<String, usize>) -> Vec<EngineModel> {
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
                answers.push(EngineModel {
                    model: model.name().to_owned(),
                    gpu: false,
                    parts: Vec::new(),
                    variant: None,
                    milliseconds: Tried::default(),
                    trouble: Some(trouble(&error)),
                });
            }
        }
    }
    answers
}

fn answer(settled: &Settled) -> EngineModel {
    EngineModel {
        model: settled.model.clone(),
        gpu: settled.on_gpu,
        parts: listed(&settled.parts),
        variant: Variant::ALL.iter().position(|one| Some(*one) == settled.variant),
        milliseconds: Tried { cpu: settled.cpu, gpu: settled.gpu },
        trouble: settled.trouble.as_ref().map(trouble),
    }
}

fn trouble(error: &ModelError) -> Trouble {
    Trouble { lost: !matches!(error, ModelError::GpuRefused { .. }), why: error.to_string() }
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
pub async fn examined(models: &[Rc<Model>], bytes: &[u8], on_gpu: bool) -> Result<Vec<Examined>, ModelError> {
    let device = if on_gpu { Some(device().await) } else { None };
    let mut answers = Vec::new();
    for model in models {
        let gpu = device.as_ref().and_then(|device| device.as_ref().ok());
        let Some(model::Examined { cpu, gpu }) = model.examine(bytes, gpu, clock).await? else { continue };
        let refused = device.as_ref().and_then(|device| device.as_ref().err());
        let on_gpu = match (&gpu, refused) {
            (Some(Ok(Compared { profile, output, worst })), _) => {
                Some(ExaminedOnGpu::Ran { profile: profiled(profile), output: output.clone(), worst: *worst })
            }
            (Some(Err(error)), _) | (None, Some(error)) => {
                Some(ExaminedOnGpu::Refused { trouble: trouble(error) })
            }
            (None, None) => None,
        };
        answers.push(Examined {
            model: model.name().to_owned(),
            size: model.size_in().to_vec(),
            cpu: profiled(&cpu),
            gpu: on_gpu,
        });
    }
    Ok(answers)
}

fn profiled(model::Profile { milliseconds, runs, parts }: &model::Profile) -> Profile {
    Profile { milliseconds: *milliseconds, runs: *runs, parts: listed(parts) }
}
