//! Weights are stored as int8 or fp16 and computed with as f32. Each is expanded when an operator lays it out for itself, so that
//! never all of them take memory twice.

use prost::bytes::Bytes;
use tract_core::internal::*;
use tract_core::ops::konst::Const;

use super::onnx::{NodeProto, TensorProto, element};

/// Numbers that are expanded in one call: an engine makes fast what is called often.
const PIECE: usize = 4096;

/// Weights as a file stores them: an operator without inputs whose output is the weights as f32.
#[derive(Clone, Debug, PartialEq)]
pub struct Packed {
    shape: Vec<usize>,
    bytes: Bytes,
    packing: Packing,
}

/// How numbers are packed.
#[derive(Clone, Debug, PartialEq)]
enum Packing {
    /// IEEE 754 binary16.
    Halves,
    /// y = x · scale, each scale for `inner` numbers, the first again after the last.
    Scaled { scales: Vec<f32>, inner: usize },
}

// No NaN is a scale.
impl Eq for Packed {}

impl Packed {
    /// What a `DequantizeLinear` of an int8 initializer or a `Cast` of an fp16 one makes; `None` if `node` is neither.
    ///
    /// # Errors
    /// If there are more or fewer numbers than the shape says.
    #[inline(never)]
    pub fn of<'a>(
        node: &NodeProto,
        initializer: impl Fn(&str) -> Option<&'a TensorProto>,
    ) -> TractResult<Option<Self>> {
        let tensor = |i: usize| node.input.get(i).and_then(|name| initializer(name));
        let Some(whole) = tensor(0) else { return Ok(None) };
        let (packing, size) = match (node.op_type.as_str(), tensor(1)) {
            ("DequantizeLinear", Some(scale)) if node.input.len() == 2 => (scales(node, whole, scale), 1),
            ("Cast", None) if whole.data_type == element::F16 => (Some(Packing::Halves), 2),
            _ => return Ok(None),
        };
        let (shape, bytes) = (whole.shape()?, whole.raw_data.clone());
        let count: usize = shape.iter().product();
        ensure!(
            packing.is_none() || count * size == bytes.len(),
            "the constant {} has {} bytes for {count} numbers",
            whole.name,
            bytes.len()
        );
        Ok(packing.map(|packing| Self { shape, bytes, packing }))
    }

    fn expanded(&self) -> TractResult<Tensor> {
        // SAFETY: every number is written: `of` has checked that there are bytes for all.
        let mut made = unsafe { Tensor::uninitialized::<f32>(&self.shape)? };
        let mut view = made.try_as_plain_ram_mut()?;
        let to = view.as_slice_mut::<f32>()?;
        match &self.packing {
            Packing::Halves => {
                let pieces = to.chunks_mut(PIECE).zip(self.bytes.chunks(2 * PIECE));
                pieces.for_each(|(to, bytes)| halves(bytes, to));
            }
            Packing::Scaled { scales, inner } => {
                let slices = to.chunks_mut(*inner).zip(self.bytes.chunks(*inner));
                slices.zip(scales.iter().cycle()).for_each(|((to, bytes), scale)| scaled(bytes, *scale, to));
            }
        }
        Ok(made)
    }
}

impl Op for Packed {
    fn name(&self) -> StaticName {
        "Packed".into()
    }

    op_as_typed_op!();
}

impl EvalOp for Packed {
    fn eval(&self, _: &EvalContext, _: TVec<TValue>) -> TractResult<TVec<TValue>> {
        Ok(tvec!(self.expanded()?.into_tvalue()))
    }

    op_out_of_plan!();
}

impl TypedOp for Packed {
    fn output_facts(&self, _: &[&TypedFact]) -> TractResult<TVec<TypedFact>> {
        Ok(tvec!(f32::fact(&self.shape)))
    }

    as_op!();
}

/// Expands a graph's weights and simplifies it by tract's rules: the graph that is lowered to the GPU.
///
/// # Errors
/// If a rule fails.
pub fn declutter(graph: &mut TypedModel) -> TractResult<()> {
    for node in &mut graph.nodes {
        let Some(packed) = node.op_as::<Packed>() else { continue };
        let tensor = packed.expanded()?.into_arc_tensor();
        node.outputs[0].fact = TypedFact::try_from(tensor.clone())?;
        node.op = Box::new(Const::new(tensor)?);
    }
    graph.declutter()
}

/// The scales of an ONNX `DequantizeLinear` without zero point: one a slice along `axis`.
fn scales(node: &NodeProto, whole: &TensorProto, scale: &TensorProto) -> Option<Packing> {
    let known = whole.data_type == element::I8 && scale.data_type == element::F32;
    let (inner, channels) = slices(node, whole).filter(|_| known)?;
    let scales: Vec<f32> = if scale.raw_data.is_empty() {
        scale.float_data.clone()
    } else {
        scale.raw_data.as_chunks::<4>().0.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect()
    };
    (scales.len() == channels).then_some(Packing::Scaled { scales, inner })
}

/// How many numbers have a scale in common, and how many scales there are.
fn slices(node: &NodeProto, whole: &TensorProto) -> Option<(usize, usize)> {
    let rank = i64::try_from(whole.dims.len()).ok()?;
    let axis = node.attribute.iter().find(|a| a.name == "axis").map_or(1, |a| a.i);
    let axis = usize::try_from(if axis < 0 { axis + rank } else { axis }).ok()?;
    let inner = whole.dims.get(axis + 1..)?.iter().try_fold(1_i64, |inner, size| inner.checked_mul(*size))?;
    let known = |size: i64| usize::try_from(size).ok().filter(|n| *n > 0);
    Some((known(inner)?, known(*whole.dims.get(axis)?)?))
}

/// By itself, so that an engine makes it fast while a file is read.
#[inline(never)]
fn scaled(bytes: &[u8], scale: f32, to: &mut [f32]) {
    to.iter_mut().zip(bytes).for_each(|(to, byte)| *to = f32::from(*byte as i8) * scale);
}

#[inline(never)]
fn halves(bytes: &[u8], to: &mut [f32]) {
    let halves = bytes.as_chunks::<2>().0;
    to.iter_mut().zip(halves).for_each(|(to, bytes)| *to = half(u16::from_le_bytes(*bytes)));
}

/// IEEE 754 binary16 to binary32, exact.
#[inline]
pub fn half(bits: u16) -> f32 {
    // The exponents of the two differ by 112; the product is exact also where the half has no leading one.
    let magnitude = f32::from_bits(u32::from(bits & 0x7fff) << 13) * 2.0_f32.powi(112);
    let beyond = if bits & 0x7c00 == 0x7c00 { f32::INFINITY.to_bits() } else { 0 };
    f32::from_bits(magnitude.to_bits() | beyond | u32::from(bits >> 15) << 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halves_of_known_bits() {
        let cases = [
            (0x0000, 0.0),
            (0x7c00, f32::INFINITY),
            (0xfc00, f32::NEG_INFINITY),
            (0x03ff, 6.097_555e-5),
            (0x3c00, 1.0),
            (0xc000, -2.0),
            (0x3555, 0.333_251_95),
            (0x7bff, 65504.0),
        ];
        for (bits, value) in cases {
            assert_eq!(half(bits), value);
        }
        assert_eq!(half(0x0001), 2.0_f32.powi(-24));
        assert!(half(0x7c01).is_nan());
    }
}
