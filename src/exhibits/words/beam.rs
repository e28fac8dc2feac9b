//! Beam search over sentences, the same as the one that models/train/common/beam_search.py measured the models with.

use std::rc::Rc;

/// The ids that every vocabulary begins with; the search never says the first two.
const PAD: usize = 0;
pub const START: usize = 1;
pub const END: usize = 2;

/// A decoder that says how likely each next word is.
pub trait Decoder {
    type State;
    type Error;

    /// What may follow `token`, said in this state.
    fn next(&self, token: usize, state: &Self::State) -> Result<Prediction<Self::State>, Self::Error>;
}

/// What a step of a decoder says may follow.
pub struct Prediction<S> {
    /// log p of each word of the vocabulary, in nats; −∞ for one that must not be said.
    pub logp: Vec<f32>,
    /// What the next step goes on from.
    pub state: S,
}

/// One word of a sentence.
pub struct Word<S> {
    pub token: usize,
    /// log p of the sentence up to and with this word, in nats.
    pub logp: f64,
    /// Counted from 1.
    pub place: usize,
    /// What the decoder said when this word was chosen.
    pub prediction: Rc<Prediction<S>>,
    before: Option<Rc<Word<S>>>,
}

/// Sentences in the making, the likeliest first, and those that ended.
pub struct Search<S> {
    width: usize,
    live: Vec<Live<S>>,
    ended: Vec<Rc<Word<S>>>,
}

struct Live<S> {
    /// The last word said; none before the first.
    word: Option<Rc<Word<S>>>,
    /// What may follow, if that is known.
    prediction: Option<Rc<Prediction<S>>>,
}

struct Candidate {
    from: usize,
    token: usize,
    logp: f64,
}

impl<S> Prediction<S> {
    /// The ids of the `count` likeliest words that the search may say, likeliest first.
    pub fn likeliest(&self, count: usize) -> Vec<usize> {
        let may_be_said = |id: &usize| ![PAD, START].contains(id) && self.logp[*id] > f32::NEG_INFINITY;
        let mut ids: Vec<usize> = (0..self.logp.len()).filter(may_be_said).collect();
        ids.sort_by(|a, b| self.logp[*b].total_cmp(&self.logp[*a]));
        ids.truncate(count);
        ids
    }
}

impl<S> Word<S> {
    /// The sentence that this word ends, first word first.
    pub fn sentence(self: &Rc<Self>) -> Vec<Rc<Self>> {
        let mut words = vec![self.clone()];
        while let Some(before) = words.last().and_then(|word| word.before.clone()) {
            words.push(before);
        }
        words.reverse();
        words
    }
}

impl<S> Search<S> {
    /// A search that keeps `width` unfinished sentences. They begin with the sentence that `said` ends, or with nothing;
    /// `first` tells what may follow.
    pub fn new(width: usize, said: Option<Rc<Word<S>>>, first: Prediction<S>) -> Self {
        Self { width, live: vec![Live { word: said, prediction: Some(Rc::new(first)) }], ended: Vec::new() }
    }

    /// Makes every unfinished sentence one word longer. One that ends leaves the beam one narrower, as in the code of Xu
    /// et al.
    pub fn advance<D: Decoder<State = S>>(&mut self, decoder: &D) -> Result<(), D::Error> {
        let mut predictions = Vec::with_capacity(self.live.len());
        for live in &self.live {
            predictions.push(match (&live.prediction, &live.word) {
                (Some(known), _) => known.clone(),
                (None, Some(word)) => Rc::new(decoder.next(word.token, &word.prediction.state)?),
                (None, None) => return Ok(()),
            });
        }
        let mut candidates: Vec<Candidate> = Vec::new();
        let room = self.width.saturating_sub(self.ended.len());
        for (from, (live, prediction)) in self.live.iter().zip(&predictions).enumerate() {
            let sum = live.word.as_ref().map_or(0.0, |word| word.logp);
            // No sentence can have more heirs than the beam has room for.
            for token in prediction.likeliest(room) {
                candidates.push(Candidate { from, token, logp: sum + f64::from(prediction.logp[token]) });
            }
        }
        candidates.sort_by(|a, b| b.logp.total_cmp(&a.logp));
        candidates.truncate(room);

        let mut longer = Vec::with_capacity(room);
        for Candidate { from, token, logp } in candidates {
            let before = self.live[from].word.clone();
            let place = before.as_ref().map_or(1, |word| word.place + 1);
            let word = Rc::new(Word { token, logp, place, prediction: predictions[from].clone(), before });
            if token == END {
                self.ended.push(word);
            } else {
                longer.push(Live { word: Some(word), prediction: None });
            }
        }
        self.live = longer;
        Ok(())
    }

    /// Whether no sentence can become longer, `longest` words being the limit.
    pub fn is_over(&self, longest: usize) -> bool {
        self.live.iter().all(|live| live.word.as_ref().is_some_and(|word| word.place >= longest))
    }

    /// The last word of the sentence with the greatest log p / words^`penalty`, its end counted as a word.
    pub fn best(&self, penalty: f64) -> Option<Rc<Word<S>>> {
        let score = |word: &Word<S>| word.logp / (word.place as f64).powf(penalty);
        let unfinished = self.live.iter().filter_map(|live| live.word.as_ref());
        let sentences = self.ended.iter().chain(unfinished);
        sentences.reduce(|best, word| if score(word) > score(best) { word } else { best }).cloned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::convert::Infallible;

    const A: usize = 4;
    const B: usize = 5;
    const C: usize = 6;

    /// Says the next words' probabilities from the words so far.
    struct Table(fn(&[usize]) -> [f32; 7]);

    impl Table {
        fn prediction(&self, said: Vec<usize>) -> Prediction<Vec<usize>> {
            Prediction { logp: (self.0)(&said).map(f32::ln).to_vec(), state: said }
        }
    }

    impl Decoder for Table {
        type State = Vec<usize>;
        type Error = Infallible;

        fn next(&self, token: usize, said: &Vec<usize>) -> Result<Prediction<Vec<usize>>, Infallible> {
            Ok(self.prediction([said.as_slice(), &[token]].concat()))
        }
    }

    /// A is likelier than B, but B is followed by something sure: greedy search goes wrong.
    fn tempting(said: &[usize]) -> [f32; 7] {
        match said {
            [] => [0.0, 0.0, 0.0, 0.0, 0.6, 0.4, 0.0],
            [A] => [0.0, 0.0, 0.4, 0.0, 0.2, 0.2, 0.2],
            _ => [0.0, 0.0, 0.9, 0.0, 0.1, 0.0, 0.0],
        }
    }

    fn found(table: fn(&[usize]) -> [f32; 7], width: usize, longest: usize, penalty: f64) -> Vec<usize> {
        let table = Table(table);
        let mut search = Search::new(width, None, table.prediction(Vec::new()));
        while !search.is_over(longest) {
            let Ok(()) = search.advance(&table);
        }
        let last = search.best(penalty).expect("a sentence");
        last.sentence().iter().map(|word| word.token).collect()
    }

    #[test]
    fn known_sentences() {
        let chatty: fn(&[usize]) -> [f32; 7] = |_| [0.9, 0.9, 0.2, 0.0, 0.0, 0.0, 0.5];
        let cases = [
            ("greedy", tempting as fn(&[usize]) -> [f32; 7], 1, 9, 0.0, vec![A, END]),
            ("two wide", tempting, 2, 9, 0.0, vec![B, END]),
            ("the limit", chatty, 1, 3, 0.0, vec![C, C, C]),
            ("short without a penalty", chatty, 2, 3, 0.0, vec![END]),
            ("long with one", chatty, 2, 3, 1.0, vec![C, C, C]),
        ];
        for (what, table, width, longest, penalty, sentence) in cases {
            assert_eq!(found(table, width, longest, penalty), sentence, "{what}");
        }
    }

    #[test]
    fn a_search_goes_on_from_what_was_said() {
        let table = Table(tempting);
        let mut search = Search::new(1, None, table.prediction(Vec::new()));
        let Ok(()) = search.advance(&table);
        let said = search.best(0.0).expect("a word");
        let mut other = Search::new(2, Some(said), table.prediction(vec![B]));
        let Ok(()) = other.advance(&table);
        let last = other.best(0.0).expect("a word");
        assert_eq!(last.sentence().iter().map(|w| w.token).collect::<Vec<_>>(), [A, END]);
        assert!((last.logp - (0.6f64 * 0.9).ln()).abs() < 1e-6);
        assert_eq!(last.place, 2);
    }

    #[test]
    fn a_wider_beam_is_never_less_likely() {
        let score = |width| {
            let table = Table(tempting);
            let mut search = Search::new(width, None, table.prediction(Vec::new()));
            while !search.is_over(5) {
                let Ok(()) = search.advance(&table);
            }
            search.best(0.0).expect("a sentence").logp
        };
        assert!((1..5).all(|width| score(width + 1) >= score(width)));
    }
}
