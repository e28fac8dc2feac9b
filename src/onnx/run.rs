//! Numbers in, numbers out.

use tract_core::internal::*;
use tract_core::plan;

use crate::error::{OnnxError, Trouble};
use crate::prepare::{Prepared, Role};
use crate::shapes::Softmax;

/// How far the sum of a distribution may be from 1.
const NEAR: f32 = 1e-3;

/// A value that a run made: an output, or the weights of a softmax.
#[derive(Clone, Debug)]
#[cfg_attr(feature = "types", derive(ts_rs::TS), ts(rename = "OnnxMade"))]
pub struct Made {
    pub name: String,
    /// The node that made it, if it is a softmax's.
    pub node: Option<usize>,
    /// Whether the file names it as an output.
    pub output: bool,
    /// Of a softmax the axis along which the weights sum to 1 stands last.
    pub shape: Vec<usize>,
    #[cfg_attr(feature = "types", ts(type = "Float32Array"))]
    pub values: Vec<f32>,
    /// Whether the numbers along the last axis are not negative and sum to 1.
    pub distribution: bool,
}

impl Prepared {
    /// Runs it once on row-major numbers for each input; `progress` is told after each node how many of how many have run.
    ///
    /// # Errors
    /// [`Trouble::Failed`] if an input has another length, or a node fails.
    pub fn run(
        &self,
        given: &[Vec<f32>],
        mut progress: impl FnMut(usize, usize),
    ) -> Result<Vec<Made>, OnnxError> {
        let inputs = self.tensors(given)?;
        let all = self.plan.model().nodes().len();
        let mut ran = 0;
        let failed = |error: TractError| {
            let graph = self.plan.model();
            let names = graph.nodes().iter().map(|node| (node.name.clone(), node.op.name().into_owned()));
            let names: Vec<(String, String)> = names.collect();
            let nodes = names.iter().map(|(name, op)| (name.as_str(), op.as_str()));
            OnnxError::of_tract(Trouble::Failed, &error, nodes)
        };
        let mut state = self.plan.spawn().map_err(failed)?;
        let made = state.run_plan_with_eval(inputs, |context, state, node, inputs| {
            let made = plan::eval(context, state, node, inputs);
            ran += 1;
            progress(ran, all);
            made
        });
        let made = made.map_err(failed)?;
        let mut answers = Vec::with_capacity(self.made.len());
        for (role, value) in self.made.iter().zip(made) {
            answers.extend(answer(role, &value).map_err(failed)?);
        }
        Ok(answers)
    }

    fn tensors(&self, given: &[Vec<f32>]) -> Result<TVec<TValue>, OnnxError> {
        if given.len() != self.inputs.len() {
            let why = format!("The model takes {} inputs, not {}", self.inputs.len(), given.len());
            return Err(OnnxError::new(Trouble::Failed, why));
        }
        let mut tensors = tvec!();
        for ((name, kind, shape), values) in self.inputs.iter().zip(given) {
            let count: usize = shape.iter().product();
            if values.len() != count {
                let why = format!("The input “{name}” {shape:?} takes {count} numbers, not {}", values.len());
                return Err(OnnxError::new(Trouble::Failed, why));
            }
            let cast = tensor(values, *kind, shape);
            let no =
                |_| OnnxError::new(Trouble::Failed, format!("The input “{name}” takes {kind:?}, no numbers"));
            tensors.push(cast.map_err(no)?.into_tvalue());
        }
        Ok(tensors)
    }
}

fn tensor(values: &[f32], kind: DatumType, shape: &[usize]) -> TractResult<Tensor> {
    if kind == bool::datum_type() {
        let values: Vec<bool> = values.iter().map(|value| *value != 0.0).collect();
        return Tensor::from_shape(shape, &values);
    }
    Ok(Tensor::from_shape(shape, values)?.cast_to_dt(kind)?.into_owned())
}

/// The numbers of a value as f32; truth is 1.
fn numbers(value: &Tensor) -> TractResult<Vec<f32>> {
    if value.datum_type() == bool::datum_type() {
        let truths = value.try_as_plain_ram().context("no numbers")?;
        return Ok(truths.as_slice::<bool>()?.iter().map(|truth| f32::from(u8::from(*truth))).collect());
    }
    let cast = value.cast_to::<f32>()?;
    Ok(cast.try_as_plain_ram().context("no numbers")?.as_slice::<f32>()?.to_vec())
}

/// What an output of the plan is told as: an output of the file as the file has it, a softmax with its axis last. That can be two.
fn answer(role: &Role, value: &Tensor) -> TractResult<Vec<Made>> {
    let (values, shape) = (numbers(value)?, value.shape().to_vec());
    let Some(softmax) = &role.softmax else { return Ok(vec![made(role, true, None, values, shape)]) };
    let (weights, turned) = weights_last(values.clone(), shape.clone(), softmax);
    if !role.output || turned == shape {
        return Ok(vec![made(role, role.output, Some(softmax.node), weights, turned)]);
    }
    let output = made(role, true, None, values, shape);
    Ok(vec![output, made(role, false, Some(softmax.node), weights, turned)])
}

fn made(role: &Role, output: bool, node: Option<usize>, values: Vec<f32>, shape: Vec<usize>) -> Made {
    let distribution = is_distribution(&values, shape.last().copied().unwrap_or_default());
    Made { name: role.name.clone(), node, output, shape, values, distribution }
}

/// The weights of a softmax with its axis last.
fn weights_last(values: Vec<f32>, mut shape: Vec<usize>, softmax: &Softmax) -> (Vec<f32>, Vec<usize>) {
    let rank = shape.len() as i64;
    let axis = if softmax.axis < 0 { softmax.axis + rank } else { softmax.axis };
    let Some(axis) = usize::try_from(axis).ok().filter(|axis| *axis < shape.len()) else {
        return (values, shape);
    };
    if softmax.flat {
        let last = shape.split_off(axis).iter().product();
        shape.push(last);
        return (values, shape);
    }
    let (n, inner): (usize, usize) = (shape[axis], shape[axis + 1..].iter().product());
    shape.remove(axis);
    shape.push(n);
    if inner == 1 {
        return (values, shape);
    }
    let block = |outer: &[f32]| -> Vec<f32> {
        (0..inner).flat_map(|i| (0..n).map(move |k| (k, i))).map(|(k, i)| outer[k * inner + i]).collect()
    };
    (values.chunks(n * inner).flat_map(block).collect(), shape)
}

fn is_distribution(values: &[f32], n: usize) -> bool {
    n > 1
        && !values.is_empty()
        && values.chunks(n).all(|weights| {
            weights.iter().all(|weight| *weight >= -1e-6) && (weights.iter().sum::<f32>() - 1.0).abs() < NEAR
        })
}
