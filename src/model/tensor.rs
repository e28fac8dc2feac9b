//! The numbers that go in and come out of a model.

use std::collections::BTreeMap;
use std::sync::Arc;

use tract_core::internal::{IntoArcTensor, IntoTValue, TValue};

/// A tensor that goes in or comes out of a model: f32 or i64, row-major; cheap to clone.
#[derive(Clone, Debug)]
pub struct Tensor(Arc<tract_core::prelude::Tensor>);

impl PartialEq for Tensor {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0) || self.0 == other.0
    }
}

/// What a run gives: each output of the graph by its name.
pub type Outputs = BTreeMap<String, Tensor>;

/// The outputs of one graph as the inputs of another.
pub fn as_inputs(outputs: &Outputs) -> Vec<(&str, &Tensor)> {
    outputs.iter().map(|(name, tensor)| (name.as_str(), tensor)).collect()
}

impl Tensor {
    /// Row-major numbers of this shape; `None` if their count is not the shape's.
    pub fn floats(shape: &[usize], values: &[f32]) -> Option<Self> {
        let fits = shape.iter().product::<usize>() == values.len();
        let make = || tract_core::prelude::Tensor::from_shape(shape, values).ok();
        fits.then(make).flatten().map(Self::from_tract)
    }

    /// Whole numbers (word ids) of this shape; `None` if their count is not the shape's.
    pub fn integers(shape: &[usize], values: &[i64]) -> Option<Self> {
        let fits = shape.iter().product::<usize>() == values.len();
        let make = || tract_core::prelude::Tensor::from_shape(shape, values).ok();
        fits.then(make).flatten().map(Self::from_tract)
    }

    /// The numbers, row-major; none if these are no f32.
    pub fn values(&self) -> &[f32] {
        self.0.try_as_plain_ram().and_then(|view| view.as_slice::<f32>()).unwrap_or_default()
    }

    /// The size along each axis.
    pub fn shape(&self) -> &[usize] {
        self.0.shape()
    }

    pub(super) fn datum_type(&self) -> tract_core::prelude::DatumType {
        self.0.datum_type()
    }

    pub(super) fn from_tract(tensor: tract_core::prelude::Tensor) -> Self {
        Self(Arc::new(tensor))
    }

    pub(super) fn from_value(value: TValue) -> Self {
        Self(value.into_arc_tensor())
    }

    pub(super) fn to_value(&self) -> TValue {
        self.0.clone().into_tvalue()
    }

    /// The numbers, row-major, whatever their type; nothing if they are no numbers.
    pub(super) fn as_floats(&self) -> Option<Vec<f32>> {
        let floats = self.0.cast_to::<f32>().ok()?;
        Some(floats.try_as_plain_ram().ok()?.as_slice::<f32>().ok()?.to_vec())
    }
}

/// The largest difference, relative to the larger of the wanted number and one: NaN if one is no number, infinite if there are
/// more or fewer than wanted.
pub fn farthest(actual: &[f32], wanted: &[f32]) -> f32 {
    if actual.len() != wanted.len() {
        return f32::INFINITY;
    }
    let off = |(a, w): (&f32, &f32)| (a - w).abs() / w.abs().max(1.0);
    actual.iter().zip(wanted).map(off).fold(0.0, |worst, one| if one.is_nan() { one } else { worst.max(one) })
}
