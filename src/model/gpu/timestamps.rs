//! The device's own clock: when each pass of a run began and ended, where the device can tell.

use std::cell::Cell;

use super::device::Gpu;
use crate::model::error::ModelError;

/// Passes that one set of queries holds (WebGPU allows 4096 queries, two of them a pass).
const ROOM: u32 = 2048;

/// Where the passes of one run write the time.
pub struct Timestamps {
    set: wgpu::QuerySet,
    resolved: wgpu::Buffer,
    staging: wgpu::Buffer,
    passes: u32,
    taken: Cell<u32>,
}

impl Timestamps {
    /// For a run of so many passes; nothing if the device has no clock, or there are too many.
    pub fn new(gpu: &Gpu, passes: usize) -> Option<Self> {
        use wgpu::BufferUsages as Usage;
        let passes = u32::try_from(passes).ok().filter(|passes| (1..=ROOM).contains(passes))?;
        gpu.device.features().contains(wgpu::Features::TIMESTAMP_QUERY).then(|| Self {
            set: gpu.device.create_query_set(&wgpu::QuerySetDescriptor {
                label: None,
                ty: wgpu::QueryType::Timestamp,
                count: passes * 2,
            }),
            // Two queries of 64 bits are four numbers of 32.
            resolved: gpu.buffer(passes as usize * 4, Usage::QUERY_RESOLVE | Usage::COPY_SRC),
            staging: gpu.buffer(passes as usize * 4, Usage::MAP_READ | Usage::COPY_DST),
            passes,
            taken: Cell::new(0),
        })
    }

    /// Where the next pass of the run writes.
    pub fn next(&self) -> Option<wgpu::ComputePassTimestampWrites<'_>> {
        let at = self.taken.replace(self.taken.get() + 1);
        (at < self.passes).then(|| wgpu::ComputePassTimestampWrites {
            query_set: &self.set,
            beginning_of_pass_write_index: Some(at * 2),
            end_of_pass_write_index: Some(at * 2 + 1),
        })
    }

    /// Milliseconds of each pass of the run that is over; the next one begins anew.
    ///
    /// # Errors
    /// As [`Gpu::read`].
    pub async fn read(&self, gpu: &Gpu) -> Result<Vec<f64>, ModelError> {
        self.taken.set(0);
        let mut encoder = gpu.device.create_command_encoder(&wgpu::CommandEncoderDescriptor::default());
        encoder.resolve_query_set(&self.set, 0..self.passes * 2, &self.resolved, 0);
        encoder.copy_buffer_to_buffer(&self.resolved, 0, &self.staging, 0, u64::from(self.passes) * 16);
        gpu.queue.submit([encoder.finish()]);
        let words = gpu.read(&self.staging, self.passes as usize * 4).await?;
        let (pairs, _) = words.as_chunks::<4>();
        let period = f64::from(gpu.queue.get_timestamp_period());
        let whole = |low: f32, high: f32| u64::from(low.to_bits()) | u64::from(high.to_bits()) << 32;
        // A device may set its clock back between two passes, or within one.
        let passed = |[low, high, later_low, later_high]: &[f32; 4]| {
            whole(*later_low, *later_high).saturating_sub(whole(*low, *high)) as f64 * period / 1e6
        };
        Ok(pairs.iter().map(passed).collect())
    }
}
