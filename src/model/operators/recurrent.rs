//! ONNX `LSTM` and `GRU` over a known number of steps: one product for the inputs of all steps, then each step behind the last.

use tract_core::internal::*;
use tract_core::ops::array::{Slice, TypedConcat};
use tract_core::ops::einsum::EinSum;
use tract_core::ops::math;

use super::cell::{Cell, Kind};
use super::{Node, shapes};

/// Steps T, rows B and units H of a layer; and of each direction whether it goes from the last step to the first.
struct Layer {
    steps: usize,
    batch: usize,
    hidden: usize,
    backwards: TVec<bool>,
}

/// X [T, B, I], W [D, 4H, I], R [D, 4H, H], and if given B [D, 8H], h and c [D, B, H] (gates i, o, f, c) to Y [T, D, B, H] and
/// the last h and c [D, B, H].
pub fn lstm(n: &mut Node) -> TractResult<TVec<OutletId>> {
    ensure!(n.integer("input_forget", 0) == 0, "input_forget is not known");
    ensure!(n.given(7).is_none(), "peepholes are not known");
    let layer = layer(n, &["Sigmoid", "Tanh", "Tanh"], 4)?;
    let zeros = layer.zeros(n)?;
    layer.unrolled(n, &|n, direction| {
        let (r, shares) = (direction.of(n, 2)?, direction.shares(n, 4, false)?);
        let (mut h, mut c) = (direction.state(n, 5, zeros)?, direction.state(n, 6, zeros)?);
        let mut all = tvec!();
        for step in direction.order() {
            let share = product(n, h, r)?;
            let cell = Cell { kind: Kind::Lstm, step };
            let made = n.wires(Box::new(cell), &[shares.0, share, c])?;
            (h, c) = (made[0], made[1]);
            all.push(h);
        }
        Ok((all, tvec!(h, c)))
    })
}

/// X [T, B, I], W [D, 3H, I], R [D, 3H, H], and if given B [D, 6H] and h [D, B, H] (gates z, r, h) to Y [T, D, B, H] and the last
/// h [D, B, H].
pub fn gru(n: &mut Node) -> TractResult<TVec<OutletId>> {
    let layer = layer(n, &["Sigmoid", "Tanh"], 3)?;
    let (zeros, hidden) = (layer.zeros(n)?, layer.hidden);
    let before_reset = n.integer("linear_before_reset", 0) != 0;
    layer.unrolled(n, &|n, direction| {
        let (r, (x, bias)) = (direction.of(n, 2)?, direction.shares(n, 3, before_reset)?);
        let mut h = direction.state(n, 5, zeros)?;
        let gates = if before_reset { 3 } else { 2 } * hidden;
        let (gated, last) = (cut(n, r, 0, 0, gates)?, cut(n, r, 0, 2 * hidden, 3 * hidden)?);
        let mut all = tvec!();
        for step in direction.order() {
            let mut share = product(n, h, gated)?;
            if let Some(bias) = bias {
                share = n.combine(Box::new(math::Add), share, bias)?;
            }
            let mut given = tvec!(x, share, h);
            if !before_reset {
                let held = n.wire(Box::new(Cell { kind: Kind::Reset, step }), &given)?;
                given.push(product(n, held, last)?);
            }
            h = n.wire(Box::new(Cell { kind: Kind::Gru, step }), &given)?;
            all.push(h);
        }
        Ok((all, tvec!(h)))
    })
}

/// What a layer of so many gates says of itself, which its inputs must fit.
fn layer(n: &Node, activations: &[&str], gates: usize) -> TractResult<Layer> {
    let backwards = match n.text("direction", "forward")? {
        "forward" => tvec!(false),
        "reverse" => tvec!(true),
        "bidirectional" => tvec!(false, true),
        other => bail!("the direction {other} is not known"),
    };
    let directions = backwards.len();
    if let Some(given) = n.attribute("activations") {
        let wanted = activations.iter().cycle().take(directions * activations.len());
        let same = given.strings.iter().map(|name| &name[..]).eq(wanted.map(|name| name.as_bytes()));
        ensure!(same, "only the activations {activations:?} are known");
    }
    ensure!(n.attribute("clip").is_none(), "clip is not known");
    ensure!(n.integer("layout", 0) == 0, "only layout 0 is known");
    ensure!(n.given(4).is_none(), "sequence_lens is not known");
    let (x, r) = (n.shape(n.input(0)?)?, n.shape(n.input(2)?)?);
    let (&[steps, batch, inputs], &[_, _, hidden]) = (&x[..], &r[..]) else {
        bail!("X {x:?} is not [T, B, I] or R {r:?} is not [D, {gates} H, H]")
    };
    ensure!(![steps, batch, inputs, hidden].contains(&0), "there is nothing in X {x:?} or R {r:?}");
    ensure!(n.integer("hidden_size", hidden as i64) == hidden as i64, "R {r:?} is not of its hidden_size");
    let shapes: [(usize, &[usize]); 6] = [
        (0, &x),
        (1, &[directions, gates * hidden, inputs]),
        (2, &[directions, gates * hidden, hidden]),
        (3, &[directions, 2 * gates * hidden]),
        (5, &[directions, batch, hidden]),
        (6, &[directions, batch, hidden]),
    ];
    for (i, wanted) in shapes {
        let Some(wire) = n.given(i) else { continue };
        let (shape, kind) = (n.shape(wire)?, n.kind(wire)?);
        let fits = shape[..] == *wanted && kind == DatumType::F32;
        ensure!(fits, "its input {i} is {kind:?} {shape:?}, not F32 {wanted:?}");
    }
    Ok(Layer { steps, batch, hidden, backwards })
}

/// One direction of a layer.
struct Direction<'a> {
    layer: &'a Layer,
    nth: usize,
}

/// The state after each step, in the order in which they went, and the last states.
type Run = (TVec<OutletId>, TVec<OutletId>);

impl Layer {
    fn zeros(&self, n: &mut Node) -> TractResult<OutletId> {
        n.constant(Tensor::zero::<f32>(&[self.batch, self.hidden])?)
    }

    /// Y and the last states of every direction, each run by `run`.
    fn unrolled(
        &self,
        n: &mut Node,
        run: &dyn Fn(&mut Node, &Direction) -> TractResult<Run>,
    ) -> TractResult<TVec<OutletId>> {
        let mut runs: TVec<Run> = tvec!();
        for (nth, backwards) in self.backwards.iter().enumerate() {
            let (mut all, last) = run(n, &Direction { layer: self, nth })?;
            if *backwards {
                all.reverse();
            }
            runs.push((all, last));
        }
        let mut steps = tvec!();
        for step in 0..self.steps {
            let each: TVec<OutletId> = runs.iter().map(|(all, _)| all[step]).collect();
            steps.push(stacked(n, &each)?);
        }
        let mut made = tvec!(stacked(n, &steps)?);
        for state in 0..runs[0].1.len() {
            let each: TVec<OutletId> = runs.iter().map(|(_, last)| last[state]).collect();
            made.push(stacked(n, &each)?);
        }
        Ok(made)
    }
}

impl Direction<'_> {
    fn order(&self) -> Vec<usize> {
        let steps = 0..self.layer.steps;
        if self.layer.backwards[self.nth] { steps.rev().collect() } else { steps.collect() }
    }

    /// This direction's part of an input.
    fn of(&self, n: &mut Node, i: usize) -> TractResult<OutletId> {
        let whole = n.input(i)?;
        let part = cut(n, whole, 0, self.nth, self.nth + 1)?;
        n.wire(Box::new(AxisOp::Rm(0)), &[part])
    }

    fn state(&self, n: &mut Node, i: usize, zeros: OutletId) -> TractResult<OutletId> {
        if n.given(i).is_some() { self.of(n, i) } else { Ok(zeros) }
    }

    /// The inputs' shares of the gates' sums, [T·B, gates · H], with the bias; or, if they are to stay `apart`, with that of the
    /// inputs alone, and that of the state.
    fn shares(&self, n: &mut Node, gates: usize, apart: bool) -> TractResult<(OutletId, Option<OutletId>)> {
        let (x, w) = (n.input(0)?, self.of(n, 1)?);
        let inputs = n.shape(x)?[2];
        let x = shapes::reshaped(n, x, &[self.layer.steps * self.layer.batch, inputs])?;
        let shares = product(n, x, w)?;
        let Some(bias) = n.given(3) else { return Ok((shares, None)) };
        let width = gates * self.layer.hidden;
        let bias = cut(n, bias, 0, self.nth, self.nth + 1)?;
        let (mut own, of_state) = (cut(n, bias, 1, 0, width)?, cut(n, bias, 1, width, 2 * width)?);
        if !apart {
            own = n.combine(Box::new(math::Add), own, of_state)?;
        }
        Ok((n.combine(Box::new(math::Add), shares, own)?, apart.then_some(of_state)))
    }
}

/// a [m, k] · b [n, k]ᵀ.
fn product(n: &mut Node, a: OutletId, b: OutletId) -> TractResult<OutletId> {
    let axes = AxesMapping::for_numpy_matmul(2, false, true, false)?;
    n.wire(Box::new(EinSum::new(axes, DatumType::F32)), &[a, b])
}

fn cut(n: &mut Node, wire: OutletId, axis: usize, start: usize, end: usize) -> TractResult<OutletId> {
    if (start, end) == (0, n.shape(wire)?[axis]) {
        return Ok(wire);
    }
    n.wire(Box::new(Slice::new(axis, start, end)), &[wire])
}

/// Tensors of one shape along a new first axis.
fn stacked(n: &mut Node, parts: &[OutletId]) -> TractResult<OutletId> {
    let mut wires = tvec!();
    for part in parts {
        wires.push(n.wire(Box::new(AxisOp::Add(0)), &[*part])?);
    }
    if let [one] = wires[..] { Ok(one) } else { n.wire(Box::new(TypedConcat::new(0)), &wires) }
}
