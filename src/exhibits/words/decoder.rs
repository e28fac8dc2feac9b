//! A trained decoder that says a sentence word by word, with attention that can be watched and painted, or without.

use std::rc::Rc;

use super::beam::{Decoder, Prediction, START};
use crate::attention::hard::gumbel_noise;
use crate::exhibits::ExhibitError;
use crate::model::{Model, ModelError, Tensor};

/// One step of a decoder as an ONNX file, with all that stays the same from word to word.
///
/// The graph takes `token`, its memory (such as `h`) and what stays the same; it answers `logp` and the memory under the same
/// names with `_out`. One with attention also takes `steer`, a weight a place, and `steering`, 1 where they are to
/// be used; it answers `alpha`, the weights that were used, and `own_alpha`, those that it wanted. One with hard attention
/// takes `noise` as well, with which it draws its place.
pub struct OnnxDecoder {
    step: Rc<Model>,
    memory: &'static [&'static str],
    fixed: Vec<(&'static str, Tensor)>,
    steering: Option<Steering>,
    noise: Option<Noise>,
    /// Words that are never said, such as the one that stands for all rare ones.
    silent: Vec<usize>,
}

/// The inputs of a step where nothing is painted, and 1 where something is.
struct Steering {
    unpainted: Tensor,
    off: Tensor,
    on: Tensor,
}

/// What places are drawn with.
struct Noise {
    /// For the likeliest place.
    none: Tensor,
    seed: Option<u32>,
}

/// A decoder's memory after a step, and where it looked.
#[derive(Clone)]
pub struct DecoderState {
    memory: Vec<Tensor>,
    /// How many words have been said.
    words: usize,
    pub gaze: Option<Gaze>,
}

#[derive(Clone)]
pub struct Gaze {
    /// α: the weights that were used, one a place.
    pub alpha: Tensor,
    /// The weights that the model wanted, where others were used: painted ones, or with hard attention a single place.
    pub own: Option<Tensor>,
    /// β: how much of the context vector enters this word (Xu et al., section 4.2.1), where the model has such a gate.
    pub beta: Option<f32>,
    /// How the attributes share input and output attention (You et al., eq. 4 and 6), where the model attends to any.
    pub shares: Option<[Tensor; 2]>,
}

impl DecoderState {
    /// Before the first word.
    pub fn first(memory: Vec<Tensor>) -> Self {
        Self { memory, words: 0, gaze: None }
    }
}

impl OnnxDecoder {
    /// `memory` names the step's inputs that change from word to word, `fixed` are those that do not; the ids `silent` are never
    /// said.
    pub fn new(
        step: Rc<Model>,
        memory: &'static [&'static str],
        fixed: Vec<(&'static str, Tensor)>,
        silent: Vec<usize>,
    ) -> Result<Self, ModelError> {
        let noise = match step.size("noise") {
            Some(_) => Some(Noise { none: step.zeros("noise")?, seed: None }),
            None => None,
        };
        let steering = match step.size("steer") {
            Some(_) => Some(Steering {
                unpainted: step.zeros("steer")?,
                off: step.zeros("steering")?,
                on: step.tensor("steering", &[1.0])?,
            }),
            None => None,
        };
        Ok(Self { step, memory, fixed, steering, noise, silent })
    }

    /// With hard attention, draws its places with this seed; without one it always takes the likeliest.
    pub fn seeded(mut self, seed: Option<u32>) -> Self {
        if let Some(noise) = &mut self.noise {
            noise.seed = seed;
        }
        self
    }

    /// What may follow `token` (none at the beginning), attending as `painted` says, one weight a place, all of them one
    /// together.
    ///
    /// # Errors
    /// [`ExhibitError::Input`] if there is no attention to be painted; [`ExhibitError::Model`].
    pub fn steered(
        &self,
        token: Option<usize>,
        seen: &DecoderState,
        painted: &[f32],
    ) -> Result<Prediction<DecoderState>, ExhibitError> {
        let Some(Steering { on, .. }) = &self.steering else {
            return Err(ExhibitError::Input("this model has no attention to steer".to_owned()));
        };
        let painted = self.step.tensor("steer", painted)?;
        Ok(self.predicted(token, seen, Some((&painted, on)))?)
    }

    /// What may follow `token` (none at the beginning).
    pub fn free(
        &self,
        token: Option<usize>,
        seen: &DecoderState,
    ) -> Result<Prediction<DecoderState>, ModelError> {
        self.predicted(token, seen, None)
    }

    fn predicted(
        &self,
        token: Option<usize>,
        seen: &DecoderState,
        painted: Option<(&Tensor, &Tensor)>,
    ) -> Result<Prediction<DecoderState>, ModelError> {
        let token = self.step.tensor("token", &[token.unwrap_or(START) as f32])?;
        let mut inputs = vec![("token", &token)];
        inputs.extend(self.memory.iter().copied().zip(&seen.memory));
        inputs.extend(self.fixed.iter().map(|(name, tensor)| (*name, tensor)));
        let drawn = match &self.noise {
            Some(Noise { none, seed: Some(seed) }) => {
                Some(self.step.tensor("noise", &gumbel_noise(*seed, seen.words, none.values().len()))?)
            }
            Some(Noise { none, seed: None }) => Some(none.clone()),
            None => None,
        };
        inputs.extend(drawn.as_ref().map(|noise| ("noise", noise)));
        if let Some(Steering { unpainted, off, .. }) = &self.steering {
            let (steer, steering) = painted.unwrap_or((unpainted, off));
            inputs.extend([("steer", steer), ("steering", steering)]);
        }
        let mut outputs = self.step.run(&inputs)?;
        let gaze = if self.steering.is_some() {
            let own = self.step.take(&mut outputs, "own_alpha")?;
            let beta = outputs.get("beta").and_then(|beta| beta.values().first().copied());
            let alpha = self.step.take(&mut outputs, "alpha")?;
            let differs = painted.is_some() || self.noise.is_some();
            let shares = outputs.remove("input_attention").zip(outputs.remove("output_attention"));
            Some(Gaze { alpha, own: differs.then_some(own), beta, shares: shares.map(|(i, o)| [i, o]) })
        } else {
            None
        };
        let mut logp = self.step.take(&mut outputs, "logp")?.values().to_vec();
        for silent in &self.silent {
            if let Some(logp) = logp.get_mut(*silent) {
                *logp = f32::NEG_INFINITY;
            }
        }
        let memory = self.memory.iter().map(|name| self.step.take(&mut outputs, &format!("{name}_out")));
        let memory = memory.collect::<Result<_, _>>()?;
        Ok(Prediction { logp, state: DecoderState { memory, words: seen.words + 1, gaze } })
    }
}

impl Decoder for OnnxDecoder {
    type State = DecoderState;
    type Error = ModelError;

    fn next(&self, token: usize, seen: &DecoderState) -> Result<Prediction<DecoderState>, ModelError> {
        self.free(Some(token), seen)
    }
}
