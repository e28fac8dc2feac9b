//! Cluttered digits read by glimpses, as the page runs it, with the shipped models.

mod support;

use glimpse::exhibits::{AttentionMap, Exhibit, ExhibitError, Frame, Glimpses, Input};
use serde_json::{Value, json};
use support::{frames, likeliest, number, store, strip, values};

const FOLDERS: [(&str, &str); 2] = [("ram", "ram-cluttered"), ("draw", "draw-read-cluttered")];

/// A scene as the page sends it.
struct Scene {
    side: usize,
    rgba: Vec<u8>,
}

impl Scene {
    fn all(folder: &str) -> Vec<Self> {
        let (scenes, side) = strip(&format!("models/{folder}/slice.png"));
        scenes.into_iter().map(|rgba| Self { side, rgba }).collect()
    }

    fn input(&self) -> Input<'_> {
        Input::Drawing { width: self.side, height: self.side, rgba: &self.rgba }
    }
}

fn started(settings: &Value, input: Option<Input>) -> Result<Glimpses, ExhibitError> {
    let (settings, mut glimpses) = (settings.to_string(), Glimpses::default());
    let store = store(&glimpses, &settings);
    glimpses.start(&settings, input, &store)?;
    Ok(glimpses)
}

fn run(settings: &Value, scene: &Scene) -> Vec<Frame> {
    frames(&mut started(settings, Some(scene.input())).unwrap_or_else(|error| panic!("{error}")))
}

fn place(frame: &Frame) -> (f32, f32) {
    (number(frame, "x"), number(frame, "y"))
}

#[test]
fn the_answers_and_the_paths_are_those_that_were_measured() {
    for (model, folder) in FOLDERS {
        let slice = support::json(format!("models/{folder}/slice.json"));
        let expected = slice["scenes"].as_array().expect("scenes");
        let mut wrong = 0;
        for (scene, told) in Scene::all(folder).iter().zip(expected) {
            let frames = run(&json!({ "model": model, "likeliest": true }), scene);
            let said: Vec<String> = frames.iter().map(|frame| likeliest(frame).0.to_owned()).collect();
            let digits = told["digits"].as_array().expect("digits").iter().map(Value::to_string);
            assert_eq!(said, digits.collect::<Vec<_>>(), "{folder}");
            let sure = told["probability"].as_f64().expect("a share") as f32;
            assert!((likeliest(&frames[7]).1 - sure).abs() < 2e-3, "{folder}");
            assert_eq!(number(&frames[0], "whole_digit") as u64, told["whole"].as_u64().expect("a digit"));
            for (frame, at) in frames.iter().zip(told["path"].as_array().expect("a path")) {
                let at = |axis: usize| at[axis].as_f64().expect("a number") as f32;
                let (x, y) = place(frame);
                // A crop lies at a whole pixel; a window in the middle 60 of 100.
                let (wanted, apart) = if model == "ram" {
                    ([0, 1].map(|axis| (at(axis) + 1.0) * 30.0), 0.51)
                } else {
                    ([0, 1].map(|axis| at(axis) - 20.0), 1e-2)
                };
                assert!((x - wanted[0]).abs() < apart && (y - wanted[1]).abs() < apart, "{x} {y} {wanted:?}");
            }
            wrong += usize::from(told["digits"][7] != told["label"]);
        }
        assert!(wrong <= 2, "{folder}: {wrong} of {} are wrong", expected.len());
    }
}

#[test]
fn every_glimpse_tells_what_it_saw_and_what_it_cost() {
    let scenes = Scene::all("ram-cluttered");
    for (model, _) in FOLDERS {
        let frames = run(&json!({ "model": model, "seed": 3 }), &scenes[0]);
        assert_eq!(frames.len(), 8);
        for (i, frame) in frames.iter().enumerate() {
            assert_eq!((frame.step, frame.ended), (i + 1, i == 7));
            assert!((frame.choices.iter().map(|c| c.probability).sum::<f32>() - 1.0).abs() < 1e-4);
            assert_eq!(values(frame, "scene").len(), 3600);
            let seen = frame.pictures.iter().filter(|p| p.name.starts_with("glimpse")).count();
            assert_eq!((frame.maps.len(), seen), if model == "ram" { (3, 3) } else { (1, 1) });
            assert!(number(frame, "multiply_adds") > 0.0);
        }
        assert!(number(&frames[7], "multiply_adds") < number(&frames[7], "whole_multiply_adds"), "{model}");
        let twice = number(&frames[1], "multiply_adds") - 2.0 * number(&frames[0], "multiply_adds");
        assert!(twice.abs() < 1.0);
    }
}

#[test]
fn a_seed_looks_at_the_same_places_again_and_another_elsewhere() {
    let scene = &Scene::all("ram-cluttered")[1];
    let path =
        |seed| run(&json!({ "model": "ram", "seed": seed }), scene).iter().map(place).collect::<Vec<_>>();
    assert_eq!(path(1), path(1));
    assert_ne!(path(1), path(2));
}

#[test]
fn steered_it_looks_where_it_must_and_freed_where_it_wanted() {
    let scene = &Scene::all("ram-cluttered")[2];
    let settings = json!({ "model": "ram", "seed": 5 });
    let mut glimpses = started(&settings, Some(scene.input())).expect("starts");
    let free = frames(&mut glimpses);
    glimpses.steer(4, Some(&[-1.0, 1.0])).expect("steers");
    let steered = frames(&mut glimpses);
    assert_eq!((steered.len(), place(&steered[0])), (5, (0.0, 60.0)));
    let Some(AttentionMap::Affine { theta, .. }) = steered[0].maps.first() else { panic!("a box") };
    assert_eq!(*theta, [0.2, 0.0, -1.0, 0.0, 0.2, 1.0]);
    glimpses.steer(4, None).expect("frees");
    assert_eq!(frames(&mut glimpses), free[3..]);
    for (step, weights) in [(0, [0.0; 2]), (9, [0.0; 2]), (2, [1.5, 0.0])] {
        assert_eq!(glimpses.steer(step, Some(&weights)).expect_err("refused").kind(), "bad-input");
    }
    let mut soft = started(&json!({ "model": "draw" }), Some(scene.input())).expect("starts");
    assert_eq!(soft.steer(1, Some(&[0.0, 0.0])).expect_err("refused").kind(), "bad-input");
}

#[test]
fn what_is_no_scene_is_refused() {
    let settings = json!({ "model": "ram" });
    let kind = |input: Option<Input>| started(&settings, input).err().expect("refused").kind();
    let white = vec![255; 4 * 3600];
    assert_eq!(kind(Some(Input::Drawing { width: 60, height: 60, rgba: &white })), "blank-picture");
    assert_eq!(kind(Some(Input::File(b"no picture"))), "bad-picture");
    assert_eq!(kind(Some(Input::Text("seven"))), "bad-input");
    assert_eq!(kind(None), "bad-input");
    let dot = started(&settings, Some(Input::Drawing { width: 1, height: 1, rgba: &[0, 0, 0, 255] }));
    assert_eq!(frames(&mut dot.expect("one pixel is a scene")).len(), 8);
}
