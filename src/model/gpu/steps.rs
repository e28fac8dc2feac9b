//! A recurrent graph that stays on the device: all its lanes at once, one step after the other, read back once.
//!
//! Every value has a copy a lane, and a dispatch works on all of them. What is carried is copied from output to input on the
//! device, so inputs keep their buffers to the end of a step.

use std::ops::Range;
use std::rc::Rc;

use tract_core::prelude::TypedModel;

use super::device::{Gpu, bytes};
use super::dispatch::{SPAN, pitch};
use super::kernel::Variant;
use super::plan::{GpuModel, cast};
use super::stage::Output;
use crate::model::error::ModelError;
use crate::model::profile::Part;
use crate::model::tensor::Tensor;

/// Bytes read back at a time, and written at a time: more steps than that go in batches, whose state stays on the device.
const ROOM: usize = 32 << 20;

/// A recurrent graph on the GPU, in a number of lanes.
pub struct GpuSteps {
    plan: GpuModel,
    lanes: usize,
    pub(super) room: usize,
}

impl GpuSteps {
    /// As [`GpuModel::new`], for loops in so many lanes.
    ///
    /// # Errors
    /// As [`GpuModel::new`]; [`ModelError::GpuRefused`] too if a part of it runs on the CPU only.
    pub async fn new(
        gpu: &Rc<Gpu>,
        graph: &TypedModel,
        variant: Variant,
        lanes: usize,
    ) -> Result<Self, ModelError> {
        if !(1..=SPAN).contains(&lanes) {
            return Err(ModelError::refused(format!("{lanes} lanes are more than the device counts")));
        }
        let plan = GpuModel::placed(gpu, graph, variant, Some(lanes)).await?;
        if let Some(part) = plan.parts().iter().find(|part| !part.on_gpu) {
            return Err(ModelError::refused(format!("{} stays on the CPU", part.label)));
        }
        Ok(Self { plan, lanes, room: ROOM })
    }

    /// The parts of a step, in order: the work of all lanes.
    pub fn parts(&self) -> &[Part] {
        self.plan.parts()
    }

    /// How many lanes it runs in.
    pub fn lanes(&self) -> usize {
        self.lanes
    }

    /// How many numbers all lanes of an output hold.
    fn size(&self, output: usize) -> usize {
        pitch(self.plan.outputs[output].shape.iter().product()) * self.lanes
    }

    /// Gives the tensors of each step's outputs, lane by lane, as `asked` names them.
    pub(in crate::model) async fn run(&self, asked: &Loop<'_>) -> Result<Vec<Vec<Vec<Tensor>>>, ModelError> {
        use wgpu::BufferUsages as Usage;
        let gpu = &self.plan.gpu;
        gpu.check()?;
        for (at, buffer) in self.plan.inputs.iter().enumerate() {
            let first = laid(asked.first.iter().map(|lane| lane[at]))?;
            gpu.queue.write_buffer(buffer, 0, &bytes(&first));
        }
        let wanted: usize = asked.outputs(asked.steps - 1).iter().map(|output| self.size(*output)).sum();
        let fed = laid(asked.each.iter().flat_map(|(_, tensors)| &tensors[..self.lanes]))?.len();
        let most = wanted.max(fed).max(1);
        if (most * 4) as u64 > gpu.device.limits().max_buffer_size {
            return Err(ModelError::refused("what a step takes or gives is too large for the device"));
        }
        let batch = (self.room / 4 / most).clamp(1, asked.steps);
        let feed = gpu.buffer(fed * batch, Usage::COPY_SRC | Usage::COPY_DST);
        let staging = gpu.buffer(wanted * batch, Usage::MAP_READ | Usage::COPY_DST);
        let mut answer = Vec::with_capacity(asked.steps);
        for from in (0..asked.steps).step_by(batch) {
            let steps = from..asked.steps.min(from + batch);
            let count = self.record(asked, steps.clone(), &feed, &staging)?;
            let numbers = gpu.read(&staging, count).await?;
            self.answers(asked, steps, &numbers, &mut answer)?;
        }
        feed.destroy();
        staging.destroy();
        Ok(answer)
    }

    /// Sets steps going; gives how many numbers they leave in `staging`.
    fn record(
        &self,
        asked: &Loop,
        steps: Range<usize>,
        feed: &wgpu::Buffer,
        staging: &wgpu::Buffer,
    ) -> Result<usize, ModelError> {
        let Self { plan, lanes, .. } = self;
        let mut encoder = plan.gpu.device.create_command_encoder(&wgpu::CommandEncoderDescriptor::default());
        let mut feeding = Vec::new();
        let mut count = 0;
        for step in steps {
            for (input, tensors) in &asked.each {
                let numbers = laid(tensors[step * lanes..][..*lanes].iter())?;
                let (start, size) = (feeding.len() as u64 * 4, numbers.len() as u64 * 4);
                encoder.copy_buffer_to_buffer(feed, start, &plan.inputs[*input], 0, size);
                feeding.extend(numbers);
            }
            plan.stretches.iter().for_each(|stretch| stretch.record(&mut encoder, None));
            let mut copy = |output: usize, to: &wgpu::Buffer, start: usize| {
                if let Some(from) = &plan.values[plan.outputs[output].value] {
                    let size = self.size(output) as u64 * 4;
                    encoder.copy_buffer_to_buffer(from, 0, to, start as u64 * 4, size);
                }
            };
            asked.carried.iter().for_each(|(output, input)| copy(*output, &plan.inputs[*input], 0));
            for &output in asked.outputs(step) {
                copy(output, staging, count);
                count += self.size(output);
            }
        }
        plan.gpu.queue.write_buffer(feed, 0, &bytes(&feeding));
        plan.gpu.queue.submit([encoder.finish()]);
        Ok(count)
    }

    /// The numbers that steps left, as tensors.
    fn answers(
        &self,
        asked: &Loop,
        steps: Range<usize>,
        mut rest: &[f32],
        answer: &mut Vec<Vec<Vec<Tensor>>>,
    ) -> Result<(), ModelError> {
        for step in steps {
            let mut lanes = vec![Vec::new(); self.lanes];
            for &output in asked.outputs(step) {
                let Output { shape, datum_type, .. } = &self.plan.outputs[output];
                let length = shape.iter().product();
                for lane in &mut lanes {
                    let (these, others) = rest.split_at(pitch(length));
                    rest = others;
                    lane.push(Tensor::from_tract(cast(&these[..length], shape, *datum_type)?));
                }
            }
            answer.push(lanes);
        }
        Ok(())
    }
}

/// What is asked, by the numbers that the graph's inputs and outputs have.
pub struct Loop<'a> {
    pub steps: usize,
    /// The inputs of each lane at the first step.
    pub first: Vec<Vec<&'a Tensor>>,
    /// From output to input.
    pub carried: Vec<(usize, usize)>,
    /// Inputs that differ, lane by lane within steps.
    pub each: Vec<(usize, &'a [Tensor])>,
    /// The outputs that are wanted of every step but the last.
    pub wanted: Vec<usize>,
    /// The outputs that are wanted of the last step.
    pub at_last: Vec<usize>,
}

impl Loop<'_> {
    /// The outputs that are wanted of a step.
    pub fn outputs(&self, step: usize) -> &[usize] {
        if step + 1 == self.steps { &self.at_last } else { &self.wanted }
    }
}

/// Tensors one after the other, each in whole vectors.
fn laid<'a>(tensors: impl Iterator<Item = &'a Tensor>) -> Result<Vec<f32>, ModelError> {
    let mut all = Vec::new();
    for tensor in tensors {
        all.extend(tensor.as_floats().ok_or_else(|| ModelError::refused("an input holds no numbers"))?);
        all.resize(pitch(all.len()), 0.0);
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use tract_core::internal::*;
    use tract_core::ops::einsum::EinSum;
    use tract_core::ops::math::{add, mul, tanh};
    use tract_core::ops::nn::{Reduce, Reducer};

    use super::*;
    use crate::model::tensor::{Tensor, farthest};

    const STATE: [usize; 2] = [3, 5];
    const NOISE: [usize; 2] = [1, 5];
    const MATRIX: [usize; 2] = [5, 5];
    const WIDE: [usize; 2] = [5, 8];
    /// The order of the graph's inputs.
    const SHAPES: [[usize; 2]; 6] = [STATE, STATE, STATE, NOISE, MATRIX, WIDE];

    /// From the states a, b, c: a' = tanh(a·matrix + noise + c), then a and b as they came, then sums along the rows of a'·wide,
    /// which is read four numbers at a time.
    fn recurrent() -> TractResult<TypedModel> {
        let mut graph = TypedModel::default();
        let names = ["a", "b", "c", "noise", "matrix", "wide"];
        let mut sources = Vec::new();
        for (name, shape) in names.into_iter().zip(SHAPES) {
            sources.push(graph.add_source(name, f32::fact(shape))?);
        }
        let [a, b, c, noise, matrix, wide] = sources[..] else { bail!("six inputs") };
        let product = || -> TractResult<_> { Ok(EinSum::new("mk,kn->mn".parse()?, f32::datum_type())) };
        let turned = graph.wire_node("turned", product()?, &[a, matrix])?[0];
        let noisy = graph.wire_node("noisy", add(), &[turned, noise])?[0];
        let late = graph.wire_node("late", add(), &[noisy, c])?[0];
        let next = graph.wire_node("next", tanh(), &[late])?[0];
        let shown = graph.wire_node("shown", product()?, &[next, wide])?[0];
        let squared = graph.wire_node("squared", mul(), &[shown, shown])?[0];
        let sums = graph.wire_node("sums", Reduce::new(tvec![1], Reducer::Sum), &[squared])?[0];
        graph.select_output_outlets(&[next, a, b, sums])?;
        Ok(graph)
    }

    fn numbers(shape: &[usize], seed: usize) -> Tensor {
        let count: usize = shape.iter().product();
        let values: Vec<f32> = (0..count).map(|i| ((seed * 31 + i) as f32 * 12.9898).sin()).collect();
        Tensor::floats(shape, &values).expect("its own shape")
    }

    #[test]
    fn lanes_of_odd_lengths_go_on_by_themselves_in_one_batch_or_many() {
        let gpu =
            pollster::block_on(Gpu::request()).expect("a device: ./build.sh test finds one in software");
        let graph = recurrent().expect("a graph");
        let on_cpu = graph.clone().into_runnable().expect("a plan");
        for (steps, lanes, room) in [(1, 1, ROOM), (9, 1, 1), (9, 3, ROOM), (9, 3, 1), (10, 7, 9_000)] {
            let what = format!("{steps} steps of {lanes} lanes, {room} bytes at a time");
            let inputs: Vec<Vec<Tensor>> = (0..lanes)
                .map(|lane| {
                    // What is fixed is the same in every lane.
                    let seed = |at: usize| if at < 4 { 10 * lane + at } else { 1000 + at };
                    SHAPES.iter().enumerate().map(|(at, shape)| numbers(shape, seed(at))).collect()
                })
                .collect();
            let noise: Vec<Tensor> = (0..steps * lanes).map(|at| numbers(&NOISE, 500 + at)).collect();
            let mut made =
                pollster::block_on(GpuSteps::new(&gpu, &graph, Variant::default(), lanes)).expect("a plan");
            made.room = room;
            let asked = Loop {
                steps,
                first: inputs.iter().map(|lane| lane.iter().collect()).collect(),
                carried: vec![(1, 1), (2, 2), (0, 0)],
                each: vec![(3, noise.as_slice())],
                wanted: vec![3, 0],
                at_last: vec![3, 0, 1, 2],
            };
            let answer =
                pollster::block_on(made.run(&asked)).unwrap_or_else(|error| panic!("{what}: {error}"));
            assert_eq!(answer.len(), steps, "{what}");
            for (lane, inputs) in inputs.iter().enumerate() {
                let mut state = inputs.clone();
                for (step, answer) in answer.iter().enumerate() {
                    state[3] = noise[step * lanes + lane].clone();
                    let inputs = state.iter().map(|tensor| tensor.to_value()).collect();
                    let wanted = on_cpu.run(inputs).expect("a run");
                    let wanted: Vec<Tensor> = wanted.into_iter().map(Tensor::from_value).collect();
                    for (output, actual) in asked.outputs(step).iter().zip(&answer[lane]) {
                        let what = format!("{what}: step {step}, lane {lane}, output {output}");
                        assert_eq!(actual.shape(), wanted[*output].shape(), "{what}");
                        let worst = farthest(actual.values(), wanted[*output].values());
                        assert!(worst <= 1e-4, "{what}: off by {worst}");
                    }
                    state[..3].clone_from_slice(&wanted[..3]);
                }
            }
        }
    }

    #[test]
    fn what_does_not_fit_the_device_is_refused() {
        let gpu =
            pollster::block_on(Gpu::request()).expect("a device: ./build.sh test finds one in software");
        let graph = recurrent().expect("a graph");
        for lanes in [0, SPAN + 1] {
            let refused = pollster::block_on(GpuSteps::new(&gpu, &graph, Variant::default(), lanes)).err();
            assert!(matches!(refused, Some(ModelError::GpuRefused { .. })), "{lanes}: {refused:?}");
        }
    }
}
