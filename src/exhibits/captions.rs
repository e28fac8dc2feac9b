//! Image captioning: Xu et al., "Show, Attend and Tell", ICML 2015, with deterministic "soft" attention, and Vinyals et
//! al., "Show and Tell", CVPR 2015, which sees the picture only before the first word.

use std::rc::Rc;
use std::sync::Arc;

use serde::Deserialize;

use super::beam::Word;
use super::speaker::{Seen, Speaker};
use super::speech::{Manner, Speech, shares};
use super::{AttentionMap, CHOICES, Choice, Exhibit, ExhibitError, Frame, Input, ModelFile, Shelf, parsed};
use crate::attention::soft::entropy_bits;
use crate::model::{Model, ModelError, Tensor};
use crate::picture::Photo;

const ENCODER: &str = "caption-encoder";
/// The vocabulary that both captioners speak lies beside this one.
const SPEAKER: &str = "caption-soft";
const ENCODER_SIDE: usize = 224;
/// The word that stands for all rare ones.
const UNKNOWN: usize = 3;
/// The longer side of the picture on the stage, in pixels.
const SHOWN_SIDE: usize = 1024;
const GRID: usize = 14;

/// Puts a picture into words.
///
/// Settings: `model` ("soft" or "none"), `beam` (sentences kept, 1 to 5; 1 gives each word as it is found, more give the
/// words of the best sentence once all are searched) and `max_words` (1 to 50, 20 unless said).
#[derive(Default)]
pub struct Captions {
    run: Option<Run>,
    /// The last picture file, so that a second captioner need not look anew.
    last: Option<(Vec<u8>, Rc<Scene>)>,
}

#[derive(Clone, Copy, Deserialize)]
struct Settings {
    model: Attention,
    beam: usize,
    #[serde(default = "usual_length")]
    max_words: usize,
}

#[derive(Clone, Copy, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum Attention {
    Soft,
    None,
}

/// What the encoder made of a picture.
pub struct Annotations {
    /// aᵢ, one vector a place [1, 196, 432].
    pub features: Tensor,
    /// The whole picture in one vector [1, 1280].
    pub pooled: Tensor,
}

/// A picture as it is shown, and as the encoder saw it.
struct Scene {
    photo: Photo,
    annotations: Annotations,
}

struct Run {
    scene: Rc<Scene>,
    vocabulary: Arc<[String]>,
    captioner: Speaker,
    /// Before the first word.
    start: Seen,
    speech: Speech<Seen>,
}

fn usual_length() -> usize {
    20
}

impl Settings {
    fn parsed(settings: &str) -> Result<Self, ExhibitError> {
        let settings: Self = parsed(settings)?;
        if !(1..=5).contains(&settings.beam) || !(1..=50).contains(&settings.max_words) {
            let why = "beam is 1 to 5 and max_words 1 to 50".to_owned();
            return Err(ExhibitError::Settings(why));
        }
        Ok(settings)
    }
}

impl Attention {
    fn folder(self) -> &'static str {
        match self {
            Self::Soft => "caption-soft",
            Self::None => "caption-none",
        }
    }

    /// A captioner that has seen the picture, and its memory before the first word.
    pub fn begun(
        self,
        start: &Model,
        step: Arc<Model>,
        Annotations { features, pooled }: &Annotations,
    ) -> Result<(Speaker, Seen), ModelError> {
        let mut seen = vec![("pooled", pooled)];
        if self == Self::Soft {
            seen.push(("features", features));
        }
        let mut told = start.run(&seen)?;
        let mut take = |name| start.take(&mut told, name);
        let memory = vec![take("h")?, take("c")?];
        let given = match self {
            Self::Soft => vec![("features", features.clone()), ("keys", take("keys")?)],
            Self::None => Vec::new(),
        };
        Ok((Speaker::new(step, &["h", "c"], given, Some(UNKNOWN))?, Seen::nothing(memory)))
    }
}

impl Exhibit for Captions {
    fn files(&self, settings: &str) -> Result<Vec<ModelFile>, ExhibitError> {
        let speaker = Settings::parsed(settings)?.model.folder();
        let files = [(SPEAKER, "vocabulary"), (ENCODER, ENCODER), (speaker, "start"), (speaker, "step")];
        Ok(files.map(|(model, name)| ModelFile::new(model, name)).into())
    }

    fn start(&mut self, settings: &str, input: Option<Input>, shelf: &Shelf) -> Result<(), ExhibitError> {
        let settings = Settings::parsed(settings)?;
        let speaker = settings.model.folder();
        let (start, step) = (shelf.model(speaker, "start")?, shelf.model(speaker, "step")?);
        let vocabulary = shelf.words(SPEAKER, "vocabulary")?;
        let input = input.ok_or_else(|| ExhibitError::Input("there is no picture".to_owned()))?;
        let scene = self.scene(input, shelf)?;
        let manner = Manner {
            beam: settings.beam,
            longest: settings.max_words,
            length_penalty: step.fact("length_penalty")?,
        };
        let (captioner, start) = settings.model.begun(&start, step, &scene.annotations)?;
        let speech = Speech::new(manner, captioner.free(None, &start)?);
        self.run = Some(Run { scene, vocabulary, captioner, start, speech });
        Ok(())
    }

    fn step(&mut self) -> Result<Option<Frame>, ExhibitError> {
        match &mut self.run {
            Some(run) => run.frame(),
            None => Ok(None),
        }
    }

    fn picture(&self) -> Option<&Photo> {
        self.run.as_ref().map(|run| &run.scene.photo)
    }

    fn steer(&mut self, step: usize, weights: Option<&[f32]>) -> Result<(), ExhibitError> {
        match &mut self.run {
            Some(run) => run.steer(step, weights),
            None => Err(ExhibitError::Input("there is no sentence to steer".to_owned())),
        }
    }
}

impl Captions {
    fn scene(&mut self, input: Input, shelf: &Shelf) -> Result<Rc<Scene>, ExhibitError> {
        if let (Input::File(bytes), Some((last, scene))) = (input, &self.last)
            && bytes == last
        {
            return Ok(scene.clone());
        }
        let encoder = shelf.model(ENCODER, ENCODER)?;
        let photo = input.photo()?;
        let image = encoder.tensor("image", &photo.normalised(ENCODER_SIDE))?;
        let mut told = encoder.run(&[("image", &image)])?;
        let annotations = Annotations {
            features: encoder.take(&mut told, "features")?,
            pooled: encoder.take(&mut told, "pooled")?,
        };
        let scene = Rc::new(Scene { photo: photo.at_most(SHOWN_SIDE), annotations });
        if let Input::File(bytes) = input {
            self.last = Some((bytes.to_vec(), scene.clone()));
        }
        Ok(scene)
    }
}

impl Run {
    fn frame(&mut self) -> Result<Option<Frame>, ExhibitError> {
        let word = self.speech.next(&self.captioner)?;
        Ok(word.map(|word| self.told(&word)))
    }

    fn told(&self, word: &Word<Seen>) -> Frame {
        let name = |id: usize| self.vocabulary.get(id).map_or("<unk>", String::as_str).to_owned();
        let choice = |id: usize| Choice { word: name(id), probability: word.told.logp[id].exp() };
        let mut frame = Frame {
            step: word.place,
            words: self.speech.tokens().map(name).collect(),
            ended: self.speech.is_over(),
            choices: word.told.likeliest(CHOICES).into_iter().map(choice).collect(),
            numbers: vec![("logp", word.logp as f32)],
            ..Frame::default()
        };
        if let Some(gaze) = &word.told.state.gaze {
            let alpha = gaze.alpha.values();
            frame.numbers.push(("entropy_bits", entropy_bits(alpha)));
            frame.numbers.extend(gaze.beta.map(|beta| ("beta", beta)));
            let grid = |name, weights: &[f32]| AttentionMap::Grid {
                name,
                rows: GRID,
                cols: GRID,
                weights: weights.to_vec(),
            };
            frame.maps.push(grid("alpha", alpha));
            frame.maps.extend(gaze.own.as_ref().map(|own| grid("own", own.values())));
        }
        frame
    }

    fn steer(&mut self, step: usize, weights: Option<&[f32]>) -> Result<(), ExhibitError> {
        let before = self.speech.before(step)?;
        let token = before.as_ref().map(|word| word.token);
        let seen = before.as_ref().map_or(&self.start, |word| &word.told.state);
        let told = match weights {
            Some(weights) => self.captioner.steered(token, seen, &shares(weights, GRID * GRID)?)?,
            None => self.captioner.free(token, seen)?,
        };
        self.speech.go_on(before, told);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_that_are_not_known_are_refused() {
        let cases = [
            "",
            "{}",
            r#"{"model":"hard","beam":1}"#,
            r#"{"model":"soft","beam":0}"#,
            r#"{"model":"soft","beam":6}"#,
            r#"{"model":"soft","beam":1,"max_words":0}"#,
        ];
        for settings in cases {
            let refused = Captions::default().files(settings).expect_err(settings);
            assert_eq!(refused.kind(), "bad-settings", "{settings}");
        }
    }

    #[test]
    fn each_captioner_asks_for_its_own_files() {
        for (model, folder) in [("soft", "caption-soft"), ("none", "caption-none")] {
            let settings = format!(r#"{{"model":"{model}","beam":1}}"#);
            let files = Captions::default().files(&settings).expect("known");
            let folders: Vec<String> = files.into_iter().map(|file| file.model).collect();
            assert_eq!(folders, ["caption-soft", "caption-encoder", folder, folder]);
        }
    }

    #[test]
    fn nothing_to_steer_before_a_sentence() {
        assert_eq!(Captions::default().steer(1, None).expect_err("no run").kind(), "bad-input");
    }
}
