//! Where models run: the one device that all models of a worker share.

use std::cell::RefCell;
use std::rc::Rc;

use serde_json::{Value, json};
use wasm_bindgen::prelude::*;

use super::convert::failure;
use crate::model::gpu::{Compared, Gpu, GpuError, Part, compared};
use crate::model::{Choice, Model, Settled};

thread_local! {
    static DEVICE: RefCell<Option<Rc<Gpu>>> = const { RefCell::new(None) };
}

/// The device, asked for once, and again when it was lost.
///
/// # Errors
/// [`GpuError::Unavailable`].
pub async fn device() -> Result<Rc<Gpu>, GpuError> {
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

/// How far the lecture's kernels on the GPU are from their twins on the CPU: JSON [{kernel, case, worst}], the largest
/// difference relative to the larger of the twin's number and one.
#[wasm_bindgen]
pub async fn compare_kernels() -> Result<String, JsValue> {
    let refused = |error: GpuError| failure("no-gpu", &error.to_string());
    let gpu = device().await.map_err(refused)?;
    let one = |Compared { kernel, case, worst }: Compared| json!({ "kernel": kernel, "case": case, "worst": worst });
    let told: Value = compared(&gpu).await.map_err(refused)?.into_iter().map(one).collect();
    Ok(told.to_string())
}

/// The steps of a plan as the page is told them.
pub fn told(parts: &[Part]) -> Value {
    let one = |part: &Part| json!({ "label": part.label, "gpu": part.on_gpu, "work": part.work, "moved": part.moved });
    parts.iter().map(one).collect()
}

/// Awaits every model that waits, those that are `chosen` for the GPU without trying the CPU; a model whose device is gone goes
/// on on the CPU.
pub async fn settled(models: &[Rc<Model>], chosen: impl Fn(&str) -> bool) -> Value {
    let mut answers = Vec::new();
    for model in models.iter().filter(|model| model.waits()) {
        let choice =
            if chosen(model.name()) { Choice::Gpu } else { Choice::Faster { clock: js_sys::Date::now } };
        match device().await {
            Ok(gpu) => answers.extend(model.settle(&gpu, choice).await.map(|settled| answer(&settled))),
            Err(error) => {
                model.back_to_cpu();
                answers.push(
                    json!({ "model": model.name(), "gpu": false, "parts": [], "trouble": error.to_string() }),
                );
            }
        }
    }
    answers.into()
}

fn answer(settled: &Settled) -> Value {
    json!({
        "model": settled.model,
        "gpu": settled.on_gpu,
        "milliseconds": { "cpu": settled.cpu, "gpu": settled.gpu },
        "parts": told(&settled.parts),
        "trouble": settled.trouble.as_ref().map(ToString::to_string),
    })
}
