use std::rc::Rc;

use super::beam::{Decoder, END, Prediction, Search, Word};
use crate::exhibits::ExhibitError;

/// How a sentence is searched.
#[derive(Clone, Copy, Debug)]
pub struct SearchSettings {
    /// Unfinished sentences kept. With 1 each word is given as it is found, with more the words of the best sentence are
    /// given once all are searched.
    pub beam: usize,
    /// The most words a sentence can have.
    pub longest: usize,
    /// The exponent p of log p / words^p, by which finished sentences compete.
    pub length_penalty: f64,
}

/// A sentence as a decoder says it, one word a step, which can be taken back to any word and said otherwise.
pub struct Sentence<S> {
    search_settings: SearchSettings,
    search: Search<S>,
    /// The sentence so far as it stands.
    said: Vec<Rc<Word<S>>>,
    /// How many words of it have been given out.
    given: usize,
}

impl<S> Sentence<S> {
    /// Before the first word; `first` says what it may be.
    pub fn new(search_settings: SearchSettings, first: Prediction<S>) -> Self {
        Self {
            search_settings,
            search: Search::new(search_settings.beam, None, first),
            said: Vec::new(),
            given: 0,
        }
    }

    /// The next word, its end counted as one; none when the sentence is over.
    pub fn next<D: Decoder<State = S>>(&mut self, decoder: &D) -> Result<Option<Rc<Word<S>>>, D::Error> {
        if self.given == self.said.len() {
            self.search_on(decoder)?;
        }
        let word = self.said.get(self.given).cloned();
        self.given += usize::from(word.is_some());
        Ok(word)
    }

    fn search_on<D: Decoder<State = S>>(&mut self, decoder: &D) -> Result<(), D::Error> {
        while !self.search.is_over(self.search_settings.longest) {
            self.search.advance(decoder)?;
            if self.search_settings.beam == 1 {
                break;
            }
        }
        if let Some(last) = self.search.best(self.search_settings.length_penalty) {
            self.said = last.sentence();
        }
        Ok(())
    }

    /// Whether the word given last ends the sentence.
    pub fn is_over(&self) -> bool {
        self.given == self.said.len() && self.search.is_over(self.search_settings.longest)
    }

    /// The words given so far, without the end.
    pub fn words(&self) -> impl Iterator<Item = &Word<S>> {
        self.said.iter().take(self.given).map(Rc::as_ref).filter(|word| word.token != END)
    }

    /// Their ids.
    pub fn tokens(&self) -> impl Iterator<Item = usize> {
        self.words().map(|word| word.token)
    }

    /// The word before step `step` (counted from 1); none before the first.
    ///
    /// # Errors
    /// [`ExhibitError::Input`] if the sentence has no such step.
    pub fn before(&self, step: usize) -> Result<Option<Rc<Word<S>>>, ExhibitError> {
        let refused = |why: &str| Err(ExhibitError::Input(why.to_owned()));
        match step.checked_sub(1) {
            Some(kept) if kept <= self.said.len() && kept < self.search_settings.longest => {
                let before = kept.checked_sub(1).and_then(|last| self.said.get(last)).cloned();
                match before {
                    Some(word) if word.token == END => refused("the sentence ends before that word"),
                    before => Ok(before),
                }
            }
            _ => refused("there is no such word to steer"),
        }
    }

    /// Goes on after `before`, where `prediction` says what may follow.
    pub fn go_on(&mut self, before: Option<Rc<Word<S>>>, prediction: Prediction<S>) {
        let kept = before.as_ref().map_or(0, |word| word.place);
        self.search = Search::new(self.search_settings.beam, before, prediction);
        self.said.truncate(kept);
        self.given = kept;
    }
}

/// Painted weights as shares of one, a weight a place.
///
/// # Errors
/// [`ExhibitError::Input`] if they are too few or many, or negative, or all zero.
pub fn shares(weights: &[f32], places: usize) -> Result<Vec<f32>, ExhibitError> {
    let sum: f32 = weights.iter().sum();
    if weights.len() != places || !weights.iter().all(|w| *w >= 0.0) || !sum.is_normal() {
        let why = format!("{places} weights are to be painted, none negative, not all of them zero");
        return Err(ExhibitError::Input(why));
    }
    Ok(weights.iter().map(|w| w / sum).collect())
}
