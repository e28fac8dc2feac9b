//! Image captioning: Xu et al., "Show, Attend and Tell", ICML 2015, with deterministic "soft" and stochastic "hard"
//! attention; You et al., "Image Captioning with Semantic Attention", CVPR 2016, which attends to the words detected in the
//! picture as well; and Vinyals et al., "Show and Tell", CVPR 2015, which sees the picture only before the first word.

use std::borrow::Cow;
use std::rc::Rc;

use serde::Deserialize;

use super::parts::attributes::{Attributes, Edits};
use super::parts::encoded_photo::{Annotations, EncodedPhoto, EncodedPhotos, GRID, encoder_file};
use super::words::beam::Word;
use super::words::decoder::{DecoderState, Gaze, OnnxDecoder};
use super::words::sentence::{SearchSettings, Sentence, shares};
use super::{
    AttentionMap, CHOICES, Choice, Exhibit, ExhibitError, Frame, Input, ModelFile, ModelStore, parsed,
};
use crate::attention::hard::{one_hot, place};
use crate::attention::soft::entropy_bits;
use crate::model::{Model, Tensor};
use crate::picture::Photo;

/// The vocabulary that both captioners speak lies beside this one.
const LEADER: &str = "caption-soft";
/// The word that stands for all rare ones.
const UNKNOWN: usize = 3;

/// Puts a picture into words.
///
/// Settings: `model` ("soft", "hard", "semantic" or "none"), `beam` (sentences kept, 1 to 5; 1 gives each word as it is
/// found, more give the words of the best sentence once all are searched), `max_words` (1 to 50, 20 unless said), `seed`
/// (of the places that hard attention draws; without one it takes the likeliest), and `remove` and `add` (lists of attributes
/// for semantic attention).
#[derive(Default)]
pub struct Captions {
    run: Option<Run>,
    encoded_photos: EncodedPhotos,
}

#[derive(Deserialize)]
struct Settings {
    model: AttentionKind,
    beam: usize,
    #[serde(default = "usual_length")]
    max_words: usize,
    seed: Option<u32>,
    #[serde(default)]
    remove: Vec<String>,
    #[serde(default)]
    add: Vec<String>,
}

#[derive(Clone, Copy, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum AttentionKind {
    Soft,
    Hard,
    Semantic,
    None,
}

/// A captioner that has seen a picture.
pub struct Begun {
    pub captioner: OnnxDecoder,
    /// Before the first word.
    pub start: DecoderState,
    attributes: Option<Attributes>,
}

struct Run {
    attention: AttentionKind,
    encoded: Rc<EncodedPhoto>,
    vocabulary: Rc<[String]>,
    begun: Begun,
    sentence: Sentence<DecoderState>,
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

impl AttentionKind {
    fn folder(self) -> &'static str {
        match self {
            Self::Soft => "caption-soft",
            Self::Hard => "caption-hard",
            Self::Semantic => "caption-semantic",
            Self::None => "caption-none",
        }
    }

    /// A captioner that has seen the picture. `list` holds the attribute words where it attends to such.
    pub fn begun(
        self,
        start: &Model,
        step: Rc<Model>,
        Annotations { features, pooled }: &Annotations,
        list: &[String],
        edits: &Edits,
    ) -> Result<Begun, ExhibitError> {
        let mut seen = vec![("pooled", pooled)];
        if self != Self::None {
            seen.push(("features", features));
        }
        let mut outputs = start.run(&seen)?;
        let mut take = |name| start.take(&mut outputs, name);
        let memory = vec![take("h")?, take("c")?];
        let mut fixed = Vec::new();
        if self != Self::None {
            fixed.extend([("features", features.clone()), ("keys", take("keys")?)]);
        }
        let attributes = if self == Self::Semantic {
            start.gives("probabilities", list.len())?;
            let (probabilities, regions) = (take("probabilities")?, take("regions")?);
            let count = step.size("attributes").unwrap_or_default();
            let found = Attributes::chosen(list, probabilities.values(), regions.values(), count, edits)?;
            fixed.extend(found.inputs(&step)?);
            Some(found)
        } else {
            None
        };
        let captioner = OnnxDecoder::new(step, &["h", "c"], fixed, vec![UNKNOWN])?;
        Ok(Begun { captioner, start: DecoderState::first(memory), attributes })
    }
}

impl Exhibit for Captions {
    fn files(&self, settings: &str) -> Result<Vec<ModelFile>, ExhibitError> {
        let attention = Settings::parsed(settings)?.model;
        let decoder = attention.folder();
        let mut files = vec![ModelFile::new(LEADER, "vocabulary"), encoder_file()];
        files.extend(["start", "step"].map(|name| ModelFile::new(decoder, name)));
        if attention == AttentionKind::Semantic {
            files.push(ModelFile::new(decoder, "attributes"));
        }
        Ok(files)
    }

    fn start(
        &mut self,
        settings: &str,
        input: Option<Input>,
        store: &ModelStore,
    ) -> Result<(), ExhibitError> {
        let settings = Settings::parsed(settings)?;
        let decoder = settings.model.folder();
        let (start, step) = (store.model(decoder, "start")?, store.model(decoder, "step")?);
        let vocabulary = store.words(LEADER, "vocabulary")?;
        step.gives("logp", vocabulary.len())?;
        let input = input.ok_or_else(|| ExhibitError::Input("there is no picture".to_owned()))?;
        let encoded = self.encoded_photos.seen(input, store)?;
        let search_settings = SearchSettings {
            beam: settings.beam,
            longest: settings.max_words,
            length_penalty: step.fact("length_penalty")?,
        };
        let list = match settings.model {
            AttentionKind::Semantic => store.words(decoder, "attributes")?,
            _ => Rc::default(),
        };
        let edits = Edits { remove: settings.remove, add: settings.add };
        let mut begun = settings.model.begun(&start, step, &encoded.annotations, &list, &edits)?;
        begun.captioner = begun.captioner.seeded(settings.seed);
        let sentence = Sentence::new(search_settings, begun.captioner.free(None, &begun.start)?);
        self.run = Some(Run { attention: settings.model, encoded, vocabulary, begun, sentence });
        Ok(())
    }

    fn step(&mut self) -> Result<Option<Frame>, ExhibitError> {
        match &mut self.run {
            Some(run) => run.frame(),
            None => Ok(None),
        }
    }

    fn picture(&self) -> Option<&Photo> {
        self.run.as_ref().map(|run| &run.encoded.photo)
    }

    fn steer(&mut self, step: usize, weights: Option<&[f32]>) -> Result<(), ExhibitError> {
        match &mut self.run {
            Some(run) => run.steer(step, weights),
            None => Err(ExhibitError::Input("there is no sentence to steer".to_owned())),
        }
    }
}

impl Run {
    fn frame(&mut self) -> Result<Option<Frame>, ExhibitError> {
        let word = self.sentence.next(&self.begun.captioner)?;
        Ok(word.map(|word| self.frame_of(&word)))
    }

    fn frame_of(&self, word: &Word<DecoderState>) -> Frame {
        let name = |id: usize| self.vocabulary.get(id).map_or("<unk>", String::as_str).to_owned();
        let choice = |id: usize| Choice { word: name(id), probability: word.prediction.logp[id].exp() };
        let mut frame = Frame {
            step: word.place,
            words: self.sentence.tokens().map(name).collect(),
            ended: self.sentence.is_over(),
            choices: word.prediction.likeliest(CHOICES).into_iter().map(choice).collect(),
            numbers: vec![("logp", word.logp as f32)],
            ..Frame::default()
        };
        if let Some(gaze) = &word.prediction.state.gaze {
            self.show_gaze(gaze, &mut frame);
        }
        if let Some(attributes) = &self.begun.attributes {
            frame.attributes = attributes.choices();
            if word.place == 1 {
                let named = attributes.words().iter().zip(&attributes.regions);
                frame.maps.extend(named.map(|(word, region)| grid(format!("region of {word}"), region)));
            }
        }
        frame
    }

    fn show_gaze(&self, gaze: &Gaze, frame: &mut Frame) {
        let looked = gaze.alpha.values();
        let own = gaze.own.as_ref().map(Tensor::values);
        // With hard attention α is what the place was drawn from.
        let (alpha, beside) = match (self.attention, own) {
            (AttentionKind::Hard, Some(own)) => (own, Some(("place", looked))),
            (_, own) => (looked, own.map(|own| ("own", own))),
        };
        frame.numbers.push(("entropy_bits", entropy_bits(alpha)));
        frame.numbers.extend(gaze.beta.map(|beta| ("beta", beta)));
        frame.maps.push(grid("alpha", alpha));
        frame.maps.extend(beside.map(|(name, weights)| grid(name, weights)));
        if let (Some(shares), Some(attributes)) = (&gaze.shares, &self.begun.attributes) {
            for (name, share) in ["input", "output"].into_iter().zip(shares) {
                let (tokens, weights) = (attributes.words().to_vec(), share.values().to_vec());
                frame.maps.push(AttentionMap::Tokens { name, tokens, weights });
            }
        }
    }

    fn steer(&mut self, step: usize, weights: Option<&[f32]>) -> Result<(), ExhibitError> {
        let before = self.sentence.before(step)?;
        let token = before.as_ref().map(|word| word.token);
        let Begun { captioner, start, .. } = &self.begun;
        let seen = before.as_ref().map_or(start, |word| &word.prediction.state);
        let prediction = match weights {
            Some(weights) => {
                let mut painted = shares(weights, GRID * GRID)?;
                if self.attention == AttentionKind::Hard {
                    painted = one_hot(painted.len(), place(&painted, &[]));
                }
                captioner.steered(token, seen, &painted)?
            }
            None => captioner.free(token, seen)?,
        };
        self.sentence.go_on(before, prediction);
        Ok(())
    }
}

fn grid(name: impl Into<Cow<'static, str>>, weights: &[f32]) -> AttentionMap {
    AttentionMap::Grid { name: name.into(), rows: GRID, cols: GRID, weights: weights.to_vec() }
}

#[cfg(test)]
mod held_out;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_that_are_not_known_are_refused() {
        let cases = [
            "",
            "{}",
            r#"{"model":"stochastic","beam":1}"#,
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
        for model in ["soft", "hard", "semantic", "none"] {
            let settings = format!(r#"{{"model":"{model}","beam":1}}"#);
            let files = Captions::default().files(&settings).expect("known");
            let folders: Vec<String> = files.into_iter().map(|file| file.model).collect();
            let own = format!("caption-{model}");
            assert_eq!(folders[..4], ["caption-soft", "caption-encoder", &own, &own]);
            assert_eq!(folders.len(), if model == "semantic" { 5 } else { 4 });
        }
    }

    #[test]
    fn nothing_to_steer_before_a_sentence() {
        assert_eq!(Captions::default().steer(1, None).expect_err("no run").kind(), "bad-input");
    }
}
