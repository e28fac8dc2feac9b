//! What a recurrent graph takes and gives over several steps, in several lanes at once.

use super::tensor::{Outputs, Tensor};

/// The inputs of a recurrent graph for several steps. Lanes have nothing to do with each other but for the fixed inputs.
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

/// An output that becomes an input of the next step, with each lane's input at the first.
#[derive(Clone, Debug, PartialEq)]
pub struct Carried {
    pub output: &'static str,
    pub input: &'static str,
    pub first: Vec<Tensor>,
}

/// The outputs [step][lane]: those that were wanted, and of the last step what is carried too; perhaps others.
pub type StepOutputs = Vec<Vec<Outputs>>;

impl Steps {
    /// The inputs of a step in a lane, with what is carried to it.
    pub(super) fn inputs<'a>(
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

    /// What is carried to a lane's first step.
    pub(super) fn first(&self, lane: usize) -> impl Iterator<Item = &Tensor> {
        self.carried.iter().filter_map(move |carried| carried.first.get(lane))
    }

    /// Each step and lane, lanes within steps.
    pub(super) fn places(&self) -> impl Iterator<Item = (usize, usize)> {
        let lanes = self.lanes;
        (0..self.steps).flat_map(move |step| (0..lanes).map(move |lane| (step, lane)))
    }
}
