//! What a run on the device costs, step by step.

use super::plan::GpuModel;
use super::timestamps::Timestamps;
use crate::model::error::ModelError;
use crate::model::profile::{Profile, Repeated};
use crate::model::tensor::Tensor;

impl GpuModel {
    /// Runs it as often as `clock` (in milliseconds) needs to measure it; gives the outputs too. Steps have their time where the
    /// device has a clock: for that each is a pass of its own, in runs that the whole run's time leaves out.
    ///
    /// # Errors
    /// As [`GpuModel::run`].
    pub async fn profile(
        &self,
        inputs: &[&Tensor],
        clock: fn() -> f64,
    ) -> Result<(Profile, Vec<Tensor>), ModelError> {
        // The first run compiles what it needs.
        let mut made = self.run(inputs).await?;
        let mut whole = Repeated::new(clock);
        while whole.again() {
            made = self.run(inputs).await?;
        }
        let (milliseconds, runs) = (whole.mean(), whole.runs);
        let mut parts = self.parts().to_vec();
        let count = parts.iter().filter(|part| part.on_gpu).count();
        if let Some(timestamps) = Timestamps::new(&self.gpu, count) {
            let mut spent = vec![0.0; count];
            let mut each = Repeated::new(clock);
            while each.again() {
                made = self.run_by(inputs, Some(&timestamps)).await?;
                spent.iter_mut().zip(timestamps.read(&self.gpu).await?).for_each(|(sum, one)| *sum += one);
            }
            for (part, sum) in parts.iter_mut().filter(|part| part.on_gpu).zip(spent) {
                part.milliseconds = Some(sum / each.runs as f64);
            }
        }
        Ok((Profile { milliseconds, runs, parts }, made))
    }
}
