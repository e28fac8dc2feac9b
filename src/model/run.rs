//! An ONNX file becomes something that runs: named inputs and outputs, checked shapes, clear errors.

mod cpu;
mod error;
pub mod gpu;
mod onnx;
mod operators;
mod placement;
mod profile;
mod reader;
mod steps;
mod weights;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::str::FromStr;
use std::sync::Arc;

pub use error::ModelError;
use onnx::ModelProto;
use placement::Placement;
pub use placement::{Choice, Settled};
use profile::Stopwatch;
pub use profile::{Compared, Examined, Part, Profile};
use prost::bytes::Bytes;
pub use steps::{Carried, Steps, Told};
use tract_core::plan;
use tract_core::prelude::*;
#[cfg(test)]
pub(crate) use weights::half;

/// A tensor that goes in or comes out of a [`Model`]; cheap to clone.
#[derive(Clone, Debug)]
pub struct Tensor(Arc<tract_core::prelude::Tensor>);

impl PartialEq for Tensor {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0) || self.0 == other.0
    }
}

/// What a run gives: each output of the graph by its name.
pub type Outputs = BTreeMap<String, Tensor>;

/// What one graph gave, as what another is given.
pub fn given(outputs: &Outputs) -> Vec<(&str, &Tensor)> {
    outputs.iter().map(|(name, tensor)| (name.as_str(), tensor)).collect()
}

/// A trained graph, ready to run on the CPU through tract.
pub struct Model {
    name: String,
    plan: Arc<TypedRunnableModel>,
    /// Made once, since that takes as long as a few operators of a step.
    state: RefCell<TypedSimpleState>,
    /// As it was before it was packed for the CPU, if it was asked for.
    graph: Option<TypedModel>,
    inputs: Vec<Port>,
    outputs: Vec<String>,
    metadata: BTreeMap<String, String>,
    placement: RefCell<Placement>,
    /// What `reader` made rows and columns of: those the file has times the second by the first.
    scale: (usize, usize),
    /// What it was given last, for who wants to measure that run.
    last: RefCell<Option<Vec<Tensor>>>,
}

struct Port {
    name: String,
    shape: Vec<usize>,
    kind: DatumType,
}

impl Tensor {
    /// Row-major numbers of this shape; `None` if their count is not the shape's.
    pub fn floats(shape: &[usize], values: &[f32]) -> Option<Self> {
        let fits = shape.iter().product::<usize>() == values.len();
        let make = || tract_core::prelude::Tensor::from_shape(shape, values).ok();
        fits.then(make).flatten().map(|t| Self(Arc::new(t)))
    }

    /// Whole numbers (word ids) of this shape; `None` if their count is not the shape's.
    pub fn integers(shape: &[usize], values: &[i64]) -> Option<Self> {
        let fits = shape.iter().product::<usize>() == values.len();
        let make = || tract_core::prelude::Tensor::from_shape(shape, values).ok();
        fits.then(make).flatten().map(|t| Self(Arc::new(t)))
    }

    /// The numbers, row-major; none if these are no f32.
    pub fn values(&self) -> &[f32] {
        self.0.try_as_plain_ram().and_then(|view| view.as_slice::<f32>()).unwrap_or_default()
    }

    pub fn shape(&self) -> &[usize] {
        self.0.shape()
    }

    pub(crate) fn from_tract(tensor: tract_core::prelude::Tensor) -> Self {
        Self(Arc::new(tensor))
    }

    /// The numbers, row-major, whatever their kind; nothing if they are no numbers.
    pub(crate) fn as_floats(&self) -> Option<Vec<f32>> {
        let floats = self.0.cast_to::<f32>().ok()?;
        Some(floats.try_as_plain_ram().ok()?.as_slice::<f32>().ok()?.to_vec())
    }
}

impl Model {
    /// Reads an ONNX file whose shapes are all known. `name` is what errors call it.
    ///
    /// # Errors
    /// [`ModelError::Unreadable`] if the bytes are no such file.
    pub fn new(name: &str, bytes: &[u8]) -> Result<Self, ModelError> {
        Ok(Self::read(name, Bytes::copy_from_slice(bytes), (1, 1))?.0)
    }

    /// The same, with the graph that [`gpu::GpuModel::new`] lowers.
    ///
    /// # Errors
    /// As [`Model::new`].
    pub fn with_graph(name: &str, bytes: &[u8]) -> Result<Self, ModelError> {
        let (mut model, mut graph) = Self::read(name, Bytes::copy_from_slice(bytes), (1, 1))?;
        let refused = |error| ModelError::Unreadable { model: name.to_owned(), why: format!("{error:#}") };
        weights::declutter(&mut graph).map_err(refused)?;
        model.graph = Some(graph);
        Ok(model)
    }

    /// Reads a file of convolutions for pictures of another size: rows and columns of its inputs [B, C, H, W] become `to / from` of
    /// what the file says.
    ///
    /// # Errors
    /// [`ModelError::Unreadable`] if the bytes are no such file, or hang on the size they were made for.
    pub fn resized(name: &str, bytes: Bytes, from: usize, to: usize) -> Result<Self, ModelError> {
        Ok(Self::read(name, bytes, (from, to))?.0)
    }

    /// As [`Model::resized`], to be placed on the GPU when it first runs, if its graph is heavy, or when it is first asked for many
    /// steps, if they are heavy together.
    ///
    /// # Errors
    /// As [`Model::resized`].
    pub fn for_gpu(name: &str, bytes: Bytes, from: usize, to: usize) -> Result<Self, ModelError> {
        let (mut model, graph) = Self::read(name, bytes, (from, to))?;
        model.placement = RefCell::new(Placement::of(graph));
        Ok(model)
    }

    /// A file, and its graph as it has it, for pictures `to / from` as large as it says.
    fn graph(
        name: &str,
        bytes: Bytes,
        (from, to): (usize, usize),
    ) -> Result<(ModelProto, TypedModel), ModelError> {
        let proto = ModelProto::read(bytes);
        let read = proto.and_then(|proto| {
            let graph = reader::typed(&proto, from, to)?;
            Ok((proto, graph))
        });
        read.map_err(|error| ModelError::Unreadable { model: name.to_owned(), why: format!("{error:#}") })
    }

    /// The model, and its graph as the file has it.
    fn read(name: &str, bytes: Bytes, scale: (usize, usize)) -> Result<(Self, TypedModel), ModelError> {
        let unreadable = |why: String| ModelError::Unreadable { model: name.to_owned(), why };
        let refused = |error: TractError| unreadable(format!("{error:#}"));
        let (proto, wired) = Self::graph(name, bytes, scale)?;
        let graph = proto.graph.as_ref().ok_or_else(|| unreadable("it holds no graph".to_owned()))?;
        let input_names: Vec<String> = reader::inputs(graph).map(|input| input.name.clone()).collect();
        let outputs: Vec<String> = graph.output.iter().map(|output| output.name.clone()).collect();
        let typed = cpu::optimised(&wired).map_err(refused)?;
        let metadata = proto.metadata_props.into_iter().map(|p| (p.key, p.value)).collect();
        let mut inputs = Vec::with_capacity(input_names.len());
        for (i, input) in input_names.into_iter().enumerate() {
            let fact = typed.input_fact(i).map_err(refused)?;
            let shape = fact.shape.as_concrete();
            let shape = shape.ok_or_else(|| unreadable(format!("the shape of {input} is open")))?;
            inputs.push(Port { name: input, shape: shape.to_vec(), kind: fact.datum_type });
        }
        // The order of the file does: finding one that takes less room takes longer than it saves.
        let options = RunOptions { skip_order_opt_ram: true, ..RunOptions::default() };
        let plan = typed.into_runnable_with_options(&options).map_err(refused)?;
        let made = Self {
            name: name.to_owned(),
            state: RefCell::new(plan.spawn().map_err(refused)?),
            plan,
            graph: None,
            inputs,
            outputs,
            metadata,
            placement: RefCell::default(),
            scale,
            last: RefCell::default(),
        };
        Ok((made, wired))
    }

    /// What errors call it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The graph as it was before it was packed for the CPU, taken out of a model made by [`Model::with_graph`].
    pub fn take_graph(&mut self) -> Option<TypedModel> {
        self.graph.take()
    }

    /// What the file says about itself, such as the number of steps it was trained for.
    pub fn metadata(&self, key: &str) -> Option<&str> {
        self.metadata.get(key).map(String::as_str)
    }

    /// What the file says about itself as a number or a truth.
    ///
    /// # Errors
    /// [`ModelError::Unreadable`] if it does not say so.
    pub fn fact<T: FromStr>(&self, key: &str) -> Result<T, ModelError> {
        let found = self.metadata(key).and_then(|text| text.parse().ok());
        found.ok_or_else(|| ModelError::Unreadable {
            model: self.name.clone(),
            why: format!("it does not say its {key}"),
        })
    }

    /// Name and shape of each input.
    pub fn inputs(&self) -> impl Iterator<Item = (&str, &[usize])> {
        self.inputs.iter().map(|port| (port.name.as_str(), port.shape.as_slice()))
    }

    /// How many numbers an input takes; none if there is no such input.
    pub fn size(&self, input: &str) -> Option<usize> {
        let port = self.inputs.iter().find(|port| port.name == input)?;
        Some(port.shape.iter().product())
    }

    /// Zeros of the shape that an input wants.
    ///
    /// # Errors
    /// [`ModelError::Mismatch`] if there is no such input.
    pub fn zeros(&self, input: &str) -> Result<Tensor, ModelError> {
        self.tensor(input, &vec![0.0; self.size(input).unwrap_or_default()])
    }

    /// An input or output is not as it should be.
    pub(crate) fn mismatch(&self, port: &str, why: &str) -> ModelError {
        ModelError::Mismatch { model: self.name.clone(), port: port.to_owned(), why: why.to_owned() }
    }

    /// These numbers as the tensor that an input wants, rounded where it wants whole ones.
    ///
    /// # Errors
    /// [`ModelError::Mismatch`] if there is no such input or it wants more or fewer numbers.
    pub fn tensor(&self, input: &str, values: &[f32]) -> Result<Tensor, ModelError> {
        let found = self.inputs.iter().find(|port| port.name == input);
        let Port { shape, kind, .. } = found.ok_or_else(|| self.mismatch(input, "there is no such input"))?;
        let tensor = if *kind == i64::datum_type() {
            Tensor::integers(shape, &values.iter().map(|v| v.round() as i64).collect::<Vec<_>>())
        } else {
            Tensor::floats(shape, values)
        };
        tensor.ok_or_else(|| self.mismatch(input, &format!("{} numbers are not {shape:?}", values.len())))
    }

    /// An output of a run, taken out of it.
    ///
    /// # Errors
    /// [`ModelError::Mismatch`] if the graph has no such output.
    pub fn take(&self, outputs: &mut Outputs, name: &str) -> Result<Tensor, ModelError> {
        outputs.remove(name).ok_or_else(|| self.mismatch(name, "the graph has no such output"))
    }

    /// Runs the graph once, or says that it must be awaited.
    ///
    /// # Errors
    /// [`ModelError::Pending`] if [`Model::settle`] must be awaited first; [`ModelError::Mismatch`] if an input is missing or of
    /// another shape or type, [`ModelError::Failed`] if a node fails.
    pub fn run(&self, given: &[(&str, &Tensor)]) -> Result<Outputs, ModelError> {
        let given = self.ordered(given)?;
        *self.last.borrow_mut() = Some(given.iter().map(|tensor| (*tensor).clone()).collect());
        match self.placement.borrow_mut().ask_run(&self.name, &given) {
            Some(told) => told,
            None => Ok(self.named(self.on_cpu(&given, None)?)),
        }
    }

    /// Runs it on the CPU; `watch` sums what each node takes.
    fn on_cpu(
        &self,
        given: &[&Tensor],
        mut watch: Option<&mut Stopwatch>,
    ) -> Result<Vec<Tensor>, ModelError> {
        let values = given.iter().map(|tensor| tensor.0.clone().into_tvalue()).collect();
        let mut state = self.state.borrow_mut();
        let made = state.run_plan_with_eval(values, |context, state, node, inputs| {
            let Some(Stopwatch { clock, spent }) = watch.as_deref_mut() else {
                return plan::eval(context, state, node, inputs);
            };
            let start = clock();
            let made = plan::eval(context, state, node, inputs);
            spent[node.id] += clock() - start;
            made
        });
        let made = made.or_else(|error| {
            // What a run that broke off has left in it is no beginning for the next one.
            *state = self.plan.spawn()?;
            Err(error)
        });
        let made = made.map_err(|error| self.failed(&error))?;
        Ok(made.into_iter().map(|value| Tensor(value.into_arc_tensor())).collect())
    }

    fn failed(&self, error: &TractError) -> ModelError {
        ModelError::Failed { model: self.name.clone(), why: format!("{error:#}") }
    }

    /// What is given, in the order of the inputs.
    fn ordered<'a>(&self, given: &[(&str, &'a Tensor)]) -> Result<Vec<&'a Tensor>, ModelError> {
        let mut ordered = Vec::with_capacity(self.inputs.len());
        for port in &self.inputs {
            let found = given.iter().find(|(name, _)| *name == port.name);
            let (_, tensor) = found.ok_or_else(|| self.mismatch(&port.name, "the input is missing"))?;
            if tensor.shape() != port.shape || tensor.0.datum_type() != port.kind {
                let (is, kind) = (tensor.shape(), tensor.0.datum_type());
                let (wanted, wanted_kind) = (&port.shape, port.kind);
                let why = format!("is {kind:?} {is:?}, the model wants {wanted_kind:?} {wanted:?}");
                return Err(self.mismatch(&port.name, &why));
            }
            ordered.push(*tensor);
        }
        Ok(ordered)
    }

    fn named(&self, made: Vec<Tensor>) -> Outputs {
        self.outputs.iter().cloned().zip(made).collect()
    }
}
