//! Arithmetic of two tensors, each of which may be repeated along some axes of the other.

/// An operation on two numbers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Arithmetic {
    Add,
    Subtract,
    Multiply,
    Divide,
    Greatest,
    Least,
}

/// An operation on two tensors of one rank, each repeated along axes where it has size one.
#[derive(Clone, Debug, PartialEq)]
pub struct Broadcast {
    arithmetic: Arithmetic,
    /// From the outermost on; neighbours that both tensors walk as one are merged.
    axes: Vec<Axis>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
struct Axis {
    len: usize,
    /// How far apart neighbours lie in each tensor; 0 in one that is repeated.
    strides: [usize; 2],
}

impl Broadcast {
    /// `None` if the shapes cannot be repeated to one.
    pub fn new(arithmetic: Arithmetic, shapes: [&[usize]; 2]) -> Option<Self> {
        let [first, second] = shapes;
        let fit = |(a, b): (&usize, &usize)| a == b || *a == 1 || *b == 1;
        if first.len() != second.len() || !first.iter().zip(second).all(fit) {
            return None;
        }
        let mut axes: Vec<Axis> = Vec::new();
        let mut sizes = [1, 1];
        for (a, b) in first.iter().zip(second).rev() {
            let (len, lens) = (*a.max(b), [*a, *b]);
            let strides = [0, 1].map(|i| if lens[i] == 1 { 0 } else { sizes[i] });
            sizes = [sizes[0] * a, sizes[1] * b];
            match axes.last_mut() {
                _ if len == 1 => {}
                Some(Axis { len: inner, strides: inside })
                    if [0, 1].iter().all(|i| strides[*i] == inside[*i] * *inner) =>
                {
                    *inner *= len;
                }
                _ => axes.push(Axis { len, strides }),
            }
        }
        if axes.is_empty() {
            axes.push(Axis { len: 1, strides: [1, 1] });
        }
        axes.reverse();
        Some(Self { arithmetic, axes })
    }

    /// `y` has the shape that both tensors are repeated to.
    pub fn run(&self, a: &[f32], b: &[f32], y: &mut [f32]) {
        self.walk(&self.axes, a, b, y);
    }

    fn walk(&self, axes: &[Axis], a: &[f32], b: &[f32], y: &mut [f32]) {
        match axes {
            [] => {}
            [inner] => self.arithmetic.row(inner.strides, a, b, y),
            [Axis { len, strides }, inside @ ..] => {
                for (i, y) in y.chunks_exact_mut(y.len() / len).enumerate() {
                    self.walk(inside, &a[i * strides[0]..], &b[i * strides[1]..], y);
                }
            }
        }
    }
}

impl Arithmetic {
    /// One row, along which each tensor has its numbers or repeats one.
    fn row(self, strides: [usize; 2], a: &[f32], b: &[f32], y: &mut [f32]) {
        match self {
            Self::Add => pairs(strides, a, b, y, |a, b| a + b),
            Self::Subtract => pairs(strides, a, b, y, |a, b| a - b),
            Self::Multiply => pairs(strides, a, b, y, |a, b| a * b),
            Self::Divide => pairs(strides, a, b, y, |a, b| a / b),
            Self::Greatest => pairs(strides, a, b, y, |a, b| if a < b { b } else { a }),
            Self::Least => pairs(strides, a, b, y, |a, b| if b < a { b } else { a }),
        }
    }
}

#[inline(always)]
fn pairs(strides: [usize; 2], a: &[f32], b: &[f32], y: &mut [f32], of: impl Fn(f32, f32) -> f32) {
    match (strides, a, b) {
        ([0, _], [a, ..], b) => y.iter_mut().zip(b).for_each(|(y, b)| *y = of(*a, *b)),
        ([_, 0], a, [b, ..]) => y.iter_mut().zip(a).for_each(|(y, a)| *y = of(*a, *b)),
        (_, a, b) => y.iter_mut().zip(a).zip(b).for_each(|((y, a), b)| *y = of(*a, *b)),
    }
}
