//! Writes one dispatch: its WGSL from a kernel's body and the expression that finishes it, and its parameters.
//!
//! Shapes, strides and offsets are parameters, so that kernels which differ only in them share one pipeline.

use std::rc::Rc;

use super::constants::Constants;
use super::dispatch::{Dispatch, GROUP, Lanes, Region, SPAN, pitch};
use super::expression::{Expr, binary, unary};
use super::kernel::Kernel;
use super::view::{Source, View, inverse, merged};
use super::wgsl::{entry, header};

/// What a kernel's file makes of it.
pub struct Body {
    /// WGSL that defines `fn kernel(i: u32)` for a thread, or `fn kernel_of(row: u32, lane: u32)` for a workgroup a row.
    pub source: String,
    /// Threads, or workgroups.
    pub count: usize,
    /// Multiply-adds.
    pub work: usize,
}

/// A dispatch that is being written.
pub struct Writer<'a> {
    constants: &'a mut Constants,
    lanes: Lanes<'a>,
    parameters: Vec<u32>,
    /// What is bound, and whether four at a time.
    bindings: Vec<(Region, bool)>,
    moved: usize,
}

impl<'a> Writer<'a> {
    /// A dispatch without bindings or parameters.
    pub fn new(constants: &'a mut Constants, lanes: Lanes<'a>) -> Self {
        Self { constants, lanes, parameters: Vec::new(), bindings: Vec::new(), moved: 0 }
    }

    /// WGSL of a whole number that is known when the plan is made.
    pub fn number(&mut self, value: usize) -> String {
        self.bits(value as u32)
    }

    fn bits(&mut self, bits: u32) -> String {
        let at = self.parameters.len();
        self.parameters.push(bits);
        format!("p[{}].{}", at / 4, ["x", "y", "z", "w"][at % 4])
    }

    /// WGSL of the array a view looks into, and of its offset there; with `four`, both in vectors.
    pub fn array(&mut self, view: &View, four: bool) -> (String, String) {
        let (region, start) = match view.source {
            Source::Constant(constant) => (Region::Constants, self.constants.place(constant)),
            Source::Value(value) => (Region::Value(value), 0),
        };
        let at = self.bindings.iter().position(|bound| *bound == (region, four)).unwrap_or_else(|| {
            self.bindings.push((region, four));
            self.bindings.len() - 1
        });
        let held = view.shape.iter().zip(&view.strides).filter(|(_, stride)| **stride > 0);
        self.moved += held.map(|(n, _)| n).product::<usize>();
        (format!("b{at}"), self.offset(view.source, view.offset + start, if four { 4 } else { 1 }))
    }

    /// WGSL of an offset, in units of so many numbers; in a value, of the lane at hand.
    fn offset(&mut self, source: Source, offset: usize, unit: usize) -> String {
        let offset = self.number(offset / unit);
        match source {
            Source::Value(value) if self.lanes.count > 1 => {
                let pitch = self.number(pitch(self.lanes.lengths[value]) / unit);
                format!("({offset} + copy * {pitch})")
            }
            _ => offset,
        }
    }

    /// `fn finish(v: f32, i: u32)`, which writes the expression's number for place *i* of `layout` into `to`. `v` stands for
    /// what `kernel` gives there. `order`: axis *k* of the expression is axis `order[k]` of the layout.
    fn finish(&mut self, expr: &Expr, kernel: Option<&Rc<Kernel>>, order: &[usize], to: &View) -> String {
        let back = inverse(order);
        let layout_of = |view: &View| view.permuted(&back);
        let to = layout_of(to);
        let views: Vec<View> = expr.views().iter().map(layout_of).collect();
        let strides: Vec<&[usize]> =
            std::iter::once(&to).chain(&views).map(|view| view.strides.as_slice()).collect();
        let merged = merged(&to.shape, &strides);
        let rank = merged.shape.len();
        let mut lines = vec!["  var rest = i;".to_owned()];
        for axis in (0..rank).rev() {
            if axis == 0 {
                lines.push("  let d0 = rest;".to_owned());
            } else {
                let n = self.number(merged.shape[axis]);
                lines.push(format!("  let d{axis} = rest % {n}; rest = rest / {n};"));
            }
        }
        let place = |writer: &mut Self, nth: usize, offset: String| {
            let steps = merged.strides[nth].iter().enumerate().filter(|(_, stride)| **stride > 0);
            let mut sum = offset;
            for (axis, &stride) in steps {
                sum += &match stride {
                    1 => format!(" + d{axis}"),
                    _ => format!(" + d{axis} * {}", writer.number(stride)),
                };
            }
            sum
        };
        let mut names = Vec::with_capacity(views.len());
        for (nth, view) in views.iter().enumerate() {
            let (array, offset) = self.array(view, false);
            names.push((array, place(self, nth + 1, offset)));
        }
        let written = self.expression(expr, kernel, &mut names.into_iter());
        let start = self.offset(to.source, to.offset, 1);
        let target = place(self, 0, start);
        self.moved += to.len();
        format!("fn finish(v: f32, i: u32) {{\n{}\n  to[{target}] = {written};\n}}\n", lines.join("\n"))
    }

    fn expression(
        &mut self,
        expr: &Expr,
        kernel: Option<&Rc<Kernel>>,
        views: &mut dyn Iterator<Item = (String, String)>,
    ) -> String {
        let call = |name: &str, arguments: &[String]| format!("f_{name}({})", arguments.join(", "));
        match expr {
            Expr::View(_) => views.next().map(|(array, at)| format!("{array}[{at}]")).unwrap_or_default(),
            Expr::Scalar(value) => format!("bitcast<f32>({})", self.bits(value.to_bits())),
            Expr::Kernel(one) => {
                debug_assert!(kernel.is_some_and(|kernel| Rc::ptr_eq(kernel, one)));
                "v".to_owned()
            }
            Expr::Unary(name, x) => call(name, &[self.expression(x, kernel, views)]),
            Expr::Binary(name, a, b) => {
                let a = self.expression(a, kernel, views);
                call(name, &[a, self.expression(b, kernel, views)])
            }
            Expr::Select(c, a, b) => {
                let c = self.expression(c, kernel, views);
                let a = self.expression(a, kernel, views);
                let b = self.expression(b, kernel, views);
                format!("select({b}, {a}, {c} != 0.0)")
            }
            Expr::Gather { index, stride, length, .. } => {
                let (array, at) = views.next().unwrap_or_default();
                let index = self.expression(index, kernel, views);
                let (stride, length) = (self.number(*stride), self.number(*length));
                format!("{array}[{at} + wrapped({index}, {length}) * {stride}]")
            }
        }
    }

    /// Puts the parts together: a kernel's body, and the expression that finishes it and is written to `to`.
    pub fn dispatch(
        mut self,
        label: &str,
        body: &Body,
        (expr, kernel, order): (&Expr, Option<&Rc<Kernel>>, &[usize]),
        to: &View,
    ) -> Dispatch {
        let finish = self.finish(expr, kernel, order, to);
        let by_group = body.source.contains("fn kernel_of");
        let fours: Vec<bool> = self.bindings.iter().map(|(_, four)| *four).collect();
        let mut source = header(&fours);
        source += &functions(expr);
        source += &finish;
        source += &body.source;
        source += &entry(by_group, self.lanes.count > 1);
        let groups = if by_group { body.count } else { body.count.div_ceil(GROUP) }.max(1);
        let across = groups.min(SPAN);
        let writes = match to.source {
            Source::Value(value) => value,
            Source::Constant(_) => unreachable!("nothing writes a constant"),
        };
        Dispatch {
            label: label.to_owned(),
            kind: "arithmetic",
            sizes: to.shape.clone(),
            source,
            reads: self.bindings.iter().map(|(region, _)| *region).collect(),
            writes,
            parameters: self.parameters,
            groups: (across as u32, groups.div_ceil(across) as u32, self.lanes.count as u32),
            work: (body.work * self.lanes.count) as u64,
            moved: (self.moved * self.lanes.count) as u64,
        }
    }
}

/// The functions that an expression calls.
fn functions(expr: &Expr) -> String {
    let mut known: Vec<String> = Vec::new();
    let mut add = |text: String| {
        if !known.contains(&text) {
            known.push(text);
        }
    };
    collect(expr, &mut add);
    known.concat()
}

fn collect(expr: &Expr, add: &mut dyn FnMut(String)) {
    match expr {
        Expr::View(_) | Expr::Scalar(_) | Expr::Kernel(_) => {}
        Expr::Unary(name, x) => {
            if let Some((name, body)) = unary(name) {
                add(format!("fn f_{name}(x: f32) -> f32 {{ return {body}; }}\n"));
            }
            collect(x, add);
        }
        Expr::Binary(name, a, b) => {
            if let Some((name, body)) = binary(name) {
                add(format!("fn f_{name}(a: f32, b: f32) -> f32 {{ return {body}; }}\n"));
            }
            collect(a, add);
            collect(b, add);
        }
        Expr::Select(c, a, b) => [c, a, b].into_iter().for_each(|part| collect(part, add)),
        Expr::Gather { index, .. } => {
            add("fn wrapped(index: f32, length: u32) -> u32 {\n  let n = i32(length);\n  let i = i32(index);\n  return u32(clamp(select(i, i + n, i < 0), 0, n - 1));\n}\n".to_owned());
            collect(index, add);
        }
    }
}
