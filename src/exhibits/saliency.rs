//! What stands out in a picture: Kuen, Wang and Wang, "Recurrent Attentional Networks for Saliency Detection", CVPR 2016: a coarse
//! map by convolution and deconvolution, then looks at sub-regions by a spatial transformer, each of which refines what it sees.

use std::rc::Rc;

use serde::Deserialize;

use super::parts::encoded_photo::SHOWN_SIDE;
use super::parts::steering::{moved, wanted_place};
use super::{AttentionMap, Exhibit, ExhibitError, Frame, Input, ModelFile, ModelStore, Picture, parsed};
use crate::attention::affine::{Place, grid, sample};
use crate::attention::matrix::sigmoid;
use crate::attention::refine::{laid_back, undecided};
use crate::model::{Model, ModelError, Tensor, as_inputs};
use crate::picture::{Photo, resized};

const MODEL: &str = "saliency";
const ENCODER: &str = "dense-encoder";
const ENCODER_SIDE: usize = 224;
/// The map that is refined has this many pixels a side.
const CANVAS: usize = 112;
/// What a window shows.
const PATCH: usize = 32;
/// The locator sees the map at this side.
const VIEW: usize = 14;
/// The refiner is shown the log-odds divided by this.
const ODDS: f32 = 4.0;
const MOST_LOOKS: usize = 12;

/// Finds what stands out.
///
/// Settings: `looks` (1 to 12). Input: the picture. The first frame has the coarse map, each other one the map after one more
/// look, its window and what changed in it. Steered, with two numbers in −1..1 (x, y), it looks there.
#[derive(Default)]
pub struct Saliency {
    run: Option<Run>,
}

#[derive(Deserialize)]
struct Settings {
    looks: usize,
}

/// What is known before a look.
#[derive(Clone)]
struct State {
    /// The map's log-odds [112, 112].
    odds: Vec<f32>,
    /// How often each pixel was looked at [112, 112].
    seen: Vec<f32>,
    h: Tensor,
    /// Where the visitor wants the window.
    wanted: Option<Place>,
}

/// A stack of square maps that a window is cut from.
struct Layer {
    side: usize,
    values: Vec<f32>,
}

struct Run {
    locate: Rc<Model>,
    refine: Rc<Model>,
    photo: Photo,
    /// The picture, [3, 112, 112].
    image: Layer,
    detail: Layer,
    context: Layer,
    context_tensor: Tensor,
    looks: usize,
    shown_coarse: bool,
    /// Before each look that was taken, and after the last.
    states: Vec<State>,
}

impl Exhibit for Saliency {
    fn files(&self, settings: &str) -> Result<Vec<ModelFile>, ExhibitError> {
        Settings::parsed(settings)?;
        let mut files = vec![ModelFile::new(ENCODER, ENCODER)];
        files.extend(["coarse", "locate", "refine"].map(|name| ModelFile::new(MODEL, name)));
        Ok(files)
    }

    fn start(
        &mut self,
        settings: &str,
        input: Option<Input>,
        store: &ModelStore,
    ) -> Result<(), ExhibitError> {
        let looks = Settings::parsed(settings)?.looks;
        let input = input.ok_or_else(|| ExhibitError::Input("there is no picture".to_owned()))?;
        self.run = Some(Run::begun(looks, &input.photo()?, store)?);
        Ok(())
    }

    fn step(&mut self) -> Result<Option<Frame>, ExhibitError> {
        match &mut self.run {
            Some(run) if !run.shown_coarse => {
                run.shown_coarse = true;
                Ok(Some(run.frame_of(1, Vec::new())))
            }
            Some(run) if run.states.len() <= run.looks => run.look().map(Some),
            _ => Ok(None),
        }
    }

    fn picture(&self) -> Option<&Photo> {
        self.run.as_ref().map(|run| &run.photo)
    }

    fn steer(&mut self, step: usize, weights: Option<&[f32]>) -> Result<(), ExhibitError> {
        let refused = |why: &str| Err(ExhibitError::Input(why.to_owned()));
        let Some(run) = &mut self.run else { return refused("there is no picture to look at") };
        if step < 2 || step > run.states.len().min(run.looks) + 1 {
            return refused("there is no such look to steer");
        }
        let wanted = wanted_place(weights)?;
        run.shown_coarse = true;
        run.states.truncate(step - 1);
        run.states[step - 2].wanted = wanted;
        Ok(())
    }
}

impl Settings {
    fn parsed(settings: &str) -> Result<Self, ExhibitError> {
        let settings: Self = parsed(settings)?;
        if !(1..=MOST_LOOKS).contains(&settings.looks) {
            return Err(ExhibitError::Settings(format!("looks is 1 to {MOST_LOOKS}")));
        }
        Ok(settings)
    }
}

/// Means over squares of a canvas, [14, 14].
fn overviewed(canvas: &[f32]) -> Vec<f32> {
    const SQUARE: usize = CANVAS / VIEW;
    let mut view = vec![0.0; VIEW * VIEW];
    for (at, value) in canvas.iter().enumerate() {
        view[at / CANVAS / SQUARE * VIEW + at % CANVAS / SQUARE] += value / (SQUARE * SQUARE) as f32;
    }
    view
}

impl Layer {
    fn of(tensor: &Tensor) -> Self {
        Self { side: tensor.shape().last().copied().unwrap_or_default(), values: tensor.values().to_vec() }
    }

    /// What the places of a grid show of every map, one after the other.
    fn cut(&self, grid: &[Place]) -> impl Iterator<Item = f32> {
        let maps = self.values.chunks_exact((self.side * self.side).max(1));
        maps.flat_map(|map| sample(map, self.side, grid))
    }
}

impl Run {
    fn begun(looks: usize, photo: &Photo, store: &ModelStore) -> Result<Self, ExhibitError> {
        let encoder = store.model(ENCODER, ENCODER)?;
        let coarse = store.model(MODEL, "coarse")?;
        let image = encoder.tensor("image", &photo.normalised(ENCODER_SIDE))?;
        let seen = encoder.run(&[("image", &image)])?;
        let mut outputs = coarse.run(&as_inputs(&seen))?;
        let mut take = |name| coarse.take(&mut outputs, name);
        let (first, context, detail, h) =
            (Layer::of(&take("coarse")?), take("context")?, take("detail")?, take("h")?);
        if first.side == 0 || first.values.len() != first.side * first.side {
            return Err(coarse.mismatch("coarse", "it is no square map").into());
        }
        let odds = resized(&first.values, (first.side, first.side), (CANVAS, CANVAS), 1);
        Ok(Self {
            locate: store.model(MODEL, "locate")?,
            refine: store.model(MODEL, "refine")?,
            photo: photo.at_most(SHOWN_SIDE),
            image: Layer { side: CANVAS, values: photo.normalised(CANVAS) },
            detail: Layer::of(&detail),
            context: Layer::of(&context),
            context_tensor: context,
            looks,
            shown_coarse: false,
            states: vec![State { odds, seen: vec![0.0; CANVAS * CANVAS], h, wanted: None }],
        })
    }

    /// The window of the next look, as θ [2, 3].
    fn window(&self, state: &State) -> Result<[f32; 6], ModelError> {
        let shares: Vec<f32> = state.odds.iter().copied().map(sigmoid).collect();
        let undecided: Vec<f32> = shares.iter().copied().map(undecided).collect();
        let view = [&shares, &undecided, &state.seen].map(|canvas| overviewed(canvas)).concat();
        let view = self.locate.tensor("view", &view)?;
        let outputs =
            self.locate.run(&[("view", &view), ("context", &self.context_tensor), ("h", &state.h)])?;
        let theta = outputs.get("theta").and_then(|theta| <[f32; 6]>::try_from(theta.values()).ok());
        let theta = theta.ok_or_else(|| self.locate.mismatch("theta", "it is no window"))?;
        Ok(state.wanted.map_or(theta, |place| moved(theta, place)))
    }

    fn look(&mut self) -> Result<Frame, ExhibitError> {
        let state = &self.states[self.states.len() - 1];
        let theta = self.window(state)?;
        let looked = grid(&theta, PATCH);
        let odds = Layer { side: CANVAS, values: state.odds.iter().map(|odds| odds / ODDS).collect() };
        let patch: Vec<f32> = [&self.image, &odds, &self.detail, &self.context]
            .iter()
            .flat_map(|layer| layer.cut(&looked))
            .collect();
        let refine = &self.refine;
        let (patch, flat) = (refine.tensor("patch", &patch)?, refine.tensor("theta", &theta)?);
        let mut outputs = refine.run(&[("patch", &patch), ("theta", &flat), ("h", &state.h)])?;
        let change = refine.take(&mut outputs, "change")?;
        let h = refine.take(&mut outputs, "h_out")?;
        if change.values().len() != PATCH * PATCH {
            return Err(refine.mismatch("change", "it is not one number a place of the window").into());
        }
        let (added, counts) = laid_back(change.values(), PATCH, theta, CANVAS);
        let next = State {
            odds: state.odds.iter().zip(added).map(|(odds, change)| odds + change).collect(),
            seen: state.seen.iter().zip(&counts).map(|(seen, count)| seen + count).collect(),
            h,
            wanted: None,
        };
        let maps = vec![AttentionMap::Affine { name: "window", theta }];
        self.states.push(next);
        let mut frame = self.frame_of(self.states.len(), maps);
        frame.pictures.push(Picture::signed("change_patch", PATCH, change.values().to_vec()));
        Ok(frame)
    }

    /// The map after the newest look.
    fn frame_of(&self, step: usize, maps: Vec<AttentionMap>) -> Frame {
        let shares = |state: &State| state.odds.iter().copied().map(sigmoid).collect::<Vec<f32>>();
        let map = shares(&self.states[step - 1]);
        let pixels = map.len() as f32;
        let undecided = map.iter().copied().map(undecided).sum::<f32>() / pixels;
        let mut numbers = vec![("area", map.iter().sum::<f32>() / pixels), ("undecided", undecided)];
        if step > 1 {
            let before = shares(&self.states[step - 2]);
            let changed = map.iter().zip(&before).map(|(a, b)| (a - b).abs()).sum::<f32>() / pixels;
            numbers.push(("changed", changed));
        }
        Frame {
            step,
            steps: Some(self.looks + 1),
            ended: step == self.looks + 1,
            maps,
            numbers,
            pictures: vec![Picture::new("map", CANVAS, map)],
            ..Frame::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_overview_is_made_of_means() {
        let mut canvas = vec![0.0; CANVAS * CANVAS];
        canvas[8..16].fill(8.0);
        let view = overviewed(&canvas);
        assert!((view[1] - 1.0).abs() < 1e-5 && view[0] == 0.0 && view[VIEW] == 0.0);
    }

    #[test]
    fn settings_that_are_not_known_are_refused() {
        for settings in ["{}", r#"{"looks":0}"#, r#"{"looks":13}"#] {
            assert_eq!(Saliency::default().files(settings).expect_err(settings).kind(), "bad-settings");
        }
    }
}
