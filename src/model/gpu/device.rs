//! The WebGPU device that all plans share: its pipelines, its errors, and reading back.

use std::cell::RefCell;
use std::collections::HashMap;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};

use super::dispatch::PARAMETERS;
use crate::model::error::ModelError;

/// A device, with the pipelines that all graphs on it share.
pub struct Gpu {
    pub device: wgpu::Device,
    pub queue: wgpu::Queue,
    pub name: String,
    /// Whether it computes in software.
    pub fallback: bool,
    pipelines: RefCell<HashMap<String, Rc<wgpu::ComputePipeline>>>,
    layouts: RefCell<HashMap<usize, Rc<wgpu::BindGroupLayout>>>,
    /// The first thing that went wrong outside any call.
    trouble: Arc<Mutex<Option<ModelError>>>,
}

/// Bytes of a dispatch's parameters, as far apart as uniform bindings must be.
pub const PARAMETER_BYTES: u64 = (PARAMETERS * 4) as u64;

impl Gpu {
    /// Asks for a device, one in software too.
    ///
    /// # Errors
    /// [`ModelError::NoGpu`].
    pub async fn request() -> Result<Rc<Self>, ModelError> {
        let unavailable = |why: String| ModelError::NoGpu { why };
        let mut wanted = wgpu::InstanceDescriptor::new_without_display_handle();
        wanted.backends = wgpu::Backends::VULKAN | wgpu::Backends::BROWSER_WEBGPU;
        let instance = wgpu::Instance::new(wanted);
        let options = wgpu::RequestAdapterOptions {
            power_preference: wgpu::PowerPreference::HighPerformance,
            ..wgpu::RequestAdapterOptions::default()
        };
        let adapter =
            instance.request_adapter(&options).await.map_err(|error| unavailable(error.to_string()))?;
        let info = adapter.get_info();
        let has = adapter.limits();
        let limits = wgpu::Limits {
            max_buffer_size: has.max_buffer_size.min(1 << 30),
            max_storage_buffer_binding_size: has.max_storage_buffer_binding_size.min(1 << 30),
            ..wgpu::Limits::default()
        };
        let descriptor = wgpu::DeviceDescriptor {
            required_limits: limits,
            // Runs that are measured ask the device for the time.
            required_features: adapter.features() & wgpu::Features::TIMESTAMP_QUERY,
            ..wgpu::DeviceDescriptor::default()
        };
        let (device, queue) =
            adapter.request_device(&descriptor).await.map_err(|error| unavailable(error.to_string()))?;
        let trouble = Arc::new(Mutex::new(None));
        let note = |trouble: &Arc<Mutex<Option<ModelError>>>, error: ModelError| {
            if let Ok(mut first) = trouble.lock() {
                first.get_or_insert(error);
            }
        };
        let seen = trouble.clone();
        device.on_uncaptured_error(Arc::new(move |error: wgpu::Error| {
            note(&seen, ModelError::refused(error.to_string()));
        }));
        let seen = trouble.clone();
        device.set_device_lost_callback(move |_, why| note(&seen, ModelError::lost(why)));
        let fallback = info.device_type == wgpu::DeviceType::Cpu;
        let (pipelines, layouts) = (RefCell::default(), RefCell::default());
        Ok(Rc::new(Self { device, queue, name: info.name, fallback, pipelines, layouts, trouble }))
    }

    /// What went wrong since the device was made, if anything.
    ///
    /// # Errors
    /// [`ModelError::GpuLost`] or [`ModelError::GpuRefused`].
    pub fn check(&self) -> Result<(), ModelError> {
        match self.trouble.lock() {
            Ok(first) => first.clone().map_or(Ok(()), Err),
            Err(_) => Err(ModelError::lost("its state was poisoned")),
        }
    }

    /// The layout of parameters, what is written, and `reads` buffers that are read.
    pub fn layout(&self, reads: usize) -> Rc<wgpu::BindGroupLayout> {
        let mut layouts = self.layouts.borrow_mut();
        let made = layouts.entry(reads).or_insert_with(|| {
            let entries: Vec<_> = (0..reads as u32 + 2)
                .map(|binding| wgpu::BindGroupLayoutEntry {
                    binding,
                    visibility: wgpu::ShaderStages::COMPUTE,
                    ty: wgpu::BindingType::Buffer {
                        ty: match binding {
                            0 => wgpu::BufferBindingType::Uniform,
                            1 => wgpu::BufferBindingType::Storage { read_only: false },
                            _ => wgpu::BufferBindingType::Storage { read_only: true },
                        },
                        has_dynamic_offset: false,
                        min_binding_size: None,
                    },
                    count: None,
                })
                .collect();
            let descriptor = wgpu::BindGroupLayoutDescriptor { label: None, entries: &entries };
            Rc::new(self.device.create_bind_group_layout(&descriptor))
        });
        made.clone()
    }

    /// The pipeline of a shader with the entry point `main`, compiled once.
    pub fn pipeline(&self, source: &str, reads: usize) -> Rc<wgpu::ComputePipeline> {
        if let Some(made) = self.pipelines.borrow().get(source) {
            return made.clone();
        }
        let shader =
            wgpu::ShaderModuleDescriptor { label: None, source: wgpu::ShaderSource::Wgsl(source.into()) };
        let module = self.device.create_shader_module(shader);
        let groups = self.layout(reads);
        let layout = self.device.create_pipeline_layout(&wgpu::PipelineLayoutDescriptor {
            label: None,
            bind_group_layouts: &[Some(&groups)],
            immediate_size: 0,
        });
        let made = Rc::new(self.device.create_compute_pipeline(&wgpu::ComputePipelineDescriptor {
            label: None,
            layout: Some(&layout),
            module: &module,
            entry_point: Some("main"),
            compilation_options: wgpu::PipelineCompilationOptions::default(),
            cache: None,
        }));
        self.pipelines.borrow_mut().insert(source.to_owned(), made.clone());
        made
    }

    /// A buffer for `count` numbers of f32.
    pub fn buffer(&self, count: usize, usage: wgpu::BufferUsages) -> wgpu::Buffer {
        let size = (count.max(4) * 4).next_multiple_of(16) as u64;
        self.device.create_buffer(&wgpu::BufferDescriptor {
            label: None,
            size,
            usage,
            mapped_at_creation: false,
        })
    }

    /// Waits for a buffer that can be mapped, and takes its first `count` numbers.
    ///
    /// # Errors
    /// [`ModelError::GpuLost`] if the device goes meanwhile, or what [`Gpu::check`] finds.
    pub async fn read(&self, buffer: &wgpu::Buffer, count: usize) -> Result<Vec<f32>, ModelError> {
        let answer = Answer::default();
        let promised = answer.clone();
        let slice = buffer.slice(..(count * 4) as u64);
        slice.map_async(wgpu::MapMode::Read, move |result| promised.fulfil(result));
        #[cfg(not(target_arch = "wasm32"))]
        let _ = self.device.poll(wgpu::PollType::wait_indefinitely());
        let mapped = answer.await;
        self.check()?;
        mapped.map_err(|error| ModelError::lost(error.to_string()))?;
        let lost = |error: wgpu::MapRangeError| ModelError::lost(error.to_string());
        let view = slice.get_mapped_range().map_err(lost)?;
        let numbers = view.chunks_exact(4).map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]])).collect();
        drop(view);
        buffer.unmap();
        Ok(numbers)
    }
}

/// The bytes of numbers as the device takes them.
pub fn bytes(numbers: &[f32]) -> Vec<u8> {
    numbers.iter().flat_map(|n| n.to_le_bytes()).collect()
}

type Mapped = Result<(), wgpu::BufferAsyncError>;

/// The answer of a callback that is still to come.
#[derive(Clone, Default)]
struct Answer(Arc<Mutex<(Option<Mapped>, Option<Waker>)>>);

impl Answer {
    fn fulfil(&self, result: Mapped) {
        if let Ok(mut state) = self.0.lock() {
            state.0 = Some(result);
            if let Some(waker) = state.1.take() {
                waker.wake();
            }
        }
    }
}

impl Future for Answer {
    type Output = Mapped;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Mapped> {
        let Ok(mut state) = self.0.lock() else { return Poll::Ready(Err(wgpu::BufferAsyncError)) };
        match state.0.take() {
            Some(result) => Poll::Ready(result),
            None => {
                state.1 = Some(context.waker().clone());
                Poll::Pending
            }
        }
    }
}
