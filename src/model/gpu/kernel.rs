//! The kernels that are more than arithmetic at one place: products, convolutions, pools, sums and softmax over axes.

use super::view::View;

/// A kernel that is still to be written, so that what follows it can finish it in the same dispatch.
#[derive(Debug)]
pub struct Kernel {
    pub label: String,
    pub kind: KernelKind,
    /// Shape of what it writes, row-major.
    pub layout: Vec<usize>,
    /// Axis *k* of what it means is axis `order[k]` of the layout.
    pub order: Vec<usize>,
}

/// What a kernel computes.
#[derive(Debug)]
pub enum KernelKind {
    /// a [batch, m, k] times b [batch, k, n], each with its three strides.
    Product { a: View, b: View },
    /// Windows of x times weights [O / lanes, C / groups, rows, columns, lanes]; a thread makes `lanes` channels.
    Convolution { x: View, weights: View, spec: WindowSpec, groups: usize, lanes: usize },
    /// The largest number of each window, or else the sum, or the mean over all of it or over what lies inside (`mean`).
    Pool { x: View, spec: WindowSpec, mean: Option<bool>, largest: bool },
    /// x [rows, length], strided, to one number a row.
    Reduce { x: View, reducer: Reducer },
    /// x [rows, length], strided, to weights along each row.
    Softmax { x: View, log: bool },
}

impl KernelKind {
    /// What it does, and the sizes that say how much, as [`crate::model::Part`] has them; `made` is the shape of what it makes.
    pub fn described(&self, made: Vec<usize>) -> (&'static str, Vec<usize>) {
        match self {
            Self::Product { a, b } => ("product", [&a.shape[..], &b.shape[2..]].concat()),
            Self::Convolution { spec, groups, .. } => (
                "convolution",
                vec![spec.window[0], spec.window[1], spec.channels_in, spec.channels_out, *groups],
            ),
            Self::Pool { .. } => ("pool", made),
            Self::Reduce { .. } => ("reduce", made),
            Self::Softmax { .. } => ("softmax", made),
        }
    }
}

/// The windows of a convolution or a pool over pictures [N, C, H, W]; rows first in each pair.
#[derive(Clone, Debug)]
pub struct WindowSpec {
    pub pictures: usize,
    pub channels_in: usize,
    pub channels_out: usize,
    pub size_in: [usize; 2],
    pub size_out: [usize; 2],
    pub window: [usize; 2],
    pub stride: [usize; 2],
    pub dilation: [usize; 2],
    /// Before the first row and column.
    pub padding: [usize; 2],
}

/// How the numbers of a row become one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reducer {
    Sum,
    Prod,
    Max,
    Min,
    MeanOfSquares,
    /// The place of the largest, the first or the last of equals.
    ArgMax {
        last: bool,
    },
}

/// How several kernels are written: a device may run one faster than another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Variant {
    /// Rows of a product that a thread makes.
    pub tile: usize,
    /// Long rows are summed by a workgroup each, not by a thread.
    pub by_group: bool,
}

impl Variant {
    /// Those that are tried against each other on a device.
    pub const ALL: [Self; 3] = [
        Self { tile: 8, by_group: true },
        Self { tile: 4, by_group: true },
        Self { tile: 8, by_group: false },
    ];
}

impl Default for Variant {
    fn default() -> Self {
        Self::ALL[0]
    }
}
