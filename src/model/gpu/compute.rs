//! One kernel by itself on the device, for the tests that compare the lecture's shaders with their twins.

use super::device::{Gpu, bytes};
use super::dispatch::{GROUP, PARAMETERS};
use super::wgsl::{entry, header};
use crate::model::error::ModelError;

impl Gpu {
    /// Runs a kernel by itself: `body` defines `fn kernel(i: u32)`, reads `b0`, `b1`, … and the parameters `p`, and writes `to`.
    ///
    /// # Errors
    /// [`ModelError::GpuRefused`] if the shader is not valid, [`ModelError::GpuLost`].
    pub async fn compute(
        &self,
        body: &str,
        parameters: &[u32],
        reads: &[&[f32]],
        writes: usize,
    ) -> Result<Vec<f32>, ModelError> {
        self.compute_bound(&(header(&vec![false; reads.len()]) + body), parameters, reads, writes).await
    }

    /// The same of a kernel that declares its bindings itself, in the order of [`header`].
    ///
    /// # Errors
    /// As [`Gpu::compute`].
    pub async fn compute_bound(
        &self,
        body: &str,
        parameters: &[u32],
        reads: &[&[f32]],
        writes: usize,
    ) -> Result<Vec<f32>, ModelError> {
        use wgpu::BufferUsages as Usage;
        self.check()?;
        let scope = self.device.push_error_scope(wgpu::ErrorFilter::Validation);
        let filled = |numbers: &[u8], usage| {
            let buffer = self.buffer(numbers.len() / 4, usage | Usage::COPY_DST);
            self.queue.write_buffer(&buffer, 0, numbers);
            buffer
        };
        let mut words = parameters.to_vec();
        words.resize(PARAMETERS, 0);
        let words: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
        let to = self.buffer(writes, Usage::STORAGE | Usage::COPY_SRC);
        let mut buffers = vec![filled(&words, Usage::UNIFORM), to.clone()];
        buffers.extend(reads.iter().map(|numbers| filled(&bytes(numbers), Usage::STORAGE)));
        let entries: Vec<wgpu::BindGroupEntry> = buffers
            .iter()
            .zip(0..)
            .map(|(buffer, binding)| wgpu::BindGroupEntry { binding, resource: buffer.as_entire_binding() })
            .collect();
        let source = body.to_owned() + &entry(false, false);
        let pipeline = self.pipeline(&source, reads.len());
        let group = self.device.create_bind_group(&wgpu::BindGroupDescriptor {
            label: None,
            layout: &self.layout(reads.len()),
            entries: &entries,
        });
        let staging = self.buffer(writes, Usage::MAP_READ | Usage::COPY_DST);
        let mut encoder = self.device.create_command_encoder(&wgpu::CommandEncoderDescriptor::default());
        {
            let mut pass = encoder.begin_compute_pass(&wgpu::ComputePassDescriptor::default());
            pass.set_pipeline(&pipeline);
            pass.set_bind_group(0, &group, &[]);
            pass.dispatch_workgroups(writes.div_ceil(GROUP) as u32, 1, 1);
        }
        encoder.copy_buffer_to_buffer(&to, 0, &staging, 0, writes as u64 * 4);
        self.queue.submit([encoder.finish()]);
        if let Some(error) = scope.pop().await {
            return Err(ModelError::refused(error.to_string()));
        }
        self.read(&staging, writes).await
    }
}
