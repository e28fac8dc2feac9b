//! Where a model runs. A model on the GPU answers later: its run says [`ModelError::Pending`], the caller awaits
//! [`Model::settle`], and asks again for the same. So exhibits stay plain functions, and only who calls them awaits.

use std::rc::Rc;

use tract_core::prelude::*;

use super::gpu::{Gpu, GpuError, GpuModel, Variant};
use super::profile::work;
use super::{Model, ModelError, Outputs, Part, Tensor};

/// Multiply-adds from which on a graph is worth the way to the GPU and back.
const HEAVY: u64 = 50_000_000;

/// Where a model is, and what it was asked.
#[derive(Default)]
pub struct Placement {
    place: Place,
    asked: Option<Vec<Tensor>>,
    /// What was answered since the caller last began something new.
    answers: Vec<(Vec<Tensor>, Outputs)>,
}

#[derive(Default)]
enum Place {
    #[default]
    Cpu,
    /// To be lowered when it first runs.
    Waiting(Box<TypedModel>),
    Gpu(Rc<GpuModel>),
}

/// Who decides between CPU and GPU.
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
    pub trouble: Option<GpuError>,
}

impl Placement {
    /// Waiting for the GPU if the graph is heavy, else on the CPU.
    pub(super) fn of(graph: TypedModel) -> Self {
        let total: u64 = graph.nodes().iter().map(|node| work(&graph, node)).sum();
        let place = if total >= HEAVY { Place::Waiting(Box::new(graph)) } else { Place::Cpu };
        Self { place, ..Self::default() }
    }

    /// The plan on the GPU, if it is there.
    pub(super) fn placed(&self) -> Option<Rc<GpuModel>> {
        match &self.place {
            Place::Gpu(placed) => Some(placed.clone()),
            Place::Cpu | Place::Waiting(_) => None,
        }
    }

    /// What is known already, or what must be awaited; nothing if the CPU is to run.
    pub(super) fn ask(&mut self, name: &str, given: &[&Tensor]) -> Option<Result<Outputs, ModelError>> {
        if matches!(self.place, Place::Cpu) {
            return None;
        }
        let same = |known: &[Tensor]| known.iter().zip(given).all(|(a, b)| a.0 == b.0);
        if let Some((_, outputs)) = self.answers.iter().find(|(known, _)| same(known)) {
            return Some(Ok(outputs.clone()));
        }
        self.asked = Some(given.iter().map(|tensor| (*tensor).clone()).collect());
        Some(Err(ModelError::Pending { model: name.to_owned() }))
    }
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
    /// Nothing is awaited, and nothing told, if nothing was asked.
    pub async fn settle(&self, gpu: &Rc<Gpu>, choice: Choice) -> Option<Settled> {
        let asked = self.placement.borrow_mut().asked.take()?;
        let mut told = Settled {
            model: self.name.clone(),
            on_gpu: false,
            variant: None,
            cpu: None,
            gpu: None,
            parts: Vec::new(),
            trouble: None,
        };
        let mut answer = None;
        match self.answered(gpu, choice, &asked, &mut told).await {
            Ok(outputs) => answer = Some(outputs),
            Err(error) => {
                told.trouble = Some(error);
                told.on_gpu = false;
            }
        }
        if !told.on_gpu {
            self.back_to_cpu();
        }
        self.placement.borrow_mut().answers.extend(answer.map(|outputs| (asked, outputs)));
        Some(told)
    }

    async fn answered(
        &self,
        gpu: &Rc<Gpu>,
        choice: Choice,
        asked: &[Tensor],
        told: &mut Settled,
    ) -> Result<Outputs, GpuError> {
        let given: Vec<&Tensor> = asked.iter().collect();
        let place = std::mem::take(&mut self.placement.borrow_mut().place);
        let (placed, took) = match (place, choice) {
            (Place::Gpu(placed), _) => (placed, None),
            (Place::Waiting(graph), Choice::Gpu) => {
                (Rc::new(GpuModel::new(gpu, &graph, Variant::default()).await?), None)
            }
            (Place::Waiting(graph), Choice::Known(variant)) => {
                (Rc::new(GpuModel::new(gpu, &graph, variant).await?), None)
            }
            (Place::Waiting(graph), Choice::Faster { clock }) => {
                let (placed, variant, took) = fastest(gpu, &graph, &given, clock).await?;
                let start = clock();
                // A run that fails here fails again, and is told then.
                let _ = self.on_cpu(&given, None);
                told.variant = Some(variant);
                (placed, Some((took, clock() - start)))
            }
            (Place::Cpu, _) => return Err(GpuError::Refused("it runs on the CPU".to_owned())),
        };
        self.placement.borrow_mut().place = Place::Gpu(placed.clone());
        told.parts = placed.parts().to_vec();
        told.on_gpu = took.is_none_or(|(gpu, cpu)| gpu <= cpu);
        (told.gpu, told.cpu) = took.unzip();
        let outputs = placed.run(&given).await?;
        Ok(self.named(outputs))
    }
}

/// The graph in the variant of kernels that this device runs fastest, that variant, and the milliseconds of a run.
async fn fastest(
    gpu: &Rc<Gpu>,
    graph: &TypedModel,
    given: &[&Tensor],
    clock: fn() -> f64,
) -> Result<(Rc<GpuModel>, Variant, f64), GpuError> {
    let mut best: Option<(Rc<GpuModel>, Variant, f64)> = None;
    for variant in Variant::ALL {
        let placed = Rc::new(GpuModel::new(gpu, graph, variant).await?);
        // The first run compiles what it needs.
        placed.run(given).await?;
        let start = clock();
        placed.run(given).await?;
        let took = clock() - start;
        if best.as_ref().is_none_or(|(_, _, least)| took < *least) {
            best = Some((placed, variant, took));
        }
    }
    best.ok_or_else(|| GpuError::Refused("there is no variant".to_owned()))
}
