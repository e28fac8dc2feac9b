//! One step of a recurrent layer behind its products, as one operator: tract would else cut the products gate by gate.

use tract_core::internal::*;
use tract_core::tract_linalg::routines::Func;

/// What the gates of one step make of their sums. `x` [T·B, gates·H] are the inputs' shares of all steps, the other sums and
/// states have B rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cell {
    pub kind: Kind,
    /// Which step's rows of `x` it reads.
    pub step: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// x, the state's share [B, 4H] (gates i, o, f, c) and c [B, H] to the new h and c.
    Lstm,
    /// x, the state's share [B, 2H…] (gates z, r, h) and h [B, H] to r ⊙ h.
    Reset,
    /// x, the state's share [B, 3H] and h to the new h; or [B, 2H], h and the share [B, H] of r ⊙ h.
    Gru,
}

impl Op for Cell {
    fn name(&self) -> StaticName {
        match self.kind {
            Kind::Lstm => "LstmCell",
            Kind::Reset => "GruReset",
            Kind::Gru => "GruCell",
        }
        .into()
    }

    op_as_typed_op!();
}

impl EvalOp for Cell {
    fn eval(&self, _: &EvalContext, inputs: TVec<TValue>) -> TractResult<TVec<TValue>> {
        let numbers =
            |i: usize| inputs.get(i).context("an input is missing")?.try_as_plain_ram()?.as_slice::<f32>();
        let (all, share, state) = (numbers(0)?, numbers(1)?, numbers(2)?);
        let (shape, candidate) = (inputs[2].shape(), inputs.get(3).map(|_| numbers(3)).transpose()?);
        let rows = shape[0] * inputs[0].shape()[1];
        let x = &all[self.step * rows..][..rows];
        let made = match self.kind {
            Kind::Lstm => lstm(x, share, state, shape[1])?,
            Kind::Reset => tvec!(reset(x, share, state, shape[1])?),
            Kind::Gru => tvec!(gru(x, share, state, candidate, shape[1])?),
        };
        made.iter().map(|made| Ok(Tensor::from_shape(shape, made)?.into_tvalue())).collect()
    }

    op_out_of_plan!();
}

impl TypedOp for Cell {
    fn output_facts(&self, inputs: &[&TypedFact]) -> TractResult<TVec<TypedFact>> {
        let state = inputs.get(2).context("it has no state")?.without_value();
        Ok(tvec!(state; if self.kind == Kind::Lstm { 2 } else { 1 }))
    }

    as_op!();
}

/// c' = σ(f) ⊙ c + σ(i) ⊙ tanh(g) and h = σ(o) ⊙ tanh(c'): h and c'.
fn lstm(x: &[f32], share: &[f32], c: &[f32], hidden: usize) -> TractResult<TVec<Vec<f32>>> {
    let (sigmoid, tanh) = (Func::Sigmoid.ew_f32()?, Func::Tanh.ew_f32()?);
    let mut gates: Vec<f32> = x.iter().zip(share).map(|(x, share)| x + share).collect();
    let mut state = c.to_vec();
    for (gates, c) in gates.chunks_exact_mut(4 * hidden).zip(state.chunks_exact_mut(hidden)) {
        let (squeezed, g) = gates.split_at_mut(3 * hidden);
        sigmoid.run(squeezed)?;
        tanh.run(g)?;
        let (i, f) = (&squeezed[..hidden], &squeezed[2 * hidden..]);
        for (((c, i), f), g) in c.iter_mut().zip(i).zip(f).zip(g) {
            *c = f * *c + i * *g;
        }
    }
    let mut h = state.clone();
    tanh.run(&mut h)?;
    for (h, gates) in h.chunks_exact_mut(hidden).zip(gates.chunks_exact(4 * hidden)) {
        h.iter_mut().zip(&gates[hidden..]).for_each(|(h, o)| *h *= o);
    }
    Ok(tvec!(h, state))
}

/// A gate of one row: σ of the sums of both shares.
fn gate(x: &[f32], share: &[f32]) -> TractResult<Vec<f32>> {
    let mut gate: Vec<f32> = x.iter().zip(share).map(|(x, share)| x + share).collect();
    Func::Sigmoid.ew_f32()?.run(&mut gate)?;
    Ok(gate)
}

/// r ⊙ h.
fn reset(x: &[f32], share: &[f32], h: &[f32], hidden: usize) -> TractResult<Vec<f32>> {
    let mut made = h.to_vec();
    let rows = x.chunks_exact(3 * hidden).zip(share.chunks_exact(2 * hidden));
    for ((x, share), h) in rows.zip(made.chunks_exact_mut(hidden)) {
        let r = gate(&x[hidden..2 * hidden], &share[hidden..])?;
        h.iter_mut().zip(r).for_each(|(h, r)| *h *= r);
    }
    Ok(made)
}

/// (1 − z) ⊙ n + z ⊙ h with n = tanh(x + candidate), the candidate being r ⊙ the state's third share unless it is given.
fn gru(
    x: &[f32],
    share: &[f32],
    h: &[f32],
    candidate: Option<&[f32]>,
    hidden: usize,
) -> TractResult<Vec<f32>> {
    let tanh = Func::Tanh.ew_f32()?;
    let mut made = h.to_vec();
    let wide = share.len() / h.len() * hidden;
    let rows = x.chunks_exact(3 * hidden).zip(share.chunks_exact(wide));
    for (row, ((x, share), h)) in rows.zip(made.chunks_exact_mut(hidden)).enumerate() {
        let gates = gate(&x[..2 * hidden], share)?;
        let (z, r) = gates.split_at(hidden);
        let mut n = match candidate {
            Some(candidate) => candidate[row * hidden..][..hidden].to_vec(),
            None => r.iter().zip(&share[2 * hidden..]).map(|(r, share)| r * share).collect(),
        };
        n.iter_mut().zip(&x[2 * hidden..]).for_each(|(n, x)| *n += x);
        tanh.run(&mut n)?;
        for ((h, n), z) in h.iter_mut().zip(n).zip(z) {
            *h = n + z * (*h - n);
        }
    }
    Ok(made)
}
