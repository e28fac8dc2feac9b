//! Every mechanism that a shipped model contains, computed by src/attention from the weights in the model's own file, against the
//! model's own outputs: attention weights, windows, glimpses.

#[path = "support/onnx.rs"]
mod onnx;
mod support;

use glimpse::attention::additive::scores;
use glimpse::attention::affine::{self, Place};
use glimpse::attention::draw_window::{self, Window, filterbank};
use glimpse::attention::glimpse::retina;
use glimpse::attention::graves_window::{Bump, advanced, phi};
use glimpse::attention::hard::{gumbel_noise, one_hot, place};
use glimpse::attention::refine::laid_back;
use glimpse::attention::soft::{context, gate, softmax};
use glimpse::attention::{matrix, scale, semantic, spline};
use glimpse::exhibits::{AttentionMap, Birds, Exhibit, Frame, Glimpses, Input, Saliency, Spatial};
use glimpse::model::{Model, Outputs, Tensor};
use glimpse::picture::Photo;
use onnx::File;
use support::{assert_close, frames, json, number, numbers, read, store, strip, values};

const TOLERANCE: f32 = 1e-4;

/// What a file of a model gives for the inputs of its golden case, and those inputs.
struct Ran {
    inputs: Vec<(String, Tensor)>,
    outputs: Outputs,
}

impl Ran {
    /// `folder/name`, with values inside its graph; `changed` replaces inputs.
    fn new(folder: &str, name: &str, inside: &[&str], changed: &[(&str, &[f32])]) -> (File, Self) {
        let file = File::read(&format!("{folder}/{name}.onnx"));
        let ran = Self::of(&file.telling(inside), folder, name, changed);
        (file, ran)
    }

    fn of(model: &Model, folder: &str, name: &str, changed: &[(&str, &[f32])]) -> Self {
        let case = &json(format!("models/{folder}/golden.json"))[name];
        let mut inputs = support::golden_inputs(model, case);
        for (name, tensor) in &mut inputs {
            if let Some((_, values)) = changed.iter().find(|(changed, _)| changed == name) {
                *tensor = model.tensor(name, values).unwrap_or_else(|error| panic!("{error}"));
            }
        }
        let given: Vec<(&str, &Tensor)> =
            inputs.iter().map(|(name, tensor)| (name.as_str(), tensor)).collect();
        let outputs = model.run(&given).unwrap_or_else(|error| panic!("{error}"));
        Self { inputs, outputs }
    }

    /// An input or an output.
    fn get(&self, name: &str) -> &[f32] {
        let input = self.inputs.iter().find(|(input, _)| input == name).map(|(_, tensor)| tensor);
        input.or_else(|| self.outputs.get(name)).unwrap_or_else(|| panic!("no {name}")).values()
    }
}

/// e_ij = vᵀ tanh(W s + U h_j), and the softmax of it, wherever a shipped model looks at places.
#[test]
fn additive_scores_are_those_of_every_model_that_looks() {
    let models = [
        ("translate-attention", "energy"),
        ("caption-soft", "score"),
        ("caption-hard", "score"),
        ("caption-semantic", "score"),
        ("vqa", "score"),
    ];
    for (folder, score) in models {
        let (file, ran) = Ran::new(folder, "step", &[], &[]);
        let query = file.linear("query").of(ran.get("h"));
        let mut e = scores(&query, ran.get("keys"), &file.linear(score).matrix);
        if folder == "translate-attention" {
            // Behind the end of the sentence there is nothing to look at.
            e.iter_mut().zip(ran.get("mask")).for_each(|(e, mask)| *e -= 1e4 * (1.0 - mask));
        }
        assert_close(&softmax(&e), ran.get("own_alpha"), TOLERANCE, folder);
        let (own, steer) = (ran.get("own_alpha"), ran.get("steer"));
        let steered = |i: usize| own[i] + ran.get("steering")[0] * (steer[i] - own[i]);
        if folder != "caption-hard" {
            let expected: Vec<f32> = (0..own.len()).map(steered).collect();
            assert_close(ran.get("alpha"), &expected, TOLERANCE, folder);
        }
    }
}

/// U h_j, made once a picture or a sentence.
#[test]
fn keys_are_the_annotations_projected() {
    let models = [
        ("translate-attention", "keys", "annotations"),
        ("caption-soft", "key", "features"),
        ("caption-hard", "key", "features"),
        ("caption-semantic", "key", "features"),
        ("vqa", "key", "features"),
    ];
    for (folder, layer, annotations) in models {
        let (file, ran) = Ran::new(folder, "start", &[], &[]);
        assert_close(&file.linear(layer).of(ran.get(annotations)), ran.get("keys"), TOLERANCE, folder);
    }
}

/// z = Σ αᵢ aᵢ, and β z where the captioner has that gate.
#[test]
fn contexts_are_weighted_sums_and_beta_is_the_gate() {
    for (folder, annotations) in
        [("translate-attention", "annotations"), ("caption-soft", "features"), ("vqa", "features")]
    {
        let file = File::read(&format!("{folder}/step.onnx"));
        let summed = file.made_of("MatMul", annotations).to_owned();
        let (_, ran) = Ran::new(folder, "step", &[&summed], &[]);
        let dim = ran.get(&summed).len();
        let made = context(ran.get("alpha"), ran.get(annotations), dim);
        assert_close(&made, ran.get(&summed), 1e-3, folder);
    }
    for folder in ["caption-soft", "caption-hard", "caption-semantic"] {
        let file = File::read(&format!("{folder}/step.onnx"));
        let (summed, gated) =
            (file.made_of("MatMul", "features").to_owned(), file.made_of("Mul", "beta").to_owned());
        let (file, ran) = Ran::new(folder, "step", &[&summed, &gated], &[]);
        let layer = file.linear("beta");
        let beta = gate(ran.get("h"), &layer.matrix, layer.bias[0]);
        assert_close(&[beta], ran.get("beta"), TOLERANCE, folder);
        let expected = matrix::scaled(ran.get(&summed).to_vec(), beta);
        assert_close(ran.get(&gated), &expected, TOLERANCE, folder);
    }
}

/// s̃ ~ Multinoulli(α): the graph and `hard::place` draw the same place with the same noise.
#[test]
fn hard_attention_draws_the_same_place() {
    let model = File::read("caption-hard/step.onnx").telling(&[]);
    for step in 0..20 {
        let noise = gumbel_noise(11, step, 196);
        let ran = Ran::of(&model, "caption-hard", "step", &[("noise", &noise), ("steering", &[0.0])]);
        let taken = place(ran.get("own_alpha"), &noise);
        assert_eq!(ran.get("alpha"), one_hot(196, taken), "step {step}");
    }
}

/// Input and output attention over the attributes, with one of them taken away.
#[test]
fn semantic_attention_weighs_the_attributes() {
    let file = File::read("caption-semantic/step.onnx");
    let golden = json("models/caption-semantic/golden.json")["step"].take();
    let (enter, leave) = ("/enter/MatMul_output_0", "/leave/MatMul_output_0");
    for taken in [None, Some(3)] {
        let mut presence = vec![0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1, 10.0];
        taken.into_iter().for_each(|i: usize| presence[i] = 0.0);
        let (_, ran) = Ran::new("caption-semantic", "step", &[enter, leave], &[("presence", &presence)]);
        let ids = |name: &str| numbers(&golden["inputs"][name]).into_iter().map(|id| id as usize);
        let table = file.weights(file.taken_for(file.made_of("Gather", "token"), 0)).0;
        let named = file.weights(file.taken_for(file.made_of("Gather", "attributes"), 0)).0;
        let width = file.linear("relate").inputs;
        let row = |id: usize| table[id * width..(id + 1) * width].to_vec();
        let keys: Vec<f32> = ids("attributes").flat_map(|i| row(named[i] as usize)).collect();
        let scale = 1.0 / (width as f32).sqrt();

        let query = file.linear("relate").of(&ids("token").flat_map(row).collect::<Vec<f32>>());
        let entering = semantic::attend(&query, &keys, &presence, scale);
        assert_close(&entering.weights, ran.get("input_attention"), TOLERANCE, "input attention");
        assert_close(&file.linear("enter").of(&entering.context), ran.get(enter), 1e-3, "what enters");

        let query = file.linear("recall").of(ran.get("h_out"));
        let raised: Vec<f32> = keys.iter().map(|k| k.tanh()).collect();
        let leaving = semantic::attend(&query, &raised, &presence, scale);
        assert_close(&leaving.weights, ran.get("output_attention"), TOLERANCE, "output attention");
        assert_close(&file.linear("leave").of(&leaving.context), ran.get(leave), 1e-3, "what leaves");
    }
}

/// Action recognition: keys of the places are made in the step, from what a place shows and how it changed.
#[test]
fn the_watcher_of_actions_looks_by_additive_scores() {
    let file = File::read("action/step.onnx");
    let places = file.made_of("Relu", "/reduce/Add_output_0").to_owned();
    let summed = file.made_of("MatMul", file.made_of("Unsqueeze", "alpha")).to_owned();
    let (file, ran) = Ran::new("action", "step", &[&places, &summed], &[("steering", &[0.0])]);
    let keys = file.linear("key").of(ran.get(&places));
    let e = scores(&file.linear("query").of(ran.get("h")), &keys, &file.linear("score").matrix);
    assert_close(&softmax(&e), ran.get("own_alpha"), TOLERANCE, "alpha");
    let dim = ran.get(&summed).len();
    assert_close(&context(ran.get("alpha"), ran.get(&places), dim), ran.get(&summed), TOLERANCE, "the look");
}

/// A softmax over the scales at every pixel.
#[test]
fn the_weights_of_the_scales_are_a_softmax_at_every_place() {
    let file = File::read("scale/attend.onnx");
    let h = file.taken_for("weights", 0).to_owned();
    let (_, ran) = Ran::new("scale", "attend", &[&h], &[]);
    assert_close(&scale::weights(ran.get(&h), 1600), ran.get("weights"), TOLERANCE, "weights");
}

/// α, β, κ, φ and w of handwriting's window, over the text of the golden case.
#[test]
fn the_window_over_the_text_moves_as_graves_says() {
    let (file, ran) = Ran::new("handwriting", "step", &[], &[]);
    let free = file.linear("look").of(ran.get("h1_out"));
    let window: Vec<Bump> = advanced(&free, ran.get("kappa"));
    let kappa: Vec<f32> = window.iter().map(|bump| bump.kappa).collect();
    assert_close(&kappa, ran.get("kappa_out"), TOLERANCE, "kappa");
    let weights = phi(&window, ran.get("phi").len());
    assert_close(&weights, ran.get("phi"), TOLERANCE, "phi");
    let seen = context(&weights, ran.get("text"), ran.get("w_out").len());
    assert_close(&seen, ran.get("w_out"), TOLERANCE, "w");
}

/// The five numbers that a DRAW network asks for, and the filterbanks that they make.
fn window_of(file: &File, ran: &Ran, state: &str, output: &str, what: &str) -> (Window, usize) {
    let (x, y) = (ran.get("filter_x"), ran.get("filter_y"));
    let free: [f32; 5] = file.linear("window/ask").of(ran.get(state)).try_into().expect("five numbers");
    let count = ran.outputs["filter_x"].shape()[1];
    let side = x.len() / count;
    let asked = draw_window::window(free, count, side);
    let flat = [asked.g_x, asked.g_y, asked.delta, asked.sigma2, asked.gamma];
    for (found, expected) in flat.iter().zip(ran.get(output)) {
        assert!(
            (found - expected).abs() <= TOLERANCE * expected.abs().max(1.0),
            "{what}: {found}, not {expected}"
        );
    }
    let bank = |centre| filterbank(centre, asked.delta, asked.sigma2, count, side);
    assert_close(&bank(asked.g_x), x, TOLERANCE, what);
    assert_close(&bank(asked.g_y), y, TOLERANCE, what);
    (asked, side)
}

#[test]
fn draw_reads_and_writes_through_its_filterbanks() {
    for folder in ["draw-mnist", "draw-2digits"] {
        let (file, ran) = Ran::new(folder, "decoder", &[], &[]);
        let (window, side) = window_of(&file, &ran, "h_dec_out", "write_window", folder);
        let (x, y) = (ran.get("filter_x"), ran.get("filter_y"));
        let added = draw_window::write(ran.get("patch"), x, y, side, window.gamma);
        assert_close(&matrix::sum(ran.get("canvas"), &added), ran.get("canvas_out"), TOLERANCE, folder);

        let (file, ran) = Ran::new(folder, "encoder", &[], &[]);
        let (window, side) = window_of(&file, &ran, "h_dec", "read_window", folder);
        let (x, y) = (ran.get("filter_x"), ran.get("filter_y"));
        let error: Vec<f32> =
            ran.get("x").iter().zip(ran.get("canvas")).map(|(x, c)| x - matrix::sigmoid(*c)).collect();
        let seen = [ran.get("x"), &error].map(|of| draw_window::read(of, x, y, side, window.gamma)).concat();
        assert_close(&seen, ran.get("glimpse"), TOLERANCE, folder);
    }
    let (file, ran) = Ran::new("draw-read-cluttered", "step", &[], &[]);
    let (window, side) = window_of(&file, &ran, "h", "window", "the reader");
    let seen =
        draw_window::read(ran.get("scene"), ran.get("filter_x"), ran.get("filter_y"), side, window.gamma);
    assert_close(&seen, ran.get("glimpse"), 1e-3, "the reader's glimpse");
}

/// The recurrent attention model: what it is shown is the retina at the place that the frame tells, and its baseline is a linear
/// function of its state.
#[test]
fn glimpses_are_the_retina_at_their_place() {
    let (rgba, side) = strip("models/ram-cluttered/slice.png");
    let settings = r#"{"model":"ram","seed":3}"#;
    let mut glimpses = Glimpses::default();
    let store = store(&glimpses, settings);
    let input = Input::Drawing { width: side, height: side, rgba: &rgba[0] };
    glimpses.start(settings, Some(input), &store).unwrap_or_else(|error| panic!("{error}"));
    for frame in frames(&mut glimpses) {
        let at = (number(&frame, "x") as usize, number(&frame, "y") as usize);
        let seen = retina(values(&frame, "scene"), side, at, 12, 3);
        for (name, crop) in ["glimpse_12", "glimpse_24", "glimpse_48"].into_iter().zip(seen) {
            assert_close(values(&frame, name), &crop, 1e-6, name);
        }
    }
    let (file, ran) = Ran::new("ram-cluttered", "step", &[], &[]);
    assert_close(&file.linear("baseline").of(ran.get("h_out")), ran.get("baseline"), TOLERANCE, "baseline");
    let look = file.linear("look/look.0").of(ran.get("h_out")).iter().map(|v| v.max(0.0)).collect::<Vec<_>>();
    let mean: Vec<f32> = file.linear("look/look.2").of(&look).iter().map(|v| v.tanh()).collect();
    assert_close(&mean, ran.get("mean"), TOLERANCE, "the mean of the next location");
}

fn places_of(frame: &Frame) -> Vec<Place> {
    values(frame, "grid_x").iter().zip(values(frame, "grid_y")).map(|(x, y)| [*x, *y]).collect()
}

/// θ of the localisation network → grid → sampled view, affine and thin-plate.
#[test]
fn spatial_transformers_sample_where_theta_says() {
    let (rgba, side) = strip("models/stn-mnist/slice.png");
    for head in ["affine", "tps"] {
        let settings = format!(r#"{{"model":"{head}"}}"#);
        let mut spatial = Spatial::default();
        let store = store(&spatial, &settings);
        let input = Input::Drawing { width: side, height: side, rgba: &rgba[1] };
        spatial.start(&settings, Some(input), &store).unwrap_or_else(|error| panic!("{error}"));
        let last = frames(&mut spatial).pop().expect("three frames");
        let file = format!("models/stn-mnist/{head}-locate.onnx");
        let locate = Model::new(head, &read(file)).unwrap_or_else(|error| panic!("{error}"));
        let picture = values(&last, "seen");
        let given = locate.tensor("picture", picture).expect("a picture");
        let told = locate.run(&[("picture", &given)]).unwrap_or_else(|error| panic!("{error}"));
        let theta = told["theta"].values();
        let grid = if head == "affine" {
            affine::grid(theta.try_into().expect("six numbers"), 28)
        } else {
            let points: Vec<Place> = theta.chunks_exact(2).map(|point| [point[0], point[1]]).collect();
            spline::grid(&spline::matrix(28), &points)
        };
        assert_close(places_of(&last).as_flattened(), grid.as_flattened(), 1e-5, head);
        assert_close(values(&last, "straight"), &affine::sample(picture, side, &grid), 1e-5, head);
    }
}

/// A bird's window: what the encoder sees through it is the photo sampled on θ's grid.
#[test]
fn birds_are_named_by_what_their_windows_sample() {
    let photo = read("www/public/samples/towhee.jpg");
    let mut birds = Birds::default();
    let settings = r#"{"fold":0}"#;
    let store = store(&birds, settings);
    birds.start(settings, Some(Input::File(&photo)), &store).unwrap_or_else(|error| panic!("{error}"));
    let told = frames(&mut birds);
    let model =
        |path: &str| Model::new(path, &read(format!("models/{path}.onnx"))).unwrap_or_else(|e| panic!("{e}"));
    let [encoder, head, tell] =
        ["dense-encoder/dense-encoder", "stn-birds/head", "stn-birds/tell-0"].map(model);
    let made = |model: &Model, input: &str, values: &[f32], output: &str| -> Vec<f32> {
        let given = model.tensor(input, values).unwrap_or_else(|error| panic!("{error}"));
        let told = model.run(&[(input, &given)]).unwrap_or_else(|error| panic!("{error}"));
        told[output].values().to_vec()
    };
    let large = Photo::decode(&photo).expect("a photo").normalised(448);
    for (view, frame) in told.iter().enumerate().skip(1) {
        let Some(AttentionMap::Affine { theta, .. }) = frame.maps.first() else { panic!("a window") };
        let grid = affine::grid(theta, 224);
        let window: Vec<f32> =
            large.chunks_exact(448 * 448).flat_map(|map| affine::sample_within(map, 448, &grid)).collect();
        let seen = made(&head, "f32", &made(&encoder, "image", &window, "f32"), "seen");
        let mut views = vec![0.0; 3 * seen.len()];
        views[view * seen.len()..][..seen.len()].copy_from_slice(&seen);
        let logp = made(&tell, "views", &views, "logp");
        let species = String::from_utf8(read("models/stn-birds/answers.txt")).expect("text");
        for (name, logp) in species.lines().zip(&logp[view * 20..]) {
            let choice = frame.choices.iter().find(|choice| choice.word == name).expect("a species");
            assert!((choice.probability - logp.exp()).abs() < 1e-3, "{name} in view {}", view + 1);
        }
    }
}

/// A look at a photo changes the map's log-odds by what the refiner says, laid back through its window.
#[test]
fn a_look_lays_its_change_back_through_its_window() {
    let settings = r#"{"looks":3}"#;
    let mut saliency = Saliency::default();
    let store = store(&saliency, settings);
    let photo = read("www/public/samples/dog.jpg");
    saliency.start(settings, Some(Input::File(&photo)), &store).unwrap_or_else(|error| panic!("{error}"));
    let told = frames(&mut saliency);
    for pair in told.windows(2) {
        let Some(AttentionMap::Affine { theta, .. }) = pair[1].maps.first() else { panic!("a window") };
        let (added, _) = laid_back(values(&pair[1], "change_patch"), 32, *theta, 112);
        let (before, after) = (values(&pair[0], "map"), values(&pair[1], "map"));
        for (i, p) in before.iter().enumerate().filter(|(_, p)| (0.01..0.99).contains(*p)) {
            let expected = matrix::sigmoid((p / (1.0 - p)).ln() + added[i]);
            assert!((after[i] - expected).abs() < 1e-3, "pixel {i}: {}, not {expected}", after[i]);
        }
    }
}
