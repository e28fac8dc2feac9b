//! What a run on the device costs, step by step.

use super::device::GpuError;
use super::plan::GpuModel;
use super::ticks::Ticks;
use crate::model::Tensor;
use crate::model::profile::{Profile, Repeated};

impl GpuModel {
    /// Runs it as often as `clock`, which gives milliseconds, needs; gives what it made too. Steps have their time where the
    /// device can tell it; they are passes of their own for that, which the whole run's time is without.
    ///
    /// # Errors
    /// As [`GpuModel::run`].
    pub async fn profile(
        &self,
        given: &[&Tensor],
        clock: fn() -> f64,
    ) -> Result<(Profile, Vec<Tensor>), GpuError> {
        // The first run compiles what it needs.
        let mut made = self.run(given).await?;
        let mut whole = Repeated::new(clock);
        while whole.again() {
            made = self.run(given).await?;
        }
        let (milliseconds, runs) = (whole.mean(), whole.runs);
        let mut parts = self.parts().to_vec();
        let count = parts.iter().filter(|part| part.on_gpu).count();
        if let Some(ticks) = Ticks::new(&self.gpu, count) {
            let mut spent = vec![0.0; count];
            let mut each = Repeated::new(clock);
            while each.again() {
                made = self.run_by(given, Some(&ticks)).await?;
                spent.iter_mut().zip(ticks.read(&self.gpu).await?).for_each(|(sum, one)| *sum += one);
            }
            for (part, sum) in parts.iter_mut().filter(|part| part.on_gpu).zip(spent) {
                part.milliseconds = Some(sum / each.runs as f64);
            }
        }
        Ok((Profile { milliseconds, runs, parts }, made))
    }
}
