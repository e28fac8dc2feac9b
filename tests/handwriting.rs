//! Handwriting as the page runs it, with the shipped networks.

mod support;

use glimpse::exhibits::{Exhibit, Frame, Handwriting, Input};
use serde_json::{Value, json};
use support::{frames, number, store, tokens};

fn started(settings: &Value, text: &str) -> Handwriting {
    let settings = settings.to_string();
    let mut handwriting = Handwriting::default();
    let store = store(&handwriting, &settings);
    let begun = handwriting.start(&settings, Some(Input::Text(text)), &store);
    begun.unwrap_or_else(|error| panic!("{error}"));
    handwriting
}

fn written(settings: &Value, text: &str) -> Vec<Frame> {
    frames(&mut started(settings, text))
}

/// Which character the window is on at every point.
fn path(frames: &[Frame]) -> Vec<usize> {
    let on = |frame: &Frame| {
        let phi = tokens(frame, "phi").expect("a window");
        phi.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1)).expect("characters").0
    };
    frames.iter().map(on).collect()
}

/// The window passed every character in order, as models/train/handwriting/export.py counts it.
fn is_covered(frames: &[Frame], characters: usize) -> bool {
    let mut furthest = 0;
    let steps = path(frames).into_iter().all(|on| {
        let fits = on <= furthest + 2 && on + 1 >= furthest;
        furthest = furthest.max(on);
        fits
    });
    steps && furthest == characters - 1 && frames.len() < 40 * characters
}

#[test]
fn a_line_is_written_letter_by_letter() {
    let text = "Which letter is the pen on?";
    let frames = written(&json!({ "model": "text", "seed": 1, "bias": 0.75 }), text);
    assert!(frames.len() > 5 * text.len(), "{} points", frames.len());
    for (i, frame) in frames.iter().enumerate() {
        assert_eq!(frame.step, i + 1);
        assert_eq!(frame.ended, i + 1 == frames.len());
        let phi = tokens(frame, "phi").expect("a window");
        assert_eq!(phi.len(), text.len());
        assert!((phi.iter().sum::<f32>() - 1.0).abs() < 1e-4);
        assert!(number(frame, "x").is_finite() && number(frame, "nats").is_finite());
    }
    assert!(number(frames.last().expect("a point"), "x") > 10.0, "it wrote to the right");
}

#[test]
fn a_seed_writes_the_same_again_and_another_something_else() {
    let run = |seed| written(&json!({ "model": "text", "seed": seed, "bias": 0.5 }), "hand");
    assert_eq!(run(1), run(1));
    assert_ne!(run(1), run(2));
}

#[test]
fn the_window_passes_every_character_of_most_lines() {
    let lines = [
        "the quick brown fox",
        "jumps over the lazy dog",
        "attention is all it reads",
        "see what it looked at",
        "a line of handwriting",
        "Dear reader",
        "nothing was written",
        "by hand on this page",
        "every letter in turn",
        "the window moves on",
        "and never comes back",
        "so it ends by itself",
        "Monday morning",
        "two hundred lines",
        "of people it never met",
        "a soft window slides",
        "over the characters",
        "one bump after another",
        "the pen is lifted",
        "and put down again",
    ];
    let settings = |seed: usize| json!({ "model": "text", "seed": seed, "bias": 0.5 });
    let covered = lines
        .iter()
        .enumerate()
        .filter(|(seed, line)| is_covered(&written(&settings(*seed), line), line.len()));
    let count = covered.count();
    assert!(count >= 18, "{count} of {} lines", lines.len());
}

#[test]
fn without_a_text_it_writes_on_and_has_no_window() {
    let frames = written(&json!({ "model": "none", "seed": 3, "bias": 0.5 }), "ten points");
    assert_eq!(frames.len(), 140);
    assert!(frames.iter().all(|frame| frame.maps.is_empty()));
}

#[test]
fn primed_it_first_takes_the_points_of_the_visitors_own_hand() {
    let strokes = json!([[[0.0, 0.0], [0.2, 1.0], [0.4, 0.0], [0.6, 1.0]], [[0.9, 0.5]]]);
    let prime = json!({ "text": "no", "strokes": strokes });
    let frames = written(&json!({ "model": "text", "seed": 1, "bias": 0.5, "prime": prime }), "way");
    let given = frames.iter().take_while(|frame| number(frame, "given") == 1.0).count();
    assert!(given > 8 && frames.len() > given);
    assert!(frames[given..].iter().all(|frame| number(frame, "given") == 0.0));
    assert!(
        (number(&frames[given - 1], "x") - 0.9).abs() < 1e-3
            && (number(&frames[given - 1], "y") - 0.5).abs() < 1e-3
    );
    assert_eq!(tokens(&frames[0], "phi").expect("a window").len(), "no way".len());
}

#[test]
fn what_cannot_be_written_is_refused() {
    let usual = json!({ "model": "text", "seed": 1, "bias": 0.5 });
    let primed = |text: &str, strokes: Value| {
        let mut settings = usual.clone();
        settings["prime"] = json!({ "text": text, "strokes": strokes });
        settings
    };
    let long = "word ".repeat(2000);
    let cases = [
        (usual.clone(), ""),
        (usual.clone(), "   \n "),
        (usual.clone(), long.as_str()),
        (usual.clone(), "\u{4f60}\u{597d}"),
        (usual.clone(), "pen \u{1f58b}"),
        (primed("", json!([[[0.0, 0.0]]])), "yes"),
        (primed("a", json!([])), "yes"),
        (primed("a", json!([[[0.0, 0.0], [900.0, 0.0]]])), "yes"),
    ];
    for (settings, text) in cases {
        let settings = settings.to_string();
        let mut handwriting = started(&usual, "stays");
        let store = store(&handwriting, &settings);
        let refused = handwriting.start(&settings, Some(Input::Text(text)), &store).expect_err(text);
        assert_eq!(refused.kind(), "bad-text", "{text}");
        assert!(handwriting.step().expect("goes on").is_some(), "the line before stays");
    }
}
