//! The part of the ONNX file format that trained graphs of known shapes use (github.com/onnx/onnx, onnx.proto3; the tags
//! are the format's). Fields that are not named here are skipped when a file is read.

use prost::bytes::Bytes;
use prost::{Message, Oneof};
use tract_core::internal::*;

/// The format's numbers for the types of a tensor's elements.
pub mod element {
    pub const F32: i32 = 1;
    pub const I8: i32 = 3;
    pub const I64: i32 = 7;
    pub const F16: i32 = 10;
}

#[derive(Clone, PartialEq, Message)]
pub struct ModelProto {
    #[prost(message, optional, tag = "7")]
    pub graph: Option<GraphProto>,
    #[prost(message, repeated, tag = "8")]
    pub opset_import: Vec<OperatorSetIdProto>,
    #[prost(message, repeated, tag = "14")]
    pub metadata_props: Vec<StringStringEntryProto>,
}

#[derive(Clone, PartialEq, Message)]
pub struct OperatorSetIdProto {
    #[prost(string, tag = "1")]
    pub domain: String,
    #[prost(int64, tag = "2")]
    pub version: i64,
}

#[derive(Clone, PartialEq, Message)]
pub struct StringStringEntryProto {
    #[prost(string, tag = "1")]
    pub key: String,
    #[prost(string, tag = "2")]
    pub value: String,
}

#[derive(Clone, PartialEq, Message)]
pub struct GraphProto {
    #[prost(message, repeated, tag = "1")]
    pub node: Vec<NodeProto>,
    #[prost(message, repeated, tag = "5")]
    pub initializer: Vec<TensorProto>,
    #[prost(message, repeated, tag = "11")]
    pub input: Vec<ValueInfoProto>,
    #[prost(message, repeated, tag = "12")]
    pub output: Vec<ValueInfoProto>,
}

#[derive(Clone, PartialEq, Message)]
pub struct NodeProto {
    #[prost(string, repeated, tag = "1")]
    pub input: Vec<String>,
    #[prost(string, repeated, tag = "2")]
    pub output: Vec<String>,
    #[prost(string, tag = "3")]
    pub name: String,
    #[prost(string, tag = "4")]
    pub op_type: String,
    #[prost(message, repeated, tag = "5")]
    pub attribute: Vec<AttributeProto>,
    #[prost(string, tag = "7")]
    pub domain: String,
}

#[derive(Clone, PartialEq, Message)]
pub struct AttributeProto {
    #[prost(string, tag = "1")]
    pub name: String,
    #[prost(float, tag = "2")]
    pub f: f32,
    #[prost(int64, tag = "3")]
    pub i: i64,
    #[prost(bytes = "bytes", tag = "4")]
    pub s: Bytes,
    #[prost(message, optional, tag = "5")]
    pub t: Option<TensorProto>,
    #[prost(int64, repeated, tag = "8")]
    pub ints: Vec<i64>,
}

#[derive(Clone, PartialEq, Message)]
pub struct TensorProto {
    #[prost(int64, repeated, tag = "1")]
    pub dims: Vec<i64>,
    #[prost(int32, tag = "2")]
    pub data_type: i32,
    #[prost(float, repeated, tag = "4")]
    pub float_data: Vec<f32>,
    #[prost(int64, repeated, tag = "7")]
    pub int64_data: Vec<i64>,
    #[prost(string, tag = "8")]
    pub name: String,
    #[prost(bytes = "bytes", tag = "9")]
    pub raw_data: Bytes,
}

#[derive(Clone, PartialEq, Message)]
pub struct ValueInfoProto {
    #[prost(string, tag = "1")]
    pub name: String,
    #[prost(message, optional, tag = "2")]
    pub r#type: Option<TypeProto>,
}

#[derive(Clone, PartialEq, Message)]
pub struct TypeProto {
    #[prost(message, optional, tag = "1")]
    pub tensor_type: Option<TensorTypeProto>,
}

#[derive(Clone, PartialEq, Message)]
pub struct TensorTypeProto {
    #[prost(int32, tag = "1")]
    pub elem_type: i32,
    #[prost(message, optional, tag = "2")]
    pub shape: Option<TensorShapeProto>,
}

#[derive(Clone, PartialEq, Message)]
pub struct TensorShapeProto {
    #[prost(message, repeated, tag = "1")]
    pub dim: Vec<Dimension>,
}

#[derive(Clone, PartialEq, Message)]
pub struct Dimension {
    #[prost(oneof = "DimensionValue", tags = "1, 2")]
    pub value: Option<DimensionValue>,
}

#[derive(Clone, PartialEq, Oneof)]
pub enum DimensionValue {
    #[prost(int64, tag = "1")]
    Known(i64),
    #[prost(string, tag = "2")]
    Named(String),
}

impl ModelProto {
    /// What the bytes of a file say; its weights are not copied.
    ///
    /// # Errors
    /// If they are no such message.
    pub fn read(bytes: Bytes) -> TractResult<Self> {
        Ok(Self::decode(bytes)?)
    }
}

impl NodeProto {
    /// The attribute of this name.
    pub fn attribute(&self, name: &str) -> Option<&AttributeProto> {
        self.attribute.iter().find(|a| a.name == name)
    }
}

/// The type of the elements of what a graph computes.
///
/// # Errors
/// If no graph here may compute it.
pub fn datum_type(number: i32) -> TractResult<DatumType> {
    match number {
        element::F32 => Ok(DatumType::F32),
        element::I64 => Ok(DatumType::I64),
        _ => bail!("numbers of type {number} are not computed with"),
    }
}

impl TensorProto {
    /// The size along each axis.
    ///
    /// # Errors
    /// If one is negative, or there are more numbers than can be counted.
    pub fn shape(&self) -> TractResult<Vec<usize>> {
        let shape = self.dims.iter().map(|d| Ok(usize::try_from(*d)?)).collect::<TractResult<Vec<_>>>()?;
        let count = shape.iter().try_fold(1_usize, |count, size| count.checked_mul(*size.max(&1)));
        ensure!(count.is_some(), "the constant {} is too large: {shape:?}", self.name);
        Ok(shape)
    }

    /// The numbers.
    ///
    /// # Errors
    /// If there are more or fewer numbers than the shape says, or they are not f32 or i64.
    pub fn tensor(&self) -> TractResult<Tensor> {
        let (shape, datum_type) = (self.shape()?, datum_type(self.data_type)?);
        let read = match datum_type {
            // SAFETY: any bits are an f32 or an i64; tract checks their count.
            _ if !self.raw_data.is_empty() => unsafe {
                Tensor::from_raw_dt(datum_type, &shape, &self.raw_data)
            },
            DatumType::I64 => Tensor::from_shape(&shape, &self.int64_data),
            _ => Tensor::from_shape(&shape, &self.float_data),
        };
        read.with_context(|| format!("the constant {}", self.name))
    }
}
