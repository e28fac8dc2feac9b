//! What a run costs: the time, the multiply-adds and the bytes of each of its steps, on the CPU and on the GPU, and how far the
//! two answers are apart.

use std::rc::Rc;

use prost::bytes::Bytes;
use tract_core::internal::{Cost, DimLike};
use tract_core::prelude::*;

use super::gpu::{Gpu, GpuError, GpuModel, Variant, farthest};
use super::{Model, ModelError, Tensor, weights};

/// Milliseconds that a measurement takes at least: a browser's clock may tick but ten times in one.
const LONG: f64 = 60.0;
/// Runs of a measurement, at most.
const MANY: usize = 200;

/// One step of a run, as the engine panel tells it.
#[derive(Clone, Debug)]
pub struct Part {
    /// What the file calls the node.
    pub label: String,
    /// What it does: a kernel's name on the GPU, tract's name of the operator on the CPU.
    pub kind: String,
    /// Of a convolution on the GPU [rows and columns of the window, channels in, channels out, groups], of a product there
    /// [batch, m, k, n], else the shape of what it makes.
    pub sizes: Vec<usize>,
    /// Whether it runs on the GPU.
    pub on_gpu: bool,
    /// Multiply-adds.
    pub work: u64,
    /// Bytes read and written, each once.
    pub moved: u64,
    /// Milliseconds of one run, the mean of several, where they were measured.
    pub milliseconds: Option<f64>,
}

/// What a run costs in one place.
#[derive(Clone, Debug)]
pub struct Profile {
    /// Milliseconds of a whole run, the mean of `runs`; on the GPU with the way there and back.
    pub milliseconds: f64,
    pub runs: usize,
    pub parts: Vec<Part>,
}

/// What the last run of a model costs.
#[derive(Clone, Debug)]
pub struct Examined {
    pub cpu: Profile,
    /// Nothing if the GPU was not to be asked.
    pub gpu: Option<Result<Compared, GpuError>>,
}

/// What it costs on the GPU, beside the CPU's answer.
#[derive(Clone, Debug)]
pub struct Compared {
    pub profile: Profile,
    /// The output that is farthest from the CPU's, and how far, as [`farthest`] says.
    pub output: String,
    pub worst: f32,
}

/// Runs something long enough for a coarse clock; gives the milliseconds of a run, and how many there were.
pub struct Repeated {
    clock: fn() -> f64,
    start: f64,
    pub runs: usize,
}

impl Repeated {
    /// `clock` gives milliseconds.
    pub fn new(clock: fn() -> f64) -> Self {
        Self { clock, start: clock(), runs: 0 }
    }

    /// Whether it is to run once more; the first time always.
    pub fn again(&mut self) -> bool {
        let again = self.runs == 0 || self.runs < MANY && (self.clock)() - self.start < LONG;
        self.runs += usize::from(again);
        again
    }

    /// Milliseconds of a run, after the last.
    pub fn mean(&self) -> f64 {
        ((self.clock)() - self.start) / self.runs as f64
    }
}

/// What each node of a plan took, by its number.
pub(super) struct Stopwatch {
    pub clock: fn() -> f64,
    pub spent: Vec<f64>,
}

/// Multiply-adds of a node, as far as they are known before it runs.
pub(super) fn work(graph: &TypedModel, node: &TypedNode) -> u64 {
    let cost = graph.node_input_facts(node.id).and_then(|facts| node.op.cost(&facts)).unwrap_or_default();
    let adds = cost.into_iter().filter(|(kind, _)| matches!(kind, Cost::FMA(_)));
    adds.filter_map(|(_, count)| count.to_usize().ok()).sum::<usize>() as u64
}

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
    /// Runs it on the CPU, as often as `clock`, which gives milliseconds, needs; gives what it made too.
    ///
    /// # Errors
    /// [`ModelError::Failed`] if a node fails.
    pub fn profile(
        &self,
        given: &[&Tensor],
        clock: fn() -> f64,
    ) -> Result<(Profile, Vec<Tensor>), ModelError> {
        let graph = self.plan.model();
        let mut watch = Stopwatch { clock, spent: vec![0.0; graph.nodes().len()] };
        // What a first run has to make ready is no part of the others.
        let mut made = self.on_cpu(given, None)?;
        let mut repeated = Repeated::new(clock);
        while repeated.again() {
            made = self.on_cpu(given, Some(&mut watch))?;
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

    /// Measures its last run on the CPU, and on `gpu` if one is given, wherever the model runs; nothing if it has not run.
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
        let given: Vec<&Tensor> = last.iter().collect();
        let (cpu, wanted) = self.profile(&given, clock)?;
        let gpu = match gpu {
            Some(gpu) => {
                let (_, mut graph) = Self::graph(&self.name, Bytes::copy_from_slice(bytes), self.scale)?;
                weights::declutter(&mut graph).map_err(|error| self.failed(&error))?;
                Some(self.compared(&graph, gpu, (&given, &wanted), clock).await)
            }
            None => None,
        };
        Ok(Some(Examined { cpu, gpu }))
    }

    async fn compared(
        &self,
        graph: &TypedModel,
        gpu: &Rc<Gpu>,
        (given, wanted): (&[&Tensor], &[Tensor]),
        clock: fn() -> f64,
    ) -> Result<Compared, GpuError> {
        let placed = self.placement.borrow().placed();
        let placed = match placed {
            Some(placed) => placed,
            None => Rc::new(GpuModel::new(gpu, graph, Variant::default()).await?),
        };
        let (profile, made) = placed.profile(given, clock).await?;
        let mut compared = Compared { profile, output: String::new(), worst: 0.0 };
        for ((name, made), wanted) in self.outputs.iter().zip(&made).zip(wanted) {
            let numbers = |tensor: &Tensor| tensor.as_floats().unwrap_or_default();
            let worst = farthest(&numbers(made), &numbers(wanted));
            // A difference that is no number is the largest of all.
            if compared.output.is_empty() || worst.is_nan() || worst > compared.worst {
                (compared.output, compared.worst) = (name.clone(), worst);
            }
        }
        Ok(compared)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    #[test]
    fn a_coarse_clock_is_given_time_and_one_that_stands_is_not_waited_for() {
        static ASKED: AtomicU32 = AtomicU32::new(0);
        // It ticks by ten at every fifth look.
        let coarse = || f64::from(ASKED.fetch_add(1, Ordering::Relaxed) / 5 * 10);
        let mut repeated = Repeated::new(coarse);
        while repeated.again() {}
        assert_eq!(repeated.runs, 30);
        assert!((repeated.mean() - 2.0).abs() < 0.5, "{}", repeated.mean());
        let mut standing = Repeated::new(|| 7.0);
        while standing.again() {}
        assert_eq!((standing.runs, standing.mean()), (MANY, 0.0));
    }
}
