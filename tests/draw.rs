//! DRAW as the page runs it, with the shipped models.

mod support;

use glimpse::attention::draw_window::{filterbank, read as glimpse, write};
use glimpse::exhibits::{AttentionMap, Draw, Exhibit, Frame, Input};
use glimpse::model::{Model, Tensor};
use serde_json::json;
use support::{assert_close, frames, number, numbers, read, store, values};

const MODELS: [&str; 3] = ["draw-mnist", "draw-mnist-noattention", "draw-2digits"];

fn run(mode: &str, model: &str, seed: u32, input: Option<Input>) -> Vec<Frame> {
    let settings = json!({ "mode": mode, "model": model, "seed": seed }).to_string();
    let mut draw = Draw::default();
    let store = store(&draw, &settings);
    draw.start(&settings, input, &store).unwrap_or_else(|error| panic!("{error}"));
    frames(&mut draw)
}

/// A white stroke from top to bottom on black, as RGBA.
fn stroke() -> Vec<u8> {
    let white = |at: usize| (42..56).contains(&(at % 100)) && (10..90).contains(&(at / 100));
    (0..10_000).flat_map(|at| if white(at) { [255; 4] } else { [0, 0, 0, 255] }).collect()
}

/// The recorded canvas is what the browser's test compares with, too; made anew by `cargo test -- --ignored`.
#[test]
fn a_seed_draws_the_recorded_canvas() {
    let golden = support::json("tests/data/draw-generate.json");
    let seed = golden["seed"].as_u64().expect("a seed") as u32;
    let drawn = run("generate", golden["model"].as_str().expect("a model"), seed, None);
    assert_close(values(&drawn[31], "canvas"), &numbers(&golden["canvas"]), 1e-4, "the canvas");
}

#[test]
#[ignore = "records tests/data/draw-generate.json"]
fn record_the_canvas_of_a_seed() {
    let drawn = run("generate", "draw-mnist", 7, None);
    let golden = json!({ "model": "draw-mnist", "seed": 7, "canvas": values(&drawn[31], "canvas") });
    let path = support::root().join("tests/data/draw-generate.json");
    std::fs::write(path, golden.to_string() + "\n").expect("writes");
}

#[test]
fn each_model_draws_to_its_end() {
    for model in MODELS {
        let drawn = run("generate", model, 3, None);
        assert_eq!(drawn.iter().map(|f| f.step).collect::<Vec<_>>(), (1..=32).collect::<Vec<_>>(), "{model}");
        assert!(drawn.iter().all(|f| f.ended == (f.step == 32) && f.steps == Some(32)));
        let last = values(&drawn[31], "canvas");
        assert!(last.iter().all(|p| (0.0..=1.0).contains(p)));
        let ink = last.iter().sum::<f32>();
        assert!((20.0..700.0).contains(&ink), "{model} leaves {ink} pixels of ink");
        assert_eq!(drawn[0].maps.is_empty(), model == "draw-mnist-noattention");
    }
}

/// The trained graphs compute what src/attention/draw_window.rs says they do.
#[test]
fn the_models_windows_are_the_lectures() {
    let ink = stroke();
    let input = Input::Drawing { width: 100, height: 100, rgba: &ink };
    for frame in run("reconstruct", "draw-mnist", 5, Some(input)) {
        for map in &frame.maps {
            let AttentionMap::Window { name, window, count, side } = map else { panic!("a window") };
            let prefix = if *name == "read" { "read_" } else { "" };
            for (axis, centre) in [("x", window.g_x), ("y", window.g_y)] {
                let bank = filterbank(centre, window.delta, window.sigma2, *count, *side);
                let told = values(&frame, &format!("{prefix}filter_{axis}"));
                assert_close(told, &bank, 1e-4, &format!("step {} {name} {axis}", frame.step));
            }
        }
        let bank = |name| values(&frame, name);
        let AttentionMap::Window { window, .. } = &frame.maps[0] else { panic!("a window") };
        let seen = glimpse(bank("target"), bank("read_filter_x"), bank("read_filter_y"), 28, window.gamma);
        assert_close(bank("glimpse"), &seen, 1e-3, "the glimpse");
    }
}

/// Between two frames the logits change by what the patch writes.
#[test]
fn the_patch_is_what_changes_the_canvas() {
    let drawn = run("generate", "draw-mnist", 7, None);
    let logits = |frame: &Frame| -> Vec<f32> {
        values(frame, "canvas").iter().map(|p| (f64::from(*p) / (1.0 - f64::from(*p))).ln() as f32).collect()
    };
    for pair in drawn[..4].windows(2) {
        let frame = &pair[1];
        let patch = values(frame, "patch");
        let written =
            write(patch, values(frame, "filter_x"), values(frame, "filter_y"), 28, number(frame, "gamma"));
        for ((before, after), wrote) in logits(&pair[0]).iter().zip(logits(frame)).zip(written) {
            if before.abs() < 5.0 && after.abs() < 5.0 {
                assert!((after - before - wrote).abs() < 1e-2, "{before} + {wrote} is not {after}");
            }
        }
    }
}

#[test]
fn the_first_of_the_wall_is_the_single_run() {
    let wall = run("wall", "draw-mnist", 11, None);
    let single = run("generate", "draw-mnist", 11, None);
    let (wall, single) = (values(&wall[31], "wall"), values(&single[31], "canvas"));
    assert_eq!(wall.len(), 224 * 224);
    let corner: Vec<f32> = (0..784).map(|at| wall[at / 28 * 224 + at % 28]).collect();
    assert_close(&corner, single, 1e-6, "the first of 64");
    let second: Vec<f32> = (0..784).map(|at| wall[at / 28 * 224 + 28 + at % 28]).collect();
    assert_ne!(corner, second);
}

#[test]
fn seeds_differ_and_repeat() {
    let last = |seed| values(&run("generate", "draw-mnist", seed, None)[31], "canvas").to_vec();
    assert_eq!(last(1), last(1));
    assert_ne!(last(1), last(2));
}

#[test]
fn a_drawing_is_copied() {
    let ink = stroke();
    for model in MODELS {
        let input = Input::Drawing { width: 100, height: 100, rgba: &ink };
        let copied = run("reconstruct", model, 1, Some(input));
        let apart = |frame: &Frame| -> f32 {
            let pair = values(frame, "canvas").iter().zip(values(frame, "target"));
            pair.map(|(a, b)| (a - b).abs()).sum()
        };
        assert!(apart(&copied[31]) < 0.5 * apart(&copied[0]), "{model}: {}", apart(&copied[31]));
        assert!(copied.iter().all(|frame| number(frame, "kl") >= 0.0));
        assert!(number(&copied[31], "bound") < number(&copied[0], "bound"), "{model}");
    }
}

#[test]
fn nothing_to_copy_is_said() {
    let settings = r#"{"mode":"reconstruct","model":"draw-mnist","seed":1}"#;
    let mut draw = Draw::default();
    let store = store(&draw, settings);
    let blank = vec![0; 400];
    let cases = [
        ("nothing", None, "bad-input"),
        ("blank", Some(Input::Drawing { width: 10, height: 10, rgba: &blank }), "blank-picture"),
        ("a letter", Some(Input::File(b"Dear model")), "bad-picture"),
    ];
    for (what, input, kind) in cases {
        assert_eq!(draw.start(settings, input, &store).expect_err(what).kind(), kind, "{what}");
    }
}

#[test]
fn a_refused_start_leaves_the_run_alone() {
    let settings = r#"{"mode":"generate","model":"draw-mnist","seed":1}"#;
    let mut draw = Draw::default();
    let store = store(&draw, settings);
    draw.start(settings, None, &store).expect("starts");
    assert_eq!(draw.step().expect("steps").expect("a frame").step, 1);
    let missing = r#"{"mode":"generate","model":"draw-2digits","seed":1}"#;
    assert_eq!(draw.start(missing, None, &store).expect_err("no model").kind(), "missing-model");
    assert_eq!(draw.step().expect("steps").expect("a frame").step, 2);
}

/// The bound of a few test digits, from the noise that the training script knows (see models/train/draw/export.py).
#[test]
fn the_variational_bound_of_a_slice_is_as_measured() {
    for id in MODELS {
        let slice = support::json(format!("models/{id}/slice.json"));
        let open = |name: &str| Model::new(name, &read(format!("models/{id}/{name}.onnx"))).expect("a model");
        let (encoder, decoder) = (open("encoder"), open("decoder"));
        let fact = |key: &str| encoder.fact::<usize>(key).expect("a number");
        let (side, steps, latent) = (fact("side"), fact("steps"), fact("latent"));
        let blank: f32 = decoder.fact("canvas_start").expect("a number");
        let pictures = slice["pictures"].as_array().expect("pictures");
        for (picture, expected) in pictures.iter().zip(numbers(&slice["bounds"])) {
            let pixels: Vec<f32> =
                picture.as_str().expect("0 and 1").bytes().map(|b| f32::from(b - b'0')).collect();
            let x = encoder.tensor("x", &pixels).expect("a picture");
            let mut canvas = encoder.tensor("canvas", &vec![blank; side * side]).expect("a canvas");
            let zero = encoder.tensor("h_enc", &vec![0.0; fact("hidden")]).expect("a state");
            let mut state: [Tensor; 4] = std::array::from_fn(|_| zero.clone());
            let mut bound = 0.0;
            for t in 0..steps {
                let wave = |i| (12.9898 * (t * latent + i) as f64 + 0.5).sin() as f32;
                let noise =
                    encoder.tensor("noise", &(0..latent).map(wave).collect::<Vec<_>>()).expect("noise");
                let [h_enc, c_enc, h_dec, c_dec] = &state;
                let given = [("x", &x), ("canvas", &canvas), ("h_enc", h_enc), ("c_enc", c_enc)];
                let mut told = encoder
                    .run(&[&given[..], &[("h_dec", h_dec), ("noise", &noise)]].concat())
                    .expect("runs");
                bound += told["kl"].values()[0];
                let z = encoder.take(&mut told, "z").expect("z");
                let written = [("z", &z), ("canvas", &canvas), ("h_dec", h_dec), ("c_dec", c_dec)];
                let mut wrote = decoder.run(&written).expect("runs");
                let mut take = |name| decoder.take(&mut wrote, name).expect(name);
                let decoded = [take("h_dec_out"), take("c_dec_out")];
                canvas = take("canvas_out");
                let [h_dec, c_dec] = decoded;
                let mut take = |name| encoder.take(&mut told, name).expect(name);
                state = [take("h_enc_out"), take("c_enc_out"), h_dec, c_dec];
            }
            let nll = |(c, x): (&f32, &f32)| c.max(0.0) - c * x + (-c.abs()).exp().ln_1p();
            bound += canvas.values().iter().zip(&pixels).map(nll).sum::<f32>();
            assert!((bound - expected).abs() < 0.02, "{id}: {bound}, not {expected} nats");
        }
    }
}
