//! What stands out in the page's photos, with the shipped models.

mod support;

use glimpse::exhibits::{AttentionMap, Exhibit, ExhibitError, Frame, Input, ModelStore, Saliency};
use support::{assert_close, frames, json, number, numbers, read, store, values};

const SETTINGS: &str = r#"{"looks":6}"#;
const SIDE: usize = 112;

fn started(store: &ModelStore, photo: &str) -> Result<Saliency, ExhibitError> {
    let mut saliency = Saliency::default();
    saliency.start(SETTINGS, Some(Input::File(&read(format!("www/public/samples/{photo}.jpg")))), store)?;
    Ok(saliency)
}

fn map(frame: &Frame) -> &[f32] {
    values(frame, "map")
}

fn window(frame: &Frame) -> [f32; 6] {
    match frame.maps.first() {
        Some(AttentionMap::Affine { name: "window", theta }) => *theta,
        other => panic!("no window: {other:?}"),
    }
}

/// Whether a pixel lies in a window.
fn inside(at: usize, [w, _, x, _, h, y]: [f32; 6]) -> bool {
    let middle = |i: usize| (2 * i + 1) as f32 / SIDE as f32 - 1.0;
    (middle(at % SIDE) - x).abs() <= w && (middle(at / SIDE) - y).abs() <= h
}

#[test]
fn a_glance_is_refined_look_by_look_inside_its_windows_only() {
    let store = store(&Saliency::default(), SETTINGS);
    let frames = frames(&mut started(&store, "dog").expect("starts"));
    assert_eq!(frames.len(), 7);
    assert!(frames[0].maps.is_empty());
    for (i, frame) in frames.iter().enumerate() {
        assert_eq!((frame.step, frame.steps, frame.ended), (i + 1, Some(7), i == 6));
        assert!(map(frame).len() == SIDE * SIDE && map(frame).iter().all(|p| (0.0..=1.0).contains(p)));
        let mean = map(frame).iter().sum::<f32>() / (SIDE * SIDE) as f32;
        assert!((number(frame, "area") - mean).abs() < 1e-4);
    }
    for pair in frames.windows(2) {
        let theta = window(&pair[1]);
        assert!(theta[0] > 0.2 && theta[2].abs() + theta[0] <= 1.001 && theta[5].abs() + theta[4] <= 1.001);
        let changed = |at: usize| (map(&pair[0])[at] - map(&pair[1])[at]).abs() > 1e-5;
        assert!((0..SIDE * SIDE).all(|at| inside(at, theta) || !changed(at)), "nothing changes outside");
        assert!((0..SIDE * SIDE).any(changed), "a look changes something");
    }
}

/// The decoders and the resizing of the two languages differ by a shade.
#[test]
fn the_pages_photos_look_as_in_training() {
    let store = store(&Saliency::default(), SETTINGS);
    let slice = json("models/saliency/slice.json");
    for (photo, expected) in slice.as_object().expect("photos") {
        let told = frames(&mut started(&store, photo).expect("starts"));
        for (frame, theta) in told[1..].iter().zip(expected["thetas"].as_array().expect("windows")) {
            assert_close(&window(frame), &numbers(theta), 0.06, &format!("{photo}, window {}", frame.step));
        }
        let last = map(&told[6]);
        let square = |at: usize| {
            let rows = (at / 14 * 8..at / 14 * 8 + 8)
                .flat_map(|y| (at % 14 * 8..at % 14 * 8 + 8).map(move |x| y * SIDE + x));
            rows.map(|i| last[i]).sum::<f32>() / 64.0
        };
        let pooled: Vec<f32> = (0..196).map(square).collect();
        assert_close(&pooled, &numbers(&expected["map"]), 0.15, &format!("{photo}, map"));
    }
}

#[test]
fn steered_it_looks_there_and_freed_as_before() {
    let store = store(&Saliency::default(), SETTINGS);
    let mut saliency = started(&store, "cat").expect("starts");
    let free = frames(&mut saliency);
    saliency.steer(3, Some(&[-0.5, 0.25])).expect("steers");
    let steered = frames(&mut saliency);
    assert_eq!(steered.len(), 5);
    let [w, _, x, _, h, y] = window(&steered[0]);
    assert_eq!((x, y), ((-0.5f32).max(w - 1.0), 0.25f32.min(1.0 - h)));
    saliency.steer(3, None).expect("frees");
    assert_eq!(frames(&mut saliency)[0], free[2]);
    for (step, place) in [(1, [0.0, 0.0]), (9, [0.0, 0.0]), (3, [2.0, 0.0]), (3, [f32::NAN, 0.0])] {
        assert_eq!(saliency.steer(step, Some(&place)).expect_err("no look").kind(), "bad-input");
    }
}

#[test]
fn what_is_no_picture_is_refused_and_one_pixel_is_a_picture() {
    let store = store(&Saliency::default(), SETTINGS);
    let mut saliency = started(&store, "horse").expect("starts");
    let refused = saliency.start(SETTINGS, Some(Input::File(b"a text")), &store).expect_err("no picture");
    assert_eq!(refused.kind(), "bad-picture");
    assert_eq!(frames(&mut saliency).len(), 7, "the run before goes on");
    let pixel = Input::Drawing { width: 1, height: 1, rgba: &[200, 10, 10, 255] };
    saliency.start(r#"{"looks":1}"#, Some(pixel), &store).expect("starts");
    assert_eq!(frames(&mut saliency).len(), 2);
}
