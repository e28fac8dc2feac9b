//! Two decoders of captions behind one face: Xu et al., "Show, Attend and Tell", ICML 2015, with deterministic "soft"
//! attention, and Vinyals et al., "Show and Tell", CVPR 2015, which sees the picture only before the first word.

use std::sync::Arc;

use super::ExhibitError;
use super::beam::{Decoder, START, Told};
use crate::model::{Model, ModelError, Tensor};

/// The word that stands for all rare ones; it is never said.
const UNKNOWN: usize = 3;

/// What the encoder made of a picture.
#[derive(Clone)]
pub struct Annotations {
    /// aᵢ, one vector a place [1, 196, 432].
    pub features: Tensor,
    /// The whole picture in one vector [1, 1280].
    pub pooled: Tensor,
}

/// A decoder on a picture.
pub struct Captioner {
    step: Arc<Model>,
    attention: Option<Attention>,
}

/// What every step of the attention needs.
struct Attention {
    features: Tensor,
    /// The features' projection, made once a picture.
    keys: Tensor,
    /// No painted weights, and the switch that says so.
    unpainted: Tensor,
    free: Tensor,
}

/// The decoder's memory after a step, and where it looked.
#[derive(Clone)]
pub struct Seen {
    h: Tensor,
    c: Tensor,
    pub gaze: Option<Gaze>,
}

#[derive(Clone)]
pub struct Gaze {
    /// α [1, 196]: the weights that were used.
    pub alpha: Tensor,
    /// The weights that the model wanted, where others were painted.
    pub own: Option<Tensor>,
    /// β: how much of the context vector enters this word (section 4.2.1).
    pub beta: f32,
}

impl Captioner {
    /// A decoder, with its memory before the first word.
    pub fn new(
        start: &Model,
        step: Arc<Model>,
        seen: &Annotations,
        attention: bool,
    ) -> Result<(Self, Seen), ModelError> {
        let mut given = vec![("pooled", &seen.pooled)];
        if attention {
            given.push(("features", &seen.features));
        }
        let mut told = start.run(&given)?;
        let state = Seen { h: start.take(&mut told, "h")?, c: start.take(&mut told, "c")?, gaze: None };
        let attention = if attention {
            let keys = start.take(&mut told, "keys")?;
            let places = keys.shape().get(1).copied().unwrap_or_default();
            Some(Attention {
                features: seen.features.clone(),
                keys,
                unpainted: step.tensor("steer", &vec![0.0; places])?,
                free: step.tensor("steering", &[0.0])?,
            })
        } else {
            None
        };
        Ok((Self { step, attention }, state))
    }

    /// What may follow `token` (at the beginning: [`START`]), attending as `painted` says, one weight a place, all of
    /// them one together.
    ///
    /// # Errors
    /// [`ExhibitError::Input`] if this captioner has no attention to be painted; [`ExhibitError::Model`].
    pub fn steered(
        &self,
        token: Option<usize>,
        seen: &Seen,
        painted: &[f32],
    ) -> Result<Told<Seen>, ExhibitError> {
        let Some(attention) = &self.attention else {
            return Err(ExhibitError::Input("this captioner has no attention to steer".to_owned()));
        };
        let painted = self.step.tensor("steer", painted)?;
        let steering = self.step.tensor("steering", &[1.0])?;
        Ok(self.told(token.unwrap_or(START), seen, Some((attention, &painted, &steering)))?)
    }

    /// What may follow `token` (at the beginning: [`START`]).
    pub fn free(&self, token: Option<usize>, seen: &Seen) -> Result<Told<Seen>, ModelError> {
        let steering =
            self.attention.as_ref().map(|attention| (attention, &attention.unpainted, &attention.free));
        self.told(token.unwrap_or(START), seen, steering)
    }

    fn told(
        &self,
        token: usize,
        seen: &Seen,
        attention: Option<(&Attention, &Tensor, &Tensor)>,
    ) -> Result<Told<Seen>, ModelError> {
        let token = self.step.tensor("token", &[token as f32])?;
        let mut given = vec![("token", &token), ("h", &seen.h), ("c", &seen.c)];
        if let Some((Attention { features, keys, .. }, steer, steering)) = attention {
            given.extend([("features", features), ("keys", keys), ("steer", steer), ("steering", steering)]);
        }
        let mut told = self.step.run(&given)?;
        let mut take = |name| self.step.take(&mut told, name);
        let gaze = match attention {
            Some((_, _, steering)) => {
                let painted = steering.values().iter().any(|v| *v > 0.0);
                let own = take("own_alpha")?;
                Some(Gaze {
                    alpha: take("alpha")?,
                    own: painted.then_some(own),
                    beta: take("beta")?.values().first().copied().unwrap_or_default(),
                })
            }
            None => None,
        };
        let mut logp = take("logp")?.values().to_vec();
        if let Some(unknown) = logp.get_mut(UNKNOWN) {
            *unknown = f32::NEG_INFINITY;
        }
        Ok(Told { logp, state: Seen { h: take("h_out")?, c: take("c_out")?, gaze } })
    }
}

impl Decoder for Captioner {
    type State = Seen;
    type Error = ModelError;

    fn next(&self, token: usize, seen: &Seen) -> Result<Told<Seen>, ModelError> {
        self.free(Some(token), seen)
    }
}
