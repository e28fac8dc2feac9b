//! Where a model runs. A model on the GPU answers later: its run says [`ModelError::Pending`], the caller awaits
//! [`Model::settle`], and asks again for the same. So exhibits stay plain functions, and only who calls them awaits.

use std::rc::Rc;

use tract_core::prelude::*;

use super::gpu::{Gpu, GpuError, GpuModel, GpuSteps, Variant};
use super::profile::work;
use super::{Model, ModelError, Outputs, Part, Steps, Tensor, Told, weights};

/// Multiply-adds from which on a graph, or a loop, is worth the way to the GPU and back.
const HEAVY: u64 = 50_000_000;

/// Where a model is, and what it was asked.
#[derive(Default)]
pub struct Placement {
    place: Place,
    /// Multiply-adds of the graph.
    work: u64,
    asked: Option<Asked>,
    /// What was answered since the caller last began something new.
    answers: Vec<(Asked, Told)>,
}

#[derive(Default)]
enum Place {
    #[default]
    Cpu,
    /// To be lowered when it is first asked for enough.
    Waiting(Box<TypedModel>),
    Gpu(Rc<Placed>),
}

/// A run, which is a step in one lane, or several.
#[derive(Clone, PartialEq)]
enum Asked {
    Run(Vec<Tensor>),
    Steps(Steps),
}

enum Placed {
    Run(Rc<GpuModel>),
    Steps(GpuSteps),
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
    /// Waiting for what is worth the way to the GPU.
    pub(super) fn of(graph: TypedModel) -> Self {
        let work = graph.nodes().iter().map(|node| work(&graph, node)).sum();
        Self { work, place: Place::Waiting(Box::new(graph)), ..Self::default() }
    }

    /// The plan of a run on the GPU, if it is there.
    pub(super) fn placed(&self) -> Option<Rc<GpuModel>> {
        match &self.place {
            Place::Gpu(placed) => match &**placed {
                Placed::Run(placed) => Some(placed.clone()),
                Placed::Steps(_) => None,
            },
            Place::Cpu | Place::Waiting(_) => None,
        }
    }

    /// What is known already of a run, or what must be awaited; nothing if the CPU is to run.
    pub(super) fn ask_run(&mut self, name: &str, given: &[&Tensor]) -> Option<Result<Outputs, ModelError>> {
        match &self.place {
            Place::Gpu(placed) if matches!(**placed, Placed::Run(_)) => {}
            Place::Waiting(_) if self.work >= HEAVY => {}
            Place::Waiting(_) => {
                // A light graph that is run by itself is not looped: its weights need not be held twice.
                self.place = Place::Cpu;
                return None;
            }
            _ => return None,
        }
        let asked = Asked::Run(given.iter().map(|tensor| (*tensor).clone()).collect());
        let told = self.ask(name, asked);
        Some(told.map(|told| told.into_iter().flatten().next().unwrap_or_default()))
    }

    /// The same of several steps.
    pub(super) fn ask_steps(&mut self, name: &str, asked: &Steps) -> Option<Result<Told, ModelError>> {
        self.loops(asked.lanes, asked.steps).then(|| self.ask(name, Asked::Steps(asked.clone())))
    }

    /// Whether so many steps are for the GPU.
    pub(super) fn loops(&self, lanes: usize, steps: usize) -> bool {
        match &self.place {
            Place::Cpu => false,
            Place::Waiting(_) => self.work.saturating_mul((lanes * steps) as u64) >= HEAVY,
            Place::Gpu(placed) => matches!(&**placed, Placed::Steps(placed) if placed.lanes() == lanes),
        }
    }

    fn ask(&mut self, name: &str, asked: Asked) -> Result<Told, ModelError> {
        if let Some((_, told)) = self.answers.iter().find(|(known, _)| *known == asked) {
            return Ok(told.clone());
        }
        self.asked = Some(asked);
        Err(ModelError::Pending { model: name.to_owned() })
    }
}

impl Placed {
    /// The graph as what is asked wants it.
    async fn new(
        gpu: &Rc<Gpu>,
        graph: &TypedModel,
        variant: Variant,
        asked: &Asked,
    ) -> Result<Self, GpuError> {
        Ok(match asked {
            Asked::Run(_) => Self::Run(Rc::new(GpuModel::new(gpu, graph, variant).await?)),
            Asked::Steps(steps) => Self::Steps(GpuSteps::new(gpu, graph, variant, steps.lanes).await?),
        })
    }

    fn parts(&self) -> &[Part] {
        match self {
            Self::Run(placed) => placed.parts(),
            Self::Steps(placed) => placed.parts(),
        }
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
            Ok(told) => answer = Some(told),
            Err(error) => {
                told.trouble = Some(error);
                told.on_gpu = false;
            }
        }
        if !told.on_gpu {
            self.back_to_cpu();
        }
        self.placement.borrow_mut().answers.extend(answer.map(|answer| (asked, answer)));
        Some(told)
    }

    async fn answered(
        &self,
        gpu: &Rc<Gpu>,
        choice: Choice,
        asked: &Asked,
        told: &mut Settled,
    ) -> Result<Told, GpuError> {
        let mut place = std::mem::take(&mut self.placement.borrow_mut().place);
        if let Place::Waiting(graph) = &mut place {
            weights::declutter(graph).map_err(|error| GpuError::Refused(format!("{error:#}")))?;
        }
        let (placed, took) = match (place, choice) {
            (Place::Gpu(placed), _) => (placed, None),
            (Place::Waiting(graph), Choice::Gpu) => {
                (Rc::new(Placed::new(gpu, &graph, Variant::default(), asked).await?), None)
            }
            (Place::Waiting(graph), Choice::Known(variant)) => {
                (Rc::new(Placed::new(gpu, &graph, variant, asked).await?), None)
            }
            (Place::Waiting(graph), Choice::Faster { clock }) => {
                let (placed, variant, took) = self.fastest(gpu, &graph, asked, clock).await?;
                let start = clock();
                // A run that fails here fails again, and is told then.
                let _ = match asked {
                    Asked::Run(given) => self.on_cpu(&given.iter().collect::<Vec<_>>(), None).map(drop),
                    Asked::Steps(steps) => self.steps_on_cpu(steps).map(drop),
                };
                told.variant = Some(variant);
                (placed, Some((took, clock() - start)))
            }
            (Place::Cpu, _) => return Err(GpuError::Refused("it runs on the CPU".to_owned())),
        };
        self.placement.borrow_mut().place = Place::Gpu(placed.clone());
        told.parts = placed.parts().to_vec();
        told.on_gpu = took.is_none_or(|(gpu, cpu)| gpu <= cpu);
        (told.gpu, told.cpu) = took.unzip();
        self.on_gpu(&placed, asked).await
    }

    async fn on_gpu(&self, placed: &Placed, asked: &Asked) -> Result<Told, GpuError> {
        match (placed, asked) {
            (Placed::Run(placed), Asked::Run(given)) => {
                Ok(vec![vec![self.named(placed.run(&given.iter().collect::<Vec<_>>()).await?)]])
            }
            (Placed::Steps(placed), Asked::Steps(steps)) => self.run_steps_on(placed, steps).await,
            _ => Err(GpuError::Refused("it is there for something else".to_owned())),
        }
    }

    /// The graph in the variant of kernels that this device runs fastest, that variant, and the milliseconds of what is asked.
    async fn fastest(
        &self,
        gpu: &Rc<Gpu>,
        graph: &TypedModel,
        asked: &Asked,
        clock: fn() -> f64,
    ) -> Result<(Rc<Placed>, Variant, f64), GpuError> {
        let mut best: Option<(Rc<Placed>, Variant, f64)> = None;
        for variant in Variant::ALL {
            let placed = Rc::new(Placed::new(gpu, graph, variant, asked).await?);
            // The first run compiles what it needs.
            self.on_gpu(&placed, asked).await?;
            let start = clock();
            self.on_gpu(&placed, asked).await?;
            let took = clock() - start;
            if best.as_ref().is_none_or(|(_, _, least)| took < *least) {
                best = Some((placed, variant, took));
            }
        }
        best.ok_or_else(|| GpuError::Refused("there is no variant".to_owned()))
    }
}
