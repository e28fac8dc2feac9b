//! A trained decoder that says a sentence word by word, with attention that can be watched and painted, or without.

use std::sync::Arc;

use super::ExhibitError;
use super::beam::{Decoder, START, Told};
use crate::model::{Model, ModelError, Tensor};

/// One step of a decoder as an ONNX file, with all that stays the same from word to word.
///
/// The graph takes `token`, its memory (such as `h`) and what was given; it answers `logp` and the memory under the same
/// names with `_out`. One with attention also takes `steer`, a weight a place, and `steering`, 1 where they are to
/// be used; it answers `alpha`, the weights that were used, and `own_alpha`, those that it wanted.
pub struct Speaker {
    step: Arc<Model>,
    memory: &'static [&'static str],
    given: Vec<(&'static str, Tensor)>,
    steering: Option<Steering>,
    /// The word that stands for all rare ones; it is never said.
    unknown: Option<usize>,
}

/// What a step is given where nothing is painted.
struct Steering {
    unpainted: Tensor,
    off: Tensor,
    on: Tensor,
}

/// A decoder's memory after a step, and where it looked.
#[derive(Clone)]
pub struct Seen {
    memory: Vec<Tensor>,
    pub gaze: Option<Gaze>,
}

#[derive(Clone)]
pub struct Gaze {
    /// α: the weights that were used, one a place.
    pub alpha: Tensor,
    /// The weights that the model wanted, where others were painted.
    pub own: Option<Tensor>,
    /// β: how much of the context vector enters this word (Xu et al., section 4.2.1), where the model has such a gate.
    pub beta: Option<f32>,
}

impl Seen {
    /// Before the first word.
    pub fn nothing(memory: Vec<Tensor>) -> Self {
        Self { memory, gaze: None }
    }
}

impl Speaker {
    /// `memory` names the step's inputs that change from word to word, `given` are those that do not.
    pub fn new(
        step: Arc<Model>,
        memory: &'static [&'static str],
        given: Vec<(&'static str, Tensor)>,
        unknown: Option<usize>,
    ) -> Result<Self, ModelError> {
        let places =
            step.inputs().find(|(name, _)| *name == "steer").map(|(_, shape)| shape.iter().product());
        let steering = match places {
            Some(places) => Some(Steering {
                unpainted: step.tensor("steer", &vec![0.0; places])?,
                off: step.tensor("steering", &[0.0])?,
                on: step.tensor("steering", &[1.0])?,
            }),
            None => None,
        };
        Ok(Self { step, memory, given, steering, unknown })
    }

    /// What may follow `token` (none at the beginning), attending as `painted` says, one weight a place, all of them one
    /// together.
    ///
    /// # Errors
    /// [`ExhibitError::Input`] if there is no attention to be painted; [`ExhibitError::Model`].
    pub fn steered(
        &self,
        token: Option<usize>,
        seen: &Seen,
        painted: &[f32],
    ) -> Result<Told<Seen>, ExhibitError> {
        let Some(Steering { on, .. }) = &self.steering else {
            return Err(ExhibitError::Input("this model has no attention to steer".to_owned()));
        };
        let painted = self.step.tensor("steer", painted)?;
        Ok(self.told(token, seen, Some((&painted, on)))?)
    }

    /// What may follow `token` (none at the beginning).
    pub fn free(&self, token: Option<usize>, seen: &Seen) -> Result<Told<Seen>, ModelError> {
        self.told(token, seen, None)
    }

    fn told(
        &self,
        token: Option<usize>,
        seen: &Seen,
        painted: Option<(&Tensor, &Tensor)>,
    ) -> Result<Told<Seen>, ModelError> {
        let token = self.step.tensor("token", &[token.unwrap_or(START) as f32])?;
        let mut inputs = vec![("token", &token)];
        inputs.extend(self.memory.iter().copied().zip(&seen.memory));
        inputs.extend(self.given.iter().map(|(name, tensor)| (*name, tensor)));
        if let Some(Steering { unpainted, off, .. }) = &self.steering {
            let (steer, steering) = painted.unwrap_or((unpainted, off));
            inputs.extend([("steer", steer), ("steering", steering)]);
        }
        let mut told = self.step.run(&inputs)?;
        let gaze = if self.steering.is_some() {
            let own = self.step.take(&mut told, "own_alpha")?;
            let beta = told.get("beta").and_then(|beta| beta.values().first().copied());
            let alpha = self.step.take(&mut told, "alpha")?;
            Some(Gaze { alpha, own: painted.is_some().then_some(own), beta })
        } else {
            None
        };
        let mut logp = self.step.take(&mut told, "logp")?.values().to_vec();
        if let Some(unknown) = self.unknown.and_then(|id| logp.get_mut(id)) {
            *unknown = f32::NEG_INFINITY;
        }
        let memory = self.memory.iter().map(|name| self.step.take(&mut told, &format!("{name}_out")));
        Ok(Told { logp, state: Seen { memory: memory.collect::<Result<_, _>>()?, gaze } })
    }
}

impl Decoder for Speaker {
    type State = Seen;
    type Error = ModelError;

    fn next(&self, token: usize, seen: &Seen) -> Result<Told<Seen>, ModelError> {
        self.free(Some(token), seen)
    }
}
