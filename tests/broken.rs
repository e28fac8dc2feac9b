//! Broken inputs (tests/data/broken): each is answered by a clear error, at once, and what is good runs as before.

mod support;

use std::time::{Duration, Instant};

use glimpse::exhibits::{self, Input, ModelFile, ModelStore};
use glimpse::model::{Model, ModelError, Tensor};
use glimpse::picture::Photo;
use support::{read, store};

fn broken(name: &str) -> Vec<u8> {
    read(format!("tests/data/broken/{name}"))
}

/// Reads a model and runs it with every number at 7.
fn answered(bytes: &[u8]) -> Result<(), ModelError> {
    let model = Model::new("the model", bytes)?;
    let sevens = |(name, shape): (&str, &[usize])| {
        (name.to_owned(), model.tensor(name, &vec![7.0; shape.iter().product()]).expect("sevens"))
    };
    let inputs: Vec<(String, Tensor)> = model.inputs().map(sevens).collect();
    let inputs: Vec<(&str, &Tensor)> = inputs.iter().map(|(name, tensor)| (name.as_str(), tensor)).collect();
    model.run(&inputs).map(drop)
}

#[test]
fn broken_models_are_refused_when_they_are_read() {
    for (name, kind) in [
        ("gather-beyond.onnx", "internal"),
        ("lstm-steps.onnx", "bad-model"),
        ("matmul-shapes.onnx", "bad-model"),
        ("no-rows.onnx", "bad-model"),
        ("pool-strides.onnx", "bad-model"),
    ] {
        let begun = Instant::now();
        let refused = answered(&broken(name)).expect_err(name);
        assert_eq!(refused.kind(), kind, "{name}: {refused}");
        assert!(begun.elapsed() < Duration::from_secs(2), "{name} takes {:?}", begun.elapsed());
    }
}

#[test]
fn broken_pictures_are_refused_or_read_in_bounded_memory() {
    for name in ["palette-of-four-bytes.png", "cut-photo.jpg"] {
        let refused = exhibits::ExhibitError::Picture(Photo::decode(&broken(name)).expect_err(name));
        assert_eq!(refused.kind(), "bad-picture", "{name}: {refused}");
    }
    let tall = Photo::decode(&broken("tall.png")).expect("a picture");
    assert_eq!((tall.width, tall.height, tall.normalised(224).len()), (1, 5_000_000, 3 * 224 * 224));
}

#[test]
fn strokes_that_lie_far_apart_are_refused_at_once() {
    let mut exhibit = exhibits::named("handwriting").expect("an exhibit");
    let settings = String::from_utf8(broken("far-strokes.json")).expect("a text");
    let store = store(exhibit.as_ref(), &settings);
    let refused = exhibit.start(&settings, Some(Input::Text("hi")), &store).expect_err("too far");
    assert_eq!(refused.kind(), "bad-text", "{refused}");
    let near = settings.replace("1e9", "3");
    exhibit.start(&near, Some(Input::Text("hi")), &store).expect("a hand");
    assert!(exhibit.step().expect("runs").is_some());
}

/// Starts an exhibit in which one file is another.
fn with_file(
    name: &str,
    settings: &str,
    model: &str,
    file: &str,
    bytes: Vec<u8>,
) -> Result<(), exhibits::ExhibitError> {
    let mut exhibit = exhibits::named(name).expect("an exhibit");
    let mut store = store(exhibit.as_ref(), settings);
    store.load(ModelFile::new(model, file), bytes)?;
    let photo = read("www/public/samples/cat.thumb.jpg");
    exhibit.start(settings, Some(Input::File(&photo)), &store)?;
    exhibit.step().map(drop)
}

#[test]
fn lists_that_do_not_fit_their_model_are_refused_at_the_start() {
    let settings = r#"{"model":"blind","question":"what","choices":["zebrafish","white"]}"#;
    let refused = with_file("questions", settings, "vqa", "answers", broken("answers-longer.txt"));
    assert_eq!(refused.expect_err("one answer too many").kind(), "bad-model");
    let settings = r#"{"model":"soft","beam":1}"#;
    let refused = with_file("captions", settings, "caption-soft", "vocabulary", b"a\nb\nc\n".to_vec());
    assert_eq!(refused.expect_err("three words").kind(), "bad-model");
}

#[test]
fn what_a_file_says_of_itself_is_not_trusted() {
    let bytes = broken("resizable-from-zero.onnx");
    let refused = with_file("scales", r#"{"merge":"single"}"#, "dense-encoder", "dense-encoder", bytes);
    assert_eq!(refused.expect_err("from nothing").kind(), "bad-model");
}

#[test]
fn an_empty_list_of_words_is_refused() {
    let mut store = ModelStore::default();
    let refused = store.load(ModelFile::new("vqa", "answers"), Vec::new()).expect_err("nothing");
    assert_eq!(refused.kind(), "bad-model");
}
