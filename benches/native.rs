//! The limit of the bench: every shipped file run by tract natively, and the lecture's mechanisms by themselves. Prints JSON:
//! milliseconds of a run by name, as median and quartiles. `ROUNDS` says how many samples, `ONLY` takes names that hold it.

#[path = "../tests/support/mod.rs"]
mod support;

use std::collections::BTreeMap;
use std::hint::black_box;
use std::time::Instant;

use glimpse::attention::draw_window::{filterbank, read as glimpse, write};
use glimpse::attention::soft::attend;
use glimpse::model::Model;
use serde_json::{Value, json};
use support::{json as json_of, manifest, numbers, read};
use tract_core::internal::*;

/// A sample takes at least this many milliseconds, by running as often as that needs.
const SAMPLE: f64 = 5.0;

fn main() {
    let rounds = std::env::var("ROUNDS").ok().and_then(|text| text.parse().ok()).unwrap_or(30);
    let only = std::env::var("ONLY").unwrap_or_default();
    let mut told = BTreeMap::new();
    for (name, mut run) in mechanisms().into_iter().chain(models()) {
        if name.contains(&only) {
            told.insert(name, timed(rounds, &mut run));
        }
    }
    println!("{}", json!(told));
}

type Run = Box<dyn FnMut()>;

fn timed(rounds: usize, run: &mut Run) -> Value {
    let mut once = |times: usize| {
        let start = Instant::now();
        (0..times).for_each(|_| run());
        start.elapsed().as_secs_f64() * 1e3 / times as f64
    };
    once(1);
    let times = (SAMPLE / once(1).max(1e-4)).ceil().max(1.0) as usize;
    let mut samples: Vec<f64> = (0..rounds).map(|_| once(times)).collect();
    samples.sort_by(f64::total_cmp);
    let quantile = |share: f64| samples[((share * samples.len() as f64) as usize).min(samples.len() - 1)];
    json!({ "median": quantile(0.5), "low": quantile(0.25), "high": quantile(0.75), "rounds": rounds })
}

/// Every shipped file on the inputs of its golden.json.
fn models() -> impl Iterator<Item = (String, Run)> {
    let all = manifest();
    let entries: Vec<(String, Value)> =
        all.as_object().expect("models").iter().map(|(id, model)| (id.clone(), model.clone())).collect();
    entries.into_iter().flat_map(|(id, model)| {
        let golden = json_of(format!("models/{id}/golden.json"));
        let files = model["files"].as_array().expect("files").clone();
        files.into_iter().filter_map(move |file| {
            let inputs = golden[file["name"].as_str()?].get("inputs")?.clone();
            Some((
                format!("{id}/{}", file["name"].as_str()?),
                model_run(&format!("models/{}", file["path"].as_str()?), &inputs),
            ))
        })
    })
}

/// A file as tract itself runs it, without operators of ours.
fn model_run(path: &str, inputs: &Value) -> Run {
    let mut model = Model::with_graph(path, &read(path)).unwrap_or_else(|error| panic!("{error}"));
    let graph = model.take_graph().expect("asked for");
    let plan =
        graph.into_optimized().and_then(TypedModel::into_runnable).unwrap_or_else(|error| panic!("{error}"));
    let given: TVec<TValue> = model
        .inputs()
        .enumerate()
        .map(|(i, (name, shape))| {
            let values = match &inputs[name] {
                Value::Object(_) => wave(shape.iter().product()),
                list => numbers(list),
            };
            let wanted = plan.model().input_fact(i).expect("an input").datum_type;
            let tensor = Tensor::from_shape(shape, &values).expect("as many as it wants");
            tensor.cast_to_dt(wanted).expect("numbers").into_owned().into_tvalue()
        })
        .collect();
    Box::new(move || drop(black_box(plan.run(given.clone()).unwrap_or_else(|error| panic!("{error}")))))
}

fn wave(count: usize) -> Vec<f32> {
    (0..count).map(|i| (i as f32 * 0.01).sin()).collect()
}

/// The same names and sizes as in benches/kernels.mjs.
fn mechanisms() -> Vec<(String, Run)> {
    const SIDE: usize = 28;
    let (scores, values) = (wave(196), wave(196 * 432));
    let (picture, patch) = (wave(SIDE * SIDE), wave(25));
    let bank = || filterbank(13.2, 2.1, 0.8, 5, SIDE);
    let (x, y, wide, high) = (bank(), bank(), bank(), bank());
    let named: [(&str, Run); 4] = [
        ("soft attention", Box::new(move || drop(black_box(attend(black_box(&scores), &values, 432))))),
        ("filterbank", Box::new(move || drop(black_box(filterbank(black_box(13.2), 2.1, 0.8, 5, SIDE))))),
        ("read", Box::new(move || drop(black_box(glimpse(black_box(&picture), &x, &y, SIDE, 1.7))))),
        ("write", Box::new(move || drop(black_box(write(black_box(&patch), &wide, &high, SIDE, 1.7))))),
    ];
    named.into_iter().map(|(name, run)| (format!("kernels/{name}"), run)).collect()
}
