//! The steps of recurrent layers: the gates' arithmetic as few expressions, so that a step is as few dispatches.

use tract_core::internal::*;

use crate::model::gpu::expression::Expr;
use crate::model::gpu::lower::{Lowering, Operand};
use crate::model::gpu::view::View;
use crate::model::operators::cell::{Cell, Kind};

impl Lowering<'_> {
    /// What a step makes, in the order of its outputs.
    pub fn cell(&mut self, node: &TypedNode, cell: &Cell) -> TractResult<Vec<Operand>> {
        let (x, share, state) =
            (self.operand(node.inputs[0])?, self.operand(node.inputs[1])?, self.operand(node.inputs[2])?);
        let shape = state.shape.clone();
        let (batch, hidden) = (shape[0], shape[1]);
        let x = self.view(&x, &node.name).sliced(0, cell.step * batch, (cell.step + 1) * batch);
        let state = Expr::View(self.view(&state, &node.name));
        let part = |view: &View, nth: usize| Expr::View(view.sliced(1, nth * hidden, (nth + 1) * hidden));
        let both = |op: &'static str, a: Expr, b: Expr| Expr::binary(op, a, b);
        let (sigmoid, tanh) = (|x: Expr| Expr::unary("Sigmoid", x), |x: Expr| Expr::unary("Tanh", x));
        if cell.kind == Kind::Lstm {
            // The product is finished by the sum in its own dispatch.
            let expr = both("Add", share.expr, Expr::View(x));
            let gates = self.view(&Operand { shape: share.shape, expr }, &node.name);
            let new = both("Mul", sigmoid(part(&gates, 0)), tanh(part(&gates, 3)));
            let expr = both("Add", both("Mul", sigmoid(part(&gates, 2)), state), new);
            let c = Expr::View(self.view(&Operand { shape: shape.clone(), expr }, &node.name));
            let h = both("Mul", sigmoid(part(&gates, 1)), tanh(c.clone()));
            return Ok(vec![Operand { shape: shape.clone(), expr: h }, Operand { shape, expr: c }]);
        }
        let share = self.view(&share, &node.name);
        let gate = |nth| sigmoid(both("Add", part(&x, nth), part(&share, nth)));
        let expr = if cell.kind == Kind::Reset {
            both("Mul", gate(1), state)
        } else {
            let candidate = match node.inputs.get(3) {
                Some(outlet) => self.operand(*outlet)?.expr,
                None => both("Mul", gate(1), part(&share, 2)),
            };
            let new = tanh(both("Add", part(&x, 2), candidate));
            // z is computed twice, which is less than to write it and read it.
            both(
                "Add",
                both("Mul", gate(0), state),
                both("Mul", both("Sub", Expr::Scalar(1.0), gate(0)), new),
            )
        };
        Ok(vec![Operand { shape, expr }])
    }
}
