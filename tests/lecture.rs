//! The table in src/lib.rs, slide → function, exhibit, model: every name in it exists, and no slide, exhibit, model or mechanism is
//! missing.

mod support;

use std::collections::BTreeSet;

use glimpse::exhibits;
use support::{manifest, root};

/// A line of the table.
struct Line {
    slides: BTreeSet<usize>,
    /// File and name in src/attention.
    functions: Vec<(String, String)>,
    exhibits: Vec<String>,
    models: Vec<String>,
    dashes: usize,
}

fn table() -> Vec<Line> {
    let text = std::fs::read_to_string(root().join("src/lib.rs")).expect("src/lib.rs");
    let lines = text.lines().filter_map(|line| line.strip_prefix("//! | ")?.strip_suffix(" |"));
    lines.filter(|line| line.starts_with(char::is_numeric)).map(line).collect()
}

fn line(text: &str) -> Line {
    let cells: Vec<&str> = text.split(" | ").collect();
    let [slides, what, functions, exhibits, models] = cells[..] else { panic!("five cells: {text}") };
    assert!(!what.is_empty());
    let range = |range: &str| {
        let (first, last) = range.split_once('–').unwrap_or((range, range));
        let number = |n: &str| n.trim().parse::<usize>().unwrap_or_else(|_| panic!("{n} is no slide"));
        number(first)..=number(last)
    };
    // What stands between backticks.
    let names = |cell: &str| cell.split('`').skip(1).step_by(2).map(str::to_owned).collect::<Vec<String>>();
    let function = |name: String| {
        let (file, name) = name.split_once("::").unwrap_or_else(|| panic!("{name} names no file"));
        assert!(functions.contains(&format!("(attention::{file}::{name})")), "{name} leads elsewhere");
        (file.to_owned(), name.to_owned())
    };
    Line {
        slides: slides.split(',').flat_map(range).collect(),
        functions: names(functions).into_iter().map(function).collect(),
        exhibits: names(exhibits),
        models: names(models),
        dashes: [functions, exhibits, models].iter().filter(|cell| **cell == "—").count(),
    }
}

fn source(file: &str) -> String {
    let path = root().join(format!("src/attention/{file}.rs"));
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

#[test]
fn every_slide_has_a_line_and_every_system_an_exhibit() {
    let table = table();
    let slides: BTreeSet<usize> = table.iter().flat_map(|line| &line.slides).copied().collect();
    assert_eq!(slides, (1..=31).collect(), "slides 1 to 31");
    for line in &table {
        let empty = [line.functions.is_empty(), line.exhibits.is_empty(), line.models.is_empty()];
        assert_eq!(empty.iter().filter(|empty| **empty).count(), line.dashes, "{:?}", line.slides);
        assert!(line.slides.iter().all(|slide| *slide < 6) || !line.exhibits.is_empty(), "{:?}", line.slides);
    }
}

#[test]
fn every_function_is_there_and_every_mechanism_named() {
    let named: BTreeSet<(String, String)> = table().into_iter().flat_map(|line| line.functions).collect();
    for (file, name) in &named {
        let text = source(file);
        let found = ["(", "<"].iter().any(|next| text.contains(&format!("pub fn {name}{next}")));
        assert!(found, "src/attention/{file}.rs has no {name}");
    }
    let files = std::fs::read_dir(root().join("src/attention")).expect("a folder");
    for file in files.map(|file| file.expect("a file").path()).filter(|path| path.extension().is_some()) {
        let file = file.file_stem().and_then(|stem| stem.to_str()).expect("a name");
        if file == "mod" {
            continue;
        }
        let first = source(file);
        assert!(first.starts_with("//! Slide"), "{file} begins with its slides");
        assert!(file == "matrix" || named.iter().any(|(in_file, _)| in_file == file), "no line names {file}");
    }
}

#[test]
fn every_exhibit_and_model_is_there_and_named() {
    let table = table();
    let named: BTreeSet<&str> = table.iter().flat_map(|line| &line.exhibits).map(String::as_str).collect();
    // The second core runs the last one.
    assert_eq!(named, exhibits::NAMES.iter().copied().chain(["your-model"]).collect(), "exhibits");
    assert!(exhibits::NAMES.iter().all(|name| exhibits::named(name).is_some()));
    assert!(exhibits::named("mix").is_none() && exhibits::named("").is_none());
    let manifest = manifest();
    let ships: BTreeSet<&str> = manifest.as_object().expect("models").keys().map(String::as_str).collect();
    let models: BTreeSet<&str> = table.iter().flat_map(|line| &line.models).map(String::as_str).collect();
    assert_eq!(models, ships, "models");
}
