//! Matrix products: one row times a matrix in the layout it has, or tiles of four rows and eight columns.

use tract_core::axes::AxesMapping;

use super::frame::Epilogue;
use super::simd::{Four, LANES, product};

const PANEL: usize = 2 * LANES;
/// Panels of rows that are multiplied by all columns before the next ones are: so many fit the cache.
const BLOCK: usize = 16;

/// Pairs of matrices [m, k] · [k, n], however the two lie, as [m, n] one behind the other.
#[derive(Clone, Debug, PartialEq)]
pub struct Product {
    rows: Side,
    columns: Side,
    depth: usize,
    /// Whether there is one row only, which is multiplied by the columns in the layout they have.
    as_it_lies: bool,
    /// Where the sides of each pair begin.
    starts: Vec<[usize; 2]>,
    /// A number for each column, or nothing.
    bias: Vec<f32>,
}

/// Lines of `depth` numbers: rows of the first matrix, or columns of the second.
#[derive(Clone, Debug, PartialEq)]
struct Side {
    lines: usize,
    /// From a line to the next one, and from a number to the next one of its line.
    strides: [usize; 2],
    source: SideSource,
}

#[derive(Clone, Debug, PartialEq)]
enum SideSource {
    Input(usize),
    /// [lines / width, depth, width]
    Panels(Vec<f32>),
}

/// An axis of the result, or several that can be walked as one.
#[derive(Clone, Copy)]
struct Span {
    len: usize,
    /// From a number to the next one in each input; 0 in one that has no such axis.
    strides: [usize; 2],
}

impl Span {
    const NONE: Self = Self { len: 1, strides: [0; 2] };
}

impl Product {
    /// What [`EinSum`](tract_core::ops::einsum::EinSum) makes of two inputs, and which of them it takes at a run: what is `known` of them
    /// is laid out for it now, where that helps. `None` if an axis is met twice in an input, or more than one is summed over.
    pub fn new(
        axes: &AxesMapping,
        shapes: [&[usize]; 2],
        known: [Option<&[f32]>; 2],
    ) -> Option<(Self, Vec<usize>)> {
        let (mut spans, depth) = spans(axes, shapes)?;
        let last = spans.pop_if(|span| span.strides.contains(&0)).unwrap_or(Span::NONE);
        // The side that has the last axis of the result is that of the columns.
        let first = usize::from(last.strides[1] == 0 && last.len > 1);
        let second = 1 - first;
        let others = spans.pop_if(|span| span.strides[second] == 0).unwrap_or(Span::NONE);
        let mut starts = vec![[0, 0]];
        for Span { len, strides } in spans {
            let next =
                |at: [usize; 2]| (0..len).map(move |i| [0, 1].map(|side| at[side] + i * strides[side]));
            starts = starts.into_iter().flat_map(next).collect();
        }
        let as_it_lies =
            others.len == 1 && (last.len == 1 || last.strides[second] == 1 || depth.strides[second] == 1);
        let mut taken = Vec::new();
        let mut side = |input: usize, span: Span, width: usize| {
            let (lines, strides) = (span.len, [span.strides[input], depth.strides[input]]);
            let repeated = starts.iter().all(|start| start[input] == 0);
            let source = match known[input].filter(|_| !as_it_lies && repeated) {
                Some(numbers) => SideSource::Panels(panels(numbers, lines, strides, depth.len, width)),
                None => {
                    taken.push(input);
                    SideSource::Input(taken.len() - 1)
                }
            };
            Side { lines, strides, source }
        };
        let rows = side(first, others, LANES);
        let columns = side(second, last, PANEL);
        let starts = starts.iter().map(|start| [start[first], start[second]]).collect();
        Some((Self { rows, columns, depth: depth.len, as_it_lies, starts, bias: Vec::new() }, taken))
    }

    /// Adds a bias [n] to every row; `false` if it has not as many numbers as there are columns, or there is a bias already.
    pub fn add_bias(&mut self, bias: &[f32]) -> bool {
        let fits = self.bias.is_empty() && bias.len() == self.columns.lines;
        if fits {
            self.bias = bias.to_vec();
        }
        fits
    }

    /// Multiply-adds.
    pub fn work(&self) -> usize {
        self.starts.len() * self.rows.lines * self.columns.lines * self.depth
    }

    /// `added` has the shape of `y`.
    pub fn run(&self, inputs: &[&[f32]], added: Option<&[f32]>, epilogue: Epilogue, y: &mut [f32]) {
        let [m, n] = [self.rows.lines, self.columns.lines];
        let numbers = |side: &Side, start: usize| match side.source {
            SideSource::Input(input) => &inputs[input][start..],
            SideSource::Panels(_) => &[],
        };
        for (i, (start, y)) in self.starts.iter().zip(y.chunks_exact_mut(m * n)).enumerate() {
            let (rows, columns) = (numbers(&self.rows, start[0]), numbers(&self.columns, start[1]));
            let added = added.map(|added| &added[i * m * n..][..m * n]);
            if self.as_it_lies {
                match added {
                    Some(added) => y.copy_from_slice(added),
                    None => y.fill(0.0),
                }
                self.row(rows, columns, y);
                finish(y, &self.bias, epilogue);
            } else {
                self.tiles(rows, columns, added, epilogue, y);
            }
        }
    }

    /// Adds one row times the columns as they lie.
    fn row(&self, x: &[f32], columns: &[f32], y: &mut [f32]) {
        let line: Vec<f32>;
        let x = if self.rows.strides[1] == 1 {
            &x[..self.depth]
        } else {
            line = (0..self.depth).map(|i| x[i * self.rows.strides[1]]).collect();
            &line
        };
        let [apart, along] = self.columns.strides;
        let contiguous = if self.depth == 1 { apart != 1 } else { along == 1 };
        let (stride, len) = if contiguous { (apart, x.len()) } else { (along, y.len()) };
        let line = |i: usize| &columns[i * stride..][..len];
        let four = |i: usize| [line(4 * i), line(4 * i + 1), line(4 * i + 2), line(4 * i + 3)];
        if contiguous {
            y.iter_mut().enumerate().for_each(|(i, y)| *y += dot(x, line(i)));
        } else {
            let (fours, rest) = x.as_chunks::<LANES>();
            let done = fours.len() * LANES;
            fours.iter().enumerate().for_each(|(i, x)| add_lines(x, four(i), y));
            rest.iter().enumerate().for_each(|(i, x)| add_line(*x, line(done + i), y));
        }
    }

    fn tiles(&self, rows: &[f32], columns: &[f32], added: Option<&[f32]>, epilogue: Epilogue, y: &mut [f32]) {
        let depth = self.depth;
        let (left, right);
        let rows = match &self.rows.source {
            SideSource::Panels(panels) => panels,
            SideSource::Input(_) => {
                left = panels(rows, self.rows.lines, self.rows.strides, depth, LANES);
                &left
            }
        };
        let columns = match &self.columns.source {
            SideSource::Panels(panels) => panels,
            SideSource::Input(_) => {
                right = panels(columns, self.columns.lines, self.columns.strides, depth, PANEL);
                &right
            }
        };
        let mut to = Sink { y, width: self.columns.lines, bias: &self.bias, added, epilogue };
        for (block, rows) in rows.chunks(BLOCK * depth * LANES).enumerate() {
            for (across, columns) in columns.chunks_exact(depth * PANEL).enumerate() {
                for (down, rows) in rows.chunks_exact(depth * LANES).enumerate() {
                    to.put((block * BLOCK + down) * LANES, across * PANEL, &product(rows, columns));
                }
            }
        }
    }
}

/// The axes of the result, without those of size one, and the axis that is summed over.
fn spans(axes: &AxesMapping, shapes: [&[usize]; 2]) -> Option<(Vec<Span>, Span)> {
    let mut made = vec![Span::NONE; axes.iter_all_axes().count()];
    let mut depth = Span::NONE;
    for axis in axes.iter_all_axes() {
        let mut span = Span::NONE;
        for (input, shape) in shapes.into_iter().enumerate() {
            let [place] = axis.inputs[input][..] else {
                if axis.inputs[input].is_empty() {
                    continue;
                }
                return None;
            };
            if shape[place] > 1 {
                span.len = shape[place];
                span.strides[input] = shape[place + 1..].iter().product();
            }
        }
        match axis.outputs[0][..] {
            [place] => made[place] = span,
            [] if span.len == 1 => {}
            [] if depth.len == 1 && !span.strides.contains(&0) => depth = span,
            _ => return None,
        }
    }
    let mut spans: Vec<Span> = Vec::new();
    for span in made.into_iter().filter(|span| span.len > 1) {
        match spans.last_mut() {
            Some(outer) if [0, 1].iter().all(|i| outer.strides[*i] == span.strides[*i] * span.len) => {
                *outer = Span { len: outer.len * span.len, ..span };
            }
            _ => spans.push(span),
        }
    }
    // With nothing to sum over, any stride does.
    if depth.len == 1 {
        depth.strides = [1; 2];
    }
    Some((spans, depth))
}

/// Lines side by side, `width` of them at a time: [lines / width, depth, width], zeros where there are none.
fn panels(from: &[f32], lines: usize, [apart, along]: [usize; 2], depth: usize, width: usize) -> Vec<f32> {
    let mut made = vec![0.0; lines.next_multiple_of(width) * depth];
    for (i, panel) in made.chunks_exact_mut(depth * width).enumerate() {
        let (from, count) = (&from[i * width * apart..], width.min(lines - i * width));
        if apart == 1 && (depth == 1 || along >= count) {
            side_by_side(from, along.max(count), count, width, panel);
        } else {
            (0..count).for_each(|lane| interleave(&from[lane * apart..], along, &mut panel[lane..], width));
        }
    }
    made
}

#[inline(never)]
fn side_by_side(from: &[f32], along: usize, count: usize, width: usize, to: &mut [f32]) {
    for (to, from) in to.chunks_exact_mut(width).zip(from.chunks(along)) {
        to[..count].copy_from_slice(&from[..count]);
    }
}

#[inline(never)]
fn interleave(from: &[f32], along: usize, to: &mut [f32], width: usize) {
    to.iter_mut().step_by(width).zip(from.iter().step_by(along)).for_each(|(to, from)| *to = *from);
}

/// The product of two lines. One line after the other, as they lie: the processor fetches ahead what it reads in order.
#[inline(never)]
fn dot(x: &[f32], line: &[f32]) -> f32 {
    let [mut p, mut q, mut r, mut s] = [Four::splat(0.0); LANES];
    let ((x, x_rest), (line, rest)) = (x.as_chunks::<{ 4 * LANES }>(), line.as_chunks::<{ 4 * LANES }>());
    for (x, w) in x.iter().zip(line) {
        (p, q) = (p + Four::load(x) * Four::load(w), q + Four::load(&x[4..]) * Four::load(&w[4..]));
        (r, s) =
            (r + Four::load(&x[8..]) * Four::load(&w[8..]), s + Four::load(&x[12..]) * Four::load(&w[12..]));
    }
    let made = (p + q) + (r + s);
    made.array().iter().sum::<f32>() + x_rest.iter().zip(rest).map(|(x, w)| x * w).sum::<f32>()
}

/// Adds four lines, each times a number.
#[inline(never)]
fn add_lines(x: &[f32; LANES], lines: [&[f32]; LANES], y: &mut [f32]) {
    let [p, q, r, s] = x.map(Four::splat);
    let [(a, a_rest), (b, b_rest), (c, c_rest), (d, d_rest)] = lines.map(<[f32]>::as_chunks::<LANES>);
    let (fours, rest) = y.as_chunks_mut::<LANES>();
    for ((((y, a), b), c), d) in fours.iter_mut().zip(a).zip(b).zip(c).zip(d) {
        let (near, far) = (p * Four::load(a) + q * Four::load(b), r * Four::load(c) + s * Four::load(d));
        (Four::load(y) + (near + far)).store(y);
    }
    for (i, y) in rest.iter_mut().enumerate() {
        *y += x[0] * a_rest[i] + x[1] * b_rest[i] + (x[2] * c_rest[i] + x[3] * d_rest[i]);
    }
}

#[inline(never)]
fn add_line(x: f32, line: &[f32], y: &mut [f32]) {
    y.iter_mut().zip(line).for_each(|(y, w)| *y += x * w);
}

fn finish(y: &mut [f32], bias: &[f32], epilogue: Epilogue) {
    y.iter_mut().zip(bias).for_each(|(y, bias)| *y += bias);
    if epilogue != Epilogue::default() {
        y.iter_mut().for_each(|y| *y = y.max(epilogue.floor).min(epilogue.ceiling));
    }
}

/// Where tiles go.
struct Sink<'a> {
    y: &'a mut [f32],
    width: usize,
    bias: &'a [f32],
    added: Option<&'a [f32]>,
    epilogue: Epilogue,
}

impl Sink<'_> {
    /// A tile whose first number belongs to this row and column; parts of it may lie outside.
    #[inline(never)]
    fn put(&mut self, row: usize, column: usize, tile: &[[Four; 2]; LANES]) {
        let count = PANEL.min(self.width - column);
        let bias = self.bias.get(column..column + count);
        let [floor, ceiling] = [self.epilogue.floor, self.epilogue.ceiling].map(Four::splat);
        for (r, made) in tile.iter().enumerate() {
            let at = (row + r) * self.width + column;
            let added = self.added.and_then(|added| added.get(at..at + count));
            let Some(to) = self.y.get_mut(at..at + count) else { return };
            for (half, made) in made.iter().enumerate().take(count.div_ceil(LANES)) {
                let part = half * LANES..count.min((half + 1) * LANES);
                let mut made = *made;
                for more in [bias, added].into_iter().flatten() {
                    made = made + some(&more[part.clone()]);
                }
                put_some(made.max(floor).min(ceiling), &mut to[part]);
            }
        }
    }
}

/// Up to four numbers.
#[inline(always)]
fn some(from: &[f32]) -> Four {
    if from.len() >= LANES {
        return Four::load(from);
    }
    let mut four = [0.0; LANES];
    four[..from.len()].copy_from_slice(from);
    Four::from_array(four)
}

#[inline(always)]
fn put_some(made: Four, to: &mut [f32]) {
    if to.len() >= LANES {
        made.store(to);
    } else {
        to.copy_from_slice(&made.array()[..to.len()]);
    }
}
