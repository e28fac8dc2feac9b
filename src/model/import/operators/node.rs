//! One node of an ONNX graph on its way into a tract graph: its inputs, its attributes, and what all operators wire with.

use tract_core::internal::*;
use tract_core::ops::binary::{BinMiniOp, TypedBinOp};
use tract_core::ops::cast::cast;
use tract_core::ops::math;

use crate::model::graph::{add_constant, add_node};
use crate::model::import::onnx::{AttributeProto, NodeProto};

/// A node of an ONNX graph and the tract graph that it is wired into.
pub struct Node<'a> {
    model: &'a mut TypedModel,
    name: &'a str,
    proto: &'a NodeProto,
    inputs: TVec<Option<OutletId>>,
    /// How many nodes it has become.
    made: usize,
}

impl<'a> Node<'a> {
    /// `inputs` are the wires of the node's inputs, `None` for one that is left out.
    pub fn new(
        model: &'a mut TypedModel,
        name: &'a str,
        proto: &'a NodeProto,
        inputs: TVec<Option<OutletId>>,
    ) -> Self {
        Self { model, name, proto, inputs, made: 0 }
    }

    /// How many inputs it has, those that are left out too.
    pub fn count(&self) -> usize {
        self.inputs.len()
    }

    /// How many outputs it has.
    pub fn outputs(&self) -> usize {
        self.proto.output.len()
    }

    /// The wire of an input; `None` if it is left out.
    pub fn optional(&self, i: usize) -> Option<OutletId> {
        self.inputs.get(i).copied().flatten()
    }

    /// The wire of an input that must be there, and hold something.
    pub fn input(&self, i: usize) -> TractResult<OutletId> {
        let wire = self.part(i)?;
        ensure!(!self.shape(wire)?.contains(&0), "its input {i} is empty");
        Ok(wire)
    }

    /// The same; it may be an empty list, out of which a shape is put together.
    pub fn part(&self, i: usize) -> TractResult<OutletId> {
        let wire = self.optional(i).with_context(|| format!("its input {i} is missing"))?;
        let shape = self.shape(wire)?;
        ensure!(shape[..] == [0] || !shape.contains(&0), "its input {i} is empty");
        Ok(wire)
    }

    /// The size of a wire along each axis.
    pub fn shape(&self, wire: OutletId) -> TractResult<TVec<usize>> {
        let shape = self.model.outlet_fact(wire)?.shape.as_concrete();
        Ok(shape.context("a shape is open")?.into())
    }

    /// The type of a wire's numbers.
    pub fn datum_type(&self, wire: OutletId) -> TractResult<DatumType> {
        Ok(self.model.outlet_fact(wire)?.datum_type)
    }

    /// Whole numbers that are known before the graph runs.
    pub fn known(&self, i: usize) -> TractResult<Vec<i64>> {
        let wire = self.part(i)?;
        let known = self.constant_of(wire)?.with_context(|| format!("its input {i} is not constant"))?;
        Ok(known.try_as_plain_ram()?.as_slice::<i64>()?.to_vec())
    }

    /// What a wire holds, if that is known before the graph runs.
    pub fn constant_of(&self, wire: OutletId) -> TractResult<Option<Arc<Tensor>>> {
        Ok(self.model.outlet_fact(wire)?.konst.clone())
    }

    /// An attribute by its name.
    pub fn attribute(&self, name: &str) -> Option<&'a AttributeProto> {
        self.proto.attribute(name)
    }

    /// An attribute that is a whole number.
    pub fn integer(&self, name: &str, default: i64) -> i64 {
        self.attribute(name).map_or(default, |a| a.i)
    }

    /// An attribute that is a number.
    pub fn float(&self, name: &str, default: f32) -> f32 {
        self.attribute(name).map_or(default, |a| a.f)
    }

    /// An attribute that is a list of whole numbers.
    pub fn integers(&self, name: &str) -> Option<&'a [i64]> {
        self.attribute(name).map(|a| a.ints.as_slice())
    }

    /// An attribute that is a text.
    pub fn text(&self, name: &str, default: &'static str) -> TractResult<&'a str> {
        Ok(self.attribute(name).map_or(Ok(default), |a| std::str::from_utf8(&a.s))?)
    }

    /// An operator that makes one thing.
    pub fn wire(&mut self, op: Box<dyn TypedOp>, inputs: &[OutletId]) -> TractResult<OutletId> {
        let name = if self.made == 0 { self.name.to_owned() } else { format!("{}.{}", self.name, self.made) };
        self.made += 1;
        add_node(self.model, name, op, inputs).map(|made| made[0])
    }

    /// A constant of the graph.
    pub fn constant(&mut self, tensor: Tensor) -> TractResult<OutletId> {
        add_constant(self.model, format!("{}.constant", self.name), tensor.into_arc_tensor())
    }

    /// Wires of one type.
    pub fn cast(&mut self, wires: &[OutletId], to: DatumType) -> TractResult<TVec<OutletId>> {
        let one = |wire: &OutletId| match self.datum_type(*wire)? {
            is if is == to => Ok(*wire),
            _ => self.wire(Box::new(cast(to)), &[*wire]),
        };
        wires.iter().map(one).collect()
    }

    /// Wires of one rank: axes of one are put before the others.
    pub fn same_rank(&mut self, wires: &[OutletId]) -> TractResult<TVec<OutletId>> {
        let ranks =
            wires.iter().map(|wire| Ok(self.shape(*wire)?.len())).collect::<TractResult<TVec<_>>>()?;
        let most = ranks.iter().copied().max().unwrap_or_default();
        let mut made: TVec<OutletId> = wires.into();
        for (wire, rank) in made.iter_mut().zip(ranks) {
            for _ in rank..most {
                *wire = self.wire(Box::new(AxisOp::Add(0)), &[*wire])?;
            }
        }
        Ok(made)
    }

    /// A number that can stand beside `wire`.
    pub fn scalar(&mut self, value: f32, wire: OutletId) -> TractResult<OutletId> {
        let kind = self.datum_type(wire)?;
        let tensor = tensor0(value);
        self.constant(if kind == DatumType::F32 { tensor } else { tensor.cast_to_dt(kind)?.into_owned() })
    }

    /// An operator of the first input alone.
    pub fn map(&mut self, op: impl Into<Box<dyn TypedOp>>) -> TractResult<TVec<OutletId>> {
        let x = self.input(0)?;
        Ok(tvec!(self.wire(op.into(), &[x])?))
    }

    /// An operator of two tensors over all of the node's inputs, from the first to the last.
    pub fn binary(&mut self, op: Box<dyn BinMiniOp>) -> TractResult<TVec<OutletId>> {
        let mut made = self.input(0)?;
        for i in 1..self.count() {
            let next = self.input(i)?;
            made = self.combine(op.clone(), made, next)?;
        }
        Ok(tvec!(made))
    }

    /// Whole numbers are divided by constants above zero only: the processor stops a program that divides by nothing.
    fn divides(&self, by: OutletId) -> TractResult<()> {
        let known = self.constant_of(by)?.context("whole numbers are divided by constants only")?;
        let known = known.cast_to::<i64>()?;
        let fit = known.try_as_plain_ram()?.as_slice::<i64>()?.iter().all(|by| (1..1 << 31).contains(by));
        ensure!(fit, "whole numbers are divided by such above zero only");
        Ok(())
    }

    /// An operator of two tensors, which are brought to one rank and one type.
    pub fn combine(&mut self, op: Box<dyn BinMiniOp>, a: OutletId, b: OutletId) -> TractResult<OutletId> {
        let kind = op.operating_datum_type(self.datum_type(a)?, self.datum_type(b)?)?;
        if kind.is_integer() && (op.is::<math::Div>() || op.is::<math::Rem>()) {
            self.divides(b)?;
        }
        let mut wires = tvec!(a, b);
        if self.model.outlet_fact(a)?.rank() != self.model.outlet_fact(b)?.rank() {
            wires = self.same_rank(&wires)?;
        }
        if self.datum_type(a)? != kind || self.datum_type(b)? != kind {
            wires = self.cast(&wires, kind)?;
        }
        self.wire(Box::new(TypedBinOp(op, None)), &wires)
    }
}

/// An axis, counted from the front or, below zero, from the back.
///
/// # Errors
/// If a tensor of this rank has no such axis.
pub fn axis(axis: i64, rank: usize) -> TractResult<usize> {
    let counted = if axis < 0 { axis + rank as i64 } else { axis };
    ensure!((0..rank as i64).contains(&counted), "there is no axis {axis} of {rank}");
    Ok(counted as usize)
}
