//! One node of an ONNX graph on its way into a tract graph: its inputs, its attributes, and what all operators wire with.

use tract_core::internal::*;
use tract_core::ops::binary::{BinMiniOp, TypedBinOp};
use tract_core::ops::cast::wire_cast;

use crate::model::graph::add_constant;
use crate::model::import::onnx::{AttributeProto, NodeProto};

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

    /// The wire of an input that must be there.
    pub fn input(&self, i: usize) -> TractResult<OutletId> {
        self.optional(i).with_context(|| format!("its input {i} is missing"))
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
        let fact = self.model.outlet_fact(self.input(i)?)?;
        let known = fact.konst.as_ref().with_context(|| format!("its input {i} is not constant"))?;
        Ok(known.try_as_plain_ram()?.as_slice::<i64>()?.to_vec())
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

    /// An operator that makes one thing. One place for all, since tract's wiring is compiled anew for every type it is called with.
    pub fn wire(&mut self, op: Box<dyn TypedOp>, inputs: &[OutletId]) -> TractResult<OutletId> {
        let name = self.model.unique_name(self.name).into_owned();
        self.model.wire_node(name, op, inputs).map(|made| made[0])
    }

    /// A constant of the graph.
    pub fn constant(&mut self, tensor: Tensor) -> TractResult<OutletId> {
        add_constant(self.model, format!("{}.constant", self.name), tensor.into_arc_tensor())
    }

    /// Wires of one type.
    pub fn cast(&mut self, wires: &[OutletId], to: DatumType) -> TractResult<TVec<OutletId>> {
        wire_cast(self.name, self.model, wires, to)
    }

    /// Wires of one rank: axes of one are put before the others.
    pub fn same_rank(&mut self, wires: &[OutletId]) -> TractResult<TVec<OutletId>> {
        wire_rank_broadcast(self.name, self.model, wires)
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

    /// An operator of two tensors, which are brought to one rank and one type.
    pub fn combine(&mut self, op: Box<dyn BinMiniOp>, a: OutletId, b: OutletId) -> TractResult<OutletId> {
        let kind = op.operating_datum_type(self.datum_type(a)?, self.datum_type(b)?)?;
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
