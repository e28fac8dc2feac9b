//! Every shipped ONNX file gives on the GPU what it gives on the CPU.

mod support;

use std::fs;

use glimpse::model::gpu::{Gpu, GpuModel, Variant};
use glimpse::model::{Choice, Model, ModelError, Tensor, farthest};
use support::{golden_inputs, json, read, root};

/// Relative to the larger of the CPU's number and one.
const TOLERANCE: f32 = 1e-3;
/// The same for attention maps.
const ATTENTION: f32 = 1e-4;

#[test]
fn the_gpu_agrees_with_the_cpu() {
    let gpu = pollster::block_on(Gpu::request()).unwrap_or_else(|error| panic!("{error}"));
    let mut files = 0;
    let mut wrong = Vec::new();
    for folder in fs::read_dir(root().join("models")).expect("models/").map(|f| f.expect("a folder").path()) {
        if !folder.join("golden.json").exists() {
            continue;
        }
        for (stem, case) in json(folder.join("golden.json")).as_object().expect("files by name") {
            let path = folder.join(format!("{stem}.onnx"));
            let mut model = Model::with_graph(stem, &read(&path)).unwrap_or_else(|error| panic!("{error}"));
            let inputs = golden_inputs(&model, case);
            let inputs: Vec<(&str, &Tensor)> = inputs.iter().map(|(n, t)| (n.as_str(), t)).collect();
            let wanted = model.run(&inputs).unwrap_or_else(|error| panic!("{error}"));
            let graph = model.take_graph().expect("asked for");
            for variant in [Variant { tile: 8, by_group: true }, Variant { tile: 4, by_group: false }] {
                let on_gpu = pollster::block_on(GpuModel::new(&gpu, &graph, variant))
                    .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
                let parts = on_gpu.parts();
                for part in parts.iter().filter(|part| !part.on_gpu) {
                    wrong.push(format!("{}: {} stays on the CPU", path.display(), part.label));
                }
                let outputs = pollster::block_on(model.run_on(&on_gpu, &inputs))
                    .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
                for (name, wanted) in &wanted {
                    let tolerance = if name.contains("attention") { ATTENTION } else { TOLERANCE };
                    let (actual, wanted) = (outputs[name].values(), wanted.values());
                    assert_eq!(actual.len(), wanted.len(), "{} {name}", path.display());
                    let worst = farthest(actual, wanted);
                    if worst.is_nan() || worst > tolerance {
                        wrong.push(format!("{} {name} {variant:?}: off by {worst}", path.display()));
                    }
                }
            }
            files += 1;
        }
    }
    assert!(files > 0, "models/ holds a golden.json");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The encoder, and what it is asked in its golden case.
fn encoder() -> (Model, Vec<(String, Tensor)>) {
    let case = json("models/caption-encoder/golden.json")["caption-encoder"].take();
    let bytes = read("models/caption-encoder/caption-encoder.onnx");
    let model = Model::for_gpu("the encoder", bytes.into(), 1, 1).unwrap_or_else(|error| panic!("{error}"));
    let inputs = golden_inputs(&model, &case);
    (model, inputs)
}

#[test]
fn a_heavy_model_answers_once_it_was_awaited() {
    let gpu = pollster::block_on(Gpu::request()).unwrap_or_else(|error| panic!("{error}"));
    for choice in [Choice::Gpu, Choice::Known(Variant::ALL[1]), Choice::Faster { clock: || 0.0 }] {
        let (model, inputs) = encoder();
        let inputs: Vec<(&str, &Tensor)> = inputs.iter().map(|(n, t)| (n.as_str(), t)).collect();
        assert!(matches!(model.run(&inputs), Err(ModelError::Pending { .. })));
        let settled = pollster::block_on(model.settle(&gpu, choice)).expect("it was asked");
        assert!(settled.on_gpu && settled.trouble.is_none(), "{settled:?}");
        assert_eq!(settled.variant.is_some(), matches!(choice, Choice::Faster { .. }), "what was tried");
        assert!(model.run(&inputs).is_ok());
        assert!(pollster::block_on(model.settle(&gpu, choice)).is_none(), "nothing waits");
        model.forget();
        assert!(matches!(model.run(&inputs), Err(ModelError::Pending { .. })));
    }
}

#[test]
fn a_model_whose_device_is_gone_goes_on_on_the_cpu() {
    let gpu = pollster::block_on(Gpu::request()).unwrap_or_else(|error| panic!("{error}"));
    let (model, inputs) = encoder();
    let inputs: Vec<(&str, &Tensor)> = inputs.iter().map(|(n, t)| (n.as_str(), t)).collect();
    assert!(matches!(model.run(&inputs), Err(ModelError::Pending { .. })));
    gpu.device.destroy();
    let settled = pollster::block_on(model.settle(&gpu, Choice::Gpu)).expect("it was asked");
    assert!(!settled.on_gpu && settled.trouble.is_some(), "{settled:?}");
    assert!(model.run(&inputs).is_ok());
}
