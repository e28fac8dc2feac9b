//! Operators that work number by number.

use tract_core::internal::*;
use tract_core::ops::{logic, math};

use super::node::Node;
use crate::model::import::onnx::datum_type;

/// `Cast` to f32 or i64.
pub fn to_type(n: &mut Node) -> TractResult<TVec<OutletId>> {
    let (x, to) = (n.part(0)?, datum_type(n.integer("to", 0) as i32)?);
    n.cast(&[x], to)
}

/// `Relu`: max(x, 0).
pub fn relu(n: &mut Node) -> TractResult<TVec<OutletId>> {
    let x = n.input(0)?;
    let zero = n.scalar(0.0, x)?;
    Ok(tvec!(n.combine(Box::new(math::Max), x, zero)?))
}

/// `Clip` between two bounds, either of which may be left out.
pub fn clip(n: &mut Node) -> TractResult<TVec<OutletId>> {
    let mut made = n.input(0)?;
    if let Some(least) = n.optional(1) {
        made = n.combine(Box::new(math::Max), made, least)?;
    }
    if let Some(greatest) = n.optional(2) {
        made = n.combine(Box::new(math::Min), made, greatest)?;
    }
    Ok(tvec!(made))
}

/// The remainder has the sign of the divisor, tract's that of the dividend.
pub fn modulo(n: &mut Node) -> TractResult<TVec<OutletId>> {
    ensure!(n.integer("fmod", 0) == 0, "only fmod = 0 is known");
    let (a, b) = (n.input(0)?, n.input(1)?);
    let rest = n.combine(Box::new(math::Rem), a, b)?;
    let positive = n.combine(Box::new(math::Add), rest, b)?;
    Ok(tvec!(n.combine(Box::new(math::Rem), positive, b)?))
}

/// `Where`: a where the condition holds, else b.
pub fn choose(n: &mut Node) -> TractResult<TVec<OutletId>> {
    let (condition, a, b) = (n.input(0)?, n.input(1)?, n.input(2)?);
    ensure!(n.datum_type(condition)? == DatumType::Bool, "its condition is not one of truth values");
    let kind = n.datum_type(a)?.common_super_type(n.datum_type(b)?).context("the two have no common type")?;
    let wires = n.cast(&[a, b], kind)?;
    let wires = n.same_rank(&[condition, wires[0], wires[1]])?;
    Ok(tvec!(n.wire(Box::new(logic::Iff), &wires)?))
}
