//! A graph is written anew, with operators of our own where there are some: one walk, where tract's rules would go round and
//! round. A convolution is held back until its outcome is asked for, so that the arithmetic after it becomes its own.

use std::collections::HashMap;

use tract_core::internal::*;
use tract_core::ops::binary::TypedBinOp;
use tract_core::ops::konst::Const;
use tract_core::ops::math;
use tract_core::ops::source::TypedSource;

use super::convolution::Epilogue;
use super::direct::{Direct, Kind, numbers};
use super::matching::direct;
use crate::model::operators::{add_constant, constant_fact};

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
        rebuild.forget(model.node(id))?;
    }
    let outputs: TractResult<Vec<_>> =
        model.output_outlets()?.iter().map(|outlet| rebuild.wire(*outlet)).collect();
    rebuild.made.select_output_outlets(&outputs?)?;
    Ok(rebuild.made)
}

impl Rebuild<'_> {
    #[inline(never)]
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
        let Some((op, given)) = direct(node, &facts)? else {
            let inputs = self.wire_all(&node.inputs)?;
            return self.put(node, node.op.clone(), &inputs);
        };
        let given: TVec<_> = given.into_iter().map(|i| node.inputs[i]).collect();
        let inputs = self.wire_all(&given)?;
        if matches!(op.kind, Kind::Convolution(_) | Kind::Product(_)) {
            self.held.insert(node.id, Held { op, inputs });
            return Ok(());
        }
        self.put(node, op, &inputs)
    }

    /// Whether a node is constant: then it is computed now.
    #[inline(never)]
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

    /// Lets go of what only this node asks for; what was wired stays where it is.
    fn forget(&mut self, node: &TypedNode) -> TractResult<()> {
        for outlet in &node.inputs {
            if self.asked_once(*outlet)? {
                self.known.remove(outlet);
            }
        }
        Ok(())
    }

    fn asked_once(&self, outlet: OutletId) -> TractResult<bool> {
        Ok(self.from.outlet_successors(outlet).len() == 1 && !self.from.output_outlets()?.contains(&outlet))
    }

    fn fact(&self, outlet: OutletId) -> TractResult<TypedFact> {
        match self.known.get(&outlet) {
            Some(known) => Ok(constant_fact(known)),
            None => Ok(self.from.outlet_fact(outlet)?.clone()),
        }
    }

    fn put(
        &mut self,
        node: &TypedNode,
        op: impl Into<Box<dyn TypedOp>>,
        inputs: &[OutletId],
    ) -> TractResult<()> {
        // What it makes is known; tract would look through all nodes for one of the same name.
        let facts: TVec<TypedFact> = node.outputs.iter().map(|output| output.fact.clone()).collect();
        let count = facts.len();
        let id = self.made.add_node(&node.name, op, facts)?;
        for (slot, input) in inputs.iter().enumerate() {
            self.made.add_edge(*input, InletId::new(id, slot))?;
        }
        self.wires.extend((0..count).map(|slot| (OutletId::new(node.id, slot), OutletId::new(id, slot))));
        Ok(())
    }

    /// Where an outlet is in the new graph; what was held back for it is wired now.
    fn wire(&mut self, outlet: OutletId) -> TractResult<OutletId> {
        let node = self.from.node(outlet.node);
        if let Some(Held { op, inputs }) = self.held.remove(&node.id) {
            self.put(node, op, &inputs)?;
        } else if let Some(known) = self.known.get(&outlet).filter(|_| !self.wires.contains_key(&outlet)) {
            let wire = add_constant(&mut self.made, &node.name, known.clone())?;
            self.wires.insert(outlet, wire);
        }
        self.wires.get(&outlet).copied().with_context(|| format!("nothing makes {}", node.name))
    }

    fn wire_all(&mut self, outlets: &[OutletId]) -> TractResult<TVec<OutletId>> {
        outlets.iter().map(|outlet| self.wire(*outlet)).collect()
    }

    /// What was held back for an input of a node, with the node's arithmetic as its own.
    #[inline(never)]
    fn joined(&mut self, node: &TypedNode) -> TractResult<Option<Held>> {
        let Some(op) = node.op_as::<TypedBinOp>().filter(|op| op.1.is_none()) else { return Ok(None) };
        let [one, other] = node.inputs[..] else { return Ok(None) };
        for (outlet, by) in [(one, other), (other, one)] {
            if !self.asked_once(outlet)? {
                continue;
            }
            let Some(mut held) = self.held.remove(&outlet.node) else { continue };
            let fact = self.fact(by)?;
            if held.bounds(op, &fact)? || held.bias(op, &fact)? {
                return Ok(Some(held));
            }
            let same = fact.shape == self.from.outlet_fact(outlet)?.shape;
            if op.0.is::<math::Add>() && same && !held.op.adds && held.op.epilogue == Epilogue::default() {
                held.inputs.push(self.wire(by)?);
                held.op.adds = true;
                return Ok(Some(held));
            }
            self.held.insert(outlet.node, held);
        }
        Ok(None)
    }
}

impl Held {
    /// Takes on a bound by a number, if it is that.
    fn bounds(&mut self, op: &TypedBinOp, by: &TypedFact) -> TractResult<bool> {
        let Some([number]) = by.konst.as_ref().map(|known| numbers(known)).transpose()? else {
            return Ok(false);
        };
        let epilogue = &mut self.op.epilogue;
        if op.0.is::<math::Max>() && epilogue.ceiling == f32::INFINITY {
            epilogue.floor = epilogue.floor.max(*number);
        } else if op.0.is::<math::Min>() {
            epilogue.ceiling = epilogue.ceiling.min(*number);
        } else {
            return Ok(false);
        }
        Ok(true)
    }

    /// Takes on the bias of a product, if it is that.
    fn bias(&mut self, op: &TypedBinOp, by: &TypedFact) -> TractResult<bool> {
        let Direct { shape, kind: Kind::Product(product), epilogue, .. } = &mut self.op else {
            return Ok(false);
        };
        let Some(bias) = &by.konst else { return Ok(false) };
        let wide =
            shape.last() == Some(&bias.len()) && by.shape.as_concrete().and_then(<[_]>::last) == shape.last();
        if !op.0.is::<math::Add>() || *epilogue != Epilogue::default() || !wide {
            return Ok(false);
        }
        Ok(Arc::make_mut(product).add_bias(numbers(bias)?))
    }
}
