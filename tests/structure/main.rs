//! The structure of src/: no circle between modules, arrows between rooms run one way, and no file is long.
//!
//! A module is a file. It has an edge to another if a path in it, in a `use` or in the code, resolves to that file: to the file that
//! defines the name, behind all re-exports, or to the module's own file if the path names a module. So a parent's `mod` is no edge to
//! its child, and a re-export is one from the parent to the child that defines it; `super::X` is an edge to the parent only if the
//! parent's file defines X. Tests within a file (`#[cfg(test)] mod … { … }`) may use what they like.

mod modules;
mod reading;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use modules::Crate;

/// Which rooms a room may use. What is not listed may be used by lib.rs alone.
const ARROWS: [(&str, &[&str]); 6] = [
    ("web", &["exhibits", "shader_check", "model", "picture", "attention"]),
    ("exhibits", &["model", "picture", "attention"]),
    ("shader_check", &["model", "picture", "attention"]),
    ("model", &["attention"]),
    ("picture", &["attention"]),
    ("attention", &[]),
];

const LINES: usize = 400;
/// Whose files are counted, and which.
const COUNTED: [&str; 2] = ["src", "tests"];
const KINDS: [&str; 6] = ["rs", "wgsl", "ts", "js", "mjs", "py"];

/// Edges between rooms that no arrow allows.
fn against_arrows(source: &Crate) -> Vec<String> {
    let mut told = Vec::new();
    for (from, edges) in source.edges() {
        let Some(room) = from.first() else { continue };
        let Some((_, allowed)) = ARROWS.iter().find(|(name, _)| name == room) else {
            told.push(format!("ARROWS does not know the room {room}"));
            continue;
        };
        for (to, path) in edges {
            if to.first() != Some(room) && !to.first().is_some_and(|other| allowed.contains(&other.as_str()))
            {
                told.push(format!("{} uses {} ({path})", source.file(from), source.file(&to)));
            }
        }
    }
    told
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn source() -> Crate {
    Crate::new(&|file| fs::read_to_string(root().join(file)).ok())
}

#[test]
fn no_circle_goes_through_modules() {
    let source = source();
    assert!(
        source.0.len() > 40 && source.edges().values().map(BTreeMap::len).sum::<usize>() > 100,
        "src/ was read"
    );
    let circles = source.circles();
    assert!(circles.is_empty(), "{} circles:\n{}", circles.len(), circles.join("\n"));
}

#[test]
fn arrows_between_rooms_run_one_way() {
    let against = against_arrows(&source());
    assert!(against.is_empty(), "{}", against.join("\n"));
}

#[test]
fn no_file_is_long() {
    let mut long = Vec::new();
    let mut folders: Vec<PathBuf> = COUNTED.iter().map(|folder| root().join(folder)).collect();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display())) {
            let path = entry.expect("an entry").path();
            let kind = path.extension().and_then(|kind| kind.to_str()).unwrap_or_default();
            if path.is_dir() {
                folders.extend((!path.ends_with("node_modules")).then_some(path));
            } else if KINDS.contains(&kind) {
                let lines = fs::read_to_string(&path).expect("text").lines().count();
                long.extend((lines > LINES).then(|| format!("{}: {lines} lines", path.display())));
            }
        }
    }
    assert!(long.is_empty(), "more than {LINES} lines:\n{}", long.join("\n"));
}

/// A crate of these files.
fn made_of(files: &'static [(&'static str, &'static str)]) -> Crate {
    Crate::new(&|wanted| {
        files.iter().find(|(file, _)| Path::new(file) == wanted).map(|(_, text)| (*text).to_owned())
    })
}

#[test]
fn paths_are_followed_to_the_file_that_defines_a_name() {
    // The parent names its children and gives on what they define: no circle, whatever they take through it.
    let straight = made_of(&[
        (
            "src/lib.rs",
            "pub mod model; // use model::b::B;\nmod picture { pub fn crate_() -> char { '\\'' } }",
        ),
        ("src/model/mod.rs", "mod a;\npub mod b;\npub use a::{A, C as D};\npub use b::*;"),
        (
            "src/model/a.rs",
            "/* use super::b; */ pub struct A; pub struct C; const T: &str = r#\"use super::b::B;\"#;",
        ),
        (
            "src/model/b.rs",
            "use super::{A, D};\npub struct B(A, D);\n#[cfg(test)]\nmod tests { use crate::model; }",
        ),
    ]);
    assert_eq!(straight.circles(), [""; 0]);
    assert_eq!(straight.edges().values().map(BTreeMap::len).sum::<usize>(), 3, "{:?}", straight.edges());
    // The same, but what a child takes is its parent's own; and a path within the code.
    let circles = made_of(&[
        ("src/lib.rs", "mod model; mod web;"),
        ("src/model/mod.rs", "mod a;\nmod b;\npub use a::A;\npub struct Own;"),
        ("src/model/a.rs", "use super::Own;\npub struct A(Own);"),
        ("src/model/b.rs", "fn of() { super::a::A; crate::web::start() }"),
        ("src/web.rs", "use crate::model::b::{self, of};\npub fn start() { b::of() }"),
    ]);
    assert_eq!(
        circles.circles(),
        [
            "src/model/mod.rs uses a::A, in src/model/a.rs uses super::Own, in src/model/mod.rs",
            "src/model/b.rs uses crate::web::start, in src/web.rs uses crate::model::b, in src/model/b.rs",
        ]
    );
    assert_eq!(against_arrows(&circles), ["src/model/b.rs uses src/web.rs (crate::web::start)"]);
}
