//! What is refused, and the answers that were measured.

use serde_json::{Value, json};

use super::*;
use crate::exhibits::parts::held_out::{annotations, read};

#[test]
fn settings_that_are_not_known_are_refused() {
    let cases = [
        "{}",
        r#"{"model":"deaf","question":"what"}"#,
        r#"{"model":"blind","question":"what","choices":["one"]}"#,
        r#"{"model":"blind","question":"what","choices":["a","b"],"boxes":[[0,0,1,1],[0,0,1,1]]}"#,
    ];
    for settings in cases {
        let refused = Questions::default().files(settings).expect_err(settings);
        assert_eq!(refused.kind(), "bad-settings", "{settings}");
    }
}

#[test]
fn questions_are_read_with_their_nearest_words_or_refused() {
    let vocabulary = ["<pad>", "<unk>", "what", "color", "is", "the", "dog"].map(str::to_owned);
    let asked = Asked::read("What colour is the dog?", &vocabulary).expect("a question");
    assert_eq!(asked.words.join(" "), "what color is the dog");
    assert_eq!(asked.ids, [2, 3, 4, 5, 6]);
    assert_eq!(asked.replaced, []);
    let cases = [
        (
            "What’s the colour of the Labrador’s wombat",
            "what is the color of the dog wombat",
            vec![2, 4, 5, 3, 1, 5, 6, 1],
        ),
        ("is the 'dog' 🐕 dog", "is the dog 🐕 dog", vec![4, 5, 6, 1, 6]),
    ];
    for (text, words, ids) in cases {
        let asked = Asked::read(text, &vocabulary).expect(text);
        assert_eq!((asked.words.join(" ").as_str(), asked.ids), (words, ids), "{text}");
        assert!(asked.replaced.iter().any(|one| one.read.is_none()));
    }
    let (long, grown) = ("dog ".repeat(21), "what's ".repeat(11));
    for (text, word) in [
        ("", "no question"),
        (" ? ", "no question"),
        (&long, "21"),
        (&grown, "22"),
        ("wombat где", "wombat, где"),
    ] {
        let refused = Asked::read(text, &vocabulary).expect_err(text);
        assert_eq!(refused.kind(), "bad-text");
        assert!(refused.to_string().contains(word), "{refused}");
    }
}

#[test]
fn the_answers_are_those_that_were_measured() {
    for folder in ["vqa", "vqa-pooled", "vqa-blind"] {
        let mut store = ModelStore::default();
        let slice: Value = serde_json::from_slice(&read(&format!("{folder}/slice.json"))).expect("JSON");
        let model = folder.strip_prefix("vqa-").unwrap_or("attention");
        let settings = |question: &Value| json!({ "model": model, "question": question });
        let files = Questions::default().files(&settings(&json!("what")).to_string()).expect("files");
        for file in files.into_iter().filter(|file| file.model != "caption-encoder") {
            let text = ["vocabulary", "answers"].contains(&file.name.as_str());
            let path = format!("{}/{}.{}", file.model, file.name, if text { "txt" } else { "onnx" });
            store.load(file, read(&path)).expect("loads");
        }
        let vocabulary = store.words(LEADER, "vocabulary").expect("words");
        let pixel = Photo::over_white(1, 1, &[0; 4]).expect("a pixel");
        let encoded_photos: Vec<Rc<EncodedPhoto>> = annotations("caption-soft/slice.bin", &slice)
            .into_iter()
            .map(|annotations| Rc::new(EncodedPhoto { photo: pixel.clone(), annotations }))
            .collect();
        let answers = |asked: &Value, settings: Value| {
            let settings = Settings::parsed(&settings.to_string()).expect("settings");
            let words = Asked::read(&settings.question, &vocabulary).expect("a question");
            let encoded = encoded_photos[asked["photo"].as_u64().expect("a photo") as usize].clone();
            let mut run = Run::begun(&settings, words, encoded, &store).expect("begins");
            let frames: Vec<Frame> = std::iter::from_fn(|| run.frame().expect("runs")).collect();
            frames.last().expect("a word").choices.clone()
        };
        let best = |choices: Vec<Choice>| {
            let best = choices.into_iter().max_by(|a, b| a.probability.total_cmp(&b.probability));
            best.expect("a choice").word
        };
        let questions = slice["questions"].as_array().expect("questions");
        assert!(questions.len() >= 8, "{} questions", questions.len());
        for asked in questions {
            let question = &asked["question"];
            assert_eq!(best(answers(asked, settings(question))), asked["open"], "{folder}: {question}");
            let with = |key: &str, value: &Value| {
                let mut settings = settings(question);
                settings[key] = value.clone();
                answers(asked, settings)
            };
            assert_eq!(best(with("choices", &asked["choices"])), asked["told"], "{folder}: {question}");
            let left = with("boxes", &slice["boxes"])[0].probability;
            let expected = asked["left"].as_f64().expect("a share") as f32;
            assert!((left - expected).abs() < 1e-3, "{folder}: {question}: {left}, not {expected}");
        }
    }
}

#[test]
fn a_box_covers_the_places_that_lie_in_it() {
    let whole = covered([0.0, 0.0, 1.0, 1.0]);
    assert!(whole.len() == PLACES && whole.iter().all(|share| (share - 1.0).abs() < 1e-4));
    let part = covered([0.5 / 14.0, 0.0, 2.0 / 14.0, 1.0 / 14.0]);
    assert!((part[0] - 0.5).abs() < 1e-4 && (part[1] - 1.0).abs() < 1e-4);
    assert!(part[2..].iter().all(|share| share.abs() < 1e-4));
}
