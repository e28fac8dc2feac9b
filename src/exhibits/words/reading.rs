//! A source sentence as a translator reads it, and the words of it that are copied rather than translated.
//!
//! Names, numbers and unknown words become a placeholder, a piece that the translator was trained with on both sides. Where it
//! says the placeholder, the source word that it looked at is put in its place: Luong et al., "Addressing the Rare Word Problem
//! in Neural Machine Translation", and Jean et al., "On Using Very Large Target Vocabulary for Neural Machine
//! Translation", both ACL 2015. models/train/translation/copying.py trains with the same rules.

use std::collections::HashSet;

use super::bpe::{Bpe, CharacterClass, SPACE, class, words_of_group};

/// The placeholder after a space, and after none.
const PLACEHOLDERS: [&str; 2] = ["▁<copy>", "<copy>"];

/// What reads a sentence: pieces, and the English words that the translator knows.
pub struct Reader {
    bpe: Bpe,
    copying: Option<Copying>,
}

struct Copying {
    placeholders: [usize; 2],
    /// Words as they are written inside a sentence.
    known: HashSet<String>,
    /// The same in small letters.
    small: HashSet<String>,
}

/// A sentence in pieces.
#[derive(Default)]
pub struct Reading {
    pub ids: Vec<usize>,
    /// Each piece as people read it: the word itself where a placeholder stands for it.
    pub names: Vec<String>,
    words: Vec<String>,
    /// The place in `words` of each piece's word.
    word_of: Vec<usize>,
    /// The pieces that are placeholders.
    copied: Vec<usize>,
}

/// A word, a number with its separators, or another character.
struct Unit {
    /// What merges may not cross.
    words: Vec<String>,
    text: String,
    /// Its first letter, where that was made small.
    capital: Option<char>,
}

impl Reader {
    /// From the lines of a vocabulary, of its merges and of the known words. Without placeholders in the vocabulary nothing is
    /// copied.
    pub fn new(vocabulary: &[String], merges: &[String], known: &[String]) -> Self {
        let place = |name: &str| vocabulary.iter().position(|piece| piece == name);
        let copying = place(PLACEHOLDERS[0]).zip(place(PLACEHOLDERS[1])).map(|(begins, joins)| Copying {
            placeholders: [begins, joins],
            known: known.iter().cloned().collect(),
            small: known.iter().map(|word| word.to_lowercase()).collect(),
        });
        Self { bpe: Bpe::new(vocabulary, merges), copying }
    }

    pub fn name(&self, id: usize) -> &str {
        self.bpe.name(id)
    }

    /// Whether a piece stands for a word that is copied.
    pub fn is_placeholder(&self, id: usize) -> bool {
        self.placeholders().contains(&id)
    }

    pub fn placeholders(&self) -> &[usize] {
        self.copying.as_ref().map_or(&[], |copying| &copying.placeholders)
    }

    /// The placeholder as it is read once `word` is put in its place.
    pub fn filled(&self, id: usize, word: &str) -> String {
        let begins = self.name(id).starts_with(SPACE);
        if begins { format!("{SPACE}{word}") } else { word.to_owned() }
    }

    /// The pieces of a text.
    ///
    /// # Errors
    /// The characters that no piece holds, each once, if they cannot be copied or nothing else is left to translate.
    pub fn read(&self, text: &str) -> Result<Reading, String> {
        let mut reading = Reading::default();
        let mut strange = String::new();
        let (mut before, mut readable) = (false, false);
        for unit in self.units(text) {
            strange.extend(unit.text.chars().filter(|c| !self.bpe.has_character(*c)));
            let now = self.copying.as_ref().is_some_and(|copying| copying.copies(&unit, &self.bpe));
            match &self.copying {
                Some(copying) if now => reading.copy(&unit, before, copying.placeholders),
                _ => {
                    readable |= unit.class() != CharacterClass::Other;
                    reading.spell(&unit, &self.bpe);
                }
            }
            before = now;
        }
        if strange.is_empty() || self.copying.is_some() && readable {
            return Ok(reading);
        }
        let mut once = String::new();
        for c in strange.chars() {
            if !once.contains(c) {
                once.push(c);
            }
        }
        Err(once)
    }

    /// The units of a text, with words in the form they have inside a sentence if the translator was trained on that.
    fn units(&self, text: &str) -> Vec<Unit> {
        let mut units: Vec<Unit> = text.split_whitespace().flat_map(units_of_group).collect();
        let Some(copying) = &self.copying else { return units };
        let mut begins = true;
        for unit in &mut units {
            let over = [".", "!", "?"].contains(&unit.text.as_str());
            let still = begins && unit.class() == CharacterClass::Other;
            if unit.text == "i" {
                unit.replace("I");
            } else if begins && unit.text != "I" {
                unit.uncapitalise(&copying.known);
            }
            begins = over || still;
        }
        units
    }
}

impl Copying {
    /// Whether a unit is unknown: it has characters without a piece, is a number of several pieces, or is a word
    /// that the translator does not know.
    fn copies(&self, unit: &Unit, bpe: &Bpe) -> bool {
        if unit.text.chars().any(|c| !bpe.has_character(c)) {
            return true;
        }
        match unit.class() {
            CharacterClass::Digit => {
                unit.words.len() > 1 || unit.words.iter().any(|word| bpe.merged(word).len() > 1)
            }
            CharacterClass::Letter => {
                unit.text.chars().count() > 1 && !self.small.contains(&unit.text.to_lowercase())
            }
            CharacterClass::Other => false,
        }
    }
}

impl Reading {
    /// The same with the piece that ends a sentence, which belongs to no word.
    pub fn ended(mut self, id: usize, name: &str) -> Self {
        self.ids.push(id);
        self.names.push(name.to_owned());
        self
    }

    /// Whether there is anything to copy.
    pub fn can_copy(&self) -> bool {
        !self.copied.is_empty()
    }

    /// The source word that is put in a placeholder's place (Jean et al., section 3.3): with α_j the weight of piece j and
    /// J(w) the pieces of word w, the word argmax_w Σ_{j ∈ J(w)} α_j among those that stand as placeholders in the source;
    /// among all words if none of those has any weight, as when attention is painted.
    pub fn looked_at(&self, alpha: &[f32]) -> Option<&str> {
        let mut weights = vec![0.0; self.words.len()];
        for (word, weight) in self.word_of.iter().zip(alpha) {
            weights[*word] += weight;
        }
        let placeholders: Vec<usize> = self.copied.iter().map(|place| self.word_of[*place]).collect();
        let weighty = placeholders.iter().any(|word| weights[*word] > 0.0);
        let among = if weighty { placeholders } else { (0..self.words.len()).collect() };
        let most = among.into_iter().max_by(|a, b| weights[*a].total_cmp(&weights[*b]).then(b.cmp(a)));
        most.map(|word| self.words[word].as_str())
    }

    /// The word behind the `n`th placeholder of the source, or behind its last: without attention they are filled in order.
    pub fn copied(&self, n: usize) -> Option<&str> {
        let place = self.copied.get(n).or(self.copied.last())?;
        Some(&self.words[self.word_of[*place]])
    }

    fn push(&mut self, id: usize, name: String) {
        self.ids.push(id);
        self.names.push(name);
        self.word_of.push(self.words.len() - 1);
    }

    /// Adds a unit that is copied; it is one with the unit before it if that is copied too and touches it.
    fn copy(&mut self, unit: &Unit, before: bool, placeholders: [usize; 2]) {
        match (self.words.last_mut(), self.names.last_mut()) {
            (Some(word), Some(name)) if before && !unit.begins() => {
                word.push_str(&unit.text);
                name.push_str(&unit.text);
            }
            _ => {
                self.words.push(unit.text.clone());
                self.copied.push(self.ids.len());
                self.push(placeholders[usize::from(!unit.begins())], unit.words.concat());
            }
        }
    }

    /// Adds the pieces of a unit that is translated.
    fn spell(&mut self, unit: &Unit, bpe: &Bpe) {
        let mut capital = unit.capital;
        self.words.push(match unit.capital {
            Some(capital) => capitalised(&unit.text, capital),
            None => unit.text.clone(),
        });
        for piece in unit.words.iter().flat_map(|word| bpe.merged(word)) {
            let Some(id) = bpe.id(&piece) else { continue };
            let letters = piece.trim_start_matches(SPACE);
            let name = match capital.filter(|_| !letters.is_empty()) {
                Some(first) => {
                    capital = None;
                    piece[..piece.len() - letters.len()].to_owned() + &capitalised(letters, first)
                }
                None => piece,
            };
            self.push(id, name);
        }
    }
}

/// A word with another first letter.
fn capitalised(word: &str, capital: char) -> String {
    let mut letters = word.chars();
    letters.next();
    String::from(capital) + letters.as_str()
}

impl Unit {
    fn class(&self) -> CharacterClass {
        self.text.chars().next().map_or(CharacterClass::Other, class)
    }

    /// Whether a space, or nothing, stands before it.
    fn begins(&self) -> bool {
        self.words.first().is_some_and(|word| word.starts_with(SPACE))
    }

    fn replace(&mut self, text: &str) {
        let mark = if self.begins() { SPACE.to_string() } else { String::new() };
        self.words = vec![mark + text];
        text.clone_into(&mut self.text);
    }

    /// Makes the first letter small if that is how the word is written inside a sentence.
    fn uncapitalise(&mut self, known: &HashSet<String>) {
        let small = self.text.to_lowercase();
        let rest = |word: &str| word.chars().skip(1).collect::<String>();
        if small != self.text && rest(&small) == rest(&self.text) && known.contains(&small) {
            self.capital = self.text.chars().next();
            self.replace(&small);
        }
    }
}

/// The units of a group without white space; a number goes on over ".", "," and ":" to the next digits.
fn units_of_group(group: &str) -> Vec<Unit> {
    let is_number = |word: &String| word.chars().last().is_some_and(|c| class(c) == CharacterClass::Digit);
    let mut units: Vec<Unit> = Vec::new();
    let mut rest = words_of_group(group).into_iter().peekable();
    while let Some(first) = rest.next() {
        let mut words = vec![first];
        while is_number(&words[words.len() - 1]) {
            let mut ahead = rest.clone();
            let separates = ahead.next().is_some_and(|word| [".", ",", ":"].contains(&word.as_str()));
            if !separates || !ahead.next().as_ref().is_some_and(is_number) {
                break;
            }
            words.extend(rest.by_ref().take(2));
        }
        let text = words.concat().trim_start_matches(SPACE).to_owned();
        units.push(Unit { words, text, capital: None });
    }
    units
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str) -> Vec<String> {
        text.split('|').map(str::to_owned).collect()
    }

    /// Knows "a", "dog", "saw" and "French"; "▁dog" and "12" are single pieces.
    fn reader() -> Reader {
        let letters: Vec<String> =
            "abcdefghijklmnopqrstuvwxyzABDFIKNT0123456789.,:'!?".chars().map(String::from).collect();
        let special = lines("<pad>|<start>|<end>|▁<copy>|<copy>|▁");
        let merged = lines("▁d|▁do|▁dog|▁1|▁12|▁a");
        let vocabulary = [special, letters, merged].concat();
        let merges = lines("▁ d|▁d o|▁do g|▁ 1|▁1 2|▁ a");
        Reader::new(&vocabulary, &merges, &lines("a|dog|saw|French|I|i"))
    }

    fn read(text: &str) -> (String, Vec<String>) {
        let reading = reader().read(text).expect("readable");
        let pieces = reading.ids.iter().map(|id| reader().name(*id).to_owned()).collect::<Vec<_>>();
        let copied = reading.copied.iter().map(|place| reading.words[reading.word_of[*place]].clone());
        (pieces.join(" "), copied.collect())
    }

    #[test]
    fn what_is_unknown_becomes_a_placeholder() {
        let cases: [(&str, &str, &[&str]); 9] = [
            ("a dog", "▁a ▁dog", &[]),
            ("a dog saw Kim.", "▁a ▁dog ▁ s a w ▁<copy> .", &["Kim"]),
            ("12 dog", "▁12 ▁dog", &[]),
            ("123 2,500 7:30, 12.", "▁<copy> ▁<copy> ▁<copy> , ▁12 .", &["123", "2,500", "7:30"]),
            ("d'Artagnan", "▁d ' <copy>", &["Artagnan"]),
            ("a 🐕🐕 dog", "▁a ▁<copy> ▁dog", &["🐕🐕"]),
            ("a Łódź!", "▁a ▁<copy> !", &["Łódź"]),
            ("a dog🐕Kim", "▁a ▁dog <copy>", &["🐕Kim"]),
            ("French", "▁ F r e n c h", &[]),
        ];
        for (text, pieces, copied) in cases {
            assert_eq!(
                read(text),
                (pieces.to_owned(), copied.iter().map(|c| (*c).to_owned()).collect()),
                "{text}"
            );
        }
    }

    #[test]
    fn a_sentence_begins_with_the_form_inside_one_but_shows_its_capital() {
        let cases = [
            ("Dog", "▁dog", "▁Dog"),
            ("'Dog! A dog", "▁ ' d o g ! ▁a ▁dog", "▁ ' D o g ! ▁A ▁dog"),
            ("i saw", "▁ I ▁ s a w", "▁ I ▁ s a w"),
            ("a Dog", "▁a ▁ D o g", "▁a ▁ D o g"),
        ];
        for (text, pieces, shown) in cases {
            assert_eq!(read(text).0, pieces, "{text}");
            assert_eq!(reader().read(text).expect("readable").names.join(" "), shown, "{text}");
        }
    }

    #[test]
    fn a_text_that_is_all_unknown_characters_is_refused() {
        assert_eq!(reader().read("Собака б!").err(), Some("Собак".to_owned()));
        assert_eq!(reader().read("🐕 😀.").err(), Some("🐕😀".to_owned()));
        assert!(reader().read("Kim").is_ok(), "a name alone can be copied");
    }

    #[test]
    fn without_placeholders_nothing_is_copied() {
        let reader = Reader::new(&lines("<pad>|<start>|<end>|▁|D|o|g|1|2"), &[], &lines("dog"));
        let reading = reader.read("Dog 12 gg").expect("readable");
        assert_eq!(reading.names.concat(), "▁Dog▁12▁gg");
        assert!(!reading.can_copy() && reader.placeholders().is_empty());
        assert_eq!(reader.read("Dog 😀 б g😀").err(), Some("😀б".to_owned()));
    }

    #[test]
    fn the_word_looked_at_is_copied() {
        let reader = reader();
        let reading = reader.read("Kim saw Bo").expect("readable");
        assert_eq!(reading.names, ["▁Kim", "▁", "s", "a", "w", "▁Bo"]);
        let cases = [
            ([0.6, 0.1, 0.1, 0.0, 0.0, 0.2], "Kim"),
            ([0.1, 0.2, 0.2, 0.1, 0.1, 0.3], "Bo"),
            ([0.0, 0.1, 0.4, 0.4, 0.1, 0.0], "saw"),
        ];
        for (alpha, word) in cases {
            assert_eq!(reading.looked_at(&alpha), Some(word));
        }
        assert_eq!([0, 1, 2].map(|n| reading.copied(n)), [Some("Kim"), Some("Bo"), Some("Bo")]);
        assert_eq!(reader.filled(reader.placeholders()[0], "Kim"), "▁Kim");
        assert_eq!(reader.filled(reader.placeholders()[1], "Kim"), "Kim");
        assert_eq!(Reading::default().looked_at(&[]), None);
    }
}
