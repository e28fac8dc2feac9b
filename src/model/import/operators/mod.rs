//! The operators that the shipped graphs use, each wired in tract (github.com/onnx/onnx, docs/Operators.md, opsets 13 to 17). What is
//! not named here does not reach the binary.

mod elementwise;
mod layers;
mod node;
mod shapes;
#[cfg(test)]
mod tests;

pub use node::Node;
use tract_core::internal::*;
use tract_core::ops::{logic, math, nn};

/// Wires one node; gives what it makes in the order of its outputs.
pub type Wire = fn(&mut Node) -> TractResult<TVec<OutletId>>;

/// How an operator of a domain (the standard one is "") is wired.
pub fn named(domain: &str, operator: &str) -> Option<Wire> {
    let wire: Wire = match operator {
        _ if !domain.is_empty() => return None,
        "Abs" => |n| n.map(math::abs()),
        "Add" => |n| n.binary(Box::new(math::Add)),
        "ArgMax" => layers::arg_max,
        "AveragePool" => layers::average_pool,
        "Cast" => elementwise::to_type,
        "Clip" => elementwise::clip,
        "Concat" => shapes::concat,
        "Constant" => shapes::constant,
        "Conv" => layers::conv,
        "Div" => |n| n.binary(Box::new(math::Div)),
        "Equal" => |n| n.binary(logic::comp_eq()),
        "Exp" => |n| n.map(math::exp()),
        "Flatten" => shapes::flatten,
        "Gather" => shapes::gather,
        "Gemm" => layers::gemm,
        "Greater" => |n| n.binary(logic::comp_gt()),
        "Log" => |n| n.map(math::ln()),
        "LogSoftmax" => |n| layers::softmax(n, nn::SoftmaxKind::LogSoftmax),
        "MatMul" => layers::matmul,
        "Max" => |n| n.binary(Box::new(math::Max)),
        "MaxPool" => layers::max_pool,
        "Min" => |n| n.binary(Box::new(math::Min)),
        "Mod" => elementwise::modulo,
        "Mul" => |n| n.binary(Box::new(math::Mul)),
        "Neg" => |n| n.map(math::neg()),
        "Reciprocal" => |n| n.map(math::recip()),
        "ReduceLogSumExp" => layers::reduce_log_sum_exp,
        "ReduceMean" => layers::reduce_mean,
        "ReduceSum" => layers::reduce_sum,
        "Relu" => elementwise::relu,
        "Reshape" => shapes::reshape,
        "Resize" => layers::resize,
        "Shape" => shapes::shape,
        "Sigmoid" => |n| n.map(nn::sigmoid()),
        "Slice" => shapes::slice,
        "Softmax" => |n| layers::softmax(n, nn::SoftmaxKind::Softmax),
        "Split" => shapes::split,
        "Squeeze" => shapes::squeeze,
        "Sub" => |n| n.binary(Box::new(math::Sub)),
        "Tanh" => |n| n.map(math::tanh()),
        "Transpose" => shapes::transpose,
        "Unsqueeze" => shapes::unsqueeze,
        "Where" => elementwise::choose,
        _ => return None,
    };
    Some(wire)
}
