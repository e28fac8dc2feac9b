//! Text as subword pieces: byte-pair encoding (Sennrich et al., ACL 2016), as models/train/translation/text.py learned it.

use std::collections::HashMap;

/// Marks a piece that begins a word; it stands for the space before it.
const SPACE: char = '▁';

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

    /// The ids of a text's pieces.
    ///
    /// # Errors
    /// The characters that no piece holds, each once.
    pub fn split(&self, text: &str) -> Result<Vec<usize>, String> {
        let mut found = Vec::new();
        let mut strange = String::new();
        for word in words(text) {
            for piece in self.merged(&word) {
                match self.ids.get(&piece) {
                    Some(id) => found.push(*id),
                    None => strange.extend(piece.chars().filter(|c| *c != SPACE)),
                }
            }
        }
        if strange.is_empty() {
            return Ok(found);
        }
        let mut once = String::new();
        for c in strange.chars() {
            if !once.contains(c) {
                once.push(c);
            }
        }
        Err(once)
    }

    /// Merges neighbours, the pair that was learned first before all others, until none is left to merge.
    fn merged(&self, word: &str) -> Vec<String> {
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

#[derive(PartialEq, Eq, Clone, Copy)]
enum CharacterClass {
    Letter,
    Digit,
    Other,
}

fn class(c: char) -> CharacterClass {
    match c {
        c if c.is_alphabetic() => CharacterClass::Letter,
        c if c.is_numeric() => CharacterClass::Digit,
        _ => CharacterClass::Other,
    }
}

/// Runs of letters, runs of digits and other characters one by one, each with the mark where a space, or nothing, stands
/// before it.
fn words(text: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    for group in text.split_whitespace() {
        let mut last = None;
        for (i, c) in group.chars().enumerate() {
            let this = class(c);
            let goes_on = last == Some(this) && this != CharacterClass::Other;
            match words.last_mut() {
                Some(word) if i > 0 && goes_on => word.push(c),
                _ if i == 0 => words.push(format!("{SPACE}{c}")),
                _ => words.push(c.to_string()),
            }
            last = Some(this);
        }
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
            let ids = pieces.split(text).expect("known characters");
            let names: Vec<&str> = ids.into_iter().map(|id| pieces.name(id)).collect();
            assert_eq!(names, expected, "{text:?}");
        }
    }

    #[test]
    fn strange_characters_are_named_once() {
        assert_eq!(pieces().split("a 😀 б ab😀"), Err("😀б".to_owned()));
    }
}
