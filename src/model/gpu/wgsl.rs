//! The text of a shader: its bindings, its entry point, and templates with names to be filled in.

use super::dispatch::PARAMETERS;

/// The least and the greatest f32.
pub const LOWEST: &str = "-3.4028234e38";
pub const HIGHEST: &str = "3.4028234e38";

/// The bindings of a dispatch: parameters `p`, what it writes `to`, what it reads `b0`, `b1`, …, some four at a time.
pub fn header(fours: &[bool]) -> String {
    let mut source = format!("@group(0) @binding(0) var<uniform> p: array<vec4<u32>, {}>;\n", PARAMETERS / 4);
    source += "@group(0) @binding(1) var<storage, read_write> to: array<f32>;\n";
    for (i, four) in fours.iter().enumerate() {
        let kind = if *four { "vec4<f32>" } else { "f32" };
        source += &format!("@group(0) @binding({}) var<storage, read> b{i}: array<{kind}>;\n", i + 2);
    }
    source
}

/// The entry point: it calls `kernel` for each thread, or `kernel_of` for each workgroup; of several lanes, `copy` is the one at hand.
pub fn entry(by_group: bool, lanes: bool) -> String {
    let (declared, set) = if lanes { ("var<private> copy: u32;\n", "  copy = group.z;\n") } else { ("", "") };
    let call = if by_group { "kernel_of(nth, lane)" } else { "kernel(nth * 64u + lane)" };
    format!("{declared}{}{set}  {call};\n}}\n", include_str!("kernels/entry.wgsl"))
}

/// A template with its names ($NAME) filled in. A line with `$j` stands for `rows` lines, for j of 0, 1, …
pub fn filled(template: &str, rows: usize, names: &[(&str, impl AsRef<str>)]) -> String {
    let mut text = String::new();
    for line in template.lines().filter(|line| !line.starts_with("//")) {
        let mut line = line.to_owned();
        for (name, value) in names {
            line = line.replace(&format!("${name}"), value.as_ref());
        }
        if line.contains("$j") {
            for j in 0..rows {
                text += &line.replace("$j", &j.to_string());
                text.push('\n');
            }
        } else {
            text += &line;
            text.push('\n');
        }
    }
    text
}
