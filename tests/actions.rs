//! Clips as the page watches them, with the shipped models.

mod support;

use glimpse::exhibits::{Actions, Exhibit, ExhibitError, Frame, Input, ModelStore};
use glimpse::picture::Photo;
use serde_json::json;
use support::{assert_close, frames, grid, json, number, numbers, read, store};

const FRAMES: usize = 16;

fn settings(model: &str) -> String {
    json!({ "model": model, "frames": FRAMES }).to_string()
}

/// A clip of the page: its frames one below the other.
fn film(name: &str) -> Photo {
    Photo::decode(&read(format!("www/public/samples/{name}.clip.jpg"))).expect("a strip")
}

fn started(store: &ModelStore, model: &str, film: &Photo) -> Result<Actions, ExhibitError> {
    let mut actions = Actions::default();
    let rgba = film.rgba();
    let input = Input::Drawing { width: film.width, height: film.height, rgba: &rgba };
    actions.start(&settings(model), Some(input), store)?;
    Ok(actions)
}

/// How likely a frame finds an action.
fn chance(frame: &Frame, action: &str) -> f32 {
    frame.choices.iter().find(|choice| choice.word == action).map_or(0.0, |choice| choice.probability)
}

#[test]
fn every_frame_of_a_clip_has_a_gaze_and_a_chance_for_each_action() {
    let store = store(&Actions::default(), &settings("attention"));
    let frames = frames(&mut started(&store, "attention", &film("swing")).expect("starts"));
    assert_eq!(frames.len(), FRAMES);
    for (i, frame) in frames.iter().enumerate() {
        assert_eq!((frame.step, frame.steps, frame.ended), (i + 1, Some(FRAMES), i + 1 == FRAMES));
        let alpha = grid(frame, "alpha").expect("a gaze");
        assert!(alpha.len() == 49 && (alpha.iter().sum::<f32>() - 1.0).abs() < 1e-4);
        assert!(frame.choices.len() == 21 && frame.words.len() == 1);
        assert!((frame.choices.iter().map(|c| c.probability).sum::<f32>() - 1.0).abs() < 1e-4);
        assert!(frame.choices.windows(2).all(|pair| pair[0].probability >= pair[1].probability));
        let seen = &frames[..=i];
        let mean = seen.iter().map(|f| chance(f, &frame.words[0])).sum::<f32>() / seen.len() as f32;
        assert!((number(frame, "share") - mean).abs() < 1e-4);
    }
    assert_eq!(frames[FRAMES - 1].words, ["swing baseball"]);
}

/// The decoders and the resizing of the two languages differ by a shade.
#[test]
fn the_pages_clips_are_named_as_in_training() {
    let names: Vec<String> = String::from_utf8(read("models/action/answers.txt"))
        .expect("text")
        .lines()
        .map(str::to_owned)
        .collect();
    for model in ["attention", "mean"] {
        let folder = if model == "mean" { "action-mean" } else { "action" };
        let slice = json(format!("models/{folder}/slice.json"));
        let store = store(&Actions::default(), &settings(model));
        for (clip, expected) in slice.as_object().expect("clips") {
            let told = frames(&mut started(&store, model, &film(clip)).expect("starts"));
            for (frame, expected) in told.iter().zip(expected.as_array().expect("frames")) {
                let chances: Vec<f32> = names.iter().map(|name| chance(frame, name)).collect();
                assert_close(&chances, &numbers(expected), 0.06, &format!("{model}, {clip}, {}", frame.step));
            }
        }
    }
}

#[test]
fn steered_it_looks_where_it_must_and_freed_it_looks_as_before() {
    let store = store(&Actions::default(), &settings("attention"));
    let mut actions = started(&store, "attention", &film("run")).expect("starts");
    let free = frames(&mut actions);
    let mut corner = vec![0.0; 196];
    corner[0] = 1.0;
    actions.steer(3, Some(&corner)).expect("steers");
    let steered = frames(&mut actions);
    assert_eq!(steered.len(), FRAMES - 2);
    assert!((grid(&steered[0], "alpha").expect("a gaze")[0] - 1.0).abs() < 1e-6);
    assert_close(
        grid(&steered[0], "own").expect("a wish"),
        grid(&free[2], "alpha").expect("a gaze"),
        1e-5,
        "own",
    );
    actions.steer(3, None).expect("frees");
    assert_eq!(frames(&mut actions)[0], free[2]);
    assert_eq!(actions.steer(3, Some(&corner[..49])).expect_err("too few").kind(), "bad-input");
    assert_eq!(actions.steer(0, None).expect_err("no frame").kind(), "bad-input");
}

#[test]
fn the_mean_of_every_frame_has_no_gaze_and_what_is_no_clip_leaves_the_run() {
    let store = store(&Actions::default(), &settings("mean"));
    let mut actions = started(&store, "mean", &film("catch")).expect("starts");
    let first = actions.step().expect("steps").expect("a frame");
    assert!(first.maps.is_empty());
    assert_eq!(actions.steer(1, Some(&[1.0; 196])).expect_err("no gaze").kind(), "bad-input");
    for input in [None, Some(Input::Text("a text")), Some(Input::File(b"a text"))] {
        assert_eq!(actions.start(&settings("mean"), input, &store).expect_err("no clip").kind(), "bad-input");
    }
    assert_eq!(frames(&mut actions).len(), FRAMES - 1, "the run goes on");
}
