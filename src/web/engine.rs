//! Where models run: the one device that all models of a worker share.

use std::cell::RefCell;
use std::rc::Rc;

use crate::model::gpu::{Gpu, GpuError};

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
