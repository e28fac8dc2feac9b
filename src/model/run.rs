//! A trained graph, ready to run: named inputs and outputs, checked shapes, clear errors.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::str::FromStr;
use std::sync::Arc;

use prost::bytes::Bytes;
use tract_core::plan;
use tract_core::prelude::{
    Datum, DatumType, RunOptions, TractError, TypedModel, TypedRunnableModel, TypedSimpleState,
};

use super::bounds;
use super::cpu;
use super::error::ModelError;
use super::import::{self, Imported};
use super::placement::Placement;
use super::profile::Stopwatch;
use super::tensor::{Outputs, Tensor};

/// A trained graph, ready to run on the CPU through tract.
pub struct Model {
    pub(super) name: String,
    pub(super) plan: Arc<TypedRunnableModel>,
    /// Made once: that takes as long as a few operators of a step.
    state: RefCell<TypedSimpleState>,
    /// As it was before it was packed for the CPU, if it was asked for.
    graph: Option<TypedModel>,
    pub(super) inputs: Vec<Port>,
    pub(super) outputs: Vec<String>,
    metadata: BTreeMap<String, String>,
    pub(super) placement: RefCell<Placement>,
    /// Rows and columns of its inputs are those of the file times the second by the first.
    pub(super) scale: (usize, usize),
    /// The inputs of its last run, so that the same run can be measured.
    pub(super) last: RefCell<Option<Vec<Tensor>>>,
}

/// An input of a graph.
pub(super) struct Port {
    pub name: String,
    pub shape: Vec<usize>,
    pub datum_type: DatumType,
}

impl Model {
    /// Reads an ONNX file whose shapes are all known. `name` is what errors call it.
    ///
    /// # Errors
    /// [`ModelError::Unreadable`] if the bytes are no such file.
    pub fn new(name: &str, bytes: &[u8]) -> Result<Self, ModelError> {
        Ok(Self::read(name, Bytes::copy_from_slice(bytes), (1, 1))?.0)
    }

    /// The same, with the graph that `GpuModel::new` lowers.
    ///
    /// # Errors
    /// As [`Model::new`].
    pub fn with_graph(name: &str, bytes: &[u8]) -> Result<Self, ModelError> {
        let (mut model, mut graph) = Self::read(name, Bytes::copy_from_slice(bytes), (1, 1))?;
        let refused = |error| ModelError::Unreadable { model: name.to_owned(), why: format!("{error:#}") };
        import::declutter(&mut graph).map_err(refused)?;
        model.graph = Some(graph);
        Ok(model)
    }

    /// Reads a file of convolutions for pictures of another size: rows and columns of its inputs [B, C, H, W] become `to / from` of
    /// what the file says.
    ///
    /// # Errors
    /// [`ModelError::Unreadable`] if the bytes are no such file, or its graph depends on the size it was made for.
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

    /// What a file holds, for pictures `to / from` as large as it says.
    pub(super) fn imported(
        name: &str,
        bytes: Bytes,
        (from, to): (usize, usize),
    ) -> Result<Imported, ModelError> {
        let read = import::read(bytes, from, to);
        read.map_err(|error| ModelError::Unreadable { model: name.to_owned(), why: format!("{error:#}") })
    }

    /// The model, and its graph as the file has it.
    fn read(name: &str, bytes: Bytes, scale: (usize, usize)) -> Result<(Self, TypedModel), ModelError> {
        let unreadable = |why: String| ModelError::Unreadable { model: name.to_owned(), why };
        let refused = |error: TractError| unreadable(format!("{error:#}"));
        let Imported { graph, inputs: names, outputs, metadata } = Self::imported(name, bytes, scale)?;
        let typed = cpu::optimised(&graph).map_err(refused)?;
        let mut inputs = Vec::with_capacity(names.len());
        for (i, input) in names.into_iter().enumerate() {
            let fact = typed.input_fact(i).map_err(refused)?;
            let shape = fact.shape.as_concrete();
            let shape = shape.ok_or_else(|| unreadable(format!("the shape of {input} is open")))?;
            inputs.push(Port { name: input, shape: shape.to_vec(), datum_type: fact.datum_type });
        }
        // The order of the file is good enough: finding one that needs less memory takes longer than it saves.
        let options = RunOptions { skip_order_opt_ram: true, ..RunOptions::default() };
        let plan = typed.into_runnable_with_options(&options).map_err(refused)?;
        let model = Self {
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
        Ok((model, graph))
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

    /// What the file says about itself, as a number or a truth value.
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

    /// The same, as a whole number that memory is taken for.
    ///
    /// # Errors
    /// [`ModelError::Unreadable`] if it is missing or lies outside.
    pub fn count(&self, key: &str, within: RangeInclusive<usize>) -> Result<usize, ModelError> {
        let count = self.fact(key)?;
        if within.contains(&count) {
            return Ok(count);
        }
        let why = format!("its {key} is {count}, not {} to {}", within.start(), within.end());
        Err(ModelError::Unreadable { model: self.name.clone(), why })
    }

    /// Checks that an output has so many numbers.
    ///
    /// # Errors
    /// [`ModelError::Mismatch`] if it has more or fewer, or there is no such output.
    pub fn gives(&self, output: &str, count: usize) -> Result<(), ModelError> {
        let place = self.outputs.iter().position(|name| name == output);
        let fact = place.and_then(|place| self.plan.model().output_fact(place).ok());
        let is = fact.and_then(|fact| fact.shape.as_concrete()).map(|shape| shape.iter().product::<usize>());
        match is {
            Some(is) if is == count => Ok(()),
            Some(is) => Err(self.mismatch(output, &format!("it has {is} numbers, not {count}"))),
            None => Err(self.mismatch(output, "the graph has no such output")),
        }
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

    /// Zeros of the shape that an input has.
    ///
    /// # Errors
    /// [`ModelError::Mismatch`] if there is no such input.
    pub fn zeros(&self, input: &str) -> Result<Tensor, ModelError> {
        self.tensor(input, &vec![0.0; self.size(input).unwrap_or_default()])
    }

    /// The error for an input or output that is not as it should be.
    pub(crate) fn mismatch(&self, port: &str, why: &str) -> ModelError {
        ModelError::Mismatch { model: self.name.clone(), port: port.to_owned(), why: why.to_owned() }
    }

    /// These numbers, row-major, as the tensor of an input; rounded where it takes whole ones.
    ///
    /// # Errors
    /// [`ModelError::Mismatch`] if there is no such input or it takes more or fewer numbers.
    pub fn tensor(&self, input: &str, values: &[f32]) -> Result<Tensor, ModelError> {
        let found = self.inputs.iter().find(|port| port.name == input);
        let Port { shape, datum_type, .. } =
            found.ok_or_else(|| self.mismatch(input, "there is no such input"))?;
        let tensor = if *datum_type == i64::datum_type() {
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
    pub fn run(&self, inputs: &[(&str, &Tensor)]) -> Result<Outputs, ModelError> {
        let inputs = self.ordered(inputs)?;
        *self.last.borrow_mut() = Some(inputs.iter().map(|tensor| (*tensor).clone()).collect());
        match self.placement.borrow_mut().ask_run(&self.name, &inputs) {
            Some(outputs) => outputs,
            None => Ok(self.named(self.on_cpu(&inputs, None)?)),
        }
    }

    /// Runs it on the CPU; `watch` sums what each node takes.
    pub(super) fn on_cpu(
        &self,
        inputs: &[&Tensor],
        mut watch: Option<&mut Stopwatch>,
    ) -> Result<Vec<Tensor>, ModelError> {
        let values = inputs.iter().map(|tensor| tensor.to_value()).collect();
        let mut state = self.state.borrow_mut();
        let made = state.run_plan_with_eval(values, |context, state, node, inputs| {
            bounds::given(node.op.as_ref(), &inputs)?;
            let Some(Stopwatch { clock, spent }) = watch.as_deref_mut() else {
                return plan::eval(context, state, node, inputs);
            };
            let start = clock();
            let made = plan::eval(context, state, node, inputs);
            spent[node.id] += clock() - start;
            made
        });
        let made = made.or_else(|error| {
            // A run that broke off leaves a state that the next one cannot start from.
            *state = self.plan.spawn()?;
            Err(error)
        });
        let made = made.map_err(|error| self.failed(&error))?;
        Ok(made.into_iter().map(Tensor::from_value).collect())
    }

    pub(super) fn failed(&self, error: &TractError) -> ModelError {
        ModelError::Failed { model: self.name.clone(), why: format!("{error:#}") }
    }

    /// Named inputs in the order of the graph's.
    pub(super) fn ordered<'a>(&self, inputs: &[(&str, &'a Tensor)]) -> Result<Vec<&'a Tensor>, ModelError> {
        let mut ordered = Vec::with_capacity(self.inputs.len());
        for port in &self.inputs {
            let found = inputs.iter().find(|(name, _)| *name == port.name);
            let (_, tensor) = found.ok_or_else(|| self.mismatch(&port.name, "the input is missing"))?;
            if tensor.shape() != port.shape || tensor.datum_type() != port.datum_type {
                let (is, kind) = (tensor.shape(), tensor.datum_type());
                let (wanted, wanted_kind) = (&port.shape, port.datum_type);
                let why = format!("is {kind:?} {is:?}, the model wants {wanted_kind:?} {wanted:?}");
                return Err(self.mismatch(&port.name, &why));
            }
            ordered.push(*tensor);
        }
        Ok(ordered)
    }

    /// The graph's outputs by name.
    pub(super) fn named(&self, outputs: Vec<Tensor>) -> Outputs {
        self.outputs.iter().cloned().zip(outputs).collect()
    }
}
