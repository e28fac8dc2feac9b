//! The attributes that were detected in a picture (You et al., CVPR 2016), as a visitor left them.

use crate::exhibits::words::nearest::KnownWords;
use crate::exhibits::words::normalise::normalised;
use crate::exhibits::{Choice, ExhibitError};
use crate::model::{Model, ModelError, Tensor};

/// How present a word is that a visitor added: as much as ten that are there for certain, or the photo talks it down.
const ADDED: f32 = 10.0;

/// What a visitor took away and added.
#[derive(Clone, Debug, Default)]
pub struct Edits {
    pub remove: Vec<String>,
    pub add: Vec<String>,
}

/// The attributes that a sentence may draw on, the likeliest first, those added by hand last.
#[derive(Debug)]
pub struct Attributes {
    /// Their places in the list of attribute words.
    ids: Vec<usize>,
    words: Vec<String>,
    /// How present each is: its probability, 0 for one taken away, `ADDED` for one that was added.
    presence: Vec<f32>,
    /// Which places of the picture vote for each, all of them one together.
    pub regions: Vec<Vec<f32>>,
}

impl Attributes {
    /// The `count` likeliest of `list` by their probabilities, with a visitor's edits; `regions` [list, places] say where.
    /// A word that was added takes the place of the least likely that was neither added nor taken away.
    ///
    /// # Errors
    /// [`ExhibitError::Word`] if an edit names a word that is not in the list, or more are added than there is room for.
    pub fn chosen(
        list: &[String],
        probabilities: &[f32],
        regions: &[f32],
        count: usize,
        edits: &Edits,
    ) -> Result<Self, ExhibitError> {
        let place = |word: &String| {
            let plain = normalised(word);
            let found = list.iter().position(|known| *known == plain);
            found.ok_or_else(|| {
                let near = KnownWords::new(list).did_you_mean(&plain);
                let why = format!("“{word}” is not one of the {} words that can be added{near}", list.len());
                ExhibitError::Word(why)
            })
        };
        let removed = edits.remove.iter().map(place).collect::<Result<Vec<_>, _>>()?;
        let added = edits.add.iter().map(place).collect::<Result<Vec<_>, _>>()?;
        let probability = |id: &usize| probabilities.get(*id).copied().unwrap_or_default();
        let mut order: Vec<usize> = (0..list.len()).collect();
        order.sort_by(|a, b| probability(b).total_cmp(&probability(a)));
        let mut ids: Vec<usize> = order.into_iter().take(count).collect();
        for id in &added {
            if ids.contains(id) {
                continue;
            }
            let free = ids.iter().rposition(|held| !added.contains(held) && !removed.contains(held));
            let Some(least) = free else {
                let why = "there is no room for another word: take one away first".to_owned();
                return Err(ExhibitError::Word(why));
            };
            ids.remove(least);
            ids.push(*id);
        }
        let presence = |id: &usize| match id {
            id if added.contains(id) => ADDED,
            id if removed.contains(id) => 0.0,
            id => probability(id),
        };
        let places = regions.len() / list.len().max(1);
        let region = |id: &usize| regions.chunks(places.max(1)).nth(*id).unwrap_or_default().to_vec();
        Ok(Self {
            words: ids.iter().map(|id| list[*id].clone()).collect(),
            presence: ids.iter().map(presence).collect(),
            regions: ids.iter().map(region).collect(),
            ids,
        })
    }

    /// As the inputs of a step: numbers in the list, and presence.
    pub fn inputs(&self, step: &Model) -> Result<[(&'static str, Tensor); 2], ModelError> {
        let ids: Vec<f32> = self.ids.iter().map(|id| *id as f32).collect();
        Ok([
            ("attributes", step.tensor("attributes", &ids)?),
            ("presence", step.tensor("presence", &self.presence)?),
        ])
    }

    pub fn words(&self) -> &[String] {
        &self.words
    }

    pub fn choices(&self) -> Vec<Choice> {
        let choice =
            |(word, presence): (&String, &f32)| Choice { word: word.clone(), probability: *presence };
        self.words.iter().zip(&self.presence).map(choice).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edits(remove: &[&str], add: &[&str]) -> Edits {
        let owned = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
        Edits { remove: owned(remove), add: owned(add) }
    }

    fn chosen(edits: &Edits) -> Result<Vec<(String, f32)>, ExhibitError> {
        let list = ["dog", "cat", "man", "ball"].map(str::to_owned);
        let regions: Vec<f32> = (0..8).map(|i| i as f32).collect();
        let found = Attributes::chosen(&list, &[0.2, 0.8, 0.5, 0.1], &regions, 3, edits)?;
        assert!(found.ids.iter().zip(&found.regions).all(|(id, region)| region[0] == 2.0 * *id as f32));
        Ok(found.choices().into_iter().map(|choice| (choice.word, choice.probability)).collect())
    }

    #[test]
    fn the_likeliest_as_a_visitor_left_them() {
        let cases = [
            (edits(&[], &[]), [("cat", 0.8), ("man", 0.5), ("dog", 0.2)]),
            (edits(&["man"], &[]), [("cat", 0.8), ("man", 0.0), ("dog", 0.2)]),
            (edits(&[], &["ball"]), [("cat", 0.8), ("man", 0.5), ("ball", 10.0)]),
            (edits(&["dog"], &["ball"]), [("cat", 0.8), ("dog", 0.0), ("ball", 10.0)]),
            (edits(&[], &["cat"]), [("cat", 10.0), ("man", 0.5), ("dog", 0.2)]),
        ];
        for (edits, expected) in cases {
            let expected = expected.map(|(word, presence)| (word.to_owned(), presence));
            assert_eq!(chosen(&edits).expect("words of the list"), expected, "{edits:?}");
        }
    }

    #[test]
    fn unknown_words_and_too_many_are_refused() {
        for edits in
            [edits(&["unicorn"], &[]), edits(&[], &["unicorn"]), edits(&["cat", "man", "dog"], &["ball"])]
        {
            assert_eq!(chosen(&edits).expect_err("refused").kind(), "bad-word", "{edits:?}");
        }
    }
}
