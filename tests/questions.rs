//! Questions as the page asks them, with the shipped models.

mod support;

use glimpse::exhibits::{Exhibit, ExhibitError, Frame, HowRead, Input, ModelStore, Questions};
use serde_json::{Value, json};
use support::{assert_close, frames, grid, number, read, store};

fn started(store: &ModelStore, settings: &Value, photo: Option<&[u8]>) -> Result<Questions, ExhibitError> {
    let mut questions = Questions::default();
    questions.start(&settings.to_string(), photo.map(Input::File), store)?;
    Ok(questions)
}

fn asked(model: &str, question: &str) -> Value {
    json!({ "model": model, "question": question })
}

fn shelf_of(model: &str) -> ModelStore {
    store(&Questions::default(), &asked(model, "what").to_string())
}

fn total(frame: &Frame) -> f32 {
    frame.choices.iter().map(|choice| choice.probability).sum()
}

#[test]
fn every_word_of_a_question_has_a_gaze_and_the_last_an_answer() {
    let (store, photo) = (shelf_of("attention"), read("www/public/samples/dog.jpg"));
    let question = asked("attention", "What is the dog doing?");
    let frames = frames(&mut started(&store, &question, Some(&photo)).expect("starts"));
    assert_eq!(frames.len(), 5);
    for (i, frame) in frames.iter().enumerate() {
        assert_eq!((frame.step, frame.steps, frame.ended), (i + 1, Some(5), i == 4));
        let alpha = grid(frame, "alpha").expect("a gaze");
        assert!((alpha.iter().sum::<f32>() - 1.0).abs() < 1e-4 && alpha.iter().all(|a| *a >= 0.0));
        assert!((0.0..7.62).contains(&number(frame, "entropy_bits")));
        assert_eq!(frame.choices.len(), 5);
        assert!(frame.choices.windows(2).all(|pair| pair[0].probability >= pair[1].probability));
    }
    assert_eq!(frames[4].words.join(" "), "what is the dog doing");
    assert!(frames[4].choices[0].word.ends_with("ing"), "{}", frames[4].choices[0].word);
}

#[test]
fn the_gaze_differs_from_word_to_word_and_from_photo_to_photo() {
    let store = shelf_of("attention");
    let gazes = |sample: &str| {
        let photo = read(format!("www/public/samples/{sample}.jpg"));
        let question = asked("attention", "what color is the dog");
        let frames = frames(&mut started(&store, &question, Some(&photo)).expect("starts"));
        [&frames[0], &frames[4]].map(|frame| grid(frame, "alpha").expect("a gaze").to_vec())
    };
    let apart = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| (a - b).abs()).sum::<f32>();
    let ([first, last], [_, other]) = (gazes("dog"), gazes("horse"));
    assert!(apart(&first, &last) > 0.1 && apart(&last, &other) > 0.1);
}

#[test]
fn choices_and_boxes_share_one_between_them() {
    let photo = read("www/public/samples/horse.jpg");
    for model in ["attention", "pooled", "blind"] {
        let store = shelf_of(model);
        let last = |extra: (&str, Value)| {
            let mut settings = asked(model, "where is the horse");
            settings[extra.0] = extra.1;
            frames(&mut started(&store, &settings, Some(&photo)).expect("starts")).pop().expect("a word")
        };
        let told = last(("choices", json!(["Beach ", "snow"])));
        assert_eq!(told.choices.iter().map(|c| c.word.as_str()).collect::<Vec<_>>(), ["beach", "snow"]);
        assert!((total(&told) - 1.0).abs() < 1e-4);
        let pointed = last(("boxes", json!([[0.3, 0.3, 0.9, 0.9], [0.0, 0.0, 0.2, 0.1]])));
        assert!((total(&pointed) - 1.0).abs() < 1e-4);
        assert_eq!(pointed.choices[1].word, "box 2");
        if model == "attention" {
            assert!(pointed.choices[0].probability > 0.5, "{:?}", pointed.choices);
        }
        assert_eq!(pointed.maps.is_empty(), model != "attention");
    }
}

#[test]
fn steered_it_looks_where_it_must_and_freed_it_looks_as_before() {
    let (store, photo) = (shelf_of("attention"), read("www/public/samples/dog.jpg"));
    let question = asked("attention", "what color is the dog");
    let mut questions = started(&store, &question, Some(&photo)).expect("starts");
    let free = frames(&mut questions);
    let mut corner = vec![0.0; 196];
    corner[0] = 2.0;
    questions.steer(3, Some(&corner)).expect("steers");
    let steered = frames(&mut questions);
    assert_eq!(steered.len(), 3);
    assert_eq!(grid(&steered[0], "alpha").expect("a gaze")[0], 1.0);
    let own = grid(&free[2], "alpha").expect("a gaze");
    assert_close(grid(&steered[0], "own").expect("what it wanted"), own, 1e-5, "own");
    questions.steer(3, None).expect("frees");
    let again = frames(&mut questions);
    assert_close(grid(&again[0], "alpha").expect("a gaze"), own, 1e-6, "freed");
    for step in [0, 6] {
        assert_eq!(questions.steer(step, None).expect_err("no such word").kind(), "bad-input");
    }
}

#[test]
fn unknown_words_are_read_as_their_nearest_and_the_run_goes_on() {
    let (store, photo) = (shelf_of("attention"), read("www/public/samples/dog.jpg"));
    let answered = |text: &str| {
        let run = frames(&mut started(&store, &asked("attention", text), Some(&photo)).expect(text));
        run.last().expect("a word").clone()
    };
    let told = |frame: &Frame| frame.choices.iter().map(|c| c.word.clone()).collect::<Vec<_>>();
    let (plain, near) = (answered("what is the dog doing"), answered("What’s the labrador doing?"));
    assert_eq!((near.words.join(" ").as_str(), told(&near)), ("what is the dog doing", told(&plain)));
    let read: Vec<_> = near.replaced.iter().map(|r| (r.typed.as_str(), r.read.as_deref(), r.how)).collect();
    let expected =
        [("what's", Some("what is"), HowRead::Contraction), ("labrador", Some("dog"), HowRead::Synonym)];
    assert_eq!(read, expected);
    assert!(plain.replaced.is_empty());
    for (text, word) in [("where is the wombat", "wombat"), ("what is 🐕", "🐕")] {
        let frame = answered(text);
        assert_eq!(frame.words.last().map(String::as_str), Some(word));
        assert_eq!(
            frame.replaced.iter().map(|r| (r.typed.as_str(), &r.read)).collect::<Vec<_>>(),
            [(word, &None)]
        );
        assert!(frame.ended && !frame.choices.is_empty());
    }
}

#[test]
fn what_is_no_question_is_refused_in_words() {
    let (store, photo) = (shelf_of("attention"), read("www/public/samples/dog.jpg"));
    let long = "dog ".repeat(2500);
    let texts = [("  ?", "no question"), (long.as_str(), "2500"), ("где собака", "где"), ("🐕 🐈", "🐕")];
    for (text, word) in texts {
        let refused = started(&store, &asked("attention", text), Some(&photo)).err().expect(text);
        assert_eq!(refused.kind(), "bad-text", "{text}");
        assert!(refused.to_string().contains(word), "{refused}");
    }
    let refused = |extra: (&str, Value), photo| {
        let mut settings = asked("attention", "where is the dog");
        settings[extra.0] = extra.1;
        started(&store, &settings, photo).err().expect("refused").kind()
    };
    assert_eq!(refused(("choices", json!(["brown", "ultraviolet"])), Some(&photo)), "bad-text");
    for flat in [json!([0.5, 0.5, 0.5, 0.9]), json!([0.9, 0.1, 0.2, 0.9])] {
        assert_eq!(refused(("boxes", json!([flat, [0.0, 0.0, 1.0, 1.0]])), Some(&photo)), "bad-input");
    }
    assert_eq!(refused(("model", json!("attention")), None), "bad-input");
}
