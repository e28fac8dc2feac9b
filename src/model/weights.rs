//! Weights travel small (int8 or fp16) and compute as f32: they are expanded while the graph is read,
//! since tract does not fold constants of more than 4 MiB and would expand them anew at every step.

use tract_core::internal::*;

use super::onnx::{NodeProto, TensorProto, element};

/// What a `DequantizeLinear` of an int8 initializer or a `Cast` of an fp16 one makes; nothing if `node` is neither.
pub fn expanded<'a>(
    node: &NodeProto,
    initializer: impl Fn(&str) -> Option<&'a TensorProto>,
) -> TractResult<Option<Tensor>> {
    let tensor = |i: usize| node.input.get(i).and_then(|name| initializer(name));
    let Some(whole) = tensor(0) else { return Ok(None) };
    let values = match (node.op_type.as_str(), tensor(1)) {
        ("DequantizeLinear", Some(scale)) if node.input.len() == 2 => dequantised(node, whole, scale),
        ("Cast", None) => halves(whole),
        _ => None,
    };
    values.map(|values| Tensor::from_shape(&whole.shape()?, &values)).transpose()
}

/// y = x · scale, one scale a slice along `axis` (ONNX `DequantizeLinear` without zero point).
fn dequantised(node: &NodeProto, whole: &TensorProto, scale: &TensorProto) -> Option<Vec<f32>> {
    if whole.data_type != element::I8 || scale.data_type != element::F32 {
        return None;
    }
    let scales: Vec<f32> = if scale.raw_data.is_empty() {
        scale.float_data.clone()
    } else {
        scale.raw_data.chunks_exact(4).map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]])).collect()
    };
    let rank = i64::try_from(whole.dims.len()).ok()?;
    let axis = node.attribute.iter().find(|a| a.name == "axis").map_or(1, |a| a.i);
    let axis = usize::try_from(if axis < 0 { axis + rank } else { axis }).ok()?;
    let inner: i64 = whole.dims.get(axis + 1..)?.iter().product();
    let inner = usize::try_from(inner).ok().filter(|n| *n > 0)?;
    let channels = usize::try_from(*whole.dims.get(axis)?).ok()?;
    if scales.len() != channels || channels == 0 {
        return None;
    }
    let mut values = vec![0.0; whole.raw_data.len()];
    let slices = values.chunks_mut(inner).zip(whole.raw_data.chunks(inner));
    slices.zip(scales.iter().cycle()).for_each(|((to, bytes), scale)| scaled(bytes, *scale, to));
    Some(values)
}

/// By itself, so that an engine makes it fast while a file is read.
#[inline(never)]
fn scaled(bytes: &[u8], scale: f32, to: &mut [f32]) {
    to.iter_mut().zip(bytes).for_each(|(to, byte)| *to = f32::from(*byte as i8) * scale);
}

fn halves(whole: &TensorProto) -> Option<Vec<f32>> {
    let is_half = whole.data_type == element::F16 && !whole.raw_data.is_empty();
    is_half.then(|| whole.raw_data.chunks_exact(2).map(|b| half(u16::from_le_bytes([b[0], b[1]]))).collect())
}

/// IEEE 754 binary16 to binary32, exact.
pub fn half(bits: u16) -> f32 {
    let sign = if bits >> 15 == 1 { -1.0 } else { 1.0 };
    let (exponent, mantissa) = (i32::from(bits >> 10 & 31), f32::from(bits & 1023));
    sign * match exponent {
        0 => mantissa * 2.0_f32.powi(-24),
        31 if mantissa == 0.0 => f32::INFINITY,
        31 => f32::NAN,
        _ => (1.0 + mantissa / 1024.0) * 2.0_f32.powi(exponent - 15),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halves_of_known_bits() {
        let cases = [(0x0000, 0.0), (0x3c00, 1.0), (0xc000, -2.0), (0x3555, 0.333_251_95), (0x7bff, 65504.0)];
        for (bits, value) in cases {
            assert_eq!(half(bits), value);
        }
        assert_eq!(half(0x0001), 2.0_f32.powi(-24));
        assert!(half(0x7c01).is_nan());
    }
}
