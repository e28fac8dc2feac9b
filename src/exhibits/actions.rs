//! Naming an action: Sharma, Kiros and Salakhutdinov, "Action Recognition using Visual Attention", 2015, an LSTM that looks at a few
//! places of every frame; beside it one that is given the mean of all places.

use std::rc::Rc;

use serde::Deserialize;

use super::parts::encoded_photo::encoder_file;
use super::words::sentence::shares;
use super::{AttentionMap, Choice, Exhibit, ExhibitError, Frame, Input, ModelFile, ModelStore, parsed};
use crate::attention::soft::entropy_bits;
use crate::model::{Model, ModelError, Tensor};
use crate::picture::Photo;

/// The names of the actions lie beside this one.
const LEADER: &str = "action";
const ENCODER_SIDE: usize = 224;
const LONGEST: usize = 64;

/// Names what is done in a clip, a frame a step.
///
/// Settings: `model` ("attention" or "mean") and `frames`, how many the clip has (2 to 64). Input: a drawing that holds
/// the frames one below the other. A frame's choices are all actions by what this frame makes of them, likeliest first; its one
/// word is the action that all frames so far find likeliest on average, and `share` that average. Steered, it is given a weight for
/// each place of a grid of 14×14, which is twice as fine as its own.
#[derive(Default)]
pub struct Actions {
    clip: Clip,
    run: Option<Run>,
}

#[derive(Deserialize)]
struct Settings {
    model: Sight,
    frames: usize,
}

#[derive(Clone, Copy, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
enum Sight {
    Attention,
    Mean,
}

/// A clip and what the encoder made of its frames so far, kept for the next model.
#[derive(Default)]
struct Clip {
    frames: Vec<Photo>,
    seen: Vec<Tensor>,
}

/// What is known before a frame.
#[derive(Clone)]
struct State {
    h: Tensor,
    c: Tensor,
    /// The places of the frame before, pooled as the step pools them.
    before: Tensor,
    /// Probabilities of the actions, summed over the frames before.
    sum: Vec<f32>,
    /// Painted weights, one a place.
    painted: Option<Tensor>,
}

struct Run {
    step: Rc<Model>,
    encoder: Rc<Model>,
    actions: Rc<[String]>,
    grid: usize,
    /// Before each frame that was watched, and after the last.
    states: Vec<State>,
}

impl Sight {
    fn folder(self) -> &'static str {
        match self {
            Self::Attention => LEADER,
            Self::Mean => "action-mean",
        }
    }
}

impl Settings {
    fn parsed(settings: &str) -> Result<Self, ExhibitError> {
        let settings: Self = parsed(settings)?;
        if !(2..=LONGEST).contains(&settings.frames) {
            return Err(ExhibitError::Settings(format!("a clip has 2 to {LONGEST} frames")));
        }
        Ok(settings)
    }
}

/// The frames of a strip, cut apart.
fn cut(input: Input, count: usize) -> Result<Vec<Photo>, ExhibitError> {
    if !matches!(input, Input::Drawing { .. }) {
        return Err(ExhibitError::Input("give a clip: its frames, one below the other".to_owned()));
    }
    let Photo { width, height, rgb } = input.photo()?;
    if height < count || !height.is_multiple_of(count) {
        return Err(ExhibitError::Input(format!("{height} rows are not {count} frames of one height")));
    }
    let one = |rgb: &[u8]| Photo { width, height: height / count, rgb: rgb.to_vec() };
    Ok(rgb.chunks_exact(3 * width * height / count).map(one).collect())
}

/// Weights painted on a grid of twice as many rows and columns, as shares on the model's own.
fn pooled(painted: &[f32], grid: usize) -> Result<Vec<f32>, ExhibitError> {
    let fine = shares(painted, 4 * grid * grid)?;
    let mut coarse = vec![0.0; grid * grid];
    for (i, share) in fine.iter().enumerate() {
        coarse[i / (4 * grid) * grid + i % (2 * grid) / 2] += share;
    }
    Ok(coarse)
}

impl Exhibit for Actions {
    fn files(&self, settings: &str) -> Result<Vec<ModelFile>, ExhibitError> {
        let model = Settings::parsed(settings)?.model.folder();
        Ok(vec![ModelFile::new(LEADER, "answers"), encoder_file(), ModelFile::new(model, "step")])
    }

    fn start(
        &mut self,
        settings: &str,
        input: Option<Input>,
        store: &ModelStore,
    ) -> Result<(), ExhibitError> {
        let settings = Settings::parsed(settings)?;
        let input = input.ok_or_else(|| ExhibitError::Input("there is no clip".to_owned()))?;
        let step = store.model(settings.model.folder(), "step")?;
        let actions = store.words(LEADER, "answers")?;
        let file = encoder_file();
        let encoder = store.model(&file.model, &file.name)?;
        let frames = cut(input, settings.frames)?;
        let first = State {
            h: step.zeros("h")?,
            c: step.zeros("c")?,
            before: step.zeros("before")?,
            sum: vec![0.0; actions.len()],
            painted: None,
        };
        let grid = step.count("grid", 1..=64)?;
        if frames != self.clip.frames {
            self.clip = Clip { frames, seen: Vec::new() };
        }
        self.run = Some(Run { step, encoder, actions, grid, states: vec![first] });
        Ok(())
    }

    fn step(&mut self) -> Result<Option<Frame>, ExhibitError> {
        match &mut self.run {
            Some(run) if run.states.len() <= self.clip.frames.len() => run.frame(&mut self.clip).map(Some),
            _ => Ok(None),
        }
    }

    fn steer(&mut self, step: usize, weights: Option<&[f32]>) -> Result<(), ExhibitError> {
        let refused = |why: &str| Err(ExhibitError::Input(why.to_owned()));
        let Some(run) = &mut self.run else { return refused("there is no clip to look at") };
        if run.step.size("steer").is_none() {
            return refused("without attention there is nothing to steer");
        }
        if step == 0 || step > run.states.len().min(self.clip.frames.len()) {
            return refused("there is no such frame to steer");
        }
        let painted = match weights {
            Some(weights) => Some(run.step.tensor("steer", &pooled(weights, run.grid)?)?),
            None => None,
        };
        run.states.truncate(step);
        run.states[step - 1].painted = painted;
        Ok(())
    }
}

impl Clip {
    /// The encoder's features of a frame, counted from 0; frames are asked for in their order.
    fn features(&mut self, at: usize, encoder: &Model) -> Result<Tensor, ModelError> {
        if self.seen.len() <= at {
            let image = encoder.tensor("image", &self.frames[at].normalised(ENCODER_SIDE))?;
            let features = encoder.take(&mut encoder.run(&[("image", &image)])?, "features")?;
            self.seen.push(features);
        }
        Ok(self.seen[at].clone())
    }
}

impl Run {
    fn frame(&mut self, clip: &mut Clip) -> Result<Frame, ExhibitError> {
        let (step, model) = (self.states.len(), &self.step);
        let state = &self.states[step - 1];
        let features = clip.features(step - 1, &self.encoder)?;
        let first = model.tensor("first", &[f32::from(u8::from(step == 1))])?;
        let mut given = vec![("features", features), ("before", state.before.clone()), ("first", first)];
        given.extend([("h", state.h.clone()), ("c", state.c.clone())]);
        if model.size("steer").is_some() {
            let (steer, on) = match &state.painted {
                Some(painted) => (painted.clone(), 1.0),
                None => (model.zeros("steer")?, 0.0),
            };
            given.extend([("steer", steer), ("steering", model.tensor("steering", &[on])?)]);
        }
        let given: Vec<(&str, &Tensor)> = given.iter().map(|(name, tensor)| (*name, tensor)).collect();
        let mut outputs = model.run(&given)?;
        let logp = model.take(&mut outputs, "logp")?;
        if logp.values().len() != self.actions.len() {
            return Err(model.mismatch("logp", "it is not one number an action").into());
        }
        let now: Vec<f32> = logp.values().iter().map(|logp| logp.exp()).collect();
        let sum: Vec<f32> = state.sum.iter().zip(&now).map(|(sum, now)| sum + now).collect();
        let mut order: Vec<usize> = (0..now.len()).collect();
        order.sort_by(|a, b| now[*b].total_cmp(&now[*a]));
        let best = (0..sum.len()).max_by(|a, b| sum[*a].total_cmp(&sum[*b])).unwrap_or_default();
        let mut frame = Frame {
            step,
            steps: Some(clip.frames.len()),
            ended: step == clip.frames.len(),
            words: vec![self.actions[best].clone()],
            choices: order
                .into_iter()
                .map(|i| Choice { word: self.actions[i].clone(), probability: now[i] })
                .collect(),
            numbers: vec![("share", sum[best] / step as f32)],
            ..Frame::default()
        };
        let grid = |name: &'static str, weights: &[f32]| AttentionMap::Grid {
            name: name.into(),
            rows: self.grid,
            cols: self.grid,
            weights: weights.to_vec(),
        };
        if let (Some(alpha), Some(own)) = (outputs.get("alpha"), outputs.get("own_alpha")) {
            frame.numbers.push(("entropy_bits", entropy_bits(alpha.values())));
            frame.maps.push(grid("alpha", alpha.values()));
            frame.maps.extend(state.painted.as_ref().map(|_| grid("own", own.values())));
        }
        let mut take = |name| model.take(&mut outputs, name);
        let next =
            State { h: take("h_out")?, c: take("c_out")?, before: take("pooled")?, sum, painted: None };
        self.states.push(next);
        Ok(frame)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn strip(height: usize, rgba: &[u8]) -> Input<'_> {
        Input::Drawing { width: 2, height, rgba }
    }

    #[test]
    fn a_strip_is_cut_into_its_frames() {
        let rgba: Vec<u8> = (0..2 * 6).flat_map(|i| [i, i, i, 255]).collect();
        let frames = cut(strip(6, &rgba), 3).expect("three frames");
        assert_eq!(frames.len(), 3);
        assert_eq!((frames[1].width, frames[1].height, frames[1].rgb[0]), (2, 2, 4));
    }

    #[test]
    fn painted_weights_are_pooled_to_the_grid() {
        let mut painted = vec![0.0; 16];
        (painted[1], painted[4], painted[11]) = (1.0, 1.0, 2.0);
        assert_eq!(pooled(&painted, 2).expect("sixteen weights"), [0.5, 0.0, 0.0, 0.5]);
        assert_eq!(pooled(&[1.0; 4], 2).expect_err("too few").kind(), "bad-input");
    }

    #[test]
    fn what_is_no_clip_is_refused() {
        let rgba = vec![0; 2 * 6 * 4];
        for (input, count) in [(strip(6, &rgba), 4), (strip(6, &rgba), 7), (Input::Text("run"), 2)] {
            assert_eq!(cut(input, count).expect_err("no clip").kind(), "bad-input");
        }
        assert_eq!(cut(Input::File(b"a text"), 2).expect_err("a file").kind(), "bad-input");
    }

    #[test]
    fn settings_that_are_not_known_are_refused() {
        for settings in ["{}", r#"{"model":"max","frames":16}"#, r#"{"model":"mean","frames":1}"#] {
            let refused = Actions::default().files(settings).expect_err(settings);
            assert_eq!(refused.kind(), "bad-settings", "{settings}");
        }
    }
}
