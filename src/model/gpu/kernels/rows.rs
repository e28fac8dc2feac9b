//! Sums and softmax along rows.

use crate::model::gpu::kernel::{Reducer, Variant};
use crate::model::gpu::view::View;
use crate::model::gpu::wgsl::{HIGHEST, LOWEST, filled};
use crate::model::gpu::writer::{Body, Writer};

/// Rows shorter than this are a thread's work, whatever the variant.
const SHORT: usize = 64;

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

/// The template of a thread a row, or of a workgroup a row.
fn row_template(x: &View, variant: Variant, one: &'static str, group: &'static str) -> &'static str {
    if variant.by_group && x.shape[1] >= SHORT { group } else { one }
}

/// x [rows, length] to one number a row.
pub fn reduce(writer: &mut Writer, x: &View, reducer: Reducer, variant: Variant) -> Body {
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
    let one = include_str!("reduce.wgsl");
    let template = match reducer {
        Reducer::ArgMax { .. } => one,
        _ => row_template(x, variant, one, include_str!("reduce_group.wgsl")),
    };
    Body { source: filled(template, 1, &names), count: x.shape[0], work: x.len() }
}

/// x [rows, length] to weights along each row, or their logarithms.
pub fn softmax(writer: &mut Writer, x: &View, log: bool, variant: Variant) -> Body {
    let mut names = vec![("RESULT", if log { "above - log(sum)" } else { "exp(above) / sum" }.to_owned())];
    names.extend(row_names(writer, x));
    let (one, group) = (include_str!("softmax.wgsl"), include_str!("softmax_group.wgsl"));
    let source = filled(row_template(x, variant, one, group), 1, &names);
    Body { source, count: x.shape[0], work: x.len() * 3 }
}
