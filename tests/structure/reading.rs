//! What a file of Rust says of modules and names, as far as a few words of the language tell.

use std::collections::BTreeSet;
use std::path::PathBuf;

/// Names, `::`, and other characters one by one; without comments and what stands in quotes.
fn tokens(text: &str) -> Vec<String> {
    let at: Vec<char> = text.chars().collect();
    let is = |i: usize, wanted: char| at.get(i) == Some(&wanted);
    let mut found: Vec<String> = Vec::new();
    let mut i = 0;
    while i < at.len() {
        if is(i, '/') && is(i + 1, '/') {
            i += at[i..].iter().take_while(|c| **c != '\n').count();
        } else if is(i, '/') && is(i + 1, '*') {
            i += 2;
            while i < at.len() && !(is(i, '*') && is(i + 1, '/')) {
                i += 1;
            }
            i += 2;
        } else if is(i, '"') {
            // A raw string ends at a quote with as many # as stand before the first.
            let raw = found.iter().rev().take_while(|token| *token == "#").count();
            let raw = if matches!(found.iter().nth_back(raw).map(String::as_str), Some("r" | "br")) {
                Some(raw)
            } else {
                None
            };
            i += 1;
            while i < at.len() {
                let closes = is(i, '"') && raw.is_none_or(|raw| (1..=raw).all(|n| is(i + n, '#')));
                if closes {
                    break;
                }
                i += if is(i, '\\') && raw.is_none() { 2 } else { 1 };
            }
            i += 1;
        } else if is(i, '\'') && (is(i + 2, '\'') || is(i + 1, '\\')) {
            i += if is(i + 1, '\\') { 3 } else { 2 };
            i += at[i..].iter().take_while(|c| **c != '\'').count() + 1;
        } else if at[i].is_alphanumeric() || at[i] == '_' {
            let name: String = at[i..].iter().take_while(|c| c.is_alphanumeric() || **c == '_').collect();
            i += name.chars().count();
            found.push(name);
        } else if is(i, ':') && is(i + 1, ':') {
            found.push("::".to_owned());
            i += 2;
        } else {
            if !at[i].is_whitespace() {
                found.push(at[i].to_string());
            }
            i += 1;
        }
    }
    found
}

/// A path as it stands in a file; `*` is its last part if it takes all names.
pub type Segments = Vec<String>;

/// What one file says.
#[derive(Default)]
pub struct Module {
    pub file: PathBuf,
    /// Modules in files of their own.
    pub children: BTreeSet<String>,
    /// What `use` binds: name and path.
    pub bound: Vec<(String, Segments)>,
    /// All paths, those of `use` too.
    pub paths: Vec<Segments>,
    /// Names of items.
    pub defined: BTreeSet<String>,
}

impl Module {
    pub fn new(file: PathBuf, text: &str) -> Self {
        let mut module = Self { file, ..Self::default() };
        read(&tokens(text), 0, &mut module);
        module
    }
}

/// The paths of a `use` from `at` on, which ends behind them; with the name that each binds.
fn tree(tokens: &[String], at: &mut usize, before: &[String], found: &mut Vec<(String, Segments)>) {
    let mut path = before.to_vec();
    while let Some(token) = tokens.get(*at).map(String::as_str) {
        match token {
            "{" => {
                *at += 1;
                while tokens.get(*at).is_some_and(|token| token != "}") {
                    tree(tokens, at, &path, found);
                    if tokens.get(*at).is_some_and(|token| token == ",") {
                        *at += 1;
                    }
                }
                *at += 1;
                return;
            }
            "as" => {
                found.push((tokens[*at + 1].clone(), path));
                *at += 2;
                return;
            }
            "," | "}" | ";" => break,
            "::" => {}
            // `use a::{self}` is `use a`.
            "self" if !path.is_empty() => {}
            name => path.push(name.to_owned()),
        }
        *at += 1;
    }
    if let Some(last) = path.last().cloned() {
        found.push((last, path));
    }
}

/// Where the block ends that begins at `{`.
fn closing(tokens: &[String], open: usize) -> usize {
    let mut depth = 0;
    for (i, token) in tokens.iter().enumerate().skip(open) {
        match token.as_str() {
            "{" => depth += 1,
            "}" => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return i;
        }
    }
    tokens.len()
}

/// Reads tokens into a module, `inside` of so many modules that are written within the file.
fn read(tokens: &[String], inside: usize, module: &mut Module) {
    const DEFINING: [&str; 9] =
        ["fn", "struct", "enum", "trait", "type", "const", "static", "union", "macro_rules"];
    // Seen from the file, `super` of a module within it is the file itself.
    let outside = |mut path: Segments| {
        let ups = path.iter().take_while(|name| *name == "super").count();
        path.drain(..ups.min(inside));
        path
    };
    let is = |i: usize, wanted: &str| tokens.get(i).is_some_and(|token| token == wanted);
    let mut test = false;
    let mut i = 0;
    while i < tokens.len() {
        let next = tokens.get(i + 1).cloned().unwrap_or_default();
        match tokens[i].as_str() {
            "#" if is(i + 1, "[") => {
                test |= tokens[i + 2..].starts_with(&["cfg", "(", "test", ")", "]"].map(str::to_owned));
            }
            "mod" if is(i + 2, ";") => {
                module.children.insert(next);
                test = false;
            }
            "mod" if is(i + 2, "{") => {
                let end = closing(tokens, i + 2);
                if !test {
                    module.defined.insert(next);
                    read(&tokens[i + 3..end], inside + 1, module);
                }
                test = false;
                i = end;
            }
            "use" => {
                let mut found = Vec::new();
                i += 1;
                tree(tokens, &mut i, &[], &mut found);
                for (name, path) in found {
                    let path = outside(path);
                    module.paths.push(path.clone());
                    if inside == 0 {
                        module.bound.push((name, path));
                    }
                }
                test = false;
            }
            word if DEFINING.contains(&word) => {
                module.defined.insert(if is(i + 1, "!") { tokens[i + 2].clone() } else { next });
                test = false;
            }
            // `pub(in path)` uses nothing.
            "in" if i > 0 && tokens[i - 1] == "(" => {
                i += tokens[i..].iter().take_while(|token| *token != ")").count();
            }
            name if is(i + 1, "::") && (i == 0 || tokens[i - 1] != "::") => {
                let mut path = vec![name.to_owned()];
                while is(i + 1, "::")
                    && tokens
                        .get(i + 2)
                        .is_some_and(|token| token.starts_with(|c: char| c.is_alphabetic() || c == '_'))
                {
                    path.push(tokens[i + 2].clone());
                    i += 2;
                }
                module.paths.push(outside(path));
            }
            _ => {}
        }
        i += 1;
    }
}
