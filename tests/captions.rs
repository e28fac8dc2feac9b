//! The captioners as the page runs them, with the shipped models.

mod support;

use glimpse::exhibits::{Captions, Exhibit, Frame, Input, ModelStore};
use serde_json::json;
use support::{assert_close, frames, grid, number, read, store, tokens};

fn settings(model: &str, beam: usize) -> String {
    json!({ "model": model, "beam": beam, "max_words": 20 }).to_string()
}

/// The run of settings beyond the usual ones.
fn run_with(extra: &serde_json::Value, photo: &[u8]) -> (Captions, Vec<Frame>) {
    let mut settings = json!({ "beam": 1 });
    settings.as_object_mut().expect("an object").extend(extra.as_object().expect("an object").clone());
    let settings = settings.to_string();
    let mut captions = Captions::default();
    let store = store(&captions, &settings);
    captions.start(&settings, Some(Input::File(photo)), &store).unwrap_or_else(|error| panic!("{error}"));
    let frames = frames(&mut captions);
    (captions, frames)
}

fn both() -> ModelStore {
    store(&Captions::default(), &settings("soft", 1))
}

fn begun(store: &ModelStore, beam: usize, photo: &[u8]) -> Captions {
    let mut captions = Captions::default();
    let started = captions.start(&settings("soft", beam), Some(Input::File(photo)), store);
    started.unwrap_or_else(|error| panic!("{error}"));
    captions
}

fn sentence(frames: &[Frame]) -> String {
    frames.last().expect("a frame").words.join(" ")
}

#[test]
fn a_photo_gets_words_and_a_map_for_each() {
    let store = both();
    let mut captions = begun(&store, 1, &read("www/public/samples/dog.jpg"));
    let frames = frames(&mut captions);
    let words = sentence(&frames);
    assert!(words.contains("dog"), "{words}");
    for (i, frame) in frames.iter().enumerate() {
        assert_eq!(frame.step, i + 1);
        assert_eq!(frame.ended, i + 1 == frames.len());
        let alpha = grid(frame, "alpha").expect("a map");
        assert_eq!(alpha.len(), 196);
        assert!((alpha.iter().sum::<f32>() - 1.0).abs() < 1e-4 && alpha.iter().all(|a| *a >= 0.0));
        assert!((0.0..7.62).contains(&number(frame, "entropy_bits")));
        assert!((0.0..=1.0).contains(&number(frame, "beta")));
        assert_eq!(frame.choices.len(), 5);
        assert!(frame.choices.windows(2).all(|pair| pair[0].probability >= pair[1].probability));
        assert!(frame.words.last() == Some(&frame.choices[0].word) || frame.choices[0].word == "<end>");
    }
    assert!(frames.windows(2).all(|pair| number(&pair[1], "logp") <= number(&pair[0], "logp")));
    let photo = captions.picture().expect("the photo");
    assert!(photo.width.max(photo.height) <= 1024);
    assert_eq!(photo.rgba().len(), 4 * photo.width * photo.height);
}

#[test]
fn the_captioner_without_attention_has_no_map_and_no_steering() {
    let mut captions = Captions::default();
    let settings = settings("none", 2);
    let store = store(&captions, &settings);
    let photo = read("www/public/samples/soccer.jpg");
    captions.start(&settings, Some(Input::File(&photo)), &store).expect("starts");
    let frames = frames(&mut captions);
    assert!(sentence(&frames).split(' ').count() >= 3, "{}", sentence(&frames));
    assert!(frames.iter().all(|frame| frame.maps.is_empty()));
    assert_eq!(captions.steer(1, Some(&[1.0; 196])).expect_err("no attention").kind(), "bad-input");
}

#[test]
fn a_beam_gives_one_frame_a_word_of_its_best_sentence() {
    let store = both();
    let photo = read("www/public/samples/surfer.jpg");
    let greedy = frames(&mut begun(&store, 1, &photo));
    for beam in 2..=5 {
        let found = frames(&mut begun(&store, beam, &photo));
        assert!(found.iter().enumerate().all(|(i, frame)| frame.step == i + 1 && frame.words.len() <= i + 1));
        assert!(found.last().is_some_and(|frame| frame.ended));
        let score = |frames: &[Frame]| {
            let last = frames.last().expect("a frame");
            f64::from(number(last, "logp")) / (last.step as f64).powf(1.2)
        };
        assert!(score(&found) >= score(&greedy) - 0.1, "{beam}: {}", sentence(&found));
    }
}

#[test]
fn steered_it_looks_where_it_must_and_goes_on() {
    let store = both();
    for beam in [1, 3] {
        let mut captions = begun(&store, beam, &read("www/public/samples/horse.jpg"));
        let free = frames(&mut captions);
        let mut painted = [0.0; 196];
        painted[13] = 3.0;
        captions.steer(2, Some(&painted)).expect("steers");
        let steered = frames(&mut captions);
        assert_eq!((steered[0].step, steered[0].words[0].as_str()), (2, free[0].words[0].as_str()));
        let alpha = grid(&steered[0], "alpha").expect("a map");
        assert!((alpha[13] - 1.0).abs() < 1e-5 && (alpha.iter().sum::<f32>() - 1.0).abs() < 1e-5);
        let wanted = grid(&steered[0], "own").expect("what it wanted");
        assert_close(wanted, grid(&free[1], "alpha").expect("a map"), 1e-5, "what it wanted");
        assert!(steered[1..].iter().all(|frame| grid(frame, "own").is_none()));
        assert!(steered.last().is_some_and(|frame| frame.ended));

        captions.steer(2, None).expect("lets go");
        assert_eq!(frames(&mut captions), free[1..], "let go, it says what it said, beam {beam}");
    }
}

#[test]
fn bad_steering_is_refused_and_nothing_is_lost() {
    let store = both();
    let mut captions = begun(&store, 1, &read("www/public/samples/cat.jpg"));
    let first = captions.step().expect("steps").expect("a frame");
    let mut negative = [0.1; 196];
    negative[0] = -1.0;
    let cases: [(&str, usize, &[f32]); 6] = [
        ("no step", 0, &[1.0; 196]),
        ("far off", 9, &[1.0; 196]),
        ("few", 1, &[1.0; 4]),
        ("all zero", 1, &[0.0; 196]),
        ("not a number", 1, &[f32::NAN; 196]),
        ("negative", 1, &negative),
    ];
    for (what, step, weights) in cases {
        assert_eq!(captions.steer(step, Some(weights)).expect_err(what).kind(), "bad-input", "{what}");
    }
    assert_eq!(captions.step().expect("steps").expect("a frame").words[..1], first.words[..]);
}

#[test]
fn odd_pictures_are_taken_or_refused() {
    let store = both();
    let mut captions = Captions::default();
    let mut start = |input| captions.start(&settings("soft", 1), input, &store);
    let dot = Input::Drawing { width: 1, height: 1, rgba: &[200, 30, 30, 255] };
    start(Some(dot)).expect("one pixel is a picture");
    assert_eq!(start(None).expect_err("nothing").kind(), "bad-input");
    assert_eq!(start(Some(Input::File(b"Dear model"))).expect_err("a letter").kind(), "bad-picture");
    assert!(captions.step().expect("steps").is_some(), "the run before goes on");
}

#[test]
fn hard_attention_takes_one_place_a_word_and_a_seed_takes_the_same_again() {
    let photo = read("www/public/samples/surfer.jpg");
    let run = |seed: Option<u32>| run_with(&json!({ "model": "hard", "seed": seed }), &photo).1;
    let likeliest = run(None);
    for frame in &likeliest {
        let (alpha, place) = (grid(frame, "alpha").expect("alpha"), grid(frame, "place").expect("a place"));
        assert!((alpha.iter().sum::<f32>() - 1.0).abs() < 1e-4);
        let taken = place.iter().position(|weight| *weight == 1.0).expect("a place taken");
        assert_eq!(place.iter().filter(|weight| **weight == 0.0).count(), 195);
        assert!(alpha.iter().all(|weight| *weight <= alpha[taken]), "the likeliest");
    }
    let drawn: Vec<Vec<Frame>> = (1..6).map(|seed| run(Some(seed))).collect();
    assert_eq!(drawn[0], run(Some(1)));
    assert!(drawn.iter().any(|frames| sentence(frames) != sentence(&drawn[0])), "samples differ");
}

#[test]
fn steered_hard_attention_takes_the_place_that_was_painted_most() {
    let (mut captions, free) = run_with(&json!({ "model": "hard" }), &read("www/public/samples/dog.jpg"));
    let mut painted = [0.0; 196];
    (painted[40], painted[41]) = (1.0, 2.0);
    captions.steer(1, Some(&painted)).expect("steers");
    let steered = frames(&mut captions);
    let place = grid(&steered[0], "place").expect("a place");
    assert!((place[41] - 1.0).abs() < 1e-5 && place[40].abs() < 1e-5);
    assert_close(
        grid(&steered[0], "alpha").expect("alpha"),
        grid(&free[0], "alpha").expect("alpha"),
        1e-5,
        "what it wanted",
    );
}

#[test]
fn semantic_attention_shares_itself_among_the_attributes() {
    let photo = read("www/public/samples/dog.jpg");
    let (_, all) = run_with(&json!({ "model": "semantic" }), &photo);
    let found = &all[0].attributes;
    assert_eq!(found.len(), 10);
    assert!(found.iter().any(|attribute| attribute.word == "dog"), "{found:?}");
    for frame in &all {
        for name in ["input", "output"] {
            let shares = tokens(frame, name).expect("shares");
            assert!((shares.iter().sum::<f32>() - 1.0).abs() < 1e-4, "{name}");
        }
    }
    for attribute in found {
        let region = grid(&all[0], &format!("region of {}", attribute.word)).expect("a region");
        assert!((region.iter().sum::<f32>() - 1.0).abs() < 1e-3);
    }

    let (_, without) = run_with(&json!({ "model": "semantic", "remove": ["dog"], "add": ["snow"] }), &photo);
    let edited = &without[0].attributes;
    let place = |word: &str| edited.iter().position(|attribute| attribute.word == word).expect(word);
    assert_eq!(edited[place("dog")].probability, 0.0);
    assert_eq!(edited[place("snow")].probability, 10.0);
    assert!(without.iter().all(|frame| tokens(frame, "input").expect("shares")[place("dog")] < 1e-6));
}

#[test]
fn a_word_that_is_no_attribute_is_refused() {
    let settings = json!({ "model": "semantic", "beam": 1, "add": ["quasar"] }).to_string();
    let mut captions = Captions::default();
    let store = store(&captions, &settings);
    let photo = read("www/public/samples/cat.jpg");
    let refused = captions.start(&settings, Some(Input::File(&photo)), &store).expect_err("no such word");
    assert_eq!(refused.kind(), "bad-word");
    assert!(refused.to_string().contains("quasar"), "{refused}");
}
