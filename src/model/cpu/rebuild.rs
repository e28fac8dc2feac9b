//! A graph is written anew, with operators of our own where there are some: one walk, where tract's rules would go round and
//! round. A convolution is held back until its outcome is asked for, so that the arithmetic after it becomes its own.

use std::collections::HashMap;

use tract_core::internal::*;
use tract_core::ops::binary::TypedBinOp;
use tract_core::ops::einsum::EinSum;
use tract_core::ops::konst::Const;
use tract_core::ops::math;
use tract_core::ops::source::TypedSource;

use super::convolution::Epilogue;
use super::direct::{Direct, Kind};
use super::matching::direct;

struct Rebuild<'a> {
    from: &'a TypedModel,
    made: TypedModel,
    wires: HashMap<OutletId, OutletId>,
    /// What does not hang on what is given; wired when something asks for it.
    known: HashMap<OutletId, Arc<Tensor>>,
    /// By the node whose outcome it makes.
    held: HashMap<usize, Held>,
}

/// An operator that may still take on what follows it, and what it is given in the new graph.
struct Held {
    op: Direct,
    inputs: TVec<OutletId>,
}

/// A graph as its file has it, with operators of our own where there are some, and what is constant computed.
///
/// # Errors
/// If an operator does not run on what it is given.
pub fn rebuilt(model: &TypedModel) -> TractResult<TypedModel> {
    let (made, wires, known, held) = Default::default();
    let mut rebuild = Rebuild { from: model, made, wires, known, held };
    for outlet in model.input_outlets()? {
        let name = model.node(outlet.node).name.clone();
        let wire = rebuild.made.add_source(name, model.outlet_fact(*outlet)?.clone())?;
        rebuild.wires.insert(*outlet, wire);
    }
    for id in model.eval_order()? {
        rebuild.node(model.node(id))?;
    }
    let outputs: TractResult<Vec<_>> =
        model.output_outlets()?.iter().map(|outlet| rebuild.wire(*outlet)).collect();
    rebuild.made.select_output_outlets(&outputs?)?;
    Ok(rebuild.made)
}

impl Rebuild<'_> {
    fn node(&mut self, node: &TypedNode) -> TractResult<()> {
        if node.op_is::<TypedSource>() || self.fold(node)? {
            return Ok(());
        }
        if let Some(held) = self.joined(node)? {
            self.held.insert(node.id, held);
            return Ok(());
        }
        for outlet in &node.inputs {
            if !self.known.contains_key(outlet) {
                self.wire(*outlet)?;
            }
        }
        let facts = node.inputs.iter().map(|outlet| self.fact(*outlet)).collect::<TractResult<TVec<_>>>()?;
        let alone = || !node.inputs.iter().any(|outlet| self.follows_product(*outlet));
        let Some((op, count)) = direct(node, &facts, alone)? else {
            let inputs = self.wire_all(&node.inputs)?;
            return self.put(node, node.op.clone(), &inputs);
        };
        let inputs = self.wire_all(&node.inputs[..count])?;
        if matches!(op.kind, Kind::Convolution { .. }) {
            self.held.insert(node.id, Held { op, inputs });
            return Ok(());
        }
        self.put(node, op, &inputs)
    }

    /// Whether a node is constant: then it is computed now.
    fn fold(&mut self, node: &TypedNode) -> TractResult<bool> {
        let made = if let Some(constant) = node.op_as::<Const>() {
            tvec!(constant.val().clone().into_tvalue())
        } else {
            let known =
                node.inputs.iter().map(|outlet| self.known.get(outlet).map(|t| t.clone().into_tvalue()));
            let Some(known) = known.collect::<Option<TVec<_>>>() else { return Ok(false) };
            match node.op.eval_out_of_plan(known)? {
                Some(made) => made,
                None => return Ok(false),
            }
        };
        for (slot, made) in made.into_iter().enumerate() {
            self.known.insert(OutletId::new(node.id, slot), made.into_arc_tensor());
        }
        Ok(true)
    }

    fn fact(&self, outlet: OutletId) -> TractResult<TypedFact> {
        match self.known.get(&outlet) {
            Some(known) => TypedFact::try_from(known.clone()),
            None => Ok(self.from.outlet_fact(outlet)?.clone()),
        }
    }

    /// Whether a product of tract's makes it, or arithmetic that such a product does on its way.
    fn follows_product(&self, outlet: OutletId) -> bool {
        let Some(wire) = self.wires.get(&outlet).filter(|_| !self.known.contains_key(&outlet)) else {
            return false;
        };
        let mut node = self.made.node(wire.node);
        while node.op_is::<AxisOp>() {
            node = self.made.node(node.inputs[0].node);
        }
        node.op_is::<EinSum>() || node.op_is::<TypedBinOp>()
    }

    fn put(
        &mut self,
        node: &TypedNode,
        op: impl Into<Box<dyn TypedOp>>,
        inputs: &[OutletId],
    ) -> TractResult<()> {
        for (slot, wire) in self.made.wire_node(&node.name, op, inputs)?.into_iter().enumerate() {
            self.wires.insert(OutletId::new(node.id, slot), wire);
        }
        Ok(())
    }

    /// Where an outlet is in the new graph; what was held back for it is wired now.
    fn wire(&mut self, outlet: OutletId) -> TractResult<OutletId> {
        let node = self.from.node(outlet.node);
        if let Some(Held { op, inputs }) = self.held.remove(&node.id) {
            self.put(node, op, &inputs)?;
        } else if let Some(known) = self.known.get(&outlet).filter(|_| !self.wires.contains_key(&outlet)) {
            let wire = self.made.add_const(&node.name, known.clone())?;
            self.wires.insert(outlet, wire);
        }
        self.wires.get(&outlet).copied().with_context(|| format!("nothing makes {}", node.name))
    }

    fn wire_all(&mut self, outlets: &[OutletId]) -> TractResult<TVec<OutletId>> {
        outlets.iter().map(|outlet| self.wire(*outlet)).collect()
    }

    /// What was held back for an input of a node, with the node's arithmetic as its own.
    fn joined(&mut self, node: &TypedNode) -> TractResult<Option<Held>> {
        let Some(op) = node.op_as::<TypedBinOp>().filter(|op| op.1.is_none()) else { return Ok(None) };
        let [one, other] = node.inputs[..] else { return Ok(None) };
        for (outlet, by) in [(one, other), (other, one)] {
            let asked_once = self.from.outlet_successors(outlet).len() == 1
                && !self.from.output_outlets()?.contains(&outlet);
            let held = self.held.get(&outlet.node).filter(|_| asked_once);
            let Some(Kind::Convolution { convolution, epilogue, adds }) = held.map(|held| &held.op.kind)
            else {
                continue;
            };
            let (convolution, mut epilogue, mut adds) = (convolution.clone(), *epilogue, *adds);
            let fact = self.fact(by)?;
            let number = fact.konst.as_ref().filter(|by| by.len() == 1);
            let unbounded = epilogue == Epilogue::default();
            let mut added = None;
            if op.0.is::<math::Max>()
                && epilogue.ceiling == f32::INFINITY
                && let Some(number) = number
            {
                epilogue.floor = epilogue.floor.max(number.cast_to_scalar::<f32>()?);
            } else if op.0.is::<math::Min>()
                && let Some(number) = number
            {
                epilogue.ceiling = epilogue.ceiling.min(number.cast_to_scalar::<f32>()?);
            } else if op.0.is::<math::Add>()
                && unbounded
                && !adds
                && outlet != by
                && fact.shape == self.from.outlet_fact(outlet)?.shape
            {
                (adds, added) = (true, Some(self.wire(by)?));
            } else {
                continue;
            }
            let kind = Kind::Convolution { convolution, epilogue, adds };
            return Ok(self.held.remove(&outlet.node).map(|Held { op, mut inputs }| {
                inputs.extend(added);
                Held { op: Direct { shape: op.shape, kind }, inputs }
            }));
        }
        Ok(None)
    }
}
