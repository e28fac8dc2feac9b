//! A lowered graph with its buffers and pipelines, ready to run.

use std::rc::Rc;

use tract_core::internal::*;

use super::arena::{lives, slots};
use super::device::{Gpu, PARAMETER_BYTES, bytes};
use super::dispatch::{Dispatch, PARAMETERS, Region, pitch};
use super::kernel::Variant;
use super::lower::lower;
use super::stage::{CpuStage, Lowered, Output, Stage, StageInput};
use super::timestamps::Timestamps;
use crate::model::error::ModelError;
use crate::model::profile::Part;
use crate::model::tensor::Tensor;

/// A graph on the GPU.
pub struct GpuModel {
    pub(super) gpu: Rc<Gpu>,
    pub(super) stretches: Vec<Stretch>,
    pub(super) inputs: Vec<wgpu::Buffer>,
    pub(super) outputs: Vec<Output>,
    /// The buffer of each value that a stage touches.
    pub(super) values: Vec<Option<wgpu::Buffer>>,
    staging: wgpu::Buffer,
    parts: Vec<Part>,
}

/// Stages that run without going back to the CPU, then perhaps one that does.
pub(super) struct Stretch {
    dispatches: Vec<Ready>,
    pub(super) then: Option<Box<CpuStage>>,
}

struct Ready {
    pipeline: Rc<wgpu::ComputePipeline>,
    group: wgpu::BindGroup,
    size: (u32, u32, u32),
}

impl GpuModel {
    /// Lowers a model's graph onto a device.
    ///
    /// # Errors
    /// [`ModelError::GpuRefused`] if a tensor is of a kind or size that the device does not hold, [`ModelError::GpuLost`].
    pub async fn new(gpu: &Rc<Gpu>, graph: &TypedModel, variant: Variant) -> Result<Self, ModelError> {
        Self::placed(gpu, graph, variant, None).await
    }

    /// The same; for a loop, with so many lanes and with inputs that keep their buffers to the end of a step.
    pub(super) async fn placed(
        gpu: &Rc<Gpu>,
        graph: &TypedModel,
        variant: Variant,
        looped: Option<usize>,
    ) -> Result<Self, ModelError> {
        let lanes = looped.unwrap_or(1);
        let mut lowered =
            lower(graph, variant, lanes).map_err(|error| ModelError::refused(format!("{error:#}")))?;
        lowered.values.iter_mut().for_each(|length| *length = pitch(*length) * lanes);
        let room = gpu.device.limits().max_storage_buffer_binding_size;
        let largest = lowered.values.iter().copied().chain([lowered.constants.len()]).max().unwrap_or(0);
        if largest as u64 * 4 > room {
            return Err(ModelError::refused(format!(
                "a tensor of {largest} numbers is too large for the device"
            )));
        }
        for dispatch in lowered.stages.iter().filter_map(Stage::dispatch) {
            if dispatch.parameters.len() > PARAMETERS {
                return Err(ModelError::refused(format!("{} takes too many parameters", dispatch.label)));
            }
        }
        gpu.check()?;
        let scope = gpu.device.push_error_scope(wgpu::ErrorFilter::Validation);
        let made = Self::made(gpu, lowered, looped.is_some());
        match scope.pop().await {
            Some(error) => Err(ModelError::refused(error.to_string())),
            None => Ok(made),
        }
    }

    fn made(gpu: &Rc<Gpu>, lowered: Lowered, looped: bool) -> Self {
        use wgpu::BufferUsages as Usage;
        let Lowered { stages, values: lengths, inputs, outputs, constants } = lowered;
        let held = Usage::STORAGE | Usage::COPY_DST | Usage::COPY_SRC;
        let lives = lives(&stages, &lengths, &inputs, &outputs, looped);
        let (taken, room) = slots(&lives);
        let pool: Vec<wgpu::Buffer> = room.iter().map(|len| gpu.buffer(*len, held)).collect();
        let values: Vec<Option<wgpu::Buffer>> =
            taken.iter().map(|slot| slot.map(|slot| pool[slot].clone())).collect();
        let weights = gpu.buffer(constants.len(), held);
        if !constants.is_empty() {
            gpu.queue.write_buffer(&weights, 0, &bytes(&constants));
        }
        let count = stages.iter().filter_map(Stage::dispatch).count();
        let parameters = gpu.buffer(count * PARAMETER_BYTES as usize / 4, Usage::UNIFORM | Usage::COPY_DST);
        let mut written = Vec::with_capacity(count * PARAMETER_BYTES as usize);
        let mut parts = Vec::with_capacity(stages.len());
        let mut stretches = vec![Stretch { dispatches: Vec::new(), then: None }];
        for stage in stages {
            parts.push(part(&stage));
            let Some(last) = stretches.last_mut() else { continue };
            match stage {
                Stage::Dispatch(dispatch) => {
                    let at = written.len() as u64;
                    let padded = dispatch.parameters.iter().chain(std::iter::repeat(&0));
                    written.extend(padded.take(PARAMETER_BYTES as usize / 4).flat_map(|p| p.to_le_bytes()));
                    last.dispatches.push(ready(gpu, &dispatch, &parameters, at, &weights, &values));
                }
                Stage::Cpu(stage) => {
                    last.then = Some(stage);
                    stretches.push(Stretch { dispatches: Vec::new(), then: None });
                }
            }
        }
        if !written.is_empty() {
            gpu.queue.write_buffer(&parameters, 0, &written);
        }
        let total = outputs.iter().map(|output| output.shape.iter().product::<usize>()).sum();
        let staging = gpu.buffer(total, Usage::MAP_READ | Usage::COPY_DST);
        let inputs = inputs.iter().map(|&value| values[value].clone().unwrap_or_else(|| gpu.buffer(1, held)));
        let inputs = inputs.collect();
        Self { gpu: gpu.clone(), stretches, inputs, outputs, values, staging, parts }
    }

    /// The steps of the plan, in order.
    pub fn parts(&self) -> &[Part] {
        &self.parts
    }

    /// Runs the graph once on inputs in the graph's order; gives its outputs in theirs.
    ///
    /// # Errors
    /// [`ModelError::GpuLost`] if the device goes, [`ModelError::GpuRefused`] if it or an operator left to tract fails.
    pub async fn run(&self, inputs: &[&Tensor]) -> Result<Vec<Tensor>, ModelError> {
        self.run_by(inputs, None).await
    }

    /// The same; with `timestamps`, each dispatch is a pass of its own that tells its time.
    pub(super) async fn run_by(
        &self,
        inputs: &[&Tensor],
        timestamps: Option<&Timestamps>,
    ) -> Result<Vec<Tensor>, ModelError> {
        self.gpu.check()?;
        for (buffer, tensor) in self.inputs.iter().zip(inputs) {
            let numbers =
                tensor.as_floats().ok_or_else(|| ModelError::refused("an input holds no numbers"))?;
            self.gpu.queue.write_buffer(buffer, 0, &bytes(&numbers));
        }
        for stretch in &self.stretches {
            let mut encoder =
                self.gpu.device.create_command_encoder(&wgpu::CommandEncoderDescriptor::default());
            stretch.record(&mut encoder, timestamps);
            match &stretch.then {
                Some(stage) => self.on_cpu(encoder, stage).await?,
                None => {
                    let mut at = 0;
                    for output in &self.outputs {
                        at += self.copy(&mut encoder, output.value, &output.shape, &self.staging, at);
                    }
                    self.gpu.queue.submit([encoder.finish()]);
                }
            }
        }
        let count: usize = self.outputs.iter().map(|output| output.shape.iter().product::<usize>()).sum();
        let numbers = self.gpu.read(&self.staging, count).await?;
        let mut rest = numbers.as_slice();
        self.outputs
            .iter()
            .map(|output| {
                let (these, others) = rest.split_at(output.shape.iter().product());
                rest = others;
                cast(these, &output.shape, output.datum_type).map(Tensor::from_tract)
            })
            .collect()
    }

    /// Copies a value behind what a buffer holds; gives its bytes.
    fn copy(
        &self,
        encoder: &mut wgpu::CommandEncoder,
        value: usize,
        shape: &[usize],
        to: &wgpu::Buffer,
        at: u64,
    ) -> u64 {
        let size = shape.iter().product::<usize>() as u64 * 4;
        if let Some(buffer) = &self.values[value] {
            encoder.copy_buffer_to_buffer(buffer, 0, to, at, size);
        }
        size
    }

    async fn on_cpu(&self, mut encoder: wgpu::CommandEncoder, stage: &CpuStage) -> Result<(), ModelError> {
        let from_gpu = stage.inputs.iter().filter_map(|input| match input {
            StageInput::Value { value, shape, .. } => Some((*value, shape)),
            StageInput::Constant(_) => None,
        });
        let total: usize = from_gpu.clone().map(|(_, shape)| shape.iter().product::<usize>()).sum();
        let staging = self.gpu.buffer(total, wgpu::BufferUsages::MAP_READ | wgpu::BufferUsages::COPY_DST);
        let mut at = 0;
        for (value, shape) in from_gpu {
            at += self.copy(&mut encoder, value, shape, &staging, at);
        }
        self.gpu.queue.submit([encoder.finish()]);
        let numbers = self.gpu.read(&staging, total).await?;
        let mut rest = numbers.as_slice();
        let mut inputs = tvec!();
        for input in &stage.inputs {
            inputs.push(match input {
                StageInput::Constant(tensor) => tensor.clone().into_tvalue(),
                StageInput::Value { shape, datum_type, .. } => {
                    let (these, others) = rest.split_at(shape.iter().product());
                    rest = others;
                    cast(these, shape, *datum_type)?.into_tvalue()
                }
            });
        }
        let failed = |error: TractError| ModelError::refused(format!("{}: {error:#}", stage.label));
        let made = stage.node.op.eval_out_of_plan(inputs).map_err(failed)?;
        let made =
            made.ok_or_else(|| ModelError::refused(format!("{} does not run by itself", stage.label)))?;
        for (value, tensor) in stage.writes.iter().zip(made) {
            let numbers = Tensor::from_tract(tensor.into_tensor()).as_floats();
            let numbers =
                numbers.ok_or_else(|| ModelError::refused(format!("{} gives no numbers", stage.label)))?;
            if let Some(buffer) = &self.values[*value] {
                self.gpu.queue.write_buffer(buffer, 0, &bytes(&numbers));
            }
        }
        Ok(())
    }
}

/// Numbers from the device as a tensor of a graph's type.
pub(super) fn cast(
    numbers: &[f32],
    shape: &[usize],
    datum_type: DatumType,
) -> Result<tract_core::prelude::Tensor, ModelError> {
    let made = tract_core::prelude::Tensor::from_shape(shape, numbers);
    let cast = made.and_then(|tensor| Ok(tensor.cast_to_dt(datum_type)?.into_owned()));
    cast.map_err(|error| ModelError::refused(format!("{error:#}")))
}

/// A stage as the engine panel shows it.
fn part(stage: &Stage) -> Part {
    match stage {
        Stage::Dispatch(Dispatch { label, kind, sizes, work, moved, .. }) => Part {
            label: label.clone(),
            kind: (*kind).to_owned(),
            sizes: sizes.clone(),
            on_gpu: true,
            work: *work,
            moved: moved * 4,
            milliseconds: None,
        },
        Stage::Cpu(stage) => Part {
            label: stage.label.clone(),
            kind: stage.node.op.name().into_owned(),
            sizes: Vec::new(),
            on_gpu: false,
            work: 0,
            moved: 0,
            milliseconds: None,
        },
    }
}

impl Stretch {
    pub(super) fn record(&self, encoder: &mut wgpu::CommandEncoder, timestamps: Option<&Timestamps>) {
        let of_a_pass = if timestamps.is_some() { 1 } else { self.dispatches.len().max(1) };
        for dispatches in self.dispatches.chunks(of_a_pass) {
            let timestamp_writes = timestamps.and_then(Timestamps::next);
            let mut pass =
                encoder.begin_compute_pass(&wgpu::ComputePassDescriptor { label: None, timestamp_writes });
            for Ready { pipeline, group, size } in dispatches {
                pass.set_pipeline(pipeline);
                pass.set_bind_group(0, group, &[]);
                pass.dispatch_workgroups(size.0, size.1, size.2);
            }
        }
    }
}

fn ready(
    gpu: &Gpu,
    dispatch: &Dispatch,
    parameters: &wgpu::Buffer,
    at: u64,
    weights: &wgpu::Buffer,
    values: &[Option<wgpu::Buffer>],
) -> Ready {
    let of = |value: usize| values[value].as_ref().unwrap_or(weights);
    let mut bound = vec![
        wgpu::BindingResource::Buffer(wgpu::BufferBinding {
            buffer: parameters,
            offset: at,
            size: wgpu::BufferSize::new(PARAMETER_BYTES),
        }),
        of(dispatch.writes).as_entire_binding(),
    ];
    bound.extend(dispatch.reads.iter().map(|region| match region {
        Region::Constants => weights.as_entire_binding(),
        Region::Value(value) => of(*value).as_entire_binding(),
    }));
    let entries: Vec<wgpu::BindGroupEntry> = bound
        .into_iter()
        .enumerate()
        .map(|(binding, resource)| wgpu::BindGroupEntry { binding: binding as u32, resource })
        .collect();
    let layout = gpu.layout(dispatch.reads.len());
    let descriptor = wgpu::BindGroupDescriptor { label: None, layout: &layout, entries: &entries };
    Ready {
        pipeline: gpu.pipeline(&dispatch.source, dispatch.reads.len()),
        group: gpu.device.create_bind_group(&descriptor),
        size: dispatch.groups,
    }
}

#[cfg(test)]
mod tests {
    use tract_core::ops::array::Tile;
    use tract_core::ops::math::{add, square};

    use super::*;

    /// (x² tiled twice) + 1, where tiling has no kernel.
    fn tiled() -> TractResult<TypedModel> {
        let mut model = TypedModel::default();
        let x = model.add_source("x", f32::fact([2, 3]))?;
        let squared = model.wire_node("squared", square(), &[x])?;
        let multipliers = tvec!(1.to_dim(), 2.to_dim());
        let tiled = model.wire_node("tiled", Tile { multipliers }, &squared)?[0];
        let one = model.add_const("one", tensor2(&[[1_f32]]))?;
        let raised = model.wire_node("raised", add(), &[tiled, one])?;
        model.select_output_outlets(&raised)?;
        Ok(model)
    }

    #[test]
    fn what_has_no_kernel_runs_in_tract_between_two_stretches_on_the_gpu() {
        let gpu =
            pollster::block_on(Gpu::request()).expect("a device: ./build.sh test finds one in software");
        let graph = tiled().expect("a graph");
        let plan = pollster::block_on(GpuModel::new(&gpu, &graph, Variant::default())).expect("a plan");
        assert_eq!(plan.parts().iter().map(|part| part.on_gpu).collect::<Vec<_>>(), [true, false, true]);
        let x = Tensor::floats(&[2, 3], &[0.0, 1.0, 2.0, 3.0, 4.0, 5.0]).expect("six numbers");
        let made = pollster::block_on(plan.run(&[&x])).expect("a run");
        let wanted = [1.0, 2.0, 5.0, 1.0, 2.0, 5.0, 10.0, 17.0, 26.0, 10.0, 17.0, 26.0];
        assert_eq!(made[0].values(), wanted);
    }

    #[test]
    fn a_graph_with_an_open_shape_is_refused() {
        let gpu =
            pollster::block_on(Gpu::request()).expect("a device: ./build.sh test finds one in software");
        let mut graph = TypedModel::default();
        let open = graph.symbols.sym("N");
        let x = graph.add_source("x", f32::fact([open.to_dim(), 3.to_dim()])).expect("a source");
        graph.select_output_outlets(&[x]).expect("an output");
        let refused = pollster::block_on(GpuModel::new(&gpu, &graph, Variant::default())).err();
        assert!(matches!(refused, Some(ModelError::GpuRefused { .. })), "{refused:?}");
    }
}
