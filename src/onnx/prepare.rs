//! With a number for each open dimension a file becomes a plan.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use serde::Serialize;
use tract_core::internal::*;
use tract_onnx::Onnx;
use tract_onnx::model::ParseResult;
use tract_onnx::pb::tensor_shape_proto::dimension::Value as Size;
use tract_onnx::pb::{GraphProto, ValueInfoProto, type_proto};
use tract_onnx::tract_hir::infer::InferenceModelExt;

use crate::branches;
use crate::describe::{Dimension, File, Port, inputs, is_known, name_of, operator, opset};
use crate::error::{OnnxError, Trouble};
use crate::model::cpu;
use crate::shapes::{self, Facts, Softmax};

/// Numbers of one value that a browser has memory for: 1 GB as f32.
const MOST: usize = 1 << 28;

/// A file that runs.
pub struct Prepared {
    pub facts: Facts,
    /// Name, type and shape of what is given, in the file's order.
    pub inputs: Vec<(String, DatumType, Vec<usize>)>,
    pub(crate) plan: Arc<TypedRunnableModel>,
    /// What each output of the plan is.
    pub(crate) made: Vec<Role>,
}

/// What is known once the open dimensions have numbers.
#[derive(Serialize)]
#[cfg_attr(feature = "types", derive(ts_rs::TS), ts(rename = "OnnxReady"))]
pub struct Ready {
    /// Name and shape of what is given, in the file's order.
    pub inputs: Vec<(String, Vec<usize>)>,
    /// Of each node of the file; nothing where tract does not tell.
    pub shapes: Vec<Option<Vec<usize>>>,
    /// Multiply-adds of each node.
    pub work: Vec<u64>,
}

impl Prepared {
    /// What the page is told of it.
    pub fn told(&self) -> Ready {
        let inputs = self.inputs.iter().map(|(name, _, shape)| (name.clone(), shape.clone())).collect();
        Ready { inputs, shapes: self.facts.shapes.clone(), work: self.facts.work.clone() }
    }
}

/// What an output of the plan is.
#[derive(Clone, Debug)]
pub(crate) struct Role {
    pub name: String,
    /// Whether the file itself names it as an output.
    pub output: bool,
    pub softmax: Option<Softmax>,
}

/// The nodes of a graph by name, with their operators.
fn named(graph: &GraphProto) -> impl Iterator<Item = (&str, &str)> + Clone {
    graph.node.iter().map(|node| (name_of(node), node.op_type.as_str()))
}

impl File {
    /// The plan for these sizes of the open dimensions, by name; what is not named gets its guess.
    ///
    /// # Errors
    /// If tract does not have an operator, or a node does not go with these shapes: the text names the node and what to try.
    pub fn prepare(&mut self, sizes: &BTreeMap<String, usize>) -> Result<Prepared, OnnxError> {
        let (version, framework) = (opset(&self.proto), tract_onnx::onnx().with_ignore_value_info(true));
        let guesses = self.description.open.iter().map(|open| (open.name.as_str(), open.guess));
        let mut all: HashMap<&str, usize> = guesses.collect();
        all.extend(sizes.iter().map(|(name, size)| (name.as_str(), *size)));
        let graph = self.proto.graph.get_or_insert_default();
        check(graph, &framework)?;
        for input in &mut graph.input {
            if let Some(port) = self.description.inputs.iter().find(|port| port.name == input.name) {
                fix(input, port, &all)?;
            }
        }
        self.planned(&framework, version)
    }

    fn planned(&self, framework: &Onnx, version: i64) -> Result<Prepared, OnnxError> {
        let graph =
            self.proto.graph.as_ref().ok_or_else(|| OnnxError::new(Trouble::NotOnnx, "It holds no graph"))?;
        let refused = |error: TractError| OnnxError::of_tract(Trouble::Refused, &error, named(graph));
        let parsed = framework.parse(&branches::decided(&self.proto, framework), None).map_err(refused)?;
        let ParseResult { mut model, unresolved_inputs, outlets_by_name } = parsed;
        if let Some(missing) = unresolved_inputs.first() {
            return Err(OnnxError::new(Trouble::Refused, format!("Nothing makes the value “{missing}”")));
        }
        let (made, outlets) = roles(graph, version, &outlets_by_name);
        model.select_output_outlets(&outlets).map_err(refused)?;
        model.analyse(false).map_err(refused)?;
        let shapes = shapes::shapes(graph, &model, &outlets_by_name);
        check_sizes(graph, &shapes)?;
        Onnx::determinize(&mut model).map_err(refused)?;
        let typed = model.into_typed().map_err(refused)?;
        let facts = Facts { shapes, work: shapes::works(graph, &typed) };
        let decluttered = typed.into_decluttered().map_err(refused)?;
        // Where our operators do not go with a graph, tract's do.
        let ready =
            cpu::optimised(&decluttered).or_else(|_| decluttered.into_optimized()).map_err(refused)?;
        let given = inputs(graph).enumerate().map(|(i, input)| {
            let fact = ready.input_fact(i)?;
            let shape = fact.shape.as_concrete().context("its shape is open")?;
            Ok((input.name.clone(), fact.datum_type, shape.to_vec()))
        });
        let given = given.collect::<TractResult<_>>().map_err(refused)?;
        let options = RunOptions { skip_order_opt_ram: true, ..RunOptions::default() };
        let plan = ready.into_runnable_with_options(&options).map_err(refused)?;
        Ok(Prepared { facts, inputs: given, plan, made })
    }
}

/// Refuses what tract would not read, or would read wrongly.
fn check(graph: &GraphProto, framework: &Onnx) -> Result<(), OnnxError> {
    if let Some(node) = graph.node.iter().find(|node| !is_known(node, framework)) {
        let why = "this operator does not exist in tract, which runs the models here";
        return Err(OnnxError::at(Trouble::UnknownOperator, (name_of(node), &operator(node)), why));
    }
    if let Some(node) = graph.node.iter().find(|node| shapes::has_ellipsis(node)) {
        let why = "its equation has an ellipsis (...), which would be computed wrongly";
        return Err(OnnxError::at(Trouble::Refused, (name_of(node), "Einsum"), why));
    }
    Ok(())
}

/// Gives each open dimension of an input its number.
fn fix(input: &mut ValueInfoProto, port: &Port, sizes: &HashMap<&str, usize>) -> Result<(), OnnxError> {
    let open = |why: String| OnnxError::new(Trouble::OpenShape, why);
    if port.shape.is_none() {
        return Err(open(format!("The input “{}” does not say how many axes it has", input.name)));
    }
    let (name, mut numbers) = (input.name.clone(), 1usize);
    let Some(type_proto::Value::TensorType(tensor)) = input.r#type.as_mut().and_then(|t| t.value.as_mut())
    else {
        return Ok(());
    };
    let dims = tensor.shape.iter_mut().flat_map(|shape| &mut shape.dim);
    for (dim, stated) in dims.zip(port.shape.iter().flatten()) {
        let size = match stated {
            Dimension::Known(size) => *size,
            Dimension::Open(wanted) => {
                let size = sizes.get(wanted.as_str()).copied().unwrap_or_default();
                if size == 0 {
                    return Err(open(format!(
                        "The open dimension “{wanted}” of the input “{name}” must be 1 or more"
                    )));
                }
                size
            }
        };
        dim.value = Some(Size::DimValue(size as i64));
        numbers = numbers.saturating_mul(size);
    }
    if numbers > MOST {
        let why = format!("The input “{name}” would hold {numbers} numbers");
        return Err(OnnxError::new(Trouble::TooLarge, why));
    }
    Ok(())
}

fn check_sizes(graph: &GraphProto, shapes: &[Option<Vec<usize>>]) -> Result<(), OnnxError> {
    for (node, shape) in graph.node.iter().zip(shapes) {
        let numbers = shape.iter().flatten().fold(1usize, |numbers, size| numbers.saturating_mul(*size));
        if numbers > MOST {
            let why = format!("it makes {numbers} numbers at once");
            return Err(OnnxError::at(Trouble::TooLarge, (name_of(node), &operator(node)), why));
        }
        // What reads of nothing may end the program, not only the run.
        if numbers == 0 && ["Conv", "MaxPool", "AveragePool"].contains(&node.op_type.as_str()) {
            let why = "with these sizes its window is larger than what it reads, so that it makes nothing; try larger ones";
            return Err(OnnxError::at(Trouble::Refused, (name_of(node), &operator(node)), why));
        }
    }
    Ok(())
}

/// The outputs of the plan: the file's, then every softmax that is none of them.
fn roles(
    graph: &GraphProto,
    version: i64,
    outlets: &HashMap<String, OutletId>,
) -> (Vec<Role>, Vec<OutletId>) {
    let mut softmaxes = shapes::softmaxes(graph, version);
    let mut roles: Vec<Role> = graph
        .output
        .iter()
        .map(|output| {
            let at = softmaxes.iter().position(|softmax| softmax.name == output.name);
            Role { name: output.name.clone(), output: true, softmax: at.map(|at| softmaxes.remove(at)) }
        })
        .collect();
    roles.extend(softmaxes.into_iter().map(|softmax| Role {
        name: softmax.name.clone(),
        output: false,
        softmax: Some(softmax),
    }));
    roles.retain(|role| outlets.contains_key(&role.name));
    let wired = roles.iter().filter_map(|role| outlets.get(&role.name).copied()).collect();
    (roles, wired)
}
