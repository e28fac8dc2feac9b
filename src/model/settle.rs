//! A model on the GPU answers later: its run says [`ModelError::Pending`], the caller awaits [`Model::settle`], and asks again for the
//! same. So exhibits stay plain functions, and only their caller awaits.

use std::rc::Rc;

use tract_core::prelude::TypedModel;

use super::error::ModelError;
use super::gpu::{Gpu, Variant};
use super::import;
use super::placement::{Place, Placed, Request};
use super::profile::Part;
use super::run::Model;
use super::steps::StepOutputs;

/// How to decide between CPU and GPU.
#[derive(Clone, Copy, Debug)]
pub enum Choice {
    /// A heavy graph goes to the GPU whatever it takes.
    Gpu,
    /// It went there before, and this variant of its kernels was the fastest.
    Known(Variant),
    /// The faster of the two, by a run of each; `clock` gives milliseconds.
    Faster { clock: fn() -> f64 },
}

/// What became of a model that was asked.
#[derive(Clone, Debug)]
pub struct Settled {
    pub model: String,
    pub on_gpu: bool,
    /// The variant of its kernels that was the fastest, where several were tried.
    pub variant: Option<Variant>,
    /// Milliseconds of a run on each, where both were tried.
    pub cpu: Option<f64>,
    pub gpu: Option<f64>,
    pub parts: Vec<Part>,
    /// Why it went back to the CPU.
    pub trouble: Option<ModelError>,
}

impl Model {
    /// Whether a run waits for [`Model::settle`].
    pub fn waits(&self) -> bool {
        self.placement.borrow().asked.is_some()
    }

    /// Forgets what the GPU answered: the caller has what it wanted.
    pub fn forget(&self) {
        self.placement.borrow_mut().answers.clear();
    }

    /// From now on it runs on the CPU.
    pub fn back_to_cpu(&self) {
        let mut placement = self.placement.borrow_mut();
        placement.place = Place::Cpu;
        placement.asked = None;
    }

    /// Answers what was asked, on the GPU or, if that fails or is slower, on the CPU from then on. After it the same run succeeds.
    ///
    /// Nothing is awaited, and nothing answered, if nothing was asked.
    pub async fn settle(&self, gpu: &Rc<Gpu>, choice: Choice) -> Option<Settled> {
        let request = self.placement.borrow_mut().asked.take()?;
        let mut settled = Settled {
            model: self.name.clone(),
            on_gpu: false,
            variant: None,
            cpu: None,
            gpu: None,
            parts: Vec::new(),
            trouble: None,
        };
        let mut answer = None;
        match self.answered(gpu, choice, &request, &mut settled).await {
            Ok(outputs) => answer = Some(outputs),
            Err(error) => {
                settled.trouble = Some(error);
                settled.on_gpu = false;
            }
        }
        if !settled.on_gpu {
            self.back_to_cpu();
        }
        self.placement.borrow_mut().answers.extend(answer.map(|answer| (request, answer)));
        Some(settled)
    }

    async fn answered(
        &self,
        gpu: &Rc<Gpu>,
        choice: Choice,
        request: &Request,
        settled: &mut Settled,
    ) -> Result<StepOutputs, ModelError> {
        let mut place = std::mem::take(&mut self.placement.borrow_mut().place);
        if let Place::Waiting(graph) = &mut place {
            import::declutter(graph).map_err(|error| ModelError::refused(format!("{error:#}")))?;
        }
        let (placed, took) = match (place, choice) {
            (Place::Gpu(placed), _) => (placed, None),
            (Place::Waiting(graph), Choice::Gpu) => {
                (Rc::new(Placed::new(gpu, &graph, Variant::default(), request).await?), None)
            }
            (Place::Waiting(graph), Choice::Known(variant)) => {
                (Rc::new(Placed::new(gpu, &graph, variant, request).await?), None)
            }
            (Place::Waiting(graph), Choice::Faster { clock }) => {
                let (placed, variant, took) = self.fastest(gpu, &graph, request, clock).await?;
                let start = clock();
                // A run that fails here fails again, and says so then.
                let _ = match request {
                    Request::Run(inputs) => self.on_cpu(&inputs.iter().collect::<Vec<_>>(), None).map(drop),
                    Request::Steps(steps) => self.steps_on_cpu(steps).map(drop),
                };
                settled.variant = Some(variant);
                (placed, Some((took, clock() - start)))
            }
            (Place::Cpu, _) => return Err(ModelError::refused("it runs on the CPU")),
        };
        self.placement.borrow_mut().place = Place::Gpu(placed.clone());
        settled.parts = placed.parts().to_vec();
        settled.on_gpu = took.is_none_or(|(gpu, cpu)| gpu <= cpu);
        (settled.gpu, settled.cpu) = took.unzip();
        self.on_gpu(&placed, request).await
    }

    async fn on_gpu(&self, placed: &Placed, request: &Request) -> Result<StepOutputs, ModelError> {
        match (placed, request) {
            (Placed::Run(placed), Request::Run(inputs)) => {
                Ok(vec![vec![self.named(placed.run(&inputs.iter().collect::<Vec<_>>()).await?)]])
            }
            (Placed::Steps(placed), Request::Steps(steps)) => self.run_steps_on(placed, steps).await,
            _ => Err(ModelError::refused("it is there for something else")),
        }
    }

    /// The graph in the variant of kernels that this device runs fastest, that variant, and the milliseconds of what is asked.
    async fn fastest(
        &self,
        gpu: &Rc<Gpu>,
        graph: &TypedModel,
        request: &Request,
        clock: fn() -> f64,
    ) -> Result<(Rc<Placed>, Variant, f64), ModelError> {
        let mut best: Option<(Rc<Placed>, Variant, f64)> = None;
        for variant in Variant::ALL {
            let placed = Rc::new(Placed::new(gpu, graph, variant, request).await?);
            // The first run compiles what it needs.
            self.on_gpu(&placed, request).await?;
            let start = clock();
            self.on_gpu(&placed, request).await?;
            let took = clock() - start;
            if best.as_ref().is_none_or(|(_, _, least)| took < *least) {
                best = Some((placed, variant, took));
            }
        }
        best.ok_or_else(|| ModelError::refused("there is no variant"))
    }
}
