//! Elementwise arithmetic, kept as a tree until a kernel needs its numbers, and then written into that kernel as WGSL.

use std::rc::Rc;

use super::kernel::Kernel;
use super::view::View;

/// A tensor that may not have been computed yet. All views in it have its shape, repeating where a stride is zero.
#[derive(Clone, Debug)]
pub enum Expr {
    /// Numbers that lie in memory.
    View(View),
    /// One number for all places.
    Scalar(f32),
    /// What a kernel will give, before it is written.
    Kernel(Rc<Kernel>),
    /// `function(x)`, with a name of [`unary`].
    Unary(&'static str, Rc<Expr>),
    /// With a name of [`binary`].
    Binary(&'static str, Rc<Expr>, Rc<Expr>),
    /// The second where the first is not zero, else the third.
    Select(Rc<Expr>, Rc<Expr>, Rc<Expr>),
    /// Numbers looked up along an axis that `data` has at `stride` and `length`, at the (possibly negative) place `index` says.
    Gather { data: View, index: Rc<Expr>, stride: usize, length: usize },
}

impl Expr {
    /// `name` of x.
    pub fn unary(name: &'static str, x: Self) -> Self {
        Self::Unary(name, Rc::new(x))
    }

    /// `name` of a and b.
    pub fn binary(name: &'static str, a: Self, b: Self) -> Self {
        Self::Binary(name, Rc::new(a), Rc::new(b))
    }

    /// The same tree with every view changed.
    pub fn map_views(&self, change: &mut dyn FnMut(&View) -> Option<View>) -> Option<Self> {
        Some(match self {
            Self::View(view) => Self::View(change(view)?),
            Self::Scalar(value) => Self::Scalar(*value),
            Self::Kernel(_) => return None,
            Self::Unary(name, x) => Self::unary(name, x.map_views(change)?),
            Self::Binary(name, a, b) => Self::binary(name, a.map_views(change)?, b.map_views(change)?),
            Self::Select(c, a, b) => {
                let (c, a, b) = (c.map_views(change)?, a.map_views(change)?, b.map_views(change)?);
                Self::Select(Rc::new(c), Rc::new(a), Rc::new(b))
            }
            Self::Gather { data, index, stride, length } => Self::Gather {
                data: change(data)?,
                index: Rc::new(index.map_views(change)?),
                stride: *stride,
                length: *length,
            },
        })
    }

    /// The same tree with every kernel replaced by what `place` makes of it.
    pub fn map_kernels(&self, place: &mut dyn FnMut(&Rc<Kernel>) -> Self) -> Self {
        match self {
            Self::Kernel(kernel) => place(kernel),
            Self::Unary(name, x) => Self::unary(name, x.map_kernels(place)),
            Self::Binary(name, a, b) => Self::binary(name, a.map_kernels(place), b.map_kernels(place)),
            Self::Select(c, a, b) => {
                let (c, a, b) = (c.map_kernels(place), a.map_kernels(place), b.map_kernels(place));
                Self::Select(Rc::new(c), Rc::new(a), Rc::new(b))
            }
            Self::Gather { data, index, stride, length } => Self::Gather {
                data: data.clone(),
                index: Rc::new(index.map_kernels(place)),
                stride: *stride,
                length: *length,
            },
            Self::View(_) | Self::Scalar(_) => self.clone(),
        }
    }

    /// Every view in the tree, in the order in which [`Expr::map_views`] meets them.
    pub fn views(&self) -> Vec<View> {
        let mut found = Vec::new();
        self.map_kernels(&mut |_| Self::Scalar(0.0)).map_views(&mut |view| {
            found.push(view.clone());
            Some(view.clone())
        });
        found
    }

    /// The different kernels that the tree waits for.
    pub fn kernels(&self) -> Vec<Rc<Kernel>> {
        let mut found: Vec<Rc<Kernel>> = Vec::new();
        self.map_kernels(&mut |kernel| {
            if found.iter().all(|one| !Rc::ptr_eq(one, kernel)) {
                found.push(kernel.clone());
            }
            Self::Scalar(0.0)
        });
        found
    }
}

/// WGSL of a function of one number `x`, by the name tract gives it. Numbers of truth are 0 and 1.
pub fn unary(name: &str) -> Option<(&'static str, &'static str)> {
    const KNOWN: [(&str, &str); 19] = [
        ("Abs", "abs(x)"),
        ("Ceil", "ceil(x)"),
        ("Cos", "cos(x)"),
        ("Exp", "exp(x)"),
        ("Floor", "floor(x)"),
        ("Ln", "log(x)"),
        ("Neg", "-x"),
        ("Not", "1.0 - x"),
        ("Recip", "1.0 / x"),
        ("RoundHalfToEven", "round(x)"),
        ("Rsqrt", "inverseSqrt(x)"),
        // 1 / (1 + exp(-x)) with exp kept finite, for devices whose division of infinities is undefined.
        ("Sigmoid", "1.0 / (1.0 + exp(-clamp(x, -80.0, 80.0)))"),
        ("Sign", "sign(x)"),
        ("Silu", "x / (1.0 + exp(-clamp(x, -80.0, 80.0)))"),
        ("Sin", "sin(x)"),
        ("Sqrt", "sqrt(x)"),
        ("Square", "x * x"),
        // Some devices compute tanh by exponentials that overflow.
        ("Tanh", "tanh(clamp(x, -15.0, 15.0))"),
        ("Truncate", "trunc(x)"),
    ];
    KNOWN.into_iter().find(|(known, _)| *known == name)
}

/// WGSL of a function of two numbers `a` and `b`, by the name tract gives it.
pub fn binary(name: &str) -> Option<(&'static str, &'static str)> {
    const KNOWN: [(&str, &str); 15] = [
        ("Add", "a + b"),
        ("And", "a * b"),
        ("Div", "a / b"),
        ("Eq", "select(0.0, 1.0, a == b)"),
        ("GT", "select(0.0, 1.0, a > b)"),
        ("GTE", "select(0.0, 1.0, a >= b)"),
        ("LT", "select(0.0, 1.0, a < b)"),
        ("LTE", "select(0.0, 1.0, a <= b)"),
        ("Max", "max(a, b)"),
        ("Min", "min(a, b)"),
        ("Mul", "a * b"),
        ("NE", "select(0.0, 1.0, a != b)"),
        ("Or", "max(a, b)"),
        ("Pow", "pow(a, b)"),
        ("Sub", "a - b"),
    ];
    KNOWN.into_iter().find(|(known, _)| *known == name)
}
