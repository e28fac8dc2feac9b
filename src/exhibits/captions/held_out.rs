//! The captioners on held-out photos' features: the words that the training script found with onnxruntime, and BLEU.

use std::collections::HashMap;
use std::convert::identity;
use std::rc::Rc;

use serde_json::Value;

use super::{AttentionKind, Begun};
use crate::exhibits::parts::attributes::Edits;
use crate::exhibits::parts::held_out::{annotations, read};
use crate::exhibits::words::beam::{END, Search};
use crate::model::Model;

type Sentence = Vec<String>;

fn model(path: &str) -> Rc<Model> {
    Rc::new(Model::new(path, &read(path)).unwrap_or_else(|error| panic!("{error}")))
}

fn sentence(words: &Value) -> Sentence {
    words.as_array().expect("words").iter().map(|w| w.as_str().expect("a word").to_owned()).collect()
}

fn caption(Begun { captioner, start, .. }: &Begun, slice: &Value, vocabulary: &[&str]) -> Sentence {
    let beam = slice["beam"].as_u64().expect("a width") as usize;
    let mut search = Search::new(beam, None, captioner.free(None, start).expect("runs"));
    while !search.is_over(20) {
        search.advance(captioner).expect("runs");
    }
    let last = search.best(slice["length_penalty"].as_f64().expect("a penalty")).expect("a sentence");
    let words = last.sentence();
    words.iter().filter(|word| word.token != END).map(|word| vocabulary[word.token].to_owned()).collect()
}

fn ngrams(words: &[String], n: usize) -> HashMap<&[String], usize> {
    let mut counts = HashMap::new();
    for run in words.windows(n) {
        *counts.entry(run).or_insert(0) += 1;
    }
    counts
}

/// Corpus BLEU-1 to BLEU-4 in percent (Papineni et al., ACL 2002): closest reference length, no smoothing.
fn bleu(photos: &[(Vec<Sentence>, Sentence)]) -> [f64; 4] {
    let (mut matched, mut made, mut length, mut closest) = ([0usize; 4], [0usize; 4], 0, 0);
    for (references, said) in photos {
        length += said.len();
        let nearest = references.iter().map(|r| (r.len().abs_diff(said.len()), r.len())).min();
        closest += nearest.expect("a reference").1;
        for n in 1..=4 {
            let known: Vec<_> = references.iter().map(|r| ngrams(r, n)).collect();
            for (run, count) in ngrams(said, n) {
                let most = known.iter().filter_map(|k| k.get(run)).max().copied().unwrap_or_default();
                matched[n - 1] += count.min(most);
                made[n - 1] += count;
            }
        }
    }
    if !matched.map(|m| m > 0).into_iter().all(identity) {
        return [0.0; 4];
    }
    let penalty = (1.0 - closest as f64 / length as f64).min(0.0);
    let mut logs = 0.0;
    std::array::from_fn(|i| {
        logs += (matched[i] as f64 / made[i] as f64).ln();
        100.0 * (penalty + logs / (i + 1) as f64).exp()
    })
}

#[test]
fn the_words_are_those_that_were_measured() {
    let vocabulary = String::from_utf8(read("caption-soft/vocabulary.txt")).expect("text");
    let vocabulary: Vec<&str> = vocabulary.lines().collect();
    let list = String::from_utf8(read("caption-semantic/attributes.txt")).expect("text");
    let list: Vec<String> = list.lines().map(str::to_owned).collect();
    let captioners = [
        ("caption-soft", AttentionKind::Soft),
        ("caption-hard", AttentionKind::Hard),
        ("caption-semantic", AttentionKind::Semantic),
        ("caption-none", AttentionKind::None),
    ];
    for (folder, attention) in captioners {
        let slice: Value = serde_json::from_slice(&read(&format!("{folder}/slice.json"))).expect("JSON");
        let (start, step) = (model(&format!("{folder}/start.onnx")), model(&format!("{folder}/step.onnx")));
        let mut photos = Vec::new();
        let captions = slice["captions"].as_array().expect("captions");
        // The captioners with attention share one file of photos.
        let photos_of = if folder == "caption-none" { folder } else { "caption-soft" };
        let seen = annotations(&format!("{photos_of}/slice.bin"), &slice);
        for (seen, expected) in seen.iter().zip(captions) {
            let begun =
                attention.begun(&start, step.clone(), seen, &list, &Edits::default()).expect("starts");
            let said = caption(&begun, &slice, &vocabulary);
            assert_eq!(said, sentence(&expected["words"]), "{folder}");
            let references = expected["references"].as_array().expect("references");
            photos.push((references.iter().map(sentence).collect(), said));
        }
        let expected: Vec<f64> = serde_json::from_value(slice["bleu"].clone()).expect("BLEU");
        for (n, (found, expected)) in bleu(&photos).iter().zip(expected).enumerate() {
            assert!((found - expected).abs() < 0.01, "{folder} BLEU-{}: {found}, not {expected}", n + 1);
        }
    }
}
