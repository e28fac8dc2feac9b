//! Convolutions and pools over windows of pictures.

use crate::model::gpu::kernel::WindowSpec;
use crate::model::gpu::view::View;
use crate::model::gpu::wgsl::{LOWEST, filled};
use crate::model::gpu::writer::{Body, Writer};

/// The names that the templates of windows have in common.
fn window_names(writer: &mut Writer, spec: &WindowSpec) -> Vec<(&'static str, String)> {
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

/// Convolution of x [N, C, H, W], in groups: a thread makes `lanes` channels at four neighbouring places.
pub fn convolution(
    writer: &mut Writer,
    x: &View,
    weights: &View,
    spec: &WindowSpec,
    groups: usize,
    lanes: usize,
) -> Body {
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
    names.extend(window_names(writer, spec));
    names.push(("O", writer.number(spec.channels_out)));
    names.push(("C", writer.number(spec.channels_in)));
    names.push(("X", x_name));
    let source = filled(include_str!("conv.wgsl"), 4, &names);
    let [oh, ow] = spec.size_out;
    let blocks = spec.channels_out.div_ceil(lanes);
    let outputs = spec.pictures * spec.channels_out * oh * ow;
    let taps = spec.channels_in / groups * spec.window[0] * spec.window[1];
    Body { source, count: spec.pictures * blocks * oh * ow.div_ceil(4), work: outputs * taps }
}

/// The largest, the sum or the mean of each window of x [N, C, H, W].
pub fn pool(writer: &mut Writer, x: &View, spec: &WindowSpec, mean: Option<bool>, largest: bool) -> Body {
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
    names.extend(window_names(writer, spec));
    names.push(("X", x_name));
    let source = filled(include_str!("pool.wgsl"), 1, &names);
    Body { source, count, work: count * spec.window[0] * spec.window[1] }
}
