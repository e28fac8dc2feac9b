//! Where a model is, CPU or GPU, what it was asked, and what the GPU answered.

use std::rc::Rc;

use tract_core::prelude::TypedModel;

use super::error::ModelError;
use super::gpu::{Gpu, GpuModel, GpuSteps, Variant};
use super::graph::work;
use super::profile::Part;
use super::steps::{StepOutputs, Steps};
use super::tensor::{Outputs, Tensor};

/// A graph or a loop of at least so many multiply-adds is worth the transfer to the GPU and back.
const HEAVY: u64 = 50_000_000;

/// Where a model is, and what it was asked.
#[derive(Default)]
pub struct Placement {
    pub place: Place,
    /// Multiply-adds of the graph.
    work: u64,
    /// What is to be answered.
    pub asked: Option<Request>,
    /// What was answered since the last `Model::forget`.
    pub answers: Vec<(Request, StepOutputs)>,
}

/// Where a graph is.
#[derive(Default)]
pub enum Place {
    #[default]
    Cpu,
    /// To be lowered when it is first asked for enough work.
    Waiting(Box<TypedModel>),
    Gpu(Rc<Placed>),
}

/// A run, which is a step in one lane, or several.
#[derive(Clone, PartialEq)]
pub enum Request {
    Run(Vec<Tensor>),
    Steps(Steps),
}

/// A graph on the GPU, for runs or for steps.
pub enum Placed {
    Run(Rc<GpuModel>),
    Steps(GpuSteps),
}

impl Placement {
    /// A graph that goes to the GPU once it is asked for enough work.
    pub fn of(graph: TypedModel) -> Self {
        let work = graph.nodes().iter().map(|node| work(&graph, node)).sum();
        Self { work, place: Place::Waiting(Box::new(graph)), ..Self::default() }
    }

    /// The plan of a run on the GPU, if it is there.
    pub fn placed(&self) -> Option<Rc<GpuModel>> {
        match &self.place {
            Place::Gpu(placed) => match &**placed {
                Placed::Run(placed) => Some(placed.clone()),
                Placed::Steps(_) => None,
            },
            Place::Cpu | Place::Waiting(_) => None,
        }
    }

    /// The answer of a run if it is known, else [`ModelError::Pending`]; `None` if the CPU is to run it.
    pub fn ask_run(&mut self, name: &str, inputs: &[&Tensor]) -> Option<Result<Outputs, ModelError>> {
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
        let request = Request::Run(inputs.iter().map(|tensor| (*tensor).clone()).collect());
        let answer = self.ask(name, request);
        Some(answer.map(|answer| answer.into_iter().flatten().next().unwrap_or_default()))
    }

    /// The same of several steps.
    pub fn ask_steps(&mut self, name: &str, asked: &Steps) -> Option<Result<StepOutputs, ModelError>> {
        self.loops(asked.lanes, asked.steps).then(|| self.ask(name, Request::Steps(asked.clone())))
    }

    /// Whether so many steps are for the GPU.
    pub fn loops(&self, lanes: usize, steps: usize) -> bool {
        match &self.place {
            Place::Cpu => false,
            Place::Waiting(_) => self.work.saturating_mul(lanes.saturating_mul(steps) as u64) >= HEAVY,
            Place::Gpu(placed) => matches!(&**placed, Placed::Steps(placed) if placed.lanes() == lanes),
        }
    }

    fn ask(&mut self, name: &str, request: Request) -> Result<StepOutputs, ModelError> {
        if let Some((_, answer)) = self.answers.iter().find(|(known, _)| *known == request) {
            return Ok(answer.clone());
        }
        self.asked = Some(request);
        Err(ModelError::Pending { model: name.to_owned() })
    }
}

impl Placed {
    /// The graph as a request needs it.
    pub async fn new(
        gpu: &Rc<Gpu>,
        graph: &TypedModel,
        variant: Variant,
        request: &Request,
    ) -> Result<Self, ModelError> {
        Ok(match request {
            Request::Run(_) => Self::Run(Rc::new(GpuModel::new(gpu, graph, variant).await?)),
            Request::Steps(steps) => Self::Steps(GpuSteps::new(gpu, graph, variant, steps.lanes).await?),
        })
    }

    /// The steps of its plan, in order.
    pub fn parts(&self) -> &[Part] {
        match self {
            Self::Run(placed) => placed.parts(),
            Self::Steps(placed) => placed.parts(),
        }
    }
}
