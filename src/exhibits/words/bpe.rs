//! Text as subword pieces: byte-pair encoding (Sennrich et al., ACL 2016), as models/train/translation/text.py learned it.

use std::collections::HashMap;

/// Marks a piece that begins a word; it stands for the space before it.
pub const SPACE: char = '▁';

/// A vocabulary of pieces and the merges that make them.
pub struct Bpe {
    ids: HashMap<String, usize>,
    names: Vec<String>,
    ranks: HashMap<(String, String), usize>,
}

impl Bpe {
    /// From the lines of a vocabulary (line number = id) and of its merges (two pieces a line, first merged first).
    pub fn new(vocabulary: &[String], merges: &[String]) -> Self {
        let pair = |line: &String| line.split_once(' ').map(|(a, b)| (a.to_owned(), b.to_owned()));
        let ranks = merges.iter().filter_map(pair).enumerate().map(|(rank, pair)| (pair, rank)).collect();
        let ids = vocabulary.iter().cloned().enumerate().map(|(id, piece)| (piece, id)).collect();
        Self { ids, names: vocabulary.to_vec(), ranks }
    }

    pub fn name(&self, id: usize) -> &str {
        self.names.get(id).map_or("", String::as_str)
    }

    pub fn id(&self, piece: &str) -> Option<usize> {
        self.ids.get(piece).copied()
    }

    /// Whether a character has a piece.
    pub fn has_character(&self, c: char) -> bool {
        self.ids.contains_key(c.encode_utf8(&mut [0; 4]) as &str)
    }

    /// Merges neighbours, the pair that was learned first before all others, until none is left to merge.
    pub fn merged(&self, word: &str) -> Vec<String> {
        let mut pieces: Vec<String> = word.chars().map(String::from).collect();
        loop {
            let rank = |pair: &[String]| self.ranks.get(&(pair[0].clone(), pair[1].clone())).copied();
            let Some(first) = pieces.windows(2).filter_map(rank).min() else { return pieces };
            let mut next = Vec::with_capacity(pieces.len());
            let mut rest = pieces.into_iter().peekable();
            while let Some(piece) = rest.next() {
                let merges = |other: &String| self.ranks.get(&(piece.clone(), other.clone())) == Some(&first);
                match rest.next_if(merges) {
                    Some(other) => next.push(piece + &other),
                    None => next.push(piece),
                }
            }
            pieces = next;
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CharacterClass {
    Letter,
    Digit,
    Other,
}

pub fn class(c: char) -> CharacterClass {
    match c {
        c if c.is_alphabetic() => CharacterClass::Letter,
        c if c.is_numeric() => CharacterClass::Digit,
        _ => CharacterClass::Other,
    }
}

/// The runs of letters, runs of digits and other characters one by one of a group without white space; the first carries
/// the mark.
pub fn words_of_group(group: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut last = None;
    for c in group.chars() {
        let this = class(c);
        let goes_on = last == Some(this) && this != CharacterClass::Other;
        match words.last_mut() {
            Some(word) if goes_on => word.push(c),
            Some(_) => words.push(c.to_string()),
            None => words.push(format!("{SPACE}{c}")),
        }
        last = Some(this);
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pieces() -> Bpe {
        let lines = |text: &str| text.split('|').map(str::to_owned).collect::<Vec<_>>();
        let vocabulary = lines("<pad>|<start>|<end>|▁|a|b|c|1|2|!|'|▁a|ab|▁ab|12");
        Bpe::new(&vocabulary, &lines("a b|▁ ab|▁ a|1 2"))
    }

    #[test]
    fn known_texts() {
        let cases: [(&str, &[&str]); 8] = [
            ("", &[]),
            ("  \n ", &[]),
            ("ab", &["▁ab"]),
            ("a b", &["▁a", "▁", "b"]),
            ("abab!", &["▁ab", "ab", "!"]),
            ("a12b", &["▁a", "12", "b"]),
            ("a''b", &["▁a", "'", "'", "b"]),
            ("!a\u{a0}ab", &["▁", "!", "a", "▁ab"]),
        ];
        let pieces = pieces();
        for (text, expected) in cases {
            let words = text.split_whitespace().flat_map(words_of_group);
            let names: Vec<String> = words.flat_map(|word| pieces.merged(&word)).collect();
            assert_eq!(names, expected, "{text:?}");
        }
    }

    #[test]
    fn pieces_have_ids_and_names() {
        let pieces = pieces();
        assert_eq!(pieces.id("▁ab").map(|id| pieces.name(id)), Some("▁ab"));
        assert_eq!((pieces.id("b▁"), pieces.name(99)), (None, ""));
        assert!(pieces.has_character('a') && !pieces.has_character('б'));
    }
}
