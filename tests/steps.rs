//! Recurrent graphs that stay on the GPU for many steps, in many lanes, give what the CPU gives step by step.

mod support;

use std::rc::Rc;

use glimpse::exhibits::{Draw, Exhibit, ExhibitError, Frame, ModelFile, ModelStore};
use glimpse::model::gpu::{Gpu, GpuSteps, Variant};
use glimpse::model::{Carried, Choice, Model, ModelError, Steps, Tensor, farthest};
use serde_json::json;
use support::{assert_close, frames, read, store, values};

/// Relative to the larger of the CPU's number and one.
const TOLERANCE: f32 = 1e-3;
/// The same for windows.
const WINDOW: f32 = 1e-4;
const DRAWN: [(&str, &str); 3] = [("canvas_out", "canvas"), ("h_dec_out", "h_dec"), ("c_dec_out", "c_dec")];

fn device() -> Rc<Gpu> {
    pollster::block_on(Gpu::request()).unwrap_or_else(|error| panic!("{error}"))
}

fn noise(model: &Model, input: &str, seed: usize, height: f32) -> Tensor {
    let count = model.size(input).expect("an input");
    let wave = |i| ((seed * 7919 + i) as f64 * 12.9898 + 0.5).sin() as f32 * height;
    model.tensor(input, &(0..count).map(wave).collect::<Vec<_>>()).expect("its own shape")
}

/// What is asked of a decoder of DRAW, its lanes on canvases of their own.
fn drawing(decoder: &Model, steps: usize, lanes: usize, wanted: &'static [&'static str]) -> Steps {
    let carried = DRAWN.map(|(output, input)| {
        let first = (0..lanes).map(|lane| noise(decoder, input, lane, 0.5)).collect();
        Carried { output, input, first }
    });
    let z = (0..steps * lanes).map(|at| noise(decoder, "z", at, 1.5)).collect();
    Steps { steps, lanes, carried: carried.into(), fixed: Vec::new(), each: vec![("z", z)], wanted }
}

fn agree(what: &str, gpu: &Rc<Gpu>, path: &str, asked: impl Fn(&Model) -> Steps) {
    let mut model = Model::with_graph(what, &read(path)).unwrap_or_else(|error| panic!("{error}"));
    let graph = model.take_graph().expect("asked for");
    let asked = asked(&model);
    let wanted = model.run_steps(&asked).unwrap_or_else(|error| panic!("{error}"));
    let made = pollster::block_on(GpuSteps::new(gpu, &graph, Variant::default(), asked.lanes));
    let made = made.unwrap_or_else(|error| panic!("{what}: {error}"));
    let outputs = pollster::block_on(model.run_steps_on(&made, &asked));
    let outputs = outputs.unwrap_or_else(|error| panic!("{what}: {error}"));
    assert_eq!((outputs.len(), wanted.len()), (asked.steps, asked.steps), "{what}");
    for (step, (outputs, wanted)) in outputs.iter().zip(&wanted).enumerate() {
        assert_eq!((outputs.len(), wanted.len()), (asked.lanes, asked.lanes), "{what}");
        for (lane, (outputs, wanted)) in outputs.iter().zip(wanted).enumerate() {
            let carried = asked.carried.iter().map(|carried| carried.output);
            let last = step + 1 == asked.steps;
            for name in asked.wanted.iter().copied().chain(carried.filter(|_| last)) {
                let worst = farthest(outputs[name].values(), wanted[name].values());
                let tolerance = if name.contains("window") || name == "phi" { WINDOW } else { TOLERANCE };
                assert!(worst <= tolerance, "{what}, step {step}, lane {lane}, {name}: off by {worst}");
            }
        }
    }
}

#[test]
fn a_decoder_of_draw_in_three_lanes_and_in_sixty_four() {
    let gpu = device();
    let path = "models/draw-mnist/decoder.onnx";
    let all = &["canvas_out", "write_window", "patch", "filter_x", "filter_y", "h_dec_out"];
    agree("draw-mnist, 3 lanes", &gpu, path, |decoder| drawing(decoder, 64, 3, all));
    agree("draw-mnist, 64 lanes", &gpu, path, |decoder| {
        drawing(decoder, 64, 64, &["canvas_out", "write_window"])
    });
    let path = "models/draw-mnist-noattention/decoder.onnx";
    agree("draw-mnist-noattention", &gpu, path, |decoder| drawing(decoder, 64, 3, &["canvas_out"]));
}

#[test]
fn handwriting_with_the_points_of_another_hand() {
    const MEMORY: [(&str, &str); 6] = [
        ("h1_out", "h1"),
        ("c1_out", "c1"),
        ("h2_out", "h2"),
        ("c2_out", "c2"),
        ("kappa_out", "kappa"),
        ("w_out", "w"),
    ];
    let (steps, lanes) = (40, 2);
    agree("handwriting", &device(), "models/handwriting/step.onnx", |step| {
        let zeros = |input| vec![step.zeros(input).expect("an input"); lanes];
        let carried = MEMORY.map(|(output, input)| Carried { output, input, first: zeros(input) });
        let letters = step.size("text").expect("an input");
        let alphabet = letters / 96;
        let one = |at: usize| f32::from(u8::from(at % alphabet == at / alphabet * 5 % alphabet));
        let text = step.tensor("text", &(0..letters).map(one).collect::<Vec<_>>()).expect("a text");
        let point = |at: usize| {
            let [dx, dy] = [0.7, 1.3].map(|pace| (at as f32 * pace).sin());
            step.tensor("point", &[dx, dy, f32::from(u8::from(at.is_multiple_of(9)))]).expect("a point")
        };
        Steps {
            steps,
            lanes,
            carried: carried.into(),
            fixed: vec![("text", text), ("bias", step.tensor("bias", &[0.5]).expect("a bias"))],
            each: vec![("point", (0..steps * lanes).map(point).collect())],
            wanted: &["phi", "end", "pi", "mu", "sigma", "rho"],
        }
    });
}

#[test]
fn a_loop_is_pending_if_it_is_heavy_and_what_is_light_is_not() {
    let gpu = device();
    let open = || {
        Model::for_gpu("the decoder", read("models/draw-mnist/decoder.onnx").into(), 1, 1).expect("a model")
    };
    for choice in [Choice::Gpu, Choice::Faster { clock: || 0.0 }] {
        let decoder = open();
        assert_eq!((decoder.at_once(1, 1), decoder.at_once(8, 24)), (1, 24));
        let light = drawing(&decoder, 1, 1, &["canvas_out"]);
        assert!(decoder.run_steps(&light).is_ok(), "a single step does not wait");
        let asked = drawing(&decoder, 24, 8, &["canvas_out"]);
        assert!(matches!(decoder.run_steps(&asked), Err(ModelError::Pending { .. })));
        let settled = pollster::block_on(decoder.settle(&gpu, choice)).expect("it was asked");
        assert!(settled.on_gpu && settled.trouble.is_none(), "{settled:?}");
        assert_eq!(settled.cpu.is_some(), matches!(choice, Choice::Faster { .. }));
        assert_eq!(decoder.run_steps(&asked).expect("known").len(), 24);
        decoder.forget();
        assert!(matches!(decoder.run_steps(&asked), Err(ModelError::Pending { .. })));
        assert!(decoder.run_steps(&light).is_ok(), "other lanes run on the CPU");
        decoder.back_to_cpu();
        assert_eq!(decoder.at_once(8, 24), 1);
        assert!(decoder.run_steps(&asked).is_ok());
    }
    let decoder = open();
    let asked = drawing(&decoder, 24, 8, &["canvas_out"]);
    assert!(decoder.run_steps(&asked).is_err());
    gpu.device.destroy();
    let settled = pollster::block_on(decoder.settle(&gpu, Choice::Gpu)).expect("it was asked");
    assert!(!settled.on_gpu && settled.trouble.is_some(), "{settled:?}");
    assert!(decoder.run_steps(&asked).is_ok());
}

#[test]
fn what_a_loop_lacks_is_said() {
    let decoder = Model::new("the decoder", &read("models/draw-mnist/decoder.onnx")).expect("a model");
    let good = drawing(&decoder, 2, 3, &["canvas_out"]);
    let mut cases = Vec::from([0; 5].map(|_| good.clone()));
    cases[0].wanted = &["colour"];
    cases[1].carried[0].output = "colour";
    cases[2].carried[1].first.pop();
    cases[3].each[0].1.pop();
    cases[4].carried.remove(2);
    for (i, case) in cases.iter().enumerate() {
        let refused = decoder.run_steps(case);
        assert!(matches!(refused, Err(ModelError::Mismatch { .. })), "case {i}");
    }
    assert!(decoder.run_steps(&good).is_ok());
    assert_eq!(decoder.run_steps(&Steps { steps: 0, ..good }).map(|outputs| outputs.len()), Ok(0));
}

/// Steps an exhibit to its end, awaiting its models; gives its frames and how often it waited.
fn awaited(draw: &mut Draw, store: &ModelStore, gpu: &Rc<Gpu>) -> (Vec<Frame>, usize) {
    let (mut frames, mut waits) = (Vec::new(), 0);
    loop {
        match draw.step() {
            Ok(Some(frame)) => {
                frames.push(frame);
                store.models().iter().for_each(|model| model.forget());
            }
            Ok(None) => return (frames, waits),
            Err(ExhibitError::Model(ModelError::Pending { .. })) => {
                waits += 1;
                for model in store.models() {
                    let settled = pollster::block_on(model.settle(gpu, Choice::Gpu));
                    assert!(settled.is_none_or(|settled| settled.on_gpu));
                }
            }
            Err(error) => panic!("{error}"),
        }
    }
}

#[test]
fn the_wall_is_the_same_on_both_and_waits_a_few_times() {
    let settings = json!({ "mode": "wall", "model": "draw-mnist", "seed": 11 }).to_string();
    let mut on_cpu = Draw::default();
    on_cpu.start(&settings, None, &store(&on_cpu, &settings)).expect("starts");
    let wanted = frames(&mut on_cpu);
    let mut draw = Draw::default();
    let mut for_gpu = ModelStore::default();
    for_gpu.for_gpu(Vec::new());
    let bytes = read("models/draw-mnist/decoder.onnx");
    for_gpu.load(ModelFile::new("draw-mnist", "decoder"), bytes).expect("a model");
    for mode in ["generate", "wall"] {
        let settings = json!({ "mode": mode, "model": "draw-mnist", "seed": 11 }).to_string();
        draw.start(&settings, None, &for_gpu).expect("starts");
        let (frames, waits) = awaited(&mut draw, &for_gpu, &device());
        assert_eq!(frames.len(), wanted.len());
        if mode == "generate" {
            assert_eq!(waits, 0, "a single run stays on the CPU");
            continue;
        }
        assert_eq!(waits, wanted.len().div_ceil(8));
        for (made, wanted) in frames.iter().zip(&wanted) {
            assert_eq!((made.step, made.steps, made.ended), (wanted.step, wanted.steps, wanted.ended));
            assert_close(values(made, "wall"), values(wanted, "wall"), 1e-3, "the wall");
        }
    }
}
