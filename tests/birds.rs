//! Birds on the page's photos, with the shipped models.

mod support;

use glimpse::exhibits::{AttentionMap, Birds, Exhibit, ExhibitError, Frame, Input, ModelStore};
use support::{assert_close, frames, json, number, numbers, read, store};

const SETTINGS: &str = r#"{"fold":0}"#;

fn started(store: &ModelStore, photo: &str) -> Result<Birds, ExhibitError> {
    let mut birds = Birds::default();
    birds.start(SETTINGS, Some(Input::File(&read(format!("www/public/samples/{photo}.jpg")))), store)?;
    Ok(birds)
}

fn window(frame: &Frame) -> [f32; 6] {
    match frame.maps.first() {
        Some(AttentionMap::Affine { name: "window", theta }) => *theta,
        other => panic!("no window: {other:?}"),
    }
}

/// A frame's probability of a species by its view alone.
fn chance(frame: &Frame, species: &str) -> f32 {
    frame.choices.iter().find(|choice| choice.word == species).expect("a species").probability
}

#[test]
fn three_views_name_the_pages_birds_as_in_training() {
    let store = store(&Birds::default(), SETTINGS);
    let slice = json("models/stn-birds/slice.json");
    let species = String::from_utf8(read("models/stn-birds/answers.txt")).expect("text");
    for (photo, answer) in [
        ("bunting", "Painted bunting"),
        ("towhee", "Eastern towhee"),
        ("blackbird", "Yellow headed blackbird"),
    ] {
        let told = frames(&mut started(&store, photo).expect("starts"));
        assert_eq!(told.len(), 3);
        assert_eq!(told[2].words, [answer]);
        for (i, frame) in told.iter().enumerate() {
            assert_eq!((frame.step, frame.steps, frame.ended), (i + 1, Some(3), i == 2));
            assert_eq!((frame.choices.len(), frame.maps.len()), (20, i.min(1)));
            // The decoders and the resizing of the two languages differ by a shade.
            let expected: Vec<f32> = numbers(&slice[photo]["logp"][i]).into_iter().map(f32::exp).collect();
            let alone: Vec<f32> = species.lines().map(|name| chance(frame, name)).collect();
            assert_close(&alone, &expected, 0.08, &format!("{photo}, view {}", i + 1));
        }
        for (frame, theta) in told[1..].iter().zip(slice[photo]["theta"].as_array().expect("windows")) {
            assert_close(&window(frame), &numbers(theta), 0.02, &format!("{photo}, window {}", frame.step));
        }
    }
}

#[test]
fn together_is_the_product_of_what_the_views_say() {
    let store = store(&Birds::default(), SETTINGS);
    let told = frames(&mut started(&store, "towhee").expect("starts"));
    for last in 1..=3 {
        let product = |name: &str| told[..last].iter().map(|frame| chance(frame, name)).product::<f32>();
        let sum: f32 = told[0].choices.iter().map(|choice| product(&choice.word)).sum();
        let share = product(&told[last - 1].words[0]) / sum;
        assert!((share - number(&told[last - 1], "share")).abs() < 1e-3, "{share}");
    }
}

#[test]
fn steered_the_window_lies_there_and_freed_as_before() {
    let store = store(&Birds::default(), SETTINGS);
    let mut birds = started(&store, "bunting").expect("starts");
    let free = frames(&mut birds);
    birds.steer(3, Some(&[-0.9, 0.25])).expect("steers");
    let steered = frames(&mut birds);
    assert_eq!(steered.len(), 1);
    let [w, _, x, _, h, y] = window(&steered[0]);
    assert_eq!((x, y), (w - 1.0, 0.25f32.min(1.0 - h)));
    assert_ne!(steered[0].choices, free[2].choices);
    birds.steer(2, None).expect("frees");
    assert_eq!(frames(&mut birds), free[1..]);
    for (step, place) in [(1, [0.0, 0.0]), (4, [0.0, 0.0]), (2, [2.0, 0.0])] {
        assert_eq!(birds.steer(step, Some(&place)).expect_err("no window").kind(), "bad-input");
    }
}

#[test]
fn what_is_no_picture_is_refused_and_one_pixel_is_a_picture() {
    let store = store(&Birds::default(), SETTINGS);
    let mut birds = started(&store, "blackbird").expect("starts");
    let refused = birds.start(SETTINGS, Some(Input::File(b"a text")), &store).expect_err("no picture");
    assert_eq!(refused.kind(), "bad-picture");
    assert_eq!(frames(&mut birds).len(), 3, "the run before goes on");
    let pixel = Input::Drawing { width: 1, height: 1, rgba: &[200, 10, 10, 255] };
    birds.start(SETTINGS, Some(pixel), &store).expect("starts");
    assert_eq!(frames(&mut birds).len(), 3);
}
