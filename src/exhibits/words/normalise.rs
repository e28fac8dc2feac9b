//! What people type and paste, in the characters that the models learned from.

/// A text in Unicode's compatible composed form (NFKC) as far as Latin script and typed punctuation go, with straight quotes, plain
/// dashes, single spaces and nothing invisible.
///
/// The whole of NFKC would add 49 kB to the download (brotli), nearly all for characters that no model knows. models/train/translation/text.py
/// does the same to the English that the translators learn from.
pub fn normalised(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for c in text.chars().filter(|c| !is_invisible(*c)) {
        match plain.chars().last().and_then(|before| composed(before, c)) {
            Some(both) => {
                plain.pop();
                plain.push(both);
            }
            None => push_plain(&mut plain, c),
        }
    }
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Adds the typed characters for one that looks like them.
fn push_plain(plain: &mut String, c: char) {
    match c {
        '\u{2018}'..='\u{201b}' | '\u{2032}' | '\u{b4}' | '`' | '\u{2bc}' => plain.push('\''),
        '\u{201c}'..='\u{201f}' | '\u{2033}' | '\u{ab}' | '\u{bb}' => plain.push('"'),
        '\u{2010}'..='\u{2015}' | '\u{2212}' => plain.push('-'),
        '\u{2044}' => plain.push('/'),
        // The full-width forms of ASCII.
        '\u{ff01}'..='\u{ff5e}' => push_plain(plain, char::from((u32::from(c) - 0xfee0) as u8)),
        c => match COMPATIBLE.iter().find(|(from, _)| *from == c) {
            Some((_, to)) => plain.push_str(to),
            None => plain.push(c),
        },
    }
}

const COMPATIBLE: [(char, &str); 24] = [
    ('\u{2026}', "..."),
    ('\u{2025}', ".."),
    ('\u{fb00}', "ff"),
    ('\u{fb01}', "fi"),
    ('\u{fb02}', "fl"),
    ('\u{fb03}', "ffi"),
    ('\u{fb04}', "ffl"),
    ('\u{fb05}', "st"),
    ('\u{fb06}', "st"),
    ('\u{bc}', "1/4"),
    ('\u{bd}', "1/2"),
    ('\u{be}', "3/4"),
    ('\u{b9}', "1"),
    ('\u{b2}', "2"),
    ('\u{b3}', "3"),
    ('\u{aa}', "a"),
    ('\u{ba}', "o"),
    ('\u{b5}', "\u{3bc}"),
    ('\u{132}', "IJ"),
    ('\u{133}', "ij"),
    ('\u{17f}', "s"),
    ('\u{2116}', "No"),
    ('\u{2122}', "TM"),
    ('\u{203c}', "!!"),
];

/// A letter and a combining accent as one character.
fn composed(letter: char, accent: char) -> Option<char> {
    let (_, letters, both) = ACCENTS.iter().find(|(mark, ..)| *mark == accent)?;
    letters.chars().zip(both.chars()).find(|(from, _)| *from == letter).map(|(_, both)| both)
}

/// Combining accents, the letters that carry them, and both together.
const ACCENTS: [(char, &str, &str); 13] = [
    ('\u{300}', "AEINOUaeinou", "ÀÈÌǸÒÙàèìǹòù"),
    ('\u{301}', "ACEILNORSUYZaceilnorsuyz", "ÁĆÉÍĹŃÓŔŚÚÝŹáćéíĺńóŕśúýź"),
    ('\u{302}', "ACEGHIJOSUWYaceghijosuwy", "ÂĈÊĜĤÎĴÔŜÛŴŶâĉêĝĥîĵôŝûŵŷ"),
    ('\u{303}', "AINOUainou", "ÃĨÑÕŨãĩñõũ"),
    ('\u{304}', "AEIOUaeiou", "ĀĒĪŌŪāēīōū"),
    ('\u{306}', "AEGIOUaegiou", "ĂĔĞĬŎŬăĕğĭŏŭ"),
    ('\u{307}', "CEGIZcegz", "ĊĖĠİŻċėġż"),
    ('\u{308}', "AEIOUYaeiouy", "ÄËÏÖÜŸäëïöüÿ"),
    ('\u{30a}', "AUau", "ÅŮåů"),
    ('\u{30b}', "OUou", "ŐŰőű"),
    ('\u{30c}', "CDELNRSTZcdelnrstz", "ČĎĚĽŇŘŠŤŽčďěľňřšťž"),
    ('\u{327}', "CGKLNRSTcgklnrst", "ÇĢĶĻŅŖŞŢçģķļņŗşţ"),
    ('\u{328}', "AEIUaeiu", "ĄĘĮŲąęįų"),
];

/// Controls, the soft hyphen, the byte order mark, and what joins or directs other characters without being seen.
fn is_invisible(c: char) -> bool {
    let format = matches!(
        c,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}'
    );
    format || c.is_control() && !c.is_whitespace()
}

#[cfg(test)]
mod tests {
    use unicode_normalization::UnicodeNormalization;

    use super::*;

    #[test]
    fn pasted_texts_become_typed_ones() {
        let cases = [
            ("", ""),
            (" \u{a0}\u{202f}\n", ""),
            ("It\u{2019}s \u{201c}fine\u{201d}", "It's \"fine\""),
            ("\u{2018}a\u{201b} b\u{b4}c`d\u{2032}", "'a' b'c'd'"),
            ("\u{ab} oui \u{bb}", "\" oui \""),
            ("1990\u{2013}95 \u{2014} \u{2212}3", "1990-95 - -3"),
            ("\u{feff}so\u{ad}ft\u{200b}ly\u{200d}", "softly"),
            ("a\u{7}b\tc", "ab c"),
            ("cafe\u{301} e\u{200b}\u{301}", "caf\u{e9} \u{e9}"),
            ("\u{fb01}ne \u{ff21}\u{ff11} \u{bd} wait\u{2026}", "fine A1 1/2 wait..."),
            ("\u{ff02}two\u{2009}spaces  here\u{ff07}", "\"two spaces here'"),
            ("\u{1f415}", "\u{1f415}"),
        ];
        for (text, wanted) in cases {
            assert_eq!(normalised(text), wanted, "{text:?}");
            assert_eq!(normalised(wanted), wanted, "a second time");
        }
    }

    /// Every Latin letter with an accent, and every other character of these ranges, whole and in parts.
    #[test]
    fn latin_text_is_what_unicode_makes_of_it() {
        let letters = ('\u{c0}'..='\u{17e}').chain('\u{ff10}'..='\u{ff5a}').chain('\u{fb00}'..='\u{fb06}');
        // U+013F, U+0140 and U+0149 are no letters of any text today; the grave accent alone is an apostrophe here.
        for c in letters.filter(|c| !['\u{13f}', '\u{140}', '\u{149}', '\u{ff40}'].contains(c)) {
            let whole: String = c.nfkc().collect();
            assert_eq!(normalised(&c.to_string()), whole, "{c}");
            assert_eq!(normalised(&c.nfkd().collect::<String>()), whole, "{c} in parts");
        }
    }
}
