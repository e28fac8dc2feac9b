//! Translation: Bahdanau et al., "Neural Machine Translation by Jointly Learning to Align and Translate", ICLR 2015, and
//! beside it an encoder and decoder that hand on one fixed vector (Cho et al., EMNLP 2014).

use std::rc::Rc;

use serde::Deserialize;

use super::words::beam::{END, Word};
use super::words::decoder::{DecoderState, OnnxDecoder};
use super::words::normalise::normalised;
use super::words::reading::{Reader, Reading};
use super::words::sentence::{SearchSettings, Sentence, shares};
use super::{
    AttentionMap, CHOICES, Choice, Exhibit, ExhibitError, Frame, Input, ModelFile, ModelStore, parsed,
};
use crate::attention::soft::entropy_bits;
use crate::model::{Model, ModelError, Tensor};

/// The pieces that both translators speak lie beside this one.
const LEADER: &str = "translate-attention";
/// The most pieces and words that a file may say it has room for.
const MOST_PLACES: usize = 500;
/// The most numbers of a state that it may be read with.
const MOST_STATE: usize = 10_000;

/// Puts an English sentence into French, a subword piece a step.
///
/// Settings: `model` ("attention" or "fixed") and `beam` (1 to 5). Input: the sentence. Pieces that begin a word carry "▁"
/// in place of the space before it; the last source piece is the end of the sentence. Names, numbers and unknown words are copied
/// from the source word that is looked at; the number `copied` is 1 where that happens.
#[derive(Default)]
pub struct Translate {
    run: Option<Run>,
}

#[derive(Deserialize)]
struct Settings {
    model: Decoding,
    beam: usize,
}

#[derive(Clone, Copy, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
enum Decoding {
    Attention,
    Fixed,
}

struct Run {
    reader: Reader,
    /// The source, its end included.
    source: Reading,
    /// How many pieces the graph has room for.
    places: usize,
    decoder: OnnxDecoder,
    start: DecoderState,
    sentence: Sentence<DecoderState>,
}

/// A sentence as the decoder gets it.
struct Given {
    annotations: Annotations,
    /// How many pieces it has.
    count: usize,
    /// The ids that the decoder must not say.
    silent: Vec<usize>,
}

/// What the encoder made of a sentence.
struct Annotations {
    /// h_j, forward and backward states of each piece [1, places, 2H], zero behind the sentence.
    whole: Vec<f32>,
    /// The last states of both directions [1, 2H].
    last: Vec<f32>,
}

impl Settings {
    fn parsed(settings: &str) -> Result<Self, ExhibitError> {
        let settings: Self = parsed(settings)?;
        if (1..=5).contains(&settings.beam) {
            return Ok(settings);
        }
        Err(ExhibitError::Settings("beam is 1 to 5".to_owned()))
    }
}

impl Decoding {
    fn folder(self) -> &'static str {
        match self {
            Self::Attention => "translate-attention",
            Self::Fixed => "translate-fixed",
        }
    }
}

impl Exhibit for Translate {
    fn files(&self, settings: &str) -> Result<Vec<ModelFile>, ExhibitError> {
        let model = Settings::parsed(settings)?.model.folder();
        let shared = [(LEADER, "vocabulary"), (LEADER, "merges"), (LEADER, "known")];
        let own = [(model, "read"), (model, "start"), (model, "step")];
        Ok(shared.into_iter().chain(own).map(|(model, name)| ModelFile::new(model, name)).collect())
    }

    fn start(
        &mut self,
        settings: &str,
        input: Option<Input>,
        store: &ModelStore,
    ) -> Result<(), ExhibitError> {
        let settings = Settings::parsed(settings)?;
        let model = settings.model.folder();
        let [read, start, step] =
            [store.model(model, "read")?, store.model(model, "start")?, store.model(model, "step")?];
        let [vocabulary, merges, known] =
            ["vocabulary", "merges", "known"].map(|name| store.words(LEADER, name));
        let vocabulary = vocabulary?;
        step.gives("logp", vocabulary.len())?;
        let reader = Reader::new(&vocabulary, &merges?, &known?);
        let places = step.count("places", 2..=MOST_PLACES)?;
        let source = source(&reader, input, places)?;
        let annotations = annotations(&read, &source.ids, places)?;
        let silent = if source.can_copy() { Vec::new() } else { reader.placeholders().to_vec() };
        let given = Given { annotations, count: source.ids.len(), silent };
        let (decoder, seen) = begun(&start, step.clone(), given, settings.model)?;
        let search_settings = SearchSettings {
            beam: settings.beam,
            longest: step.count("max_words", 1..=MOST_PLACES)?,
            length_penalty: step.fact("length_penalty")?,
        };
        let sentence = Sentence::new(search_settings, decoder.free(None, &seen)?);
        self.run = Some(Run { reader, source, places, decoder, start: seen, sentence });
        Ok(())
    }

    fn step(&mut self) -> Result<Option<Frame>, ExhibitError> {
        match &mut self.run {
            Some(run) => run.frame(),
            None => Ok(None),
        }
    }

    fn steer(&mut self, step: usize, weights: Option<&[f32]>) -> Result<(), ExhibitError> {
        match &mut self.run {
            Some(run) => run.steer(step, weights),
            None => Err(ExhibitError::Input("there is no sentence to steer".to_owned())),
        }
    }
}

/// The pieces of what was typed, with the end.
fn source(reader: &Reader, input: Option<Input>, places: usize) -> Result<Reading, ExhibitError> {
    let refused = |why: String| Err(ExhibitError::Text(why));
    let Some(Input::Text(text)) = input else {
        return refused("there is no sentence to translate".to_owned());
    };
    let most = places - 1;
    if text.chars().count() > 30 * places {
        return refused(format!("the text is too long: it may have {most} pieces of words"));
    }
    match reader.read(&normalised(text)) {
        Ok(source) if source.ids.is_empty() => refused("there is no sentence to translate".to_owned()),
        Ok(source) if source.ids.len() > most => {
            let count = source.ids.len();
            refused(format!("the sentence has {count} pieces of words and may have {most}"))
        }
        Ok(source) => Ok(source.ended(END, reader.name(END))),
        Err(strange) => refused(format!("the model does not know these characters: {strange}")),
    }
}

/// Reads the sentence forwards and backwards (eq. 7).
fn annotations(read: &Model, ids: &[usize], places: usize) -> Result<Annotations, ModelError> {
    let mut ahead = read.zeros("h_forward")?;
    let mut back = ahead.clone();
    let width = ahead.values().len();
    if width > MOST_STATE {
        return Err(read.mismatch("h_forward", "it is too large"));
    }
    ["h_forward_out", "h_backward_out"].into_iter().try_for_each(|name| read.gives(name, width))?;
    let mut whole = vec![0.0; places * 2 * width];
    for (i, (first, last)) in ids.iter().zip(ids.iter().rev()).enumerate() {
        let forward = read.tensor("forward_token", &[*first as f32])?;
        let backward = read.tensor("backward_token", &[*last as f32])?;
        let states = [("h_forward", &ahead), ("h_backward", &back)];
        let given = [("forward_token", &forward), ("backward_token", &backward), states[0], states[1]];
        let mut outputs = read.run(&given)?;
        ahead = read.take(&mut outputs, "h_forward_out")?;
        back = read.take(&mut outputs, "h_backward_out")?;
        let place = 2 * width * i;
        whole[place..place + width].copy_from_slice(ahead.values());
        let place = 2 * width * (ids.len() - 1 - i) + width;
        whole[place..place + width].copy_from_slice(back.values());
    }
    Ok(Annotations { whole, last: [ahead.values(), back.values()].concat() })
}

/// A translator that has read the sentence, and its state before the first piece.
fn begun(
    start: &Model,
    step: Rc<Model>,
    Given { annotations: Annotations { whole, last }, count, silent }: Given,
    model: Decoding,
) -> Result<(OnnxDecoder, DecoderState), ModelError> {
    let last = start.tensor("last", &last)?;
    let mut given: Vec<(&'static str, Tensor)> = Vec::new();
    let mut outputs = if model == Decoding::Attention {
        let annotations = start.tensor("annotations", &whole)?;
        let places = step.count("places", 2..=MOST_PLACES)?;
        let mask: Vec<f32> = (0..places).map(|place| f32::from(place < count)).collect();
        given.extend([("annotations", annotations.clone()), ("mask", step.tensor("mask", &mask)?)]);
        start.run(&[("annotations", &annotations), ("last", &last)])?
    } else {
        start.run(&[("last", &last)])?
    };
    let fixed = if model == Decoding::Attention { "keys" } else { "context" };
    given.push((fixed, start.take(&mut outputs, fixed)?));
    let memory = vec![start.take(&mut outputs, "h")?];
    Ok((OnnxDecoder::new(step, &["h"], given, silent)?, DecoderState::first(memory)))
}

impl Run {
    fn frame(&mut self) -> Result<Option<Frame>, ExhibitError> {
        let word = self.sentence.next(&self.decoder)?;
        Ok(word.map(|word| self.frame_of(&word)))
    }

    fn frame_of(&self, word: &Word<DecoderState>) -> Frame {
        let said = self.said();
        let copied = usize::from(self.reader.is_placeholder(word.token));
        let before = said.iter().filter(|(_, copied)| *copied).count() - copied;
        let choice = |id: usize| Choice {
            word: self.name(id, &word.prediction.state, before),
            probability: word.prediction.logp[id].exp(),
        };
        let mut frame = Frame {
            step: word.place,
            choices: word.prediction.likeliest(CHOICES).into_iter().map(choice).collect(),
            words: said.into_iter().map(|(name, _)| name).collect(),
            ended: self.sentence.is_over(),
            numbers: vec![("logp", word.logp as f32)],
            ..Frame::default()
        };
        if copied > 0 {
            frame.numbers.push(("copied", 1.0));
        }
        if let Some(gaze) = &word.prediction.state.gaze {
            let on_source = |weights: &Tensor| {
                weights.values().iter().copied().take(self.source.ids.len()).collect::<Vec<f32>>()
            };
            let map = |name, weights: &Tensor| AttentionMap::Tokens {
                name,
                tokens: self.source.names.clone(),
                weights: on_source(weights),
            };
            frame.numbers.push(("entropy_bits", entropy_bits(&on_source(&gaze.alpha))));
            frame.maps.push(map("alpha", &gaze.alpha));
            frame.maps.extend(gaze.own.as_ref().map(|own| map("own", own)));
        }
        frame
    }

    /// The pieces of the sentence so far, and whether each was copied.
    fn said(&self) -> Vec<(String, bool)> {
        let mut said: Vec<(String, bool)> = Vec::new();
        for word in self.sentence.words() {
            let before = said.iter().filter(|(_, copied)| *copied).count();
            let name = self.name(word.token, &word.prediction.state, before);
            said.push((name, self.reader.is_placeholder(word.token)));
        }
        said
    }

    /// A piece as people read it: for a placeholder the source word that was looked at or, without attention, the next in order
    /// after the `before` that were copied.
    fn name(&self, id: usize, state: &DecoderState, before: usize) -> String {
        if !self.reader.is_placeholder(id) {
            return self.reader.name(id).to_owned();
        }
        let word = match &state.gaze {
            Some(gaze) => self.source.looked_at(gaze.alpha.values()),
            None => self.source.copied(before),
        };
        self.reader.filled(id, word.unwrap_or_default())
    }

    fn steer(&mut self, step: usize, weights: Option<&[f32]>) -> Result<(), ExhibitError> {
        let before = self.sentence.before(step)?;
        let token = before.as_ref().map(|word| word.token);
        let seen = before.as_ref().map_or(&self.start, |word| &word.prediction.state);
        let prediction = match weights {
            Some(weights) => {
                let mut painted = shares(weights, self.source.ids.len())?;
                painted.resize(self.places, 0.0);
                self.decoder.steered(token, seen, &painted)?
            }
            None => self.decoder.free(token, seen)?,
        };
        self.sentence.go_on(before, prediction);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_that_are_not_known_are_refused() {
        for settings in ["", "{}", r#"{"model":"hard","beam":1}"#, r#"{"model":"fixed","beam":9}"#] {
            let refused = Translate::default().files(settings).expect_err(settings);
            assert_eq!(refused.kind(), "bad-settings", "{settings}");
        }
    }

    #[test]
    fn both_translators_share_their_pieces() {
        for model in ["attention", "fixed"] {
            let files =
                Translate::default().files(&format!(r#"{{"model":"{model}","beam":1}}"#)).expect("known");
            let folders: Vec<String> = files.into_iter().map(|file| file.model).collect();
            let own = format!("translate-{model}");
            assert_eq!(folders, [LEADER, LEADER, LEADER, &own, &own, &own]);
        }
    }
}
