//! Inflected English words and their base forms, by rule. A rule may give what is no word: whoever asks looks it up in a vocabulary.

/// Nouns with a plural that no rule gives.
const PLURALS: &[(&str, &str)] = &[
    ("man", "men"),
    ("woman", "women"),
    ("child", "children"),
    ("person", "people"),
    ("foot", "feet"),
    ("tooth", "teeth"),
    ("goose", "geese"),
    ("mouse", "mice"),
    ("leaf", "leaves"),
    ("knife", "knives"),
    ("wife", "wives"),
    ("wolf", "wolves"),
    ("shelf", "shelves"),
    ("loaf", "loaves"),
    ("calf", "calves"),
    ("scarf", "scarves"),
    ("life", "lives"),
];

/// Verbs and adjectives with forms that no rule gives, the base first.
const IRREGULAR: &[&str] = &[
    "be is are am was were been being",
    "have has had having",
    "do does did done doing",
    "go goes went gone going",
    "ride rides rode ridden riding rider",
    "drive drives drove driven driving driver",
    "write writes wrote written writing writer",
    "eat eats ate eaten eating",
    "drink drinks drank drunk drinking",
    "sit sits sat sitting",
    "stand stands stood standing",
    "lie lies lay lain lying laying",
    "run runs ran running runner",
    "swim swims swam swum swimming swimmer",
    "fly flies flew flown flying",
    "throw throws threw thrown throwing",
    "catch catches caught catching catcher",
    "hold holds held holding holder",
    "wear wears wore worn wearing",
    "hang hangs hung hanging hanged",
    "sleep sleeps slept sleeping",
    "buy buys bought buying",
    "bring brings brought bringing",
    "make makes made making",
    "take takes took taken taking",
    "give gives gave given giving",
    "see sees saw seen seeing",
    "say says said saying",
    "get gets got gotten getting",
    "hide hides hid hidden hiding",
    "bite bites bit bitten biting",
    "blow blows blew blown blowing",
    "draw draws drew drawn drawing",
    "fall falls fell fallen falling",
    "feed feeds fed feeding",
    "fight fights fought fighting",
    "find finds found finding",
    "grow grows grew grown growing",
    "hit hits hitting hitter",
    "keep keeps kept keeping",
    "lead leads led leading leader",
    "leave leaves left leaving",
    "lose loses lost losing",
    "put puts putting",
    "read reads reading reader",
    "ring rings rang rung ringing",
    "shine shines shone shining",
    "shoot shoots shot shooting",
    "show shows showed shown showing",
    "sing sings sang sung singing singer",
    "speak speaks spoke spoken speaking speaker",
    "spin spins spun spinning",
    "swing swings swung swinging",
    "teach teaches taught teaching teacher",
    "tell tells told telling",
    "think thinks thought thinking",
    "good better best",
    "bad worse worst",
];

/// What an inflected word is of its base form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Inflection {
    Base,
    /// Plural of a noun, third person of a verb.
    S,
    Ing,
    Ed,
    /// Who does it, or the comparative.
    Er,
    Est,
}

use Inflection::{Base, Ed, Er, Est, Ing, S};

/// What a word ends in, where that may be an inflection.
pub fn inflection(word: &str) -> Inflection {
    let endings = [("ing", Ing), ("ed", Ed), ("est", Est), ("er", Er), ("s", S)];
    let found =
        endings.into_iter().find(|(ending, _)| word.len() > ending.len() + 2 && word.ends_with(ending));
    match found {
        Some((_, S)) if word.ends_with("ss") => Base,
        Some((_, found)) => found,
        None if PLURALS.iter().any(|(_, plural)| *plural == word) => S,
        None => Base,
    }
}

fn irregular(word: &str) -> Option<&'static str> {
    IRREGULAR.iter().find(|line| line.split(' ').any(|form| form == word)).copied()
}

/// A stem as it stands, with an e, and without its doubled consonant: "rid", "ride"; "runn", "runne", "run".
fn stems(stem: &str) -> Vec<String> {
    let mut found = Vec::new();
    let letters: Vec<char> = stem.chars().rev().take(2).collect();
    if let [last, before] = letters[..]
        && last == before
        && !"aeiou".contains(last)
    {
        found.push(stem[..stem.len() - last.len_utf8()].to_owned());
    }
    found.extend([stem.to_owned(), format!("{stem}e")]);
    found
}

/// What the base form of a word may be, the likeliest first; the word itself is not among them.
pub fn bases(word: &str) -> Vec<String> {
    let plurals = PLURALS.iter().filter(|(_, plural)| *plural == word);
    let mut found: Vec<String> = plurals.map(|(base, _)| (*base).to_owned()).collect();
    if let Some(line) = irregular(word) {
        found.extend(line.split(' ').next().map(str::to_owned));
    }
    let rules: [(&str, &str); 9] = [
        ("ies", "y"),
        ("ves", "f"),
        ("ves", "fe"),
        ("ied", "y"),
        ("ying", "ie"),
        ("ier", "y"),
        ("iest", "y"),
        ("es", ""),
        ("s", ""),
    ];
    for (ending, instead) in rules {
        let stem = word.strip_suffix(ending).filter(|stem| {
            let plural_of_s = ending == "es" || !stem.ends_with('s');
            stem.chars().count() >= 2 && plural_of_s
        });
        found.extend(stem.map(|stem| format!("{stem}{instead}")));
    }
    for ending in ["ing", "ed", "er", "est"] {
        let stem = word.strip_suffix(ending).filter(|stem| stem.chars().count() >= 3);
        found.extend(stem.into_iter().flat_map(stems));
    }
    found.retain(|base| base != word);
    found
}

/// What an inflection of a base form may look like, the likeliest first.
pub fn inflected(base: &str, wanted: Inflection) -> Vec<String> {
    let (silent, last) = (base.strip_suffix('e'), base.chars().last().unwrap_or_default());
    let soft = silent.unwrap_or(base);
    let with = |ending: &str| {
        vec![format!("{soft}{ending}"), format!("{soft}{last}{ending}"), format!("{base}{ending}")]
    };
    let mut found = match wanted {
        Base => vec![base.to_owned()],
        S => vec![format!("{base}s"), format!("{base}es")],
        Ing => with("ing"),
        Ed => with("ed"),
        Er => with("er"),
        Est => with("est"),
    };
    if let Some(stem) = base.strip_suffix('y') {
        match wanted {
            S => found.push(format!("{stem}ies")),
            Ed => found.push(format!("{stem}ied")),
            Er => found.push(format!("{stem}ier")),
            Est => found.push(format!("{stem}iest")),
            Base | Ing => {}
        }
    }
    if wanted == S {
        found
            .extend(PLURALS.iter().filter(|(noun, _)| *noun == base).map(|(_, plural)| (*plural).to_owned()));
    }
    if let Some(line) = irregular(base).filter(|line| line.split(' ').next() == Some(base)) {
        found.extend(line.split(' ').skip(1).filter(|form| inflection(form) == wanted).map(str::to_owned));
    }
    found
}

/// All other forms of a word: its base forms, then what they are inflected to, first like the word itself.
pub fn other_forms(word: &str) -> Vec<String> {
    let mut found = bases(word);
    let roots: Vec<String> = std::iter::once(word.to_owned()).chain(found.iter().cloned()).collect();
    for wanted in [inflection(word), S, Ing, Ed, Er] {
        found.extend(roots.iter().flat_map(|root| inflected(root, wanted)));
    }
    found.extend(
        roots.iter().filter_map(|root| irregular(root)).flat_map(|line| line.split(' ').map(str::to_owned)),
    );
    found.retain(|form| form != word);
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bases_by_rule_and_by_list() {
        let cases = [
            ("dogs", "dog"),
            ("puppies", "puppy"),
            ("boxes", "box"),
            ("buses", "bus"),
            ("glasses", "glass"),
            ("running", "run"),
            ("riding", "ride"),
            ("standing", "stand"),
            ("lying", "lie"),
            ("jumped", "jump"),
            ("stopped", "stop"),
            ("carried", "carry"),
            ("bigger", "big"),
            ("happiest", "happy"),
            ("children", "child"),
            ("women", "woman"),
            ("knives", "knife"),
            ("rode", "ride"),
            ("were", "be"),
        ];
        for (word, base) in cases {
            assert!(bases(word).iter().any(|found| found == base), "{word}: {:?}", bases(word));
        }
        for word in ["grass", "bus", "is", "s", "ing", "red", ""] {
            assert!(!bases(word).iter().any(String::is_empty), "{word}: {:?}", bases(word));
        }
    }

    #[test]
    fn inflections_are_made_again() {
        let cases = [
            ("dog", S, "dogs"),
            ("couch", S, "couches"),
            ("puppy", S, "puppies"),
            ("run", Ing, "running"),
            ("ride", Ing, "riding"),
            ("carry", Ed, "carried"),
            ("child", S, "children"),
        ];
        for (base, wanted, form) in cases {
            assert!(
                inflected(base, wanted).iter().any(|found| found == form),
                "{base}: {:?}",
                inflected(base, wanted)
            );
        }
        assert!(other_forms("jumped").iter().any(|form| form == "jumping"));
        assert!(other_forms("ball").iter().any(|form| form == "balls"));
        assert!(other_forms("rode").iter().any(|form| form == "riding"));
    }

    #[test]
    fn any_text_has_forms_without_a_panic() {
        for word in ["", "é", "ééing", "…", "где", "🐕s", "xx"] {
            other_forms(word);
        }
    }
}
