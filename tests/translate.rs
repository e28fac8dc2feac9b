//! The translators as the page runs them, with the shipped models.

mod support;

use glimpse::exhibits::{AttentionMap, Exhibit, Frame, Input, ModelStore, Translate};
use serde_json::json;
use support::{frames, number, store};

fn settings(model: &str, beam: u64) -> String {
    json!({ "model": model, "beam": beam }).to_string()
}

fn begun(store: &ModelStore, model: &str, beam: u64, text: &str) -> Translate {
    let mut translate = Translate::default();
    let started = translate.start(&settings(model, beam), Some(Input::Text(text)), store);
    started.unwrap_or_else(|error| panic!("{error}"));
    translate
}

fn loaded(model: &str) -> ModelStore {
    store(&Translate::default(), &settings(model, 1))
}

fn sentence(frames: &[Frame]) -> String {
    frames.last().expect("a frame").words.concat().replace('▁', " ").trim().to_owned()
}

fn alignment<'a>(frame: &'a Frame, wanted: &str) -> Option<(&'a [String], &'a [f32])> {
    frame.maps.iter().find_map(|map| match map {
        AttentionMap::Tokens { name, tokens, weights } if *name == wanted => {
            Some((&tokens[..], &weights[..]))
        }
        _ => None,
    })
}

/// What the training script's search found with onnxruntime, on sentences that were held out.
#[test]
fn the_sentences_are_those_that_were_found() {
    for model in ["attention", "fixed"] {
        let store = loaded(model);
        let id = format!("translate-{model}");
        let beam = support::manifest()[&id]["metrics"][0]["protocol"]
            .as_str()
            .and_then(|how| how.split("beam ").nth(1)?.split(',').next()?.parse().ok())
            .expect("the protocol says its beam");
        for case in support::json(format!("models/{id}/slice.json")).as_array().expect("a list") {
            let text = case["source"].as_str().expect("a sentence");
            let found = sentence(&frames(&mut begun(&store, model, beam, text)));
            assert_eq!(found, case["translation"].as_str().expect("a sentence"), "{id}: {text}");
        }
    }
}

#[test]
fn each_piece_is_aligned() {
    let store = loaded("attention");
    let told = frames(&mut begun(&store, "attention", 1, "A man is riding a horse on the beach."));
    let words = sentence(&told);
    assert!(words.contains("homme") && words.contains("cheval"), "{words}");
    for (i, frame) in told.iter().enumerate() {
        assert_eq!((frame.step, frame.ended), (i + 1, i + 1 == told.len()));
        let (tokens, weights) = alignment(frame, "alpha").expect("a map");
        assert_eq!(tokens.last().map(String::as_str), Some("<end>"));
        assert_eq!(tokens.len(), weights.len());
        assert!((weights.iter().sum::<f32>() - 1.0).abs() < 1e-4 && weights.iter().all(|w| *w >= 0.0));
        assert!(number(frame, "entropy_bits") <= (tokens.len() as f32).log2() + 1e-3);
        assert_eq!(frame.choices.len(), 5);
    }
    let horse =
        told.iter().find(|frame| frame.words.last().is_some_and(|w| w == "▁cheval")).expect("a horse");
    let (tokens, weights) = alignment(horse, "alpha").expect("a map");
    let most = (0..weights.len()).max_by(|a, b| weights[*a].total_cmp(&weights[*b])).expect("a weight");
    assert_eq!(tokens[most], "▁horse");
}

#[test]
fn steered_it_looks_where_it_must_and_goes_on() {
    let store = loaded("attention");
    let mut translate = begun(&store, "attention", 1, "Two dogs are playing in the snow.");
    let free = frames(&mut translate);
    let count = alignment(&free[0], "alpha").expect("a map").0.len();
    let mut painted = vec![0.0; count];
    painted[count - 3] = 1.0;
    translate.steer(2, Some(&painted)).expect("steers");
    let steered = frames(&mut translate);
    assert_eq!(steered[0].words[0], free[0].words[0]);
    assert!((alignment(&steered[0], "alpha").expect("a map").1[count - 3] - 1.0).abs() < 1e-5);
    assert!(alignment(&steered[0], "own").is_some() && steered.last().is_some_and(|frame| frame.ended));
    translate.steer(2, None).expect("lets go");
    assert_eq!(frames(&mut translate), free[1..]);
    for weights in [&[1.0; 3][..], &vec![0.0; count], &vec![-1.0; count]] {
        assert_eq!(translate.steer(1, Some(weights)).expect_err("bad weights").kind(), "bad-input");
    }
}

#[test]
fn through_one_vector_there_is_no_map() {
    let store = loaded("fixed");
    let mut translate = begun(&store, "fixed", 2, "A dog runs.");
    let told = frames(&mut translate);
    assert!(!sentence(&told).is_empty() && told.iter().all(|frame| frame.maps.is_empty()));
    assert_eq!(translate.steer(1, Some(&[1.0; 4])).expect_err("no attention").kind(), "bad-input");
}

/// Whether the translators that ship were trained to copy unknown words.
fn copies() -> bool {
    let vocabulary = include_str!("../models/translate-attention/vocabulary.txt");
    vocabulary.lines().any(|piece| piece == "<copy>")
}

#[test]
fn names_numbers_and_emoji_are_copied() {
    if !copies() {
        return;
    }
    for model in ["attention", "fixed"] {
        let store = loaded(model);
        for (text, copied) in
            [("Zorblat is sleeping.", "Zorblat"), ("I see a dog 🐕.", "🐕"), ("He was born in 1837.", "1837")]
        {
            let told = frames(&mut begun(&store, model, 1, text));
            assert!(sentence(&told).contains(copied), "{model}: {}", sentence(&told));
            let marked = told.iter().filter(|frame| frame.numbers.iter().any(|(name, _)| *name == "copied"));
            assert!(marked.count() > 0, "{model}: {text}");
        }
    }
}

#[test]
fn pasted_characters_are_those_that_are_typed() {
    let store = loaded("attention");
    let plain = frames(&mut begun(&store, "attention", 1, "Why didn't you tell me \"no\"?"));
    let pasted = "\u{feff}Why didn\u{2019}t\u{a0}you tell\u{200b} me \u{201c}n\u{ad}o\u{201d}?";
    assert_eq!(frames(&mut begun(&store, "attention", 1, pasted)), plain);
}

#[test]
fn what_cannot_be_translated_is_said() {
    let store = loaded("attention");
    let mut translate = begun(&store, "attention", 1, "A dog runs.");
    let long = "a dog and ".repeat(1000);
    let forty = "dog ".repeat(48);
    let cases: [(&str, &str); 6] = [
        ("", "no sentence"),
        (" \n\t ", "no sentence"),
        (&long, "too long"),
        (&forty, "may have 47"),
        ("Собака бежит.", "б"),
        (if copies() { "🐕" } else { "A dog 🐕 runs." }, "🐕"),
    ];
    for (text, told) in cases {
        let refused = translate.start(&settings("attention", 1), Some(Input::Text(text)), &store);
        let refused = refused.expect_err(text);
        assert_eq!(refused.kind(), "bad-text", "{text}");
        assert!(refused.to_string().contains(told), "{refused}");
    }
    let picture = translate.start(&settings("attention", 1), Some(Input::File(b"GIF")), &store);
    assert_eq!(picture.expect_err("a picture").kind(), "bad-text");
    assert!(translate.step().expect("steps").is_some(), "the run before goes on");
}
