//! Spatial transformers as the page runs them, with the shipped models.

mod support;

use glimpse::attention::affine::{Place, sample};
use glimpse::exhibits::{AttentionMap, Exhibit, ExhibitError, Frame, Input, Spatial};
use serde_json::{Value, json};
use support::{assert_close, frames, likeliest, numbers, store, strip, values};

const HEADS: [&str; 3] = ["affine", "tps", "cnn"];
const SIDE: usize = 42;

/// The digits of the slice as the page sends them, RGBA, and what was measured.
fn slice() -> (Vec<Vec<u8>>, Value) {
    (strip("models/stn-mnist/slice.png").0, support::json("models/stn-mnist/slice.json"))
}

fn started(head: &str, input: Option<Input>) -> Result<Spatial, ExhibitError> {
    let (settings, mut spatial) = (json!({ "model": head }).to_string(), Spatial::default());
    let store = store(&spatial, &settings);
    spatial.start(&settings, input, &store)?;
    Ok(spatial)
}

fn run(head: &str, rgba: &[u8]) -> Vec<Frame> {
    let started = started(head, Some(Input::Drawing { width: SIDE, height: SIDE, rgba }));
    frames(&mut started.unwrap_or_else(|error| panic!("{error}")))
}

#[test]
fn the_digits_are_those_that_were_measured() {
    let (pictures, told) = slice();
    for head in HEADS {
        let mut wrong = 0;
        for (i, rgba) in pictures.iter().enumerate() {
            let frames = run(head, rgba);
            let (digit, probability) = likeliest(frames.last().expect("a step"));
            assert_eq!(digit, told[head]["digits"][i].to_string(), "{head} {i}");
            let sure = told[head]["probability"][i].as_f64().expect("a share") as f32;
            assert!((probability - sure).abs() < 2e-3, "{head} {i}: {} {sure}", probability);
            if head == "affine" {
                let Some(AttentionMap::Affine { theta, .. }) = frames[0].maps.first() else {
                    panic!("a grid")
                };
                assert_close(theta, &numbers(&told[head]["theta"][i]), 1e-3, "theta");
            }
            wrong += usize::from(told[head]["digits"][i] != told["labels"][i]);
        }
        assert!(wrong <= 3, "{head}: {wrong} of {} are wrong", pictures.len());
    }
}

#[test]
fn a_transformer_tells_where_it_looks_then_what_it_sees_then_what_it_is() {
    let (pictures, _) = slice();
    for head in ["affine", "tps"] {
        let frames = run(head, &pictures[0]);
        assert_eq!(
            frames.iter().map(|f| (f.step, f.ended)).collect::<Vec<_>>(),
            [(1, false), (2, false), (3, true)]
        );
        assert!(frames[0].pictures.iter().all(|p| p.name != "straight") && frames[0].choices.is_empty());
        let (xs, ys) = (values(&frames[1], "grid_x"), values(&frames[1], "grid_y"));
        let grid: Vec<Place> = xs.iter().zip(ys).map(|(x, y)| [*x, *y]).collect();
        let sampled = sample(values(&frames[1], "seen"), SIDE, &grid);
        assert_close(values(&frames[1], "straight"), &sampled, 1e-6, "straight");
        assert!((frames[2].choices.iter().map(|c| c.probability).sum::<f32>() - 1.0).abs() < 1e-4);
        assert_eq!(frames[0].maps.is_empty(), head == "tps");
    }
    let plain = run("cnn", &pictures[0]);
    assert!(plain.len() == 1 && plain[0].ended && plain[0].maps.is_empty());
}

#[test]
fn what_is_no_digit_is_refused() {
    let kind = |input| started("affine", input).err().expect("refused").kind();
    let white = vec![255; 4 * SIDE * SIDE];
    assert_eq!(kind(Some(Input::Drawing { width: SIDE, height: SIDE, rgba: &white })), "blank-picture");
    assert_eq!(kind(Some(Input::File(b"no picture"))), "bad-picture");
    assert_eq!(kind(Some(Input::Text("seven"))), "bad-input");
    assert_eq!(kind(None), "bad-input");
    let dot = started("tps", Some(Input::Drawing { width: 1, height: 1, rgba: &[0, 0, 0, 255] }));
    assert_eq!(frames(&mut dot.expect("one pixel is a picture")).len(), 3);
    assert_eq!(Spatial::default().files("{\"model\":\"none\"}").expect_err("refused").kind(), "bad-settings");
}
