//! Batched matrix products.

use crate::model::gpu::kernel::Variant;
use crate::model::gpu::view::{Source, View};
use crate::model::gpu::wgsl::filled;
use crate::model::gpu::writer::{Body, Writer};

/// a [batch, m, k] times b [batch, k, n]: a thread makes `tile` rows of four columns.
pub fn product(writer: &mut Writer, a: &View, b: &View, variant: Variant) -> Body {
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
    let padded = |view: &View, n: usize| matches!(view.source, Source::Constant(_)) || n.is_multiple_of(4);
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
        include_str!("matmul.wgsl"),
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
    Body { source: body, count: batch * m.div_ceil(tile) * n.div_ceil(4), work: batch * m * n * k }
}
