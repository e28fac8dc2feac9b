//! Questions about a picture: Zhu et al., "Visual7W: Grounded Question Answering in Images", CVPR 2016, section 5; beside it a
//! network that is given the mean of all places, and one that sees nothing.

use std::rc::Rc;

use serde::Deserialize;

use super::parts::encoded_photo::{Annotations, EncodedPhoto, EncodedPhotos, GRID, encoder_file};
use super::words::nearest::KnownWords;
use super::words::normalise::normalised;
use super::words::sentence::shares;
use super::{
    AttentionMap, CHOICES, Choice, Exhibit, ExhibitError, Frame, Input, ModelFile, ModelStore, Replaced,
    parsed,
};
use crate::attention::soft::{entropy_bits, softmax};
use crate::model::{Model, ModelError, Tensor};
use crate::picture::Photo;

/// The two vocabularies of all answerers lie beside this one.
const LEADER: &str = "vqa";
/// What stands in the vocabulary for every word that it lacks.
const UNKNOWN: &str = "<unk>";
const MOST_WORDS: usize = 20;
const MOST_BOXES: usize = 4;
const PLACES: usize = GRID * GRID;

/// Answers a question about a picture, a word of the question a step.
///
/// Settings: `model` ("attention", "pooled" or "blind"), `question`, and either `choices` (two to four answers to choose
/// among) or `boxes` (two to four boxes to point at: left, top, right, bottom, in sides of the picture) or neither, for an
/// open answer. Words of the question that the model does not know are read as their nearest. Input: the picture. A frame's
/// words are those of the question so far, its choices the likeliest answers.
#[derive(Default)]
pub struct Questions {
    run: Option<Run>,
    encoded_photos: EncodedPhotos,
}

#[derive(Deserialize)]
struct Settings {
    model: Sight,
    question: String,
    #[serde(default)]
    choices: Vec<String>,
    #[serde(default)]
    boxes: Vec<[f32; 4]>,
}

#[derive(Clone, Copy, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
enum Sight {
    Attention,
    Pooled,
    Blind,
}

/// What is to be chosen among.
enum Answers {
    Open,
    /// Places in the list of answers.
    Four(Vec<usize>),
    Boxes {
        inside: Option<Tensor>,
        geometry: Tensor,
        count: usize,
    },
}

/// What is known after some words of the question.
#[derive(Clone)]
struct State {
    h: Tensor,
    c: Tensor,
}

struct Run {
    encoded: Rc<EncodedPhoto>,
    network: Network,
    answers: Answers,
    names: Rc<[String]>,
    asked: Asked,
    /// Before each word that has been read, and after the last of them.
    states: Vec<State>,
    /// Painted weights for the next word.
    painted: Option<Vec<f32>>,
}

struct Network {
    step: Rc<Model>,
    point: Rc<Model>,
    /// What stays the same from word to word.
    given: Vec<(&'static str, Tensor)>,
    looks: bool,
}

impl Settings {
    fn parsed(settings: &str) -> Result<Self, ExhibitError> {
        let settings: Self = parsed(settings)?;
        let few = |count: usize| count == 0 || (2..=MOST_BOXES).contains(&count);
        let clash = !settings.choices.is_empty() && !settings.boxes.is_empty();
        if clash || !few(settings.choices.len()) || !few(settings.boxes.len()) {
            let why = "two to four choices, or two to four boxes, or neither".to_owned();
            return Err(ExhibitError::Settings(why));
        }
        Ok(settings)
    }
}

impl Sight {
    fn folder(self) -> &'static str {
        match self {
            Self::Attention => LEADER,
            Self::Pooled => "vqa-pooled",
            Self::Blind => "vqa-blind",
        }
    }
}

impl Exhibit for Questions {
    fn files(&self, settings: &str) -> Result<Vec<ModelFile>, ExhibitError> {
        let sight = Settings::parsed(settings)?.model;
        let mut files = vec![encoder_file()];
        files.extend(["vocabulary", "answers"].map(|name| ModelFile::new(LEADER, name)));
        files.extend(["step", "point"].map(|name| ModelFile::new(sight.folder(), name)));
        if sight != Sight::Blind {
            files.push(ModelFile::new(sight.folder(), "start"));
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
        let asked = Asked::read(&settings.question, &store.words(LEADER, "vocabulary")?)?;
        let input = input.ok_or_else(|| ExhibitError::Input("there is no picture".to_owned()))?;
        let encoded = self.encoded_photos.seen(input, store)?;
        self.run = Some(Run::begun(&settings, asked, encoded, store)?);
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
        let refused = |why: &str| Err(ExhibitError::Input(why.to_owned()));
        let Some(run) = &mut self.run else { return refused("there is no question to steer") };
        if !run.network.looks {
            return refused("this model has no attention to steer");
        }
        if step == 0 || step > run.states.len() || step > run.asked.ids.len() {
            return refused("there is no such word to steer");
        }
        run.painted = weights.map(|weights| shares(weights, PLACES)).transpose()?;
        run.states.truncate(step);
        Ok(())
    }
}

/// A question as the model reads it.
#[derive(Debug)]
struct Asked {
    words: Vec<String>,
    /// Their places in the vocabulary.
    ids: Vec<usize>,
    replaced: Vec<Replaced>,
}

impl Asked {
    /// Each word that the vocabulary lacks is read as its nearest one, or left open.
    fn read(text: &str, vocabulary: &[String]) -> Result<Self, ExhibitError> {
        let refused = |why: String| Err(ExhibitError::Text(why));
        let text = normalised(text).to_lowercase().replace("colour", "color");
        let typed: Vec<&str> = text
            .split(|c: char| c.is_whitespace() || "?!.,;:\"()“”".contains(c))
            .map(|word| word.trim_matches('\''))
            .filter(|word| !word.is_empty())
            .collect();
        if typed.is_empty() {
            return refused("there is no question".to_owned());
        }
        let too_long = |count: usize| format!("the question has {count} words and may have {MOST_WORDS}");
        if typed.len() > MOST_WORDS {
            return refused(too_long(typed.len()));
        }
        let known = KnownWords::new(vocabulary);
        let unknown = vocabulary.iter().position(|word| word == UNKNOWN);
        let mut asked = Self { words: Vec::new(), ids: Vec::new(), replaced: Vec::new() };
        for word in typed {
            let (read, replaced) = known.read(word);
            asked.ids.extend(read.iter().filter_map(|word| known.place(word).or(unknown)));
            asked.words.extend(read);
            if let Some(replaced) = replaced
                && !asked.replaced.contains(&replaced)
            {
                asked.replaced.push(replaced);
            }
        }
        if asked.words.len() > MOST_WORDS {
            return refused(too_long(asked.words.len()));
        }
        let strange: Vec<&str> =
            asked.words.iter().map(String::as_str).filter(|word| known.place(word).is_none()).collect();
        if strange.len() == asked.words.len() || asked.ids.len() < asked.words.len() {
            return refused(format!("the model does not know these words: {}", strange.join(", ")));
        }
        Ok(asked)
    }
}

impl Answers {
    fn wanted(settings: &Settings, names: &[String], point: &Model) -> Result<Self, ExhibitError> {
        if !settings.choices.is_empty() {
            let place = |choice: &String| {
                let plain = normalised(choice).to_lowercase();
                let known = names.iter().position(|name| *name == plain);
                known.ok_or_else(|| {
                    let near = KnownWords::new(names).did_you_mean(&plain);
                    ExhibitError::Text(format!("“{choice}” is not among the answers that it knows{near}"))
                })
            };
            return Ok(Self::Four(settings.choices.iter().map(place).collect::<Result<_, _>>()?));
        }
        if settings.boxes.is_empty() {
            return Ok(Self::Open);
        }
        let (mut inside, mut geometry) = (vec![0.0; MOST_BOXES * PLACES], vec![0.0; MOST_BOXES * 5]);
        for (i, sides) in settings.boxes.iter().enumerate() {
            let [left, top, right, bottom] = sides.map(|side| side.clamp(0.0, 1.0));
            if left >= right || top >= bottom {
                return Err(ExhibitError::Input("a box has no area".to_owned()));
            }
            inside[i * PLACES..(i + 1) * PLACES].copy_from_slice(&covered([left, top, right, bottom]));
            let area = (right - left) * (bottom - top);
            geometry[5 * i..5 * i + 5].copy_from_slice(&[left, top, right, bottom, area]);
        }
        let count = settings.boxes.len();
        // What lies in a box is asked of those only that see the picture's places.
        let inside = point.size("boxes").map(|_| point.tensor("boxes", &inside)).transpose()?;
        Ok(Self::Boxes { inside, geometry: point.tensor("geometry", &geometry)?, count })
    }
}

/// How much of each place of the grid lies in a box of the picture.
fn covered([left, top, right, bottom]: [f32; 4]) -> Vec<f32> {
    let along = |low: f32, high: f32| {
        (0..GRID).map(move |i| {
            let edge = |i: usize| i as f32 / GRID as f32;
            (edge(i + 1).min(high) - edge(i).max(low)).max(0.0) * GRID as f32
        })
    };
    along(top, bottom).flat_map(|down| along(left, right).map(move |across| down * across)).collect()
}

impl Network {
    /// The network and what it knows before the first word.
    fn begun(
        sight: Sight,
        annotations: &Annotations,
        store: &ModelStore,
    ) -> Result<(Self, State), ExhibitError> {
        let model = |name| store.model(sight.folder(), name);
        let (step, point) = (model("step")?, model("point")?);
        let c = step.zeros("c")?;
        let (mut h, mut given) = (c.clone(), Vec::new());
        if sight != Sight::Blind {
            let start = model("start")?;
            let mut outputs =
                start.run(&[("features", &annotations.features), ("pooled", &annotations.pooled)])?;
            h = start.take(&mut outputs, "h")?;
            match sight {
                Sight::Attention => {
                    given.push(("keys", start.take(&mut outputs, "keys")?));
                    given.push(("features", annotations.features.clone()));
                }
                _ => given.push(("seen", start.take(&mut outputs, "seen")?)),
            }
        }
        Ok((Self { step, point, given, looks: sight == Sight::Attention }, State { h, c }))
    }
}

impl Run {
    fn begun(
        settings: &Settings,
        asked: Asked,
        encoded: Rc<EncodedPhoto>,
        store: &ModelStore,
    ) -> Result<Self, ExhibitError> {
        let names = store.words(LEADER, "answers")?;
        let (network, first) = Network::begun(settings.model, &encoded.annotations, store)?;
        network.step.gives("logp", names.len())?;
        let answers = Answers::wanted(settings, &names, &network.point)?;
        Ok(Self { encoded, network, answers, names, asked, states: vec![first], painted: None })
    }

    fn frame(&mut self) -> Result<Option<Frame>, ExhibitError> {
        let read = self.states.len() - 1;
        let (Some(id), Some(state)) = (self.asked.ids.get(read), self.states.last()) else { return Ok(None) };
        let Network { step, given, looks, .. } = &self.network;
        let token = step.tensor("token", &[*id as f32])?;
        let mut inputs = vec![("token", &token), ("h", &state.h), ("c", &state.c)];
        inputs.extend(given.iter().map(|(name, tensor)| (*name, tensor)));
        let painted = self.painted.take();
        let steering = if *looks {
            let steer = match &painted {
                Some(weights) => step.tensor("steer", weights)?,
                None => step.zeros("steer")?,
            };
            Some((steer, step.tensor("steering", &[f32::from(painted.is_some())])?))
        } else {
            None
        };
        if let Some((steer, steering)) = &steering {
            inputs.extend([("steer", steer), ("steering", steering)]);
        }
        let mut outputs = step.run(&inputs)?;
        let mut take = |name| step.take(&mut outputs, name);
        let next = State { h: take("h_out")?, c: take("c_out")? };
        let (logp, known) = (take("logp")?, take("known")?);
        let gaze = if *looks { Some((take("alpha")?, take("own_alpha")?)) } else { None };
        self.states.push(next);
        let mut frame = Frame {
            step: read + 1,
            steps: Some(self.asked.ids.len()),
            words: self.asked.words[..=read].to_vec(),
            ended: read + 1 == self.asked.ids.len(),
            replaced: self.asked.replaced.clone(),
            choices: self.choices(logp.values(), &known)?,
            ..Frame::default()
        };
        if let Some((alpha, own)) = gaze {
            let grid = |name: &'static str, weights: &Tensor| AttentionMap::Grid {
                name: name.into(),
                rows: GRID,
                cols: GRID,
                weights: weights.values().to_vec(),
            };
            frame.numbers.push(("entropy_bits", entropy_bits(alpha.values())));
            frame.maps.push(grid("alpha", &alpha));
            frame.maps.extend(painted.is_some().then(|| grid("own", &own)));
        }
        Ok(Some(frame))
    }

    /// The likeliest answers; all that can be chosen among, where there is such a choice.
    fn choices(&self, logp: &[f32], known: &Tensor) -> Result<Vec<Choice>, ModelError> {
        let named = |id: usize| self.names.get(id).cloned().unwrap_or_default();
        let mut choices: Vec<Choice> = match &self.answers {
            Answers::Open => {
                let choice = |(id, logp): (usize, &f32)| Choice { word: named(id), probability: logp.exp() };
                logp.iter().enumerate().map(choice).collect()
            }
            Answers::Four(ids) => {
                let score = |id: &usize| logp.get(*id).copied().unwrap_or(f32::NEG_INFINITY);
                let scores: Vec<f32> = ids.iter().map(score).collect();
                let choice = |(id, probability): (&usize, f32)| Choice { word: named(*id), probability };
                return Ok(ids.iter().zip(softmax(&scores)).map(choice).collect());
            }
            Answers::Boxes { inside, geometry, count } => {
                let mut inputs = vec![("known", known), ("geometry", geometry)];
                inputs.extend(inside.iter().map(|inside| ("boxes", inside)));
                let features = self.network.given.iter().find(|(name, _)| *name == "features");
                inputs.extend(features.map(|(name, tensor)| (*name, tensor)));
                let point = &self.network.point;
                let scores = point.take(&mut point.run(&inputs)?, "scores")?;
                let Some(scores) = scores.values().get(..*count) else {
                    return Err(point.mismatch("scores", "they are not one number a box"));
                };
                let shares = softmax(scores);
                let choice = |(i, probability)| Choice { word: format!("box {}", i + 1), probability };
                return Ok(shares.into_iter().enumerate().map(choice).collect());
            }
        };
        choices.sort_by(|a, b| b.probability.total_cmp(&a.probability));
        choices.truncate(CHOICES);
        Ok(choices)
    }
}

#[cfg(test)]
mod tests;
