//! A recurrent graph over several steps, in several lanes at once: a loop on the CPU, one answer for all on the GPU.

use super::{Model, ModelError, Outputs, Tensor};

/// What a recurrent graph is given for several steps. Lanes have nothing to do with each other but for the fixed inputs.
#[derive(Clone, Debug, PartialEq)]
pub struct Steps {
    pub steps: usize,
    pub lanes: usize,
    pub carried: Vec<Carried>,
    /// Inputs that are the same at every step and in every lane.
    pub fixed: Vec<(&'static str, Tensor)>,
    /// Inputs that differ: every lane's at the first step, then every lane's at the second, and so on.
    pub each: Vec<(&'static str, Vec<Tensor>)>,
    /// The outputs that are wanted of every step.
    pub wanted: &'static [&'static str],
}

/// An output that becomes an input of the next step, with what each lane is given at the first.
#[derive(Clone, Debug, PartialEq)]
pub struct Carried {
    pub output: &'static str,
    pub input: &'static str,
    pub first: Vec<Tensor>,
}

/// What each step gave, lane by lane: the outputs that were wanted, and of the last step what is carried too; perhaps others.
pub type Told = Vec<Vec<Outputs>>;

impl Steps {
    /// What a step in a lane is given, with what is carried to it.
    pub(super) fn given<'a>(
        &'a self,
        step: usize,
        lane: usize,
        carried: impl Iterator<Item = &'a Tensor>,
    ) -> Vec<(&'a str, &'a Tensor)> {
        let named = self.carried.iter().map(|carried| carried.input).zip(carried);
        let fixed = self.fixed.iter().map(|(name, tensor)| (*name, tensor));
        let at = step * self.lanes + lane;
        let each = self.each.iter().filter_map(|(name, tensors)| Some((*name, tensors.get(at)?)));
        named.chain(fixed).chain(each).collect()
    }

    /// What each lane is given first.
    pub(super) fn first(&self, lane: usize) -> impl Iterator<Item = &Tensor> {
        self.carried.iter().filter_map(move |carried| carried.first.get(lane))
    }
}

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
    pub fn run_steps(&self, asked: &Steps) -> Result<Told, ModelError> {
        self.fits(asked)?;
        let first = self.ordered(&asked.given(0, 0, asked.first(0)))?;
        *self.last.borrow_mut() = Some(first.into_iter().cloned().collect());
        let told = self.placement.borrow_mut().ask_steps(&self.name, asked);
        told.unwrap_or_else(|| self.steps_on_cpu(asked))
    }

    /// Whether there is all that is given and wanted, for each step and lane.
    pub(super) fn fits(&self, asked: &Steps) -> Result<(), ModelError> {
        let outputs = asked.carried.iter().map(|carried| &carried.output).chain(asked.wanted);
        for name in outputs.copied() {
            if self.outputs.iter().all(|output| output != name) {
                return Err(self.mismatch(name, "the graph has no such output"));
            }
        }
        for (step, lane) in places(asked) {
            self.ordered(&asked.given(step, lane, asked.first(lane)))?;
        }
        Ok(())
    }

    pub(super) fn steps_on_cpu(&self, asked: &Steps) -> Result<Told, ModelError> {
        let mut state: Vec<Vec<Tensor>> =
            (0..asked.lanes).map(|lane| asked.first(lane).cloned().collect()).collect();
        let mut told: Told = vec![Vec::with_capacity(asked.lanes); asked.steps];
        for (step, lane) in places(asked) {
            let given = self.ordered(&asked.given(step, lane, state[lane].iter()))?;
            let outputs = self.named(self.on_cpu(&given, None)?);
            for (carried, next) in asked.carried.iter().zip(&mut state[lane]) {
                if let Some(made) = outputs.get(carried.output) {
                    next.clone_from(made);
                }
            }
            told[step].push(outputs);
        }
        Ok(told)
    }
}

/// Each step and lane, lanes within steps.
fn places(asked: &Steps) -> impl Iterator<Item = (usize, usize)> {
    let lanes = asked.lanes;
    (0..asked.steps).flat_map(move |step| (0..lanes).map(move |lane| (step, lane)))
}
