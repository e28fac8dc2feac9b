//! A graph on its way to dispatches: layout operators become views, arithmetic becomes expressions, and only kernels write memory.

use std::collections::HashMap;
use std::rc::Rc;

use tract_core::internal::*;
use tract_core::ops::konst::Const;

use super::constants::Constants;
use super::dispatch::Lanes;
use super::expression::Expr;
use super::kernel::{Kernel, KernelKind, Variant};
use super::kernels::written;
use super::stage::Stage;
use super::view::{Source, View};
use super::wgsl::filled;
use super::writer::{Body, Writer};

/// The output of a node: its shape, and the expression that gives its numbers.
#[derive(Clone)]
pub struct Operand {
    pub shape: Vec<usize>,
    pub expr: Expr,
}

/// Views that an expression may hold, and different tensors among them: parts of a larger one are written to memory first.
const VIEWS: usize = 6;
const VALUES: usize = 3;

/// What a node becomes; nothing if it has no kernel and stays with tract.
pub type MaybeOperand = TractResult<Option<Operand>>;

/// A graph on its way to stages.
pub struct Lowering<'a> {
    pub model: &'a TypedModel,
    pub constants: Constants,
    pub variant: Variant,
    pub stages: Vec<Stage>,
    /// How many numbers each value holds.
    pub values: Vec<usize>,
    lanes: usize,
    pub operands: HashMap<OutletId, Operand>,
}

impl<'a> Lowering<'a> {
    /// Nothing lowered yet.
    pub fn new(model: &'a TypedModel, variant: Variant, lanes: usize) -> Self {
        let (constants, stages, values, operands) =
            (Constants::default(), Vec::new(), Vec::new(), HashMap::new());
        Self { model, constants, variant, stages, values, lanes, operands }
    }

    /// A new value of so many numbers.
    pub fn value(&mut self, len: usize) -> usize {
        self.values.push(len.max(1));
        self.values.len() - 1
    }

    fn writer(&mut self) -> Writer<'_> {
        Writer::new(&mut self.constants, Lanes { count: self.lanes, lengths: &self.values })
    }

    /// The shape of an outlet that a buffer can hold.
    pub fn shape(&self, outlet: OutletId) -> TractResult<Vec<usize>> {
        let fact = self.model.outlet_fact(outlet)?;
        let kinds = [f32::datum_type(), i64::datum_type(), i32::datum_type(), bool::datum_type()];
        let shape =
            fact.shape.as_concrete().ok_or_else(|| format_err!("the shape {:?} is open", fact.shape))?;
        ensure!(kinds.contains(&fact.datum_type), "no buffer holds {:?}", fact.datum_type);
        Ok(shape.to_vec())
    }

    /// The type of an outlet's numbers.
    pub fn datum_type(&self, outlet: OutletId) -> TractResult<DatumType> {
        Ok(self.model.outlet_fact(outlet)?.datum_type)
    }

    /// The operand of an input of a node; constants become known as they are asked for.
    pub fn operand(&mut self, outlet: OutletId) -> TractResult<Operand> {
        if let Some(operand) = self.operands.get(&outlet) {
            return Ok(operand.clone());
        }
        let shape = self.shape(outlet)?;
        let tensor = self.constant(outlet).ok_or_else(|| format_err!("nothing makes {outlet:?}"))?;
        let tensor = tensor.cast_to::<f32>()?;
        let values = tensor.try_as_plain_ram()?;
        let values = values.as_slice::<f32>()?;
        let expr = match values {
            [one] => Expr::Scalar(*one),
            _ => Expr::View(View::whole(self.constants.add(values.into()), 0, &shape)),
        };
        let operand = Operand { shape, expr };
        self.operands.insert(outlet, operand.clone());
        Ok(operand)
    }

    /// The tensor of an outlet, if it is constant.
    pub fn constant(&self, outlet: OutletId) -> Option<Arc<Tensor>> {
        self.model.node(outlet.node).op_as::<Const>().map(|constant| constant.val().clone())
    }

    /// Where an operand's numbers lie, computing them first if they do not.
    pub fn view(&mut self, operand: &Operand, label: &str) -> View {
        match &operand.expr {
            Expr::View(view) => view.clone(),
            expr => self.written(expr, &operand.shape, label),
        }
    }

    /// The same, row-major from the start of a value or constant.
    pub fn plain(&mut self, operand: &Operand, label: &str) -> View {
        let view = self.view(operand, label);
        if view.contiguous() { view } else { self.written(&Expr::View(view), &operand.shape, label) }
    }

    /// Writes an expression into a value of its own.
    pub fn written(&mut self, expr: &Expr, shape: &[usize], label: &str) -> View {
        let value = self.value(shape.iter().product());
        self.write(expr, shape, label, |layout| View::whole(Source::Value(value), 0, layout))
    }

    /// Writes an expression to where `place` lets a layout lie; gives the view of the expression's own axes.
    pub fn write(
        &mut self,
        expr: &Expr,
        shape: &[usize],
        label: &str,
        place: impl Fn(&[usize]) -> View,
    ) -> View {
        let kernels = expr.kernels();
        let fits = |kernel: &&Rc<Kernel>| {
            kernel.order.iter().map(|&axis| kernel.layout[axis]).eq(shape.iter().copied())
        };
        let kept = kernels.iter().rev().find(fits).cloned();
        let expr = expr.map_kernels(&mut |kernel| match &kept {
            Some(kept) if Rc::ptr_eq(kept, kernel) => Expr::Kernel(kernel.clone()),
            _ => Expr::View(self.run(kernel)),
        });
        match kept {
            Some(kernel) => {
                let to = place(&kernel.layout).permuted(&kernel.order);
                let variant = self.variant;
                let dispatch = written(&kernel, &expr, &to, self.writer(), variant);
                self.stages.push(Stage::Dispatch(dispatch));
                to
            }
            None => {
                let to = place(shape);
                let count = to.len();
                let mut writer = self.writer();
                let text = writer.number(count);
                let source = filled(include_str!("kernels/map.wgsl"), 1, &[("COUNT", &text)]);
                let order: Vec<usize> = (0..shape.len()).collect();
                let body = Body { source, count, work: 0 };
                let dispatch = writer.dispatch(label, &body, (&expr, None, &order), &to);
                self.stages.push(Stage::Dispatch(dispatch));
                to
            }
        }
    }

    /// Runs a kernel with nothing to finish it.
    fn run(&mut self, kernel: &Rc<Kernel>) -> View {
        let value = self.value(kernel.layout.iter().product());
        let to = View::whole(Source::Value(value), 0, &kernel.layout).permuted(&kernel.order);
        let variant = self.variant;
        let dispatch = written(kernel, &Expr::Kernel(kernel.clone()), &to, self.writer(), variant);
        self.stages.push(Stage::Dispatch(dispatch));
        to
    }

    /// An operand whose views may be changed: kernels in it are run.
    pub fn without_kernels(&mut self, operand: Operand, label: &str) -> Operand {
        match operand.expr.kernels().is_empty() {
            true => operand,
            false => {
                let expr = Expr::View(self.view(&operand, label));
                Operand { shape: operand.shape, expr }
            }
        }
    }

    /// The operand with every view changed, or computed first where a view cannot be.
    pub fn rearranged(
        &mut self,
        operand: Operand,
        shape: Vec<usize>,
        label: &str,
        change: impl Fn(&View) -> Option<View>,
    ) -> TractResult<Operand> {
        let operand = self.without_kernels(operand, label);
        let expr = match operand.expr.map_views(&mut |view| change(view)) {
            Some(expr) => expr,
            None => {
                let view = self.written(&operand.expr, &operand.shape, label);
                Expr::View(change(&view).ok_or_else(|| format_err!("{label}: no view of {shape:?}"))?)
            }
        };
        Ok(Operand { shape, expr })
    }

    /// The operand repeated to a shape of the same rank.
    pub fn broadcast(&mut self, operand: Operand, shape: &[usize], label: &str) -> TractResult<Operand> {
        if operand.shape == shape {
            return Ok(operand);
        }
        self.rearranged(operand, shape.to_vec(), label, |view| Some(view.broadcast(shape)))
    }

    /// Operands that one expression may hold together: those that read most are written first if all would read more than
    /// a kernel may.
    pub fn together(&mut self, mut operands: Vec<Operand>, label: &str) -> Vec<Operand> {
        let reads = |operands: &[Operand]| {
            let views: Vec<View> = operands.iter().flat_map(|operand| operand.expr.views()).collect();
            let kernels: usize = operands.iter().map(|operand| operand.expr.kernels().len()).sum();
            let values = views.iter().filter(|view| matches!(view.source, Source::Value(_)));
            let mut values: Vec<Source> = values.map(|view| view.source).collect();
            values.sort();
            values.dedup();
            (values.len() + kernels, views.len())
        };
        loop {
            let (values, views) = reads(&operands);
            let largest = operands
                .iter_mut()
                .filter(|operand| !matches!(operand.expr, Expr::View(_) | Expr::Scalar(_)));
            let largest = largest.max_by_key(|operand| reads(std::slice::from_ref(*operand)));
            match largest {
                Some(largest) if values > VALUES || views > VIEWS => {
                    let operand = largest.clone();
                    largest.expr = Expr::View(self.view(&operand, label));
                }
                _ => return operands,
            }
        }
    }
    /// A kernel that a node stands for, still to be written.
    pub fn kernel(&self, node: &TypedNode, kind: KernelKind, layout: Vec<usize>, order: Vec<usize>) -> Expr {
        let label = format!("{} ({})", node.name, node.op.name());
        Expr::Kernel(Rc::new(Kernel { label, kind, layout, order }))
    }
}
