//! Where models run: the one device that all models of a worker share.

use std::cell::RefCell;
use std::rc::Rc;

use serde_json::{Value, json};

use crate::model::gpu::{Gpu, GpuError, Part};

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

/// The steps of a plan as the page is told them.
pub fn told(parts: &[Part]) -> Value {
    let one = |part: &Part| json!({ "label": part.label, "gpu": part.on_gpu, "work": part.work, "moved": part.moved });
    parts.iter().map(one).collect()
}
