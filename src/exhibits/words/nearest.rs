//! Words that a vocabulary lacks, read as the nearest ones that it has: contractions, other forms of the word, synonyms, spelling.

use std::collections::HashMap;

use super::forms::{Inflection, bases, inflected, inflection, other_forms};
use crate::exhibits::{HowRead, Replaced};

/// Words that may stand for each other in an everyday question, a group a line. The first that a vocabulary has is taken.
const SYNONYMS: &str = include_str!("synonyms.txt");
/// Words before 's for which it means "is"; behind all others it is a genitive.
const WITH_IS: &[&str] =
    &["what", "who", "where", "how", "when", "there", "here", "that", "this", "it", "he", "she", "which"];
const CONTRACTIONS: &[(&str, &str)] = &[
    ("can't", "can not"),
    ("won't", "will not"),
    ("i'm", "i am"),
    ("whats", "what is"),
    ("wheres", "where is"),
    ("whos", "who is"),
    ("isnt", "is not"),
    ("arent", "are not"),
];
const ENDINGS: &[(&str, &str)] = &[("n't", "not"), ("'re", "are"), ("'ve", "have"), ("'ll", "will")];
/// A word of fewer letters is not taken for a misspelt one.
const SHORTEST: usize = 3;
/// Words from this length on may be misspelt twice.
const LONG: usize = 6;
const SUGGESTIONS: usize = 4;

/// The words of a vocabulary, the most frequent first where it is sorted so.
pub struct KnownWords<'a> {
    words: &'a [String],
    places: HashMap<&'a str, usize>,
}

impl<'a> KnownWords<'a> {
    /// Marks such as `<unk>` are no words.
    pub fn new(words: &'a [String]) -> Self {
        let places = words.iter().enumerate().filter(|(_, word)| !word.starts_with('<'));
        Self { words, places: places.map(|(place, word)| (word.as_str(), place)).collect() }
    }

    /// The place of a word in the vocabulary.
    pub fn place(&self, word: &str) -> Option<usize> {
        self.places.get(word).copied()
    }

    fn knows(&self, word: &str) -> bool {
        self.places.contains_key(word)
    }

    /// The words that a typed one is read as, and what was replaced if the vocabulary lacks it.
    pub fn read(&self, typed: &str) -> (Vec<String>, Option<Replaced>) {
        if self.knows(typed) {
            return (vec![typed.to_owned()], None);
        }
        let parts = split(typed).into_iter().find(|parts| parts.iter().all(|part| self.knows(part)));
        let bare = genitive(typed).unwrap_or(typed);
        let ranked = self.ranked(bare);
        let (read, how) = match (parts, ranked.first()) {
            (Some(parts), _) => (parts, HowRead::Contraction),
            (None, Some((nearest, how))) => (vec![nearest.clone()], *how),
            (None, None) => (Vec::new(), HowRead::Unknown),
        };
        let mut suggestions = self.suggestions(&ranked, bare);
        suggestions.retain(|word| !read.contains(word));
        suggestions.truncate(SUGGESTIONS);
        let words = (!read.is_empty()).then(|| read.join(" "));
        let replaced = Replaced { typed: typed.to_owned(), read: words, how, suggestions };
        (if read.is_empty() { vec![typed.to_owned()] } else { read }, Some(replaced))
    }

    /// The known words nearest to one that is not known, as a question to the visitor; empty if none is near.
    pub fn did_you_mean(&self, typed: &str) -> String {
        let mut found = self.suggestions(&self.ranked(typed), typed);
        found.truncate(SUGGESTIONS);
        let quoted: Vec<String> = found.iter().map(|word| format!("“{word}”")).collect();
        match quoted.split_last() {
            None => String::new(),
            Some((last, [])) => format!(". Did you mean {last}?"),
            Some((last, others)) => format!(". Did you mean {} or {last}?", others.join(", ")),
        }
    }

    /// Known words for an unknown one, the nearest first: its other forms, its synonyms, what is spelt like it.
    fn ranked(&self, typed: &str) -> Vec<(String, HowRead)> {
        let parts: Vec<&str> = typed.split(['-', '/']).collect();
        let forms = other_forms(typed).into_iter().filter(|form| self.knows(form));
        let mut found: Vec<(String, HowRead)> = forms.map(|form| (form, HowRead::Form)).collect();
        found.extend(self.synonyms(typed).into_iter().map(|word| (word, HowRead::Synonym)));
        if let [_, .., last] = parts[..] {
            found.extend(self.knows(last).then(|| (last.to_owned(), HowRead::Form)));
        }
        // A word that the table knows is spelt rightly.
        if found.is_empty() && !is_tabled(typed) {
            found.extend(self.spelt_like(typed).into_iter().map(|word| (word, HowRead::Spelling)));
        }
        found
    }

    /// Near words, then those that begin in the same way.
    fn suggestions(&self, ranked: &[(String, HowRead)], typed: &str) -> Vec<String> {
        let mut found: Vec<String> = Vec::new();
        let start: String = typed.chars().take(3).collect();
        let alike = self.words.iter().filter(|word| start.chars().count() == 3 && word.starts_with(&start));
        let near = ranked.iter().map(|(word, _)| word.clone()).chain(self.spelt_like(typed));
        for word in near.chain(alike.filter(|word| self.knows(word)).cloned()) {
            if !found.contains(&word) {
                found.push(word);
            }
        }
        found
    }

    /// Known words of the groups that hold a word or its base form, inflected as the word is.
    fn synonyms(&self, word: &str) -> Vec<String> {
        let mut found = Vec::new();
        let typed = (word.to_owned(), Inflection::Base);
        let rooted = bases(word).into_iter().map(|base| (base, inflection(word)));
        for (root, wanted) in std::iter::once(typed).chain(rooted) {
            let groups = SYNONYMS.lines().filter(|line| line.split(' ').any(|one| one == root));
            for other in groups.flat_map(|line| line.split(' ')).filter(|other| *other != root) {
                let forms = inflected(other, wanted).into_iter();
                let forms = forms.chain([other.to_owned()]).chain(other_forms(other));
                let known = forms.into_iter().find(|form| self.knows(form) && form != word);
                found.extend(known.filter(|form| !found.contains(form)));
            }
        }
        found
    }

    /// Known words that differ by a slip of the hand, or that stand in the table for one that does; the nearest first, then the
    /// more frequent.
    fn spelt_like(&self, typed: &str) -> Vec<String> {
        let letters: Vec<char> = typed.chars().collect();
        if letters.len() < SHORTEST || !letters.iter().all(|letter| letter.is_alphabetic()) {
            return Vec::new();
        }
        let mut found: Vec<(usize, bool, usize, String)> = Vec::new();
        for (word, place) in &self.places {
            let far = slips(&letters, &word.chars().collect::<Vec<_>>());
            found.extend(far.map(|far| (far, !word.starts_with(letters[0]), *place, (*word).to_owned())));
        }
        let tabled = SYNONYMS.split_whitespace().filter(|word| letters.len() > SHORTEST && !self.knows(word));
        for word in tabled {
            let Some(far) = slips(&letters, &word.chars().collect::<Vec<_>>()) else { continue };
            let stands_for = self.synonyms(word).into_iter().next();
            found.extend(stands_for.map(|known| (far, !word.starts_with(letters[0]), usize::MAX, known)));
        }
        found.sort();
        found.into_iter().map(|(.., word)| word).collect()
    }
}

/// Whose something is: "dog" of "dog's".
fn genitive(word: &str) -> Option<&str> {
    word.strip_suffix("'s").or_else(|| word.strip_suffix('\'').filter(|before| before.ends_with('s')))
}

fn is_tabled(word: &str) -> bool {
    let holds = |form: &str| SYNONYMS.split_whitespace().any(|one| one == form);
    holds(word) || bases(word).iter().any(|base| holds(base))
}

/// What a word may be put together from, the likeliest first.
fn split(word: &str) -> Vec<Vec<String>> {
    let whole = CONTRACTIONS.iter().filter(|(short, _)| *short == word).map(|(_, long)| (*long).to_owned());
    let parted =
        ENDINGS.iter().filter_map(|(short, long)| Some(format!("{} {long}", word.strip_suffix(short)?)));
    let mut found: Vec<Vec<String>> =
        whole.chain(parted).map(|long| long.split(' ').map(str::to_owned).collect()).collect();
    if let Some(before) = genitive(word) {
        let is = WITH_IS.contains(&before).then(|| vec![before.to_owned(), "is".to_owned()]);
        found.push(is.unwrap_or_else(|| vec![before.to_owned()]));
    }
    if word.contains(['-', '/']) {
        found.push(word.split(['-', '/']).map(str::to_owned).collect());
    }
    found.retain(|parts| parts.iter().all(|part| !part.is_empty()));
    found
}

/// How many slips lead from one word to another, if that may be chance: one, or two where both words are long and begin alike.
fn slips(typed: &[char], word: &[char]) -> Option<usize> {
    if typed.len().abs_diff(word.len()) > 2 || word.len() < SHORTEST {
        return None;
    }
    let long = typed.len() >= LONG && word.len() >= LONG && typed.first() == word.first();
    Some(distance(typed, word)).filter(|far| *far <= if long { 2 } else { 1 })
}

/// Letters put in, left out, replaced or changed with their neighbour (Damerau 1964, Levenshtein 1966; no letter touched twice).
fn distance(a: &[char], b: &[char]) -> usize {
    let mut rows = vec![vec![0; b.len() + 1]; a.len() + 1];
    for (i, row) in rows.iter_mut().enumerate() {
        row[0] = i;
    }
    rows[0] = (0..=b.len()).collect();
    for i in 1..=a.len() {
        for j in 1..=b.len() {
            let replaced = rows[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
            let mut least = replaced.min(rows[i - 1][j] + 1).min(rows[i][j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                least = least.min(rows[i - 2][j - 2] + 1);
            }
            rows[i][j] = least;
        }
    }
    rows[a.len()][b.len()]
}

#[cfg(test)]
mod tests;
