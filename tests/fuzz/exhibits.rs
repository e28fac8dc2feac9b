//! Settings, texts, strokes, drawings, pictures and steering for every exhibit; and lists of words, and what files say of themselves, that
//! are not those they were built with. A case is JSON, so that it can be read.

use std::collections::BTreeMap;

use glimpse::exhibits::{self, Exhibit, Input, ModelFile, ModelStore};
use serde_json::{Value, json};

use crate::Kind;
use crate::chance::Chance;
use crate::pictures::small;
use crate::support::{manifest, read};

/// Settings that run, and what they run on: a text, a picture, a drawing or a clip.
const GOOD: [(&str, &str, &str); 23] = [
    ("translate", r#"{"model":"attention","beam":2}"#, "text"),
    ("translate", r#"{"model":"fixed","beam":1}"#, "text"),
    ("captions", r#"{"model":"semantic","beam":1,"max_words":4,"remove":["dog"],"add":["cat"]}"#, "picture"),
    ("captions", r#"{"model":"hard","beam":2,"max_words":3,"seed":3}"#, "picture"),
    (
        "soft-lab",
        r#"{"side":2,"scores":[0,1,-2,3],"temperature":0.5,"colours":[[0,0,1],[1,0,0],[0,1,0],[1,1,1]],"target":2}"#,
        "none",
    ),
    (
        "soft-lab",
        r#"{"side":3,"scores":[0,1,-2,3,0,0,0,0,1],"temperature":0.5,"target":[0.1,0.9,0.4]}"#,
        "picture",
    ),
    ("glimpses", r#"{"model":"ram","seed":1,"likeliest":false}"#, "drawing"),
    ("glimpses", r#"{"model":"draw"}"#, "picture"),
    ("draw", r#"{"mode":"generate","model":"draw-mnist","seed":1}"#, "none"),
    ("draw", r#"{"mode":"reconstruct","model":"draw-2digits","seed":1}"#, "drawing"),
    ("draw", r#"{"mode":"wall","model":"draw-mnist-noattention","seed":1}"#, "none"),
    (
        "handwriting",
        r#"{"model":"text","seed":1,"bias":1,"prime":{"text":"hello","strokes":[[[0,0],[1,1.5],[2,0.5]],[[3,0]]]}}"#,
        "text",
    ),
    ("handwriting", r#"{"model":"none","seed":1,"bias":0.5}"#, "text"),
    (
        "crop-lab",
        r#"{"method":"reinforce","target":[0.2,0.1,0.3,0.3],"start":[-0.2,0,0.4,0.4],"seed":1,"descend":true}"#,
        "picture",
    ),
    (
        "crop-lab",
        r#"{"method":"gaussian","target":[0.2,0.1,0.3,0.3],"start":[-0.2,0,0.4,0.4],"descend":true}"#,
        "drawing",
    ),
    ("spatial", r#"{"model":"affine"}"#, "drawing"),
    ("spatial", r#"{"model":"tps"}"#, "picture"),
    ("birds", r#"{"fold":0}"#, "picture"),
    (
        "questions",
        r#"{"model":"attention","question":"what is the man doing","boxes":[[0,0,0.5,1],[0.5,0,1,1]]}"#,
        "picture",
    ),
    (
        "questions",
        r#"{"model":"blind","question":"what colour is it?","choices":["white","red"]}"#,
        "picture",
    ),
    ("actions", r#"{"model":"attention","frames":3}"#, "clip"),
    ("saliency", r#"{"looks":3}"#, "picture"),
    ("scales", r#"{"merge":"attention"}"#, "picture"),
];
/// Those whose networks are small: they are tried the most.
const QUICK: [usize; 13] = [0, 1, 4, 5, 6, 7, 8, 9, 11, 12, 13, 15, 16];
/// Steps of a case.
const STEPS: usize = 3;

/// Every file that has been asked for, as the manifest lists it.
#[derive(Default)]
struct Shelf {
    files: BTreeMap<ModelFile, Vec<u8>>,
    manifest: Option<Value>,
}

impl Shelf {
    fn file(&mut self, file: &ModelFile) -> Vec<u8> {
        let manifest = self.manifest.get_or_insert_with(manifest);
        let made = || {
            let files = manifest[&file.model]["files"].as_array().expect("files");
            let found =
                files.iter().find(|one| one["name"] == file.name.as_str()).expect("a file of the manifest");
            read(format!("models/{}", found["path"].as_str().expect("a path")))
        };
        self.files.entry(file.clone()).or_insert_with(made).clone()
    }
}

/// One value of a JSON document, or a part of it, is another.
fn changed(value: &mut Value, chance: &mut Chance) {
    let at = |count: usize, chance: &mut Chance| chance.below(count);
    match value {
        Value::Object(fields) if !fields.is_empty() && !chance.one_in(8) => {
            let key = fields.keys().nth(at(fields.len(), chance)).cloned().unwrap_or_default();
            if chance.one_in(12) {
                fields.remove(&key);
            } else {
                changed(&mut fields[&key], chance);
            }
        }
        Value::Array(list) if !list.is_empty() && !chance.one_in(4) => {
            let place = at(list.len(), chance);
            match chance.below(6) {
                0 => drop(list.remove(place)),
                1 => list.insert(place, list[place].clone()),
                _ => changed(&mut list[place], chance),
            }
        }
        _ => {
            *value = match chance.below(6) {
                0 => json!(chance.whole()),
                1 | 2 => json!(chance.real()),
                3 => json!(chance.text()),
                4 => Value::Null,
                _ => json!(vec![chance.real(); chance.below(300)]),
            };
        }
    }
}

/// What a visitor gives.
fn input(kind: &str, chance: &mut Chance) -> Value {
    match kind {
        _ if chance.one_in(12) => Value::Null,
        "text" if chance.one_in(2) => json!({ "text": "the 12 men run to Zzyx" }),
        "text" => json!({ "text": chance.text() }),
        "picture" if !chance.one_in(4) => json!({ "file": chance.below(1 << 20) }),
        "clip" => json!({ "drawing": [8, 12, chance.below(256)] }),
        _ if chance.one_in(8) => json!({ "drawing": [chance.below(3), chance.below(900), 1] }),
        _ => json!({ "drawing": [28, 28, chance.below(256)] }),
    }
}

fn steers(chance: &mut Chance) -> Value {
    let count = [0, 2, 2, 3, 12, 196][chance.below(6)];
    let weights: Vec<f64> = (0..count).map(|_| if chance.one_in(9) { chance.real() } else { 0.2 }).collect();
    match chance.below(4) {
        0 => json!([chance.below(5), weights]),
        1 => json!([chance.whole().unsigned_abs(), weights]),
        2 => json!([1 + chance.below(3), Value::Null]),
        _ => Value::Null,
    }
}

/// Starts, steps, steers and steps again, as far as that goes.
fn played(exhibit: &mut dyn Exhibit, store: &ModelStore, case: &Value, pictures: &[Vec<u8>]) -> bool {
    let settings = match &case["settings"] {
        Value::String(text) => text.clone(),
        settings => settings.to_string(),
    };
    let _ = exhibit.files(&settings);
    let given = &case["input"];
    let number = |i: usize| given["drawing"][i].as_u64().unwrap_or_default() as usize;
    let [width, height, ink] = [number(0), number(1), number(2)];
    let pixels: Vec<u8> =
        (0..4 * width * height).map(|i| if i % 4 == 3 { 255 } else { (i * ink / 7) as u8 }).collect();
    let input = match (&given["text"], &given["file"]) {
        (Value::String(text), _) => Some(Input::Text(text)),
        (_, Value::Number(at)) => {
            Some(Input::File(&pictures[at.as_u64().unwrap_or_default() as usize % pictures.len()]))
        }
        _ if given.is_object() => Some(Input::Drawing { width, height, rgba: &pixels }),
        _ => None,
    };
    let begun = exhibit.start(&settings, input, store).is_ok();
    let mut step = || (0..STEPS).all(|_| exhibit.step().is_ok_and(|frame| frame.is_some()));
    step();
    if let Some(at) = case["steer"][0].as_u64() {
        let weights: Option<Vec<f32>> = case["steer"][1]
            .as_array()
            .map(|all| all.iter().map(|w| w.as_f64().unwrap_or_default() as f32).collect());
        if exhibit.steer(at as usize, weights.as_deref()).is_ok() {
            let _ = exhibit.step();
        }
    }
    let _ = exhibit.picture();
    begun
}

/// Settings, inputs and steering.
pub struct Exhibits {
    shelf: Shelf,
    ready: BTreeMap<usize, (Box<dyn Exhibit>, ModelStore)>,
    pictures: Vec<Vec<u8>>,
}

impl Exhibits {
    pub fn new() -> Self {
        Self { shelf: Shelf::default(), ready: BTreeMap::new(), pictures: small() }
    }

    /// An exhibit with its files, made once.
    fn ready(&mut self, which: usize) -> &mut (Box<dyn Exhibit>, ModelStore) {
        let (name, settings, _) = GOOD[which];
        let shelf = &mut self.shelf;
        self.ready.entry(which).or_insert_with(|| {
            let (exhibit, mut store) = (exhibits::named(name).expect("an exhibit"), ModelStore::default());
            for file in exhibit.files(settings).expect("settings") {
                let bytes = shelf.file(&file);
                store.load(file, bytes).unwrap_or_else(|error| panic!("{error}"));
            }
            (exhibit, store)
        })
    }
}

impl Kind for Exhibits {
    fn name(&self) -> &'static str {
        "exhibit"
    }

    fn share(&self) -> f64 {
        0.3
    }

    fn made(&mut self, chance: &mut Chance) -> Vec<u8> {
        let which = if chance.one_in(50) { chance.below(GOOD.len()) } else { *chance.of(&QUICK) };
        let (_, good, kind) = GOOD[which];
        let mut settings: Value = serde_json::from_str(good).expect("settings");
        (0..chance.below(3)).for_each(|_| changed(&mut settings, chance));
        if chance.one_in(20) {
            settings = Value::String(
                String::from_utf8_lossy(&chance.changed(good.as_bytes(), b"[[[[{{")).into_owned(),
            );
        }
        let other = GOOD[chance.below(GOOD.len())].2;
        let input = input(if chance.one_in(8) { other } else { kind }, chance);
        self.ready(which);
        json!({ "which": which, "settings": settings, "input": input, "steer": steers(chance) })
            .to_string()
            .into_bytes()
    }

    fn feed(&mut self, case: &[u8]) -> bool {
        let case: Value = serde_json::from_slice(case).expect("a case");
        let pictures = std::mem::take(&mut self.pictures);
        let (exhibit, store) = self.ready(case["which"].as_u64().expect("a number") as usize);
        let begun = played(exhibit.as_mut(), store, &case, &pictures);
        self.pictures = pictures;
        begun
    }

    fn renewed(&mut self) {
        *self = Self::new();
    }
}

/// Lists of words and small models that are not those that an exhibit was built with.
pub struct Files {
    shelf: Shelf,
    pictures: Vec<Vec<u8>>,
}

/// The exhibits whose files are small enough to be read at every case.
const LIGHT: [usize; 9] = [0, 1, 6, 7, 8, 9, 11, 15, 16];

impl Files {
    pub fn new() -> Self {
        Self { shelf: Shelf::default(), pictures: small() }
    }
}

/// A model's file that says other things of itself: the numbers behind the keys of its metadata, which stand at its end.
fn resaid(bytes: &mut [u8], chance: &mut Chance) {
    // A string field of an entry: its value is a run of digits behind a length of the same size.
    let digits: Vec<usize> =
        (bytes.len().saturating_sub(600)..bytes.len()).filter(|at| bytes[*at].is_ascii_digit()).collect();
    if !digits.is_empty() {
        bytes[*chance.of(&digits)] = *chance.of(b"0123456789-.");
    }
}

impl Kind for Files {
    fn name(&self) -> &'static str {
        "files"
    }

    fn share(&self) -> f64 {
        0.15
    }

    fn made(&mut self, chance: &mut Chance) -> Vec<u8> {
        json!({ "which": chance.of(&LIGHT), "seed": chance.next() >> 12, "steer": steers(chance) })
            .to_string()
            .into_bytes()
    }

    fn feed(&mut self, case: &[u8]) -> bool {
        let mut case: Value = serde_json::from_slice(case).expect("a case");
        let mut chance = Chance(case["seed"].as_u64().expect("a number"));
        let (name, settings, kind) = GOOD[case["which"].as_u64().expect("a number") as usize];
        let (mut exhibit, mut store) = (exhibits::named(name).expect("an exhibit"), ModelStore::default());
        let files = exhibit.files(settings).expect("settings");
        let which = chance.below(files.len());
        for (at, file) in files.into_iter().enumerate() {
            let mut bytes = self.shelf.file(&file);
            let is_words = std::str::from_utf8(&bytes).is_ok();
            if at == which && is_words {
                let lines: Vec<&[u8]> = bytes.split(|byte| *byte == b'\n').collect();
                let kept = lines.len() - chance.below(lines.len() / 2 + 1) * usize::from(chance.one_in(2));
                bytes = chance.changed(&lines[..kept].join(&b'\n'), b"\n\nzebrafish\n");
            } else if at == which {
                resaid(&mut bytes, &mut chance);
            }
            if store.load(file, bytes).is_err() {
                return false;
            }
        }
        case["settings"] = Value::String(settings.to_owned());
        case["input"] = input(kind, &mut chance);
        played(exhibit.as_mut(), &store, &case, &self.pictures)
    }

    fn renewed(&mut self) {}
}
