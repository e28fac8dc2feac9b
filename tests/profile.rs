//! What the engine panel measures: the last run of a shipped model, step by step, on the CPU and on the GPU.

mod support;

use std::rc::Rc;
use std::sync::LazyLock;
use std::time::Instant;

use glimpse::model::gpu::{Gpu, GpuModel, Variant};
use glimpse::model::{Examined, Model, Part, Tensor};
use support::{golden_inputs, json, read};

fn clock() -> f64 {
    static START: LazyLock<Instant> = LazyLock::new(Instant::now);
    START.elapsed().as_secs_f64() * 1e3
}

fn gpu() -> Rc<Gpu> {
    pollster::block_on(Gpu::request()).unwrap_or_else(|error| panic!("{error}"))
}

/// A shipped file, its model, and what it is asked in its golden case.
fn shipped(id: &str, name: &str) -> (Vec<u8>, Model, Vec<(String, Tensor)>) {
    let bytes = read(format!("models/{id}/{name}.onnx"));
    let model = Model::with_graph(name, &bytes).unwrap_or_else(|error| panic!("{error}"));
    let inputs = golden_inputs(&model, &json(format!("models/{id}/golden.json"))[name]);
    (bytes, model, inputs)
}

fn assert_timed(parts: &[Part], name: &str) {
    let timed = |part: &&Part| part.milliseconds.is_some_and(|took| took.is_finite() && took >= 0.0);
    assert_eq!(parts.iter().filter(timed).count(), parts.len(), "{name}: {parts:#?}");
    assert!(parts.iter().filter_map(|part| part.milliseconds).sum::<f64>() > 0.0, "{name}");
    for part in parts {
        assert!(part.moved > 0 && !part.label.is_empty() && !part.kind.is_empty(), "{name}: {part:?}");
    }
}

#[test]
fn a_last_run_is_measured_on_both_and_compared() {
    let gpu = gpu();
    for (id, name, adds) in [
        // The paper's 407 M are for the whole EfficientNet-Lite0; here its classifier is missing.
        ("caption-encoder", "caption-encoder", 350_000_000..420_000_000_u64),
        ("caption-soft", "step", 1_000_000..40_000_000),
        ("draw-mnist", "decoder", 100_000..10_000_000),
    ] {
        let (bytes, model, inputs) = shipped(id, name);
        let inputs: Vec<(&str, &Tensor)> = inputs.iter().map(|(n, t)| (n.as_str(), t)).collect();
        let examine = |gpu| {
            let examined = pollster::block_on(model.examine(&bytes, gpu, clock));
            examined.unwrap_or_else(|error| panic!("{error}"))
        };
        assert!(!model.has_run() && examine(None).is_none(), "{name} has not run");
        let wanted = model.run(&inputs).unwrap_or_else(|error| panic!("{error}"));
        assert!(model.has_run());
        let Examined { cpu, gpu: none } = examine(None).expect("it has run");
        assert!(none.is_none() && cpu.milliseconds > 0.0 && cpu.runs > 0);
        assert_timed(&cpu.parts, name);
        let work: u64 = cpu.parts.iter().map(|part| part.work).sum();
        assert!(adds.contains(&work), "{name}: {work} multiply-adds");
        let parts: f64 = cpu.parts.iter().filter_map(|part| part.milliseconds).sum();
        assert!(parts <= cpu.milliseconds, "{name}: {parts} ms in steps of {} ms", cpu.milliseconds);

        let compared = examine(Some(&gpu)).and_then(|both| both.gpu).expect("the GPU was to be asked");
        let compared = compared.unwrap_or_else(|error| panic!("{error}"));
        assert!(wanted.contains_key(&compared.output), "{name}: {}", compared.output);
        assert!(compared.worst <= 1e-3, "{name} {}: off by {}", compared.output, compared.worst);
        assert_timed(&compared.profile.parts, name);
    }
}

#[test]
fn a_measured_run_on_the_gpu_answers_as_any_other() {
    let gpu = gpu();
    assert!(gpu.device.features().contains(wgpu::Features::TIMESTAMP_QUERY), "the device has a clock");
    for (id, name) in [("caption-encoder", "caption-encoder"), ("caption-soft", "step")] {
        let (_, mut model, inputs) = shipped(id, name);
        let inputs: Vec<&Tensor> = model
            .inputs()
            .map(|(name, _)| &inputs.iter().find(|(input, _)| input == name).expect("an input").1)
            .collect();
        let graph = model.take_graph().expect("asked for");
        let placed = pollster::block_on(GpuModel::new(&gpu, &graph, Variant::default())).expect("a plan");
        let wanted = pollster::block_on(placed.run(&inputs)).expect("a run");
        let (profile, made) = pollster::block_on(placed.profile(&inputs, clock)).expect("a run");
        let bits = |made: &[Tensor]| -> Vec<u32> {
            made.iter().flat_map(|tensor| tensor.values().iter().map(|n| n.to_bits())).collect()
        };
        assert_eq!(bits(&made), bits(&wanted), "{name}");
        assert_timed(&profile.parts, name);
        assert_eq!(profile.parts.len(), placed.parts().len());
    }
}
