//! A recurrent graph over several steps, in several lanes at once: a loop on the CPU, one answer for all on the GPU.

use super::error::ModelError;
use super::run::Model;
use super::steps::{StepOutputs, Steps};
use super::tensor::Tensor;

impl Model {
    /// How many steps to ask of [`Model::run_steps`] at a time: `most` where they may run on the GPU, one on the CPU, whose
    /// first answer need not wait for the others.
    pub fn at_once(&self, lanes: usize, most: usize) -> usize {
        if self.placement.borrow().loops(lanes, most) { most } else { 1 }
    }

    /// Runs a recurrent graph for some steps, or says that it must be awaited. A model runs on the GPU as it was first asked to:
    /// once, or in so many lanes; all else that it is asked runs on the CPU.
    ///
    /// # Errors
    /// As [`Model::run`]; [`ModelError::Mismatch`] too if there are not as many tensors as steps and lanes, or no such output.
    pub fn run_steps(&self, asked: &Steps) -> Result<StepOutputs, ModelError> {
        self.fits(asked)?;
        let first = self.ordered(&asked.inputs(0, 0, asked.first(0)))?;
        *self.last.borrow_mut() = Some(first.into_iter().cloned().collect());
        let answer = self.placement.borrow_mut().ask_steps(&self.name, asked);
        answer.unwrap_or_else(|| self.steps_on_cpu(asked))
    }

    /// Whether all inputs are there and all outputs exist, for each step and lane.
    pub(super) fn fits(&self, asked: &Steps) -> Result<(), ModelError> {
        let outputs = asked.carried.iter().map(|carried| &carried.output).chain(asked.wanted);
        for name in outputs.copied() {
            if self.outputs.iter().all(|output| output != name) {
                return Err(self.mismatch(name, "the graph has no such output"));
            }
        }
        for (step, lane) in asked.places() {
            self.ordered(&asked.inputs(step, lane, asked.first(lane)))?;
        }
        Ok(())
    }

    pub(super) fn steps_on_cpu(&self, asked: &Steps) -> Result<StepOutputs, ModelError> {
        let mut state: Vec<Vec<Tensor>> =
            (0..asked.lanes).map(|lane| asked.first(lane).cloned().collect()).collect();
        let mut answer: StepOutputs = vec![Vec::with_capacity(asked.lanes); asked.steps];
        for (step, lane) in asked.places() {
            let inputs = self.ordered(&asked.inputs(step, lane, state[lane].iter()))?;
            let outputs = self.named(self.on_cpu(&inputs, None)?);
            for (carried, next) in asked.carried.iter().zip(&mut state[lane]) {
                if let Some(made) = outputs.get(carried.output) {
                    next.clone_from(made);
                }
            }
            answer[step].push(outputs);
        }
        Ok(answer)
    }
}
