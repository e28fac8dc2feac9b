//! Runs of a model on a plan that lies on the GPU, whatever the model's own placement.

use super::error::ModelError;
use super::gpu::{GpuModel, GpuSteps, Loop};
use super::run::Model;
use super::steps::{StepOutputs, Steps};
use super::tensor::{Outputs, Tensor};

impl Model {
    /// A run on the GPU; inputs and outputs by name as in [`Model::run`].
    ///
    /// # Errors
    /// As [`GpuModel::run`], and [`ModelError::GpuRefused`] too for inputs that [`Model::run`] would refuse.
    pub async fn run_on(&self, gpu: &GpuModel, inputs: &[(&str, &Tensor)]) -> Result<Outputs, ModelError> {
        let ordered = self.ordered(inputs).map_err(|error| ModelError::refused(error.to_string()))?;
        Ok(self.named(gpu.run(&ordered).await?))
    }

    /// [`Model::run_steps`] on the GPU.
    ///
    /// # Errors
    /// As [`GpuModel::run`], and [`ModelError::GpuRefused`] too for other lanes than it was made for, and for what
    /// [`Model::run_steps`] would refuse.
    pub async fn run_steps_on(&self, gpu: &GpuSteps, asked: &Steps) -> Result<StepOutputs, ModelError> {
        if asked.steps == 0 || asked.lanes != gpu.lanes() {
            return Err(ModelError::refused(format!(
                "it is made for {} lanes and a step at least",
                gpu.lanes()
            )));
        }
        let asked = self.looped(asked).map_err(|error| ModelError::refused(error.to_string()))?;
        let answer = gpu.run(&asked).await?;
        let named = |(step, lanes): (usize, Vec<Vec<Tensor>>)| {
            let names = || asked.outputs(step).iter().map(|output| self.outputs[*output].clone());
            lanes.into_iter().map(|lane| names().zip(lane).collect()).collect()
        };
        Ok(answer.into_iter().enumerate().map(named).collect())
    }

    fn looped<'a>(&self, asked: &'a Steps) -> Result<Loop<'a>, ModelError> {
        self.fits(asked)?;
        let input = |name: &str| self.inputs.iter().position(|port| port.name == name).unwrap_or_default();
        let output = |name: &str| self.outputs.iter().position(|one| one == name).unwrap_or_default();
        let inputs = |lane| self.ordered(&asked.inputs(0, lane, asked.first(lane)));
        let first = (0..asked.lanes).map(inputs).collect::<Result<_, _>>()?;
        let carried: Vec<_> =
            asked.carried.iter().map(|one| (output(one.output), input(one.input))).collect();
        let each = asked.each.iter().map(|(name, tensors)| (input(name), tensors.as_slice())).collect();
        let wanted: Vec<_> = asked.wanted.iter().map(|name| output(name)).collect();
        let mut at_last = wanted.clone();
        at_last.extend(carried.iter().map(|(output, _)| output).filter(|output| !wanted.contains(output)));
        Ok(Loop { steps: asked.steps, first, carried, each, wanted, at_last })
    }
}
