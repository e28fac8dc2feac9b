//! The operators that the shipped graphs use, each wired in tract (github.com/onnx/onnx, docs/Operators.md, opsets 13 to 17). What is
//! not named here does not reach the binary.

mod layers;
mod shapes;

use tract_core::internal::*;
use tract_core::ops::binary::{BinMiniOp, TypedBinOp};
use tract_core::ops::cast::{cast, wire_cast};
use tract_core::ops::konst::Const;
use tract_core::ops::{logic, math, nn};

use super::onnx::{AttributeProto, NodeProto, datum_type};

/// Wires one node; gives what it makes in the order of its outputs.
pub type Wire = fn(&mut Node) -> TractResult<TVec<OutletId>>;

/// How an operator of a domain (the standard one is "") is wired.
pub fn named(domain: &str, operator: &str) -> Option<Wire> {
    let wire: Wire = match operator {
        _ if !domain.is_empty() => return None,
        "Abs" => |n| n.map(math::abs()),
        "Add" => |n| n.binary(Box::new(math::Add)),
        "ArgMax" => layers::arg_max,
        "AveragePool" => layers::average_pool,
        "Cast" => to_type,
        "Clip" => clip,
        "Concat" => shapes::concat,
        "Constant" => constant,
        "Conv" => layers::conv,
        "Div" => |n| n.binary(Box::new(math::Div)),
        "Equal" => |n| n.binary(logic::comp_eq()),
        "Exp" => |n| n.map(math::exp()),
        "Flatten" => shapes::flatten,
        "Gather" => shapes::gather,
        "Gemm" => layers::gemm,
        "Greater" => |n| n.binary(logic::comp_gt()),
        "Log" => |n| n.map(math::ln()),
        "LogSoftmax" => |n| layers::softmax(n, nn::SoftmaxKind::LogSoftmax),
        "MatMul" => layers::matmul,
        "Max" => |n| n.binary(Box::new(math::Max)),
        "MaxPool" => layers::max_pool,
        "Min" => |n| n.binary(Box::new(math::Min)),
        "Mod" => modulo,
        "Mul" => |n| n.binary(Box::new(math::Mul)),
        "Neg" => |n| n.map(math::neg()),
        "Reciprocal" => |n| n.map(math::recip()),
        "ReduceLogSumExp" => layers::reduce_log_sum_exp,
        "ReduceMean" => layers::reduce_mean,
        "ReduceSum" => layers::reduce_sum,
        "Relu" => relu,
        "Reshape" => shapes::reshape,
        "Resize" => layers::resize,
        "Shape" => shapes::shape,
        "Sigmoid" => |n| n.map(nn::sigmoid()),
        "Slice" => shapes::slice,
        "Softmax" => |n| layers::softmax(n, nn::SoftmaxKind::Softmax),
        "Split" => shapes::split,
        "Squeeze" => shapes::squeeze,
        "Sub" => |n| n.binary(Box::new(math::Sub)),
        "Tanh" => |n| n.map(math::tanh()),
        "Transpose" => shapes::transpose,
        "Unsqueeze" => shapes::unsqueeze,
        "Where" => choose,
        _ => return None,
    };
    Some(wire)
}

/// A node of an ONNX graph and the tract graph that it is wired into.
pub struct Node<'a> {
    model: &'a mut TypedModel,
    name: &'a str,
    proto: &'a NodeProto,
    inputs: TVec<Option<OutletId>>,
}

impl<'a> Node<'a> {
    /// `inputs` are the wires of the node's inputs, `None` for one that is left out.
    pub fn new(
        model: &'a mut TypedModel,
        name: &'a str,
        proto: &'a NodeProto,
        inputs: TVec<Option<OutletId>>,
    ) -> Self {
        Self { model, name, proto, inputs }
    }

    fn given(&self, i: usize) -> Option<OutletId> {
        self.inputs.get(i).copied().flatten()
    }

    fn input(&self, i: usize) -> TractResult<OutletId> {
        self.given(i).with_context(|| format!("its input {i} is missing"))
    }

    fn shape(&self, wire: OutletId) -> TractResult<TVec<usize>> {
        let shape = self.model.outlet_fact(wire)?.shape.as_concrete();
        Ok(shape.context("a shape is open")?.into())
    }

    fn kind(&self, wire: OutletId) -> TractResult<DatumType> {
        Ok(self.model.outlet_fact(wire)?.datum_type)
    }

    /// Whole numbers that are known before the graph runs.
    fn known(&self, i: usize) -> TractResult<Vec<i64>> {
        let fact = self.model.outlet_fact(self.input(i)?)?;
        let known = fact.konst.as_ref().with_context(|| format!("its input {i} is not constant"))?;
        Ok(known.try_as_plain_ram()?.as_slice::<i64>()?.to_vec())
    }

    fn attribute(&self, name: &str) -> Option<&'a AttributeProto> {
        self.proto.attribute(name)
    }

    fn integer(&self, name: &str, default: i64) -> i64 {
        self.attribute(name).map_or(default, |a| a.i)
    }

    fn float(&self, name: &str, default: f32) -> f32 {
        self.attribute(name).map_or(default, |a| a.f)
    }

    fn integers(&self, name: &str) -> Option<&'a [i64]> {
        self.attribute(name).map(|a| a.ints.as_slice())
    }

    fn text(&self, name: &str, default: &'static str) -> TractResult<&'a str> {
        Ok(self.attribute(name).map_or(Ok(default), |a| std::str::from_utf8(&a.s))?)
    }

    // One place for all operators, since tract's wiring is compiled anew for every type it is given.
    fn wire(&mut self, op: Box<dyn TypedOp>, inputs: &[OutletId]) -> TractResult<OutletId> {
        let name = self.model.unique_name(self.name).into_owned();
        self.model.wire_node(name, op, inputs).map(|made| made[0])
    }

    fn constant(&mut self, tensor: Tensor) -> TractResult<OutletId> {
        add_constant(self.model, format!("{}.constant", self.name), tensor.into_arc_tensor())
    }

    /// A number that can stand beside `wire`.
    fn scalar(&mut self, value: f32, wire: OutletId) -> TractResult<OutletId> {
        let kind = self.kind(wire)?;
        let tensor = tensor0(value);
        self.constant(if kind == DatumType::F32 { tensor } else { tensor.cast_to_dt(kind)?.into_owned() })
    }

    fn map(&mut self, op: impl Into<Box<dyn TypedOp>>) -> TractResult<TVec<OutletId>> {
        let x = self.input(0)?;
        Ok(tvec!(self.wire(op.into(), &[x])?))
    }

    /// An operator of two tensors over all of the node's inputs, from the first to the last.
    fn binary(&mut self, op: Box<dyn BinMiniOp>) -> TractResult<TVec<OutletId>> {
        let mut made = self.input(0)?;
        for i in 1..self.inputs.len() {
            let next = self.input(i)?;
            made = self.combine(op.clone(), made, next)?;
        }
        Ok(tvec!(made))
    }

    fn combine(&mut self, op: Box<dyn BinMiniOp>, a: OutletId, b: OutletId) -> TractResult<OutletId> {
        let kind = op.operating_datum_type(self.kind(a)?, self.kind(b)?)?;
        let mut wires = tvec!(a, b);
        if self.model.outlet_fact(a)?.rank() != self.model.outlet_fact(b)?.rank() {
            wires = wire_rank_broadcast(self.name, self.model, &wires)?;
        }
        if self.kind(a)? != kind || self.kind(b)? != kind {
            wires = wire_cast(self.name, self.model, &wires, kind)?;
        }
        self.wire(Box::new(TypedBinOp(op, None)), &wires)
    }
}

/// A constant as it is: tract would compare it with all others and cast it, which are large functions for an engine to compile.
pub fn add_constant(
    model: &mut TypedModel,
    name: impl Into<String>,
    tensor: Arc<Tensor>,
) -> TractResult<OutletId> {
    let fact = TypedFact { uniform: tensor.as_uniform().map(Arc::new), ..constant_fact(&tensor) };
    Ok(model.add_node(name, Const::new(tensor)?, tvec!(fact))?.into())
}

/// What is known of a tensor that is known.
pub fn constant_fact(tensor: &Arc<Tensor>) -> TypedFact {
    TypedFact { konst: Some(tensor.clone()), ..tensor.datum_type().fact(tensor.shape()) }
}

/// An axis counted from the front.
fn axis(given: i64, rank: usize) -> TractResult<usize> {
    let counted = if given < 0 { given + rank as i64 } else { given };
    ensure!((0..rank as i64).contains(&counted), "there is no axis {given} of {rank}");
    Ok(counted as usize)
}

fn constant(n: &mut Node) -> TractResult<TVec<OutletId>> {
    let value = n.attribute("value").and_then(|a| a.t.as_ref()).context("it holds no tensor")?;
    Ok(tvec!(n.constant(value.tensor()?)?))
}

fn to_type(n: &mut Node) -> TractResult<TVec<OutletId>> {
    n.map(cast(datum_type(n.integer("to", 0) as i32)?))
}

fn relu(n: &mut Node) -> TractResult<TVec<OutletId>> {
    let x = n.input(0)?;
    let zero = n.scalar(0.0, x)?;
    Ok(tvec!(n.combine(Box::new(math::Max), x, zero)?))
}

fn clip(n: &mut Node) -> TractResult<TVec<OutletId>> {
    let mut made = n.input(0)?;
    if let Some(least) = n.given(1) {
        made = n.combine(Box::new(math::Max), made, least)?;
    }
    if let Some(greatest) = n.given(2) {
        made = n.combine(Box::new(math::Min), made, greatest)?;
    }
    Ok(tvec!(made))
}

/// The remainder has the sign of the divisor, tract's that of the dividend.
fn modulo(n: &mut Node) -> TractResult<TVec<OutletId>> {
    ensure!(n.integer("fmod", 0) == 0, "only fmod = 0 is known");
    let (a, b) = (n.input(0)?, n.input(1)?);
    let rest = n.combine(Box::new(math::Rem), a, b)?;
    let positive = n.combine(Box::new(math::Add), rest, b)?;
    Ok(tvec!(n.combine(Box::new(math::Rem), positive, b)?))
}

fn choose(n: &mut Node) -> TractResult<TVec<OutletId>> {
    let (condition, a, b) = (n.input(0)?, n.input(1)?, n.input(2)?);
    let kind = n.kind(a)?.common_super_type(n.kind(b)?).context("the two have no common type")?;
    let wires = wire_cast(n.name, n.model, &[a, b], kind)?;
    let wires = wire_rank_broadcast(n.name, n.model, &[condition, wires[0], wires[1]])?;
    Ok(tvec!(n.wire(Box::new(logic::Iff), &wires)?))
}
