//! Naming a bird from its parts: Jaderberg et al., "Spatial Transformer Networks", NIPS 2015, section 4.3: two transformers cut
//! windows out of the photo, at a higher resolution than the photo as a whole is seen at.

use std::rc::Rc;

use serde::Deserialize;

use super::parts::encoded_photo::SHOWN_SIDE;
use super::parts::photos::Photos;
use super::parts::steering::{moved, wanted_place};
use super::{AttentionMap, Choice, Exhibit, ExhibitError, Frame, Input, ModelFile, ModelStore, parsed};
use crate::attention::affine::{Place, grid, sample_within};
use crate::attention::soft::softmax;
use crate::model::{Model, ModelError, Tensor};
use crate::picture::Photo;

const MODEL: &str = "stn-birds";
const ENCODER: &str = "dense-encoder";
const ENCODER_SIDE: usize = 224;
/// The windows are cut from the photo at this side.
const LARGE: usize = 448;
/// The photo and its two windows.
const VIEWS: usize = 3;
const FOLDS: usize = 5;

/// Names a bird.
///
/// Settings: `fold` (0 to 4), which fifth of the photos the transformers were trained without. Input: the picture. The first
/// frame is what the whole photo says, the others what a window each says; a frame's choices are the species by its view alone,
/// its one word the species that all views so far find likeliest together, and `share` its share of their product.
/// Steered at step 2 or 3, with two numbers in −1..1 (x, y), the window lies there.
#[derive(Default)]
pub struct Birds {
    photos: Photos,
    run: Option<Run>,
}

#[derive(Deserialize)]
struct Settings {
    fold: usize,
}

struct Run {
    encoder: Rc<Model>,
    head: Rc<Model>,
    tell: Rc<Model>,
    species: Rc<[String]>,
    photo: Photo,
    /// The photo [3, 448, 448].
    large: Vec<f32>,
    /// What the whole photo is to the encoder.
    whole: Tensor,
    /// The windows that the transformers want.
    thetas: Vec<[f32; 6]>,
    /// Where the visitor wants them.
    wanted: [Option<Place>; VIEWS - 1],
    /// What each view that was taken says.
    logps: Vec<Vec<f32>>,
}

impl Settings {
    fn parsed(settings: &str) -> Result<Self, ExhibitError> {
        let settings: Self = parsed(settings)?;
        if settings.fold >= FOLDS {
            return Err(ExhibitError::Settings(format!("fold is 0 to {}", FOLDS - 1)));
        }
        Ok(settings)
    }
}

impl Exhibit for Birds {
    fn files(&self, settings: &str) -> Result<Vec<ModelFile>, ExhibitError> {
        let fold = Settings::parsed(settings)?.fold;
        let mut files = vec![ModelFile::new(ENCODER, ENCODER)];
        let names =
            ["answers".to_owned(), "head".to_owned(), format!("locate-{fold}"), format!("tell-{fold}")];
        files.extend(names.map(|name| ModelFile::new(MODEL, &name)));
        Ok(files)
    }

    fn start(
        &mut self,
        settings: &str,
        input: Option<Input>,
        store: &ModelStore,
    ) -> Result<(), ExhibitError> {
        let fold = Settings::parsed(settings)?.fold;
        let photo = self.photos.photo(input)?;
        let encoder = store.model(ENCODER, ENCODER)?;
        let locate = store.model(MODEL, &format!("locate-{fold}"))?;
        let whole = deepest(&encoder, &photo.normalised(ENCODER_SIDE))?;
        let theta = locate.take(&mut locate.run(&[("f32", &whole)])?, "theta")?;
        let (thetas, rest) = theta.values().as_chunks();
        if thetas.len() != VIEWS - 1 || !rest.is_empty() {
            return Err(locate.mismatch("theta", "it is not two windows").into());
        }
        self.run = Some(Run {
            encoder,
            head: store.model(MODEL, "head")?,
            tell: store.model(MODEL, &format!("tell-{fold}"))?,
            species: store.words(MODEL, "answers")?,
            large: photo.normalised(LARGE),
            photo: photo.at_most(SHOWN_SIDE),
            whole,
            thetas: thetas.to_vec(),
            wanted: [None; VIEWS - 1],
            logps: Vec::new(),
        });
        Ok(())
    }

    fn step(&mut self) -> Result<Option<Frame>, ExhibitError> {
        match &mut self.run {
            Some(run) if run.logps.len() < VIEWS => run.view().map(Some),
            _ => Ok(None),
        }
    }

    fn picture(&self) -> Option<&Photo> {
        self.run.as_ref().map(|run| &run.photo)
    }

    fn steer(&mut self, step: usize, weights: Option<&[f32]>) -> Result<(), ExhibitError> {
        let refused = |why: &str| Err(ExhibitError::Input(why.to_owned()));
        let Some(run) = &mut self.run else { return refused("there is no picture to look at") };
        if step < 2 || step > (run.logps.len() + 1).min(VIEWS) {
            return refused("there is no such window to move");
        }
        let place = wanted_place(weights)?;
        run.logps.truncate(step - 1);
        run.wanted[step - 2..].fill(None);
        run.wanted[step - 2] = place;
        Ok(())
    }
}

/// The encoder's deepest map [1, 320, 7, 7] of a picture.
fn deepest(encoder: &Model, image: &[f32]) -> Result<Tensor, ModelError> {
    let image = encoder.tensor("image", image)?;
    encoder.take(&mut encoder.run(&[("image", &image)])?, "f32")
}

/// Probabilities of the product of what several views say.
fn product(logps: &[Vec<f32>]) -> Vec<f32> {
    let sums: Vec<f32> =
        (0..logps.first().map_or(0, Vec::len)).map(|i| logps.iter().map(|logp| logp[i]).sum()).collect();
    softmax(&sums)
}

impl Run {
    /// The next view, and what is said of it.
    fn view(&mut self) -> Result<Frame, ExhibitError> {
        let at = self.logps.len();
        let mut maps = Vec::new();
        let map = if at == 0 {
            self.whole.clone()
        } else {
            let own = self.thetas[at - 1];
            let theta = self.wanted[at - 1].map_or(own, |place| moved(own, place));
            maps.push(AttentionMap::Affine { name: "window", theta });
            let looked = grid(&theta, ENCODER_SIDE);
            let colours = self.large.chunks_exact(LARGE * LARGE);
            let window: Vec<f32> = colours.flat_map(|colour| sample_within(colour, LARGE, &looked)).collect();
            deepest(&self.encoder, &window)?
        };
        let seen = self.head.take(&mut self.head.run(&[("f32", &map)])?, "seen")?;
        // Every view is judged alone: the others are left empty.
        let mut views = vec![0.0; VIEWS * seen.values().len()];
        views[at * seen.values().len()..][..seen.values().len()].copy_from_slice(seen.values());
        let views = self.tell.tensor("views", &views)?;
        let logp = self.tell.take(&mut self.tell.run(&[("views", &views)])?, "logp")?;
        let count = self.species.len();
        if count == 0 || logp.values().len() != VIEWS * count {
            return Err(self.tell.mismatch("logp", "it is not one number a view and species").into());
        }
        self.logps.push(logp.values()[at * count..(at + 1) * count].to_vec());
        Ok(self.frame_of(maps))
    }

    /// What the newest view says, alone and with those before it.
    fn frame_of(&self, maps: Vec<AttentionMap>) -> Frame {
        let step = self.logps.len();
        let (alone, together) = (product(&self.logps[step - 1..]), product(&self.logps));
        let best =
            (0..together.len()).max_by(|a, b| together[*a].total_cmp(&together[*b])).unwrap_or_default();
        let mut choices: Vec<Choice> = self
            .species
            .iter()
            .zip(&alone)
            .map(|(word, probability)| Choice { word: word.clone(), probability: *probability })
            .collect();
        choices.sort_by(|a, b| b.probability.total_cmp(&a.probability));
        Frame {
            step,
            steps: Some(VIEWS),
            ended: step == VIEWS,
            words: vec![self.species[best].clone()],
            maps,
            numbers: vec![("share", together[best])],
            choices,
            ..Frame::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn views_that_agree_make_each_other_surer() {
        let one = vec![0.6f32.ln(), 0.4f32.ln()];
        for (logps, first) in [
            (vec![one.clone()], 0.6),
            (vec![one.clone(), one.clone()], 0.36 / 0.52),
            (vec![one, vec![-200.0, 0.0]], 0.0),
        ] {
            let found = product(&logps);
            assert!(
                (found[0] - first).abs() < 1e-5 && (found.iter().sum::<f32>() - 1.0).abs() < 1e-5,
                "{found:?}"
            );
        }
    }

    #[test]
    fn settings_that_are_not_known_are_refused() {
        for settings in ["{}", r#"{"fold":5}"#, r#"{"fold":-1}"#] {
            assert_eq!(Birds::default().files(settings).expect_err(settings).kind(), "bad-settings");
        }
    }
}
