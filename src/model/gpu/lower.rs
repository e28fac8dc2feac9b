//! Lowers a tract graph to stages, node by node.

use tract_core::internal::*;
use tract_core::ops::konst::Const;

use super::expression::Expr;
use super::kernel::Variant;
use super::lowering::{Lowering, Operand};
use super::stage::{CpuStage, Lowered, Output, Stage, StageInput};
use super::view::{Source, View};

/// Lowers a decluttered graph whose shapes are all known, to run in so many lanes at once.
///
/// # Errors
/// If a tensor is of a kind that no buffer holds, or has an open shape.
pub fn lower(model: &TypedModel, variant: Variant, lanes: usize) -> TractResult<Lowered> {
    let mut lowering = Lowering::new(model, variant, lanes);
    let mut inputs = Vec::new();
    for outlet in model.input_outlets()? {
        let shape = lowering.shape(*outlet)?;
        let value = lowering.value(shape.iter().product());
        inputs.push(value);
        let expr = Expr::View(View::whole(Source::Value(value), 0, &shape));
        lowering.operands.insert(*outlet, Operand { shape, expr });
    }
    let outlets = model.output_outlets()?;
    for id in model.eval_order()? {
        let node = model.node(id);
        let says = || format!("the node {} ({})", node.name, node.op.name());
        lowering.node(node, outlets).with_context(says)?;
    }
    let outputs =
        outlets.iter().map(|outlet| lowering.output(*outlet, &inputs)).collect::<TractResult<_>>()?;
    let Lowering { stages, values, constants, .. } = lowering;
    Ok(Lowered { stages, values, inputs, outputs, constants: constants.placed })
}

impl Lowering<'_> {
    fn node(&mut self, node: &TypedNode, outlets: &[OutletId]) -> TractResult<()> {
        if self.operands.contains_key(&OutletId::new(node.id, 0)) || node.op_is::<Const>() {
            return Ok(());
        }
        let made = match self.lowered(node)? {
            Some(made) => vec![made],
            None => self.on_cpu(node)?,
        };
        for (slot, mut operand) in made.into_iter().enumerate() {
            let outlet = OutletId::new(node.id, slot);
            let wanted = self.model.outlet_successors(outlet).len() + usize::from(outlets.contains(&outlet));
            if wanted > 1 {
                operand.expr = Expr::View(self.view(&operand, &node.name));
            }
            self.operands.insert(outlet, operand);
        }
        Ok(())
    }

    fn on_cpu(&mut self, node: &TypedNode) -> TractResult<Vec<Operand>> {
        let mut inputs = Vec::new();
        for outlet in &node.inputs {
            inputs.push(match self.constant(*outlet) {
                Some(tensor) => StageInput::Constant(tensor),
                None => {
                    let operand = self.operand(*outlet)?;
                    let (value, shape) = (self.value_of(&operand, &node.name), operand.shape);
                    StageInput::Value { value, shape, datum_type: self.datum_type(*outlet)? }
                }
            });
        }
        ensure!(node.op.state(&EvalContext::out_of_plan())?.is_none(), "{} keeps state", node.name);
        let mut writes = Vec::new();
        let mut made = Vec::new();
        for slot in 0..node.outputs.len() {
            let shape = self.shape(OutletId::new(node.id, slot))?;
            let value = self.value(shape.iter().product());
            let expr = Expr::View(View::whole(Source::Value(value), 0, &shape));
            made.push(Operand { shape, expr });
            writes.push(value);
        }
        let label = format!("{} ({})", node.name, node.op.name());
        self.stages.push(Stage::Cpu(Box::new(CpuStage { label, node: node.clone(), inputs, writes })));
        Ok(made)
    }

    /// A value that holds just this operand.
    fn value_of(&mut self, operand: &Operand, label: &str) -> usize {
        let view = self.view(operand, label);
        if let (Source::Value(value), 0, true) = (view.source, view.offset, view.contiguous())
            && self.values[value] == view.len()
        {
            return value;
        }
        let value = self.value(view.len());
        let shape = view.shape.clone();
        self.write(&Expr::View(view), &shape, label, |layout| View::whole(Source::Value(value), 0, layout));
        value
    }

    /// An output that is an input has a value of its own, so that a loop may lay another into that input.
    fn output(&mut self, outlet: OutletId, inputs: &[usize]) -> TractResult<Output> {
        let Operand { shape, expr } = self.operand(outlet)?;
        let label = self.model.node(outlet.node).name.clone();
        let expr = match &expr {
            Expr::View(View { source: Source::Value(value), .. }) if inputs.contains(value) => {
                Expr::View(self.written(&expr, &shape, &label))
            }
            _ => expr,
        };
        let operand = Operand { shape, expr };
        Ok(Output {
            value: self.value_of(&operand, &label),
            shape: operand.shape,
            datum_type: self.datum_type(outlet)?,
        })
    }
}
