//! What unknown words are read as.

use super::*;

/// The most frequent first.
const VOCABULARY: &str = "<pad> <unk> the is what a where who of how many not are man woman dog child color couch car bike truck \
    running riding jump cat phone refrigerator television trousers shirt bus glass big woods street teddy bear giraffe umbrella \
    children motorcycle swimming ball box hat tree at photo skateboard brown gray wearing";

fn words() -> Vec<String> {
    VOCABULARY.split_whitespace().map(str::to_owned).collect()
}

#[test]
fn unknown_words_are_read_as_their_nearest() {
    let cases = [
        ("what's", "what is", HowRead::Contraction),
        ("who's", "who is", HowRead::Contraction),
        ("whats", "what is", HowRead::Contraction),
        ("isn't", "is not", HowRead::Contraction),
        ("dog's", "dog", HowRead::Contraction),
        ("dogs'", "dog", HowRead::Form),
        ("poodle's", "dog", HowRead::Synonym),
        ("teddy-bear", "teddy bear", HowRead::Contraction),
        ("dogs", "dog", HowRead::Form),
        ("buses", "bus", HowRead::Form),
        ("jumped", "jump", HowRead::Form),
        ("jumping", "jump", HowRead::Form),
        ("ran", "running", HowRead::Form),
        ("rode", "riding", HowRead::Form),
        ("men", "man", HowRead::Form),
        ("bigger", "big", HowRead::Form),
        ("glasses", "glass", HowRead::Form),
        ("sofa", "couch", HowRead::Synonym),
        ("sofas", "couch", HowRead::Synonym),
        ("automobile", "car", HowRead::Synonym),
        ("lorry", "truck", HowRead::Synonym),
        ("kid", "child", HowRead::Synonym),
        ("kids", "children", HowRead::Synonym),
        ("bicycle", "bike", HowRead::Synonym),
        ("jogging", "running", HowRead::Synonym),
        ("fridge", "refrigerator", HowRead::Synonym),
        ("tv", "television", HowRead::Synonym),
        ("pants", "trousers", HowRead::Synonym),
        ("labrador", "dog", HowRead::Synonym),
        ("t-shirt", "shirt", HowRead::Synonym),
        ("forest", "woods", HowRead::Synonym),
        ("huge", "big", HowRead::Synonym),
        ("grey", "gray", HowRead::Synonym),
        ("colour", "color", HowRead::Synonym),
        ("colr", "color", HowRead::Spelling),
        ("dgo", "dog", HowRead::Spelling),
        ("girafe", "giraffe", HowRead::Spelling),
        ("umbrela", "umbrella", HowRead::Spelling),
        ("refridgerater", "refrigerator", HowRead::Spelling),
        ("skatebaord", "skateboard", HowRead::Spelling),
        ("bycicle", "bike", HowRead::Spelling),
    ];
    let words = words();
    let known = KnownWords::new(&words);
    for (typed, read, how) in cases {
        let (said, replaced) = known.read(typed);
        let replaced = replaced.expect(typed);
        assert_eq!((said.join(" ").as_str(), replaced.how), (read, how), "{typed}");
        assert_eq!(replaced.read.as_deref(), Some(read), "{typed}");
        assert!(
            replaced.suggestions.len() <= SUGGESTIONS
                && !replaced.suggestions.iter().any(|word| word == read)
        );
    }
}

#[test]
fn known_words_stay_and_strange_ones_are_left_open() {
    let words = words();
    let known = KnownWords::new(&words);
    for word in ["dog", "what", "a"] {
        assert_eq!(known.read(word), (vec![word.to_owned()], None));
        assert_eq!(known.place(word), words.iter().position(|one| one == word));
    }
    // "wombat" is two slips from "woman", which is shorter than words that may be misspelt twice.
    for typed in ["wombat", "🐕", "где", "xy", "<unk>", "<pad>", "12345", "'", "-", "", "zzzzzzzz"] {
        let (said, replaced) = known.read(typed);
        let replaced = replaced.expect(typed);
        assert_eq!(
            (said, replaced.read, replaced.how),
            (vec![typed.to_owned()], None, HowRead::Unknown),
            "{typed}"
        );
    }
}

#[test]
fn suggestions_are_other_words_that_are_near() {
    let words = words();
    let known = KnownWords::new(&words);
    let suggested = |typed: &str| known.read(typed).1.expect(typed).suggestions;
    assert_eq!(suggested("ct"), Vec::<String>::new());
    assert_eq!(suggested("bat"), ["cat", "hat"]);
    assert_eq!(suggested("reptile"), Vec::<String>::new());
    assert!(suggested("skater").contains(&"skateboard".to_owned()));
    assert_eq!(known.did_you_mean("hut"), ". Did you mean “hat”?");
    assert_eq!(known.did_you_mean("где"), "");
}

#[test]
fn distances_between_words() {
    let cases = [
        ("dog", "dog", 0),
        ("dog", "dig", 1),
        ("dog", "odg", 1),
        ("dog", "dogs", 1),
        ("abcd", "badc", 2),
        ("", "abc", 3),
    ];
    for (a, b, far) in cases {
        let letters = |word: &str| word.chars().collect::<Vec<_>>();
        assert_eq!(distance(&letters(a), &letters(b)), far, "{a} {b}");
    }
}

/// No group names a word twice, and all of it is lower case.
#[test]
fn the_table_is_in_order() {
    assert!(SYNONYMS.split_whitespace().count() > 900);
    for line in SYNONYMS.lines() {
        let group: Vec<&str> = line.split(' ').collect();
        assert!(group.len() >= 2 && group.iter().all(|word| !word.is_empty()), "{line}");
        assert_eq!(group.iter().collect::<std::collections::BTreeSet<_>>().len(), group.len(), "{line}");
        assert_eq!(line.to_lowercase(), *line);
    }
}
