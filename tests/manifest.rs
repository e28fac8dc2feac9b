//! models/manifest.json says what ships, byte for byte.

mod support;

use sha2::{Digest, Sha256};
use support::{manifest, read};

#[test]
fn every_file_is_the_one_described() {
    let manifest = manifest();
    let models = manifest.as_object().expect("models");
    for (id, model) in models {
        for file in model["files"].as_array().expect("files") {
            let path = format!("models/{}", file["path"].as_str().expect("a path"));
            let bytes = read(&path);
            assert_eq!(file["bytes"], bytes.len(), "{path}");
            assert!(bytes.len() <= 20_000_000, "{path}");
            let hash: String = Sha256::digest(&bytes).iter().map(|b| format!("{b:02x}")).collect();
            assert_eq!(file["sha256"], hash, "{path}");
        }
        for key in ["title", "licence", "data", "paper"] {
            assert!(model[key].as_str().is_some_and(|text| !text.is_empty()), "{id} states its {key}");
        }
        assert!(!read(format!("models/{id}/CARD.md")).is_empty());
    }
}

/// The card says the figure that the manifest says.
#[test]
fn every_metric_stands_in_the_card() {
    let manifest = manifest();
    for (id, model) in manifest.as_object().expect("models") {
        let card = String::from_utf8(read(format!("models/{id}/CARD.md"))).expect("text");
        let confidence = model["confidence"].as_object();
        for key in ["slope", "offset"].iter().filter(|_| confidence.is_some()) {
            let value = model["confidence"][key].as_f64().expect("a number").abs().to_string();
            assert!(card.contains(&value), "{id}: {key} {value} of its confidence");
        }
        for metric in model["metrics"].as_array().expect("metrics") {
            let value = metric["value"].as_f64().expect("a number");
            assert!(card.contains(&format!("{value:.2}")), "{id}: {} {value}", metric["name"]);
            assert!(metric["split"].is_string() && metric["protocol"].is_string(), "{id}");
        }
    }
}

/// A figure with a standard error says of how many cases; the binomial formula gives the error wherever the protocol says so.
#[test]
fn standard_errors_follow_from_what_is_stated() {
    let manifest = manifest();
    for (id, model) in manifest.as_object().expect("models") {
        for metric in model["metrics"].as_array().expect("metrics") {
            let name = format!("{id}: {}", metric["name"]);
            let field = |key: &str| metric.get(key).map(|value| value.as_f64().expect(&name));
            let (n, se) = (field("n"), field("se"));
            assert!(n.is_none_or(|n| n >= 1.0 && n.fract() == 0.0), "{name}: n");
            assert!(se.is_none_or(|se| se > 0.0 && n.is_some()), "{name}: se without n, or not above 0");
            assert!(field("chance").is_none_or(|chance| chance > 0.0), "{name}: chance");
            if metric["protocol"].as_str().is_some_and(|protocol| protocol.contains("binomial")) {
                let (share, n) = (field("value").expect(&name) / 100.0, n.expect(&name));
                let error = 100.0 * (share * (1.0 - share) / n).sqrt();
                assert!((se.unwrap_or_default() - error).abs() < 0.006, "{name}: {se:?}, not {error:.2}");
            }
        }
    }
}
