//! Photos at three scales, with the shipped models.

mod support;

use glimpse::exhibits::{Exhibit, ExhibitError, Input, ModelStore, Scales};
use support::{assert_close, frames, json, number, numbers, read, store, values};

const GRID: usize = 40;
const SHOWN: usize = 160;

fn settings(merge: &str) -> String {
    format!(r#"{{"merge":"{merge}"}}"#)
}

fn started(store: &ModelStore, merge: &str, photo: &str) -> Result<Scales, ExhibitError> {
    let mut scales = Scales::default();
    scales.start(
        &settings(merge),
        Some(Input::File(&read(format!("www/public/samples/{photo}.jpg")))),
        store,
    )?;
    Ok(scales)
}

#[test]
fn three_scales_are_seen_and_weighed_at_every_place() {
    let store = store(&Scales::default(), &settings("attention"));
    let frames = frames(&mut started(&store, "attention", "dog").expect("starts"));
    assert_eq!(frames.len(), 4);
    for (i, frame) in frames.iter().enumerate() {
        assert_eq!((frame.step, frame.steps, frame.ended), (i + 1, Some(4), i == 3));
        assert_eq!(values(frame, "classes").len(), SHOWN * SHOWN);
        assert!((frame.choices.iter().map(|c| c.probability).sum::<f32>() - 1.0).abs() < 1e-4);
        assert!(frame.choices.iter().any(|choice| choice.word == "dog"), "{:?}", frame.choices);
    }
    assert_eq!([0, 1, 2].map(|i| number(&frames[i], "side")), [320.0, 224.0, 160.0]);
    let weights = ["weight_1", "weight_2", "weight_3"].map(|name| values(&frames[3], name));
    for at in 0..GRID * GRID {
        assert!((weights.iter().map(|map| map[at]).sum::<f32>() - 1.0).abs() < 1e-4);
    }
}

/// The decoders and the resizing of the two languages differ by a shade.
#[test]
fn the_pages_photos_look_as_in_training() {
    let slice = json("models/scale/slice.json");
    for merge in ["attention", "average", "max", "single"] {
        let store = store(&Scales::default(), &settings(merge));
        for (photo, merges) in slice.as_object().expect("photos") {
            let Some(expected) = merges.get(merge) else { continue };
            let told = frames(&mut started(&store, merge, photo).expect("starts"));
            let last = told.last().expect("a frame");
            if let Some(means) = expected.get("weights") {
                let own = ["mean_1", "mean_2", "mean_3"].map(|name| number(last, name));
                assert_close(&own, &numbers(means), 0.02, &format!("{photo}, weights"));
            }
            // The page's classes are four times as fine: those at the middles of the places are compared.
            let (classes, expected) = (values(last, "classes"), numbers(&expected["classes"]));
            let same = (0..GRID * GRID).filter(|at| {
                let near = |by: usize| classes[(at / GRID * 4 + by) * SHOWN + at % GRID * 4 + by];
                near(1) == expected[*at] || near(2) == expected[*at]
            });
            let share = same.count() as f32 / (GRID * GRID) as f32;
            assert!(share > 0.97, "{photo}, {merge}: {share} of the places are as expected");
        }
    }
}

#[test]
fn a_forced_scale_alone_says_what_that_scale_said() {
    let store = store(&Scales::default(), &settings("attention"));
    let mut scales = started(&store, "attention", "horse").expect("starts");
    let free = frames(&mut scales);
    scales.steer(4, Some(&[0.0, 0.0, 1.0])).expect("steers");
    let forced = frames(&mut scales);
    assert_eq!(forced.len(), 1);
    assert_eq!(values(&forced[0], "classes"), values(&free[2], "classes"));
    assert!((number(&forced[0], "mean_3") - 1.0).abs() < 1e-5);
    scales.steer(4, Some(&[0.5, 0.0, 0.0])).expect("steers");
    let half = number(&frames(&mut scales)[0], "mean_1");
    assert!((half - 0.5 - number(&free[3], "mean_1") / 2.0).abs() < 1e-4);
    scales.steer(4, None).expect("frees");
    assert_eq!(frames(&mut scales)[0], free[3]);
    for (step, shares) in
        [(3, [1.0, 0.0, 0.0]), (4, [0.9, 0.9, 0.0]), (4, [-0.1, 0.0, 0.0]), (4, [f32::NAN, 0.0, 0.0])]
    {
        assert_eq!(scales.steer(step, Some(&shares)).expect_err("refused").kind(), "bad-input");
    }
}

#[test]
fn each_merge_has_its_steps_and_what_is_no_picture_leaves_the_run() {
    for (merge, steps) in [("average", 4), ("max", 4), ("single", 1)] {
        let store = store(&Scales::default(), &settings(merge));
        let mut scales = started(&store, merge, "cat").expect("starts");
        let refused =
            scales.start(&settings(merge), Some(Input::File(b"a text")), &store).expect_err("no picture");
        assert_eq!(refused.kind(), "bad-picture");
        assert_eq!(scales.steer(4, Some(&[1.0, 0.0, 0.0])).expect_err("no weights").kind(), "bad-input");
        let told = frames(&mut scales);
        assert_eq!(told.len(), steps, "{merge}");
        assert_eq!(told[steps - 1].pictures.len(), 1);
        let pixel = Input::Drawing { width: 1, height: 1, rgba: &[9, 9, 9, 255] };
        scales.start(&settings(merge), Some(pixel), &store).expect("one pixel is a picture");
    }
}
