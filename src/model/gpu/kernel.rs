//! The kernels that are more than arithmetic at one place: products, convolutions, windows, sums and softmax over axes.

use std::rc::Rc;

use super::expression::Expr;
use super::view::View;
use super::writer::{Dispatch, Writer, filled};
use crate::model::operators::grid_sample::GridSample;

/// A kernel that is still to be written, so that what follows it can finish it in the same dispatch.
#[derive(Debug)]
pub struct Kernel {
    pub label: String,
    pub kind: Kind,
    /// Shape of what it writes, row-major.
    pub layout: Vec<usize>,
    /// Axis *k* of what it means is axis `order[k]` of the layout.
    pub order: Vec<usize>,
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

#[derive(Debug)]
pub enum Kind {
    /// a [batch, m, k] times b [batch, k, n], each with its three strides.
    Product {
        a: View,
        b: View,
    },
    Convolution {
        x: View,
        weights: View,
        spec: Planes,
        groups: usize,
        lanes: usize,
    },
    Pool {
        x: View,
        spec: Planes,
        mean: Option<bool>,
        largest: bool,
    },
    /// x [N, C, H, W] at the places of grid [N, OH, OW, 2], both row-major.
    GridSample {
        x: View,
        grid: View,
        op: GridSample,
    },
    /// x [rows, length], strided, to one number a row.
    Reduce {
        x: View,
        reducer: Reducer,
    },
    /// x [rows, length], strided, to weights along each row.
    Softmax {
        x: View,
        log: bool,
    },
}

/// Windows of two-dimensional planes.
#[derive(Clone, Debug)]
pub struct Planes {
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

const LOWEST: &str = "-3.4028234e38";
const HIGHEST: &str = "3.4028234e38";
/// Rows shorter than this are a thread's work, whatever the variant.
const SHORT: usize = 64;

impl Kernel {
    /// The dispatch that runs this kernel and writes `expr`, in which it stands, to `to`.
    pub fn written(
        self: &Rc<Self>,
        expr: &Expr,
        to: &View,
        mut writer: Writer,
        variant: Variant,
    ) -> Dispatch {
        let (body, count, work) = match &self.kind {
            Kind::Product { a, b } => product(&mut writer, a, b, variant),
            Kind::Convolution { x, weights, spec, groups, lanes } => {
                convolution(&mut writer, x, weights, spec, *groups, *lanes)
            }
            Kind::Pool { x, spec, mean, largest } => pool(&mut writer, x, spec, *mean, *largest),
            Kind::GridSample { x, grid, op } => grid_sample(&mut writer, x, grid, op),
            Kind::Reduce { x, reducer } => reduce(&mut writer, x, *reducer, variant),
            Kind::Softmax { x, log } => softmax(&mut writer, x, *log, variant),
        };
        let mut dispatch =
            writer.dispatch(&self.label, &body, (expr, Some(self), &self.order), to, count, work);
        (dispatch.kind, dispatch.sizes) = self.kind.told(dispatch.sizes);
        dispatch
    }
}

impl Kind {
    /// What it does, and the sizes that say how much; `made` is the shape of what it makes.
    fn told(&self, made: Vec<usize>) -> (&'static str, Vec<usize>) {
        match self {
            Self::Product { a, b } => ("product", [&a.shape[..], &b.shape[2..]].concat()),
            Self::Convolution { spec, groups, .. } => (
                "convolution",
                vec![spec.window[0], spec.window[1], spec.channels_in, spec.channels_out, *groups],
            ),
            Self::Pool { .. } => ("pool", made),
            Self::GridSample { .. } => ("grid sample", made),
            Self::Reduce { .. } => ("reduce", made),
            Self::Softmax { .. } => ("softmax", made),
        }
    }
}

fn product(writer: &mut Writer, a: &View, b: &View, variant: Variant) -> (String, usize, usize) {
    let [batch, m, k] = [a.shape[0], a.shape[1], a.shape[2]];
    let n = b.shape[2];
    let tile = if m == 1 { 1 } else { variant.tile.min(m.next_multiple_of(4)) };
    let fours = |view: &View, unit: usize| {
        let aligned = view.offset.is_multiple_of(4);
        let whole =
            view.strides.iter().enumerate().all(|(axis, stride)| axis == unit || stride.is_multiple_of(4));
        view.strides[unit] == 1 && aligned && whole
    };
    // Constants are padded to whole vectors along their unit stride; tensors must have whole ones.
    let padded = |view: &View, n: usize| {
        matches!(view.source, super::view::Source::Constant(_)) || n.is_multiple_of(4)
    };
    let a_fours = tile > 1 && fours(a, 1) && padded(a, m);
    let b_fours = fours(b, 2) && padded(b, n);
    let (a_name, a_offset) = writer.array(a, a_fours);
    let (b_name, b_offset) = writer.array(b, b_fours);
    let scaled = |strides: &[usize], four: bool| -> Vec<usize> {
        strides.iter().map(|s| if four { s / 4 } else { *s }).collect()
    };
    let (a_strides, b_strides) = (scaled(&a.strides, a_fours), scaled(&b.strides, b_fours));
    let mut number = |value| writer.number(value);
    let (m_text, n_text, k_text, batch_text) = (number(m), number(n), number(k), number(batch));
    let (a_batch, a_m, a_k) = (number(a_strides[0]), number(a.strides[1]), number(a_strides[2]));
    let (b_batch, b_k, b_n) = (number(b_strides[0]), number(b_strides[1]), number(b.strides[2]));
    let (a_places, a_load, a_term) = if a_fours {
        let loads: String =
            (0..tile / 4).map(|v| format!("let left{v} = {a_name}[min(at_a + {v}u, last_a)];\n")).collect();
        (
            format!("at_a += m0 / 4u;\n  let last_a = arrayLength(&{a_name}) - 1u;"),
            loads,
            "left($j)".to_owned(),
        )
    } else {
        let places: String =
            (0..tile).map(|j| format!("let row{j} = min(m0 + {j}u, {m_text} - 1u) * {a_m};\n")).collect();
        (places, String::new(), format!("{a_name}[at_a + row$j]"))
    };
    let (b_places, b_load) = if b_fours {
        ("at_b += n0 / 4u;".to_owned(), format!("{b_name}[at_b]"))
    } else {
        let column = |c: usize| format!("let column{c} = min(n0 + {c}u, {n_text} - 1u) * {b_n};\n");
        let load = |c: usize| format!("{b_name}[at_b + column{c}]");
        ((0..4).map(column).collect(), format!("vec4<f32>({})", [0, 1, 2, 3].map(load).join(", ")))
    };
    let mut body = filled(
        include_str!("kernels/matmul.wgsl"),
        tile,
        &[
            ("TILE", &tile.to_string()),
            ("A_PLACES", &a_places),
            ("B_PLACES", &b_places),
            ("A_LOAD", &a_load),
            ("B_LOAD", &b_load),
            ("A_TERM", &a_term),
            ("A_OFFSET", &a_offset),
            ("A_BATCH", &a_batch),
            ("A_K", &a_k),
            ("B_OFFSET", &b_offset),
            ("B_BATCH", &b_batch),
            ("B_K", &b_k),
            ("BATCH", &batch_text),
            ("M", &m_text),
            ("N", &n_text),
            ("K", &k_text),
        ],
    );
    for j in 0..tile {
        body = body.replace(&format!("left({j})"), &format!("left{}.{}", j / 4, ["x", "y", "z", "w"][j % 4]));
    }
    (body, batch * m.div_ceil(tile) * n.div_ceil(4), batch * m * n * k)
}

fn plane_names(writer: &mut Writer, spec: &Planes) -> Vec<(&'static str, String)> {
    let [h, w] = spec.size_in;
    let [oh, ow] = spec.size_out;
    [
        ("PICTURES", spec.pictures),
        ("OH", oh),
        ("OW", ow),
        ("KH", spec.window[0]),
        ("KW", spec.window[1]),
        ("SY", spec.stride[0]),
        ("SX", spec.stride[1]),
        ("DY", spec.dilation[0]),
        ("DX", spec.dilation[1]),
        ("PY", spec.padding[0]),
        ("PX", spec.padding[1]),
        ("H", h),
        ("W", w),
    ]
    .map(|(name, value)| (name, writer.number(value)))
    .to_vec()
}

fn convolution(
    writer: &mut Writer,
    x: &View,
    weights: &View,
    spec: &Planes,
    groups: usize,
    lanes: usize,
) -> (String, usize, usize) {
    let (x_name, x_offset) = writer.array(x, false);
    let (w_name, w_offset) = writer.array(weights, lanes == 4);
    let put: String = match lanes {
        1 => "finish(c, i);".to_owned(),
        _ => {
            let line = |(q, lane): (usize, &str)| {
                format!("if (first + {q}u < $O) {{ finish(c.{lane}, i + {q}u * $OH * $OW); }}\n")
            };
            ["x", "y", "z", "w"].into_iter().enumerate().map(line).collect()
        }
    };
    let mut names = vec![
        ("X_OFFSET", x_offset),
        ("W_OFFSET", w_offset),
        ("WEIGHTS", w_name),
        ("LANES", lanes.to_string()),
        ("TYPE", if lanes == 4 { "vec4<f32>" } else { "f32" }.to_owned()),
        ("PUT", put),
        ("GROUP_OUT", writer.number(spec.channels_out / groups)),
        ("GROUP_IN", writer.number(spec.channels_in / groups)),
    ];
    names.extend(plane_names(writer, spec));
    names.push(("O", writer.number(spec.channels_out)));
    names.push(("C", writer.number(spec.channels_in)));
    names.push(("X", x_name));
    let body = filled(include_str!("kernels/conv.wgsl"), 4, &names);
    let [oh, ow] = spec.size_out;
    let blocks = spec.channels_out.div_ceil(lanes);
    let outputs = spec.pictures * spec.channels_out * oh * ow;
    let taps = spec.channels_in / groups * spec.window[0] * spec.window[1];
    (body, spec.pictures * blocks * oh * ow.div_ceil(4), outputs * taps)
}

fn pool(
    writer: &mut Writer,
    x: &View,
    spec: &Planes,
    mean: Option<bool>,
    largest: bool,
) -> (String, usize, usize) {
    let (x_name, x_offset) = writer.array(x, false);
    let [oh, ow] = spec.size_out;
    let count = spec.pictures * spec.channels_out * oh * ow;
    let result = match mean {
        None => "found".to_owned(),
        Some(true) => format!("found / {}.0", spec.window[0] * spec.window[1]),
        Some(false) => "found / inside".to_owned(),
    };
    let mut names = vec![
        ("X_OFFSET", x_offset),
        ("COUNT", writer.number(count)),
        ("START", if largest { LOWEST } else { "0.0" }.to_owned()),
        ("COMBINE", if largest { "max(found, value)" } else { "found + value" }.to_owned()),
        ("RESULT", result),
    ];
    names.extend(plane_names(writer, spec));
    names.push(("X", x_name));
    (filled(include_str!("kernels/pool.wgsl"), 1, &names), count, count * spec.window[0] * spec.window[1])
}

fn grid_sample(writer: &mut Writer, x: &View, grid: &View, op: &GridSample) -> (String, usize, usize) {
    let (x_name, x_offset) = writer.array(x, false);
    let (grid_name, grid_offset) = writer.array(grid, false);
    let (channels, places) = (x.shape[1], grid.shape[1] * grid.shape[2]);
    let count = x.shape[0] * channels * places;
    let pixel = match op.align_corners {
        true => "(place + 1.0) / 2.0 * (size - 1.0)",
        false => "((place + 1.0) * size - 1.0) / 2.0",
    };
    let sample = match op.nearest {
        true => "pixel(i32(round(across)), i32(round(down)))",
        false => "between(across, down)",
    };
    let names = [
        ("COUNT", writer.number(count)),
        ("PLACES", writer.number(places)),
        ("CHANNELS", writer.number(channels)),
        ("HEIGHT", writer.number(x.shape[2])),
        ("WIDTH", writer.number(x.shape[3])),
        ("GRID_OFFSET", grid_offset),
        ("X_OFFSET", x_offset),
        ("PIXEL", pixel.to_owned()),
        ("SAMPLE", sample.to_owned()),
        // Two pixels outside are as far as any place outside.
        ("LEAST", if op.border { "0.0" } else { "-2.0" }.to_owned()),
        ("GRID", grid_name),
        ("X", x_name),
    ];
    let template = concat!(
        include_str!("kernels/grid_sample.wgsl"),
        include_str!("../../attention/shaders/bilinear.wgsl")
    );
    (filled(template, 1, &names), count, 4 * count)
}

fn row_names(writer: &mut Writer, x: &View) -> Vec<(&'static str, String)> {
    let (name, offset) = writer.array(x, false);
    vec![
        ("ROWS", writer.number(x.shape[0])),
        ("LENGTH", writer.number(x.shape[1])),
        ("X_OFFSET", offset),
        ("X_ROW", writer.number(x.strides[0])),
        ("X_STEP", writer.number(x.strides[1])),
        ("X", name),
    ]
}

fn row_template(x: &View, variant: Variant, one: &'static str, group: &'static str) -> &'static str {
    if variant.by_group && x.shape[1] >= SHORT { group } else { one }
}

fn reduce(writer: &mut Writer, x: &View, reducer: Reducer, variant: Variant) -> (String, usize, usize) {
    let (start, combine, merge, result) = match reducer {
        Reducer::Sum => ("0.0", "found += value;", "found += value;", "found"),
        Reducer::Prod => ("1.0", "found *= value;", "found *= value;", "found"),
        Reducer::Max => (LOWEST, "found = max(found, value);", "found = max(found, value);", "found"),
        Reducer::Min => (HIGHEST, "found = min(found, value);", "found = min(found, value);", "found"),
        Reducer::MeanOfSquares => {
            ("0.0", "found += value * value;", "found += value;", "found / f32($LENGTH)")
        }
        Reducer::ArgMax { last: false } => {
            (LOWEST, "if (value > found) { found = value; place = j; }", "", "f32(place)")
        }
        Reducer::ArgMax { last: true } => {
            (LOWEST, "if (value >= found) { found = value; place = j; }", "", "f32(place)")
        }
    };
    let mut names = vec![
        ("START", start.to_owned()),
        ("COMBINE", combine.to_owned()),
        ("MERGE", merge.to_owned()),
        ("RESULT", result.to_owned()),
    ];
    names.extend(row_names(writer, x));
    let one = include_str!("kernels/reduce.wgsl");
    let template = match reducer {
        Reducer::ArgMax { .. } => one,
        _ => row_template(x, variant, one, include_str!("kernels/reduce_group.wgsl")),
    };
    (filled(template, 1, &names), x.shape[0], x.len())
}

fn softmax(writer: &mut Writer, x: &View, log: bool, variant: Variant) -> (String, usize, usize) {
    let mut names = vec![("RESULT", if log { "above - log(sum)" } else { "exp(above) / sum" }.to_owned())];
    names.extend(row_names(writer, x));
    let (one, group) = (include_str!("kernels/softmax.wgsl"), include_str!("kernels/softmax_group.wgsl"));
    (filled(row_template(x, variant, one, group), 1, &names), x.shape[0], x.len() * 3)
}
