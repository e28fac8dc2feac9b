//! Handwriting from text: Graves, "Generating Sequences With Recurrent Neural Networks", arXiv 1308.0850, section 5, and
//! beside it the same network without a text (section 4).

use std::rc::Rc;

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use serde::Deserialize;

use super::parts::pen::{Mixture, Point, SPACING, points};
use super::words::normalise::normalised;
use super::{AttentionMap, Exhibit, ExhibitError, Frame, Input, ModelFile, ModelStore, parsed};
use crate::attention::graves_window::{is_past, shares};
use crate::model::{Model, ModelError, Tensor};

/// The longest text that can be asked for, and the longest that a hand may have written before.
const LONGEST: usize = 60;
const LONGEST_PRIME: usize = 30;
/// Points of a primed hand that are read at most.
const MOST_PRIMED: usize = 600;
/// Points a character after which the writing is broken off.
const PATIENCE: usize = 40;
/// Points a character without a text to end by.
const USUAL: usize = 14;

/// Writes a text by hand, a point of the pen a step.
///
/// Settings: `model` ("text" or "none"), `seed`, `bias` (0 to 5: how much neater than the writers it learnt from, eq. 60-61)
/// and, if it is to go on in a visitor's hand, `prime`: {`text`, `strokes` [[[x, y]]] in x-heights, y up from the
/// baseline}. Input: the text. A frame's numbers x, y are the pen's place in x-heights, `end` is 1 where it is lifted, `given`
/// is 1 for points of the visitor's own.
#[derive(Default)]
pub struct Handwriting {
    run: Option<Run>,
}

#[derive(Deserialize)]
struct Settings {
    model: Reading,
    seed: u32,
    bias: f32,
    prime: Option<Prime>,
}

#[derive(Clone, Copy, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
enum Reading {
    Text,
    None,
}

#[derive(Deserialize)]
struct Prime {
    text: String,
    strokes: Vec<Vec<[f32; 2]>>,
}

struct Run {
    network: Rc<Model>,
    reading: Reading,
    bias: Tensor,
    /// None where the network does not read.
    text: Option<Tensor>,
    /// What is written, the primed text and a space before it included.
    characters: Vec<char>,
    memory: Vec<(&'static str, Tensor)>,
    chance: ChaCha8Rng,
    /// The visitor's own points, those still to come last.
    given: Vec<Point>,
    last: Point,
    x: f32,
    y: f32,
    steps: usize,
    longest: usize,
    over: bool,
}

impl Settings {
    fn parsed(settings: &str) -> Result<Self, ExhibitError> {
        let settings: Self = parsed(settings)?;
        if (0.0..=5.0).contains(&settings.bias) {
            return Ok(settings);
        }
        Err(ExhibitError::Settings("bias is 0 to 5".to_owned()))
    }
}

impl Reading {
    fn folder(self) -> &'static str {
        match self {
            Self::Text => "handwriting",
            Self::None => "handwriting-none",
        }
    }

    fn memory(self) -> &'static [&'static str] {
        match self {
            Self::Text => &["h1", "c1", "h2", "c2", "kappa", "w"],
            Self::None => &["h1", "c1", "h2", "c2"],
        }
    }
}

impl Exhibit for Handwriting {
    fn files(&self, settings: &str) -> Result<Vec<ModelFile>, ExhibitError> {
        Ok(vec![ModelFile::new(Settings::parsed(settings)?.model.folder(), "step")])
    }

    fn start(
        &mut self,
        settings: &str,
        input: Option<Input>,
        store: &ModelStore,
    ) -> Result<(), ExhibitError> {
        let settings = Settings::parsed(settings)?;
        let network = store.model(settings.model.folder(), "step")?;
        self.run = Some(Run::new(network, &settings, input)?);
        Ok(())
    }

    fn step(&mut self) -> Result<Option<Frame>, ExhibitError> {
        match &mut self.run {
            Some(run) if !run.over => Ok(Some(run.frame()?)),
            _ => Ok(None),
        }
    }
}

/// The characters of a text, single spaces between its words.
fn written(text: &str, alphabet: &[char], most: usize) -> Result<Vec<char>, ExhibitError> {
    let text: Vec<char> = normalised(text).chars().collect();
    let mut strange: Vec<char> = text.iter().copied().filter(|c| !alphabet.contains(c)).collect();
    strange.sort_unstable();
    strange.dedup();
    strange.truncate(10);
    let refused = |why: String| Err(ExhibitError::Text(why));
    if text.is_empty() {
        return refused("there is nothing to write".to_owned());
    }
    if text.len() > most {
        return refused(format!("the text has {} characters and may have {most}", text.len()));
    }
    if !strange.is_empty() {
        let strange: Vec<String> = strange.iter().map(char::to_string).collect();
        return refused(format!("the model does not know these characters: {}", strange.join(" ")));
    }
    Ok(text)
}

impl Run {
    fn new(network: Rc<Model>, settings: &Settings, input: Option<Input>) -> Result<Self, ExhibitError> {
        let alphabet: Vec<char> = network.fact::<String>("characters")?.chars().collect();
        let Some(Input::Text(text)) = input else {
            return Err(ExhibitError::Text("there is nothing to write".to_owned()));
        };
        let mut characters = written(text, &alphabet, LONGEST)?;
        let wanted = characters.len();
        let mut given = Vec::new();
        if let Some(Prime { text, strokes }) = &settings.prime {
            let before = written(text, &alphabet, LONGEST_PRIME)?;
            let walked = points(strokes, MOST_PRIMED);
            let is = if walked.is_some() { "no" } else { "more" };
            given = walked.filter(|points| !points.is_empty()).ok_or_else(|| {
                let why =
                    format!("your own writing has {is} points of the pen and may have 1 to {MOST_PRIMED}");
                ExhibitError::Text(why)
            })?;
            given.reverse();
            characters = [before, vec![' '], characters].concat();
        }
        let memory = settings.model.memory().iter().map(|name| Ok((*name, network.zeros(name)?)));
        let memory = memory.collect::<Result<_, ModelError>>()?;
        let text = match settings.model {
            Reading::Text => Some(one_hot(&network, &characters, &alphabet)?),
            Reading::None => None,
        };
        let longest = match settings.model {
            Reading::Text => wanted * PATIENCE,
            Reading::None => wanted * USUAL,
        };
        Ok(Self {
            bias: network.tensor("bias", &[settings.bias])?,
            reading: settings.model,
            text,
            characters,
            memory,
            chance: ChaCha8Rng::seed_from_u64(u64::from(settings.seed)),
            longest: longest + given.len(),
            given,
            last: Point { dx: 0.0, dy: 0.0, end: true },
            x: 0.0,
            y: 0.0,
            steps: 0,
            over: false,
            network,
        })
    }

    fn frame(&mut self) -> Result<Frame, ExhibitError> {
        let Point { dx, dy, end } = self.last;
        let point = self.network.tensor("point", &[dx, dy, f32::from(end)])?;
        let mut inputs = vec![("point", &point), ("bias", &self.bias)];
        inputs.extend(self.memory.iter().map(|(name, tensor)| (*name, tensor)));
        inputs.extend(self.text.as_ref().map(|text| ("text", text)));
        let mut outputs = self.network.run(&inputs)?;
        let mut take = |name: &str| self.network.take(&mut outputs, name);
        let (end, pi, mu) = (take("end")?, take("pi")?, take("mu")?);
        let (sigma, rho) = (take("sigma")?, take("rho")?);
        let (pi, mu, sigma, rho) = (pi.values(), mu.values(), sigma.values(), rho.values());
        let lifts = end.values().first().copied().unwrap_or_default();
        let mixture = Mixture { end: lifts, pi, mu, sigma, rho };
        if !mixture.is_whole() {
            return Err(self.network.mismatch("pi", "this is no mixture").into());
        }
        let phi = match self.reading {
            Reading::Text => take("phi")?.values().to_vec(),
            Reading::None => Vec::new(),
        };
        let phi = phi.get(..=self.characters.len()).unwrap_or(&phi);
        for (name, tensor) in &mut self.memory {
            *tensor = self.network.take(&mut outputs, &format!("{name}_out"))?;
        }
        let given = self.given.pop();
        let point = given.unwrap_or_else(|| mixture.draw(&mut self.chance));
        let nats = mixture.nats(&point);
        self.steps += 1;
        self.x += SPACING * point.dx;
        self.y += SPACING * point.dy;
        self.last = point;
        self.over = self.given.is_empty() && (is_past(phi) || self.steps >= self.longest);
        Ok(self.frame_of(phi, nats, given.is_some()))
    }

    fn frame_of(&self, phi: &[f32], nats: f32, given: bool) -> Frame {
        let mut frame = Frame {
            step: self.steps,
            ended: self.over,
            numbers: vec![
                ("x", self.x),
                ("y", self.y),
                ("end", f32::from(self.last.end)),
                ("given", f32::from(given)),
                ("nats", nats),
            ],
            ..Frame::default()
        };
        if let Some((_, weights)) = phi.split_last() {
            let tokens = self.characters.iter().map(char::to_string).collect();
            frame.numbers.push(("mass", phi.iter().sum()));
            frame.maps.push(AttentionMap::Tokens { name: "phi", tokens, weights: shares(weights) });
        }
        frame
    }
}

/// The text as the network's input [1, places, alphabet], nothing behind its end.
fn one_hot(network: &Model, characters: &[char], alphabet: &[char]) -> Result<Tensor, ModelError> {
    let mut text: Vec<f32> = Vec::new();
    for character in characters {
        text.extend(alphabet.iter().map(|known| f32::from(known == character)));
    }
    text.resize(network.size("text").unwrap_or_default(), 0.0);
    network.tensor("text", &text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_that_are_not_known_are_refused() {
        let cases =
            ["{}", r#"{"model":"text","seed":1,"bias":-1}"#, r#"{"model":"cursive","seed":1,"bias":1}"#];
        for settings in cases {
            let refused = Handwriting::default().files(settings).expect_err(settings);
            assert_eq!(refused.kind(), "bad-settings", "{settings}");
        }
    }

    #[test]
    fn texts_are_tidied_or_refused() {
        let alphabet: Vec<char> = " abc'".chars().collect();
        let tidied = written("  ab \n c\u{2019} ", &alphabet, 9).expect("a text");
        assert_eq!(tidied.into_iter().collect::<String>(), "ab c'");
        for (text, word) in
            [("", "nothing"), (" \n", "nothing"), ("abcabcabca", "10"), ("a\u{1F58B}b", "\u{1F58B}")]
        {
            let refused = written(text, &alphabet, 9).expect_err(text);
            assert_eq!(refused.kind(), "bad-text");
            assert!(refused.to_string().contains(word), "{refused}");
        }
    }
}
