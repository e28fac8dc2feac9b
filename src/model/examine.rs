//! What the last run of a model costs on the CPU and on the GPU, and how far the two answers are apart.

use std::rc::Rc;

use prost::bytes::Bytes;
use tract_core::internal::DimLike;
use tract_core::prelude::*;

use super::error::ModelError;
use super::gpu::{Gpu, GpuModel, Variant};
use super::graph::work;
use super::import;
use super::profile::{Part, Profile, Repeated, Stopwatch};
use super::run::Model;
use super::tensor::{Tensor, farthest};

/// What the last run of a model costs.
#[derive(Clone, Debug)]
pub struct Examined {
    pub cpu: Profile,
    /// Nothing if the GPU was not to be asked.
    pub gpu: Option<Result<Compared, ModelError>>,
}

/// What it costs on the GPU, beside the CPU's answer.
#[derive(Clone, Debug)]
pub struct Compared {
    pub profile: Profile,
    /// The output that is farthest from the CPU's, and how far, as [`farthest`] says.
    pub output: String,
    pub worst: f32,
}

/// What a node of a plan for the CPU does, and how long that takes.
fn part(graph: &TypedModel, node: &TypedNode, milliseconds: f64) -> TractResult<Part> {
    let (inputs, outputs) = graph.node_facts(node.id)?;
    let bytes = |fact: &&TypedFact| fact.mem_size().to_usize().unwrap_or_default() as u64;
    let shape = outputs.first().and_then(|fact| fact.shape.as_concrete());
    Ok(Part {
        label: node.name.clone(),
        kind: node.op.name().into_owned(),
        sizes: shape.unwrap_or_default().to_vec(),
        on_gpu: false,
        work: work(graph, node),
        moved: inputs.iter().chain(&outputs).map(bytes).sum(),
        milliseconds: Some(milliseconds),
    })
}

impl Model {
    /// Runs it on the CPU, as often as `clock` (in milliseconds) needs to measure it; gives the outputs too.
    ///
    /// # Errors
    /// [`ModelError::Failed`] if a node fails.
    pub fn profile(
        &self,
        inputs: &[&Tensor],
        clock: fn() -> f64,
    ) -> Result<(Profile, Vec<Tensor>), ModelError> {
        let graph = self.plan.model();
        let mut watch = Stopwatch { clock, spent: vec![0.0; graph.nodes().len()] };
        // A first run prepares what later ones reuse: it is not measured.
        let mut made = self.on_cpu(inputs, None)?;
        let mut repeated = Repeated::new(clock);
        while repeated.again() {
            made = self.on_cpu(inputs, Some(&mut watch))?;
        }
        let (milliseconds, runs) = (repeated.mean(), repeated.runs);
        let nodes = self.plan.order_without_consts().iter().map(|id| graph.node(*id));
        let nodes = nodes.filter(|node| !node.inputs.is_empty());
        let parts = nodes.map(|node| part(graph, node, watch.spent[node.id] / runs as f64));
        let parts = parts.collect::<TractResult<_>>().map_err(|error| self.failed(&error))?;
        Ok((Profile { milliseconds, runs, parts }, made))
    }

    /// Whether it has run.
    pub fn has_run(&self) -> bool {
        self.last.borrow().is_some()
    }

    /// The shape of its first input.
    pub fn size_in(&self) -> &[usize] {
        self.inputs.first().map(|port| port.shape.as_slice()).unwrap_or_default()
    }

    /// Measures its last run on the CPU, and on `gpu` if there is one, wherever the model runs; nothing if it has not run.
    /// `bytes` are those of the file it was read from, `clock` gives milliseconds.
    ///
    /// # Errors
    /// [`ModelError::Failed`] if a node fails, [`ModelError::Unreadable`] if the bytes are of no such file.
    pub async fn examine(
        &self,
        bytes: &[u8],
        gpu: Option<&Rc<Gpu>>,
        clock: fn() -> f64,
    ) -> Result<Option<Examined>, ModelError> {
        let Some(last) = self.last.borrow().clone() else { return Ok(None) };
        let inputs: Vec<&Tensor> = last.iter().collect();
        let (cpu, wanted) = self.profile(&inputs, clock)?;
        let gpu = match gpu {
            Some(gpu) => {
                let bytes = Bytes::copy_from_slice(bytes);
                let mut graph = Self::imported(&self.name, bytes, self.scale)?.graph;
                import::declutter(&mut graph).map_err(|error| self.failed(&error))?;
                Some(self.compared(&graph, gpu, (&inputs, &wanted), clock).await)
            }
            None => None,
        };
        Ok(Some(Examined { cpu, gpu }))
    }

    async fn compared(
        &self,
        graph: &TypedModel,
        gpu: &Rc<Gpu>,
        (inputs, wanted): (&[&Tensor], &[Tensor]),
        clock: fn() -> f64,
    ) -> Result<Compared, ModelError> {
        let placed = self.placement.borrow().placed();
        let placed = match placed {
            Some(placed) => placed,
            None => Rc::new(GpuModel::new(gpu, graph, Variant::default()).await?),
        };
        let (profile, made) = placed.profile(inputs, clock).await?;
        let mut compared = Compared { profile, output: String::new(), worst: 0.0 };
        for ((name, made), wanted) in self.outputs.iter().zip(&made).zip(wanted) {
            let numbers = |tensor: &Tensor| tensor.as_floats().unwrap_or_default();
            let worst = farthest(&numbers(made), &numbers(wanted));
            // NaN counts as the largest difference.
            if compared.output.is_empty() || worst.is_nan() || worst > compared.worst {
                (compared.output, compared.worst) = (name.clone(), worst);
            }
        }
        Ok(compared)
    }
}
