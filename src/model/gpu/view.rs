//! Where the numbers of a tensor lie: a value, an offset and a stride an axis. Layout operators only change the view.

/// What a view looks into: a region of memory of the device, known by number until the arena gives it a buffer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Source {
    /// A constant of the graph, by its number.
    Constant(usize),
    /// A tensor that an input or a dispatch fills.
    Value(usize),
}

/// A strided view, in numbers of f32. A stride of zero repeats.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct View {
    pub source: Source,
    pub offset: usize,
    pub shape: Vec<usize>,
    pub strides: Vec<usize>,
}

/// Row-major strides of a shape.
pub fn row_major(shape: &[usize]) -> Vec<usize> {
    let mut strides = vec![1; shape.len()];
    for axis in (1..shape.len()).rev() {
        strides[axis - 1] = strides[axis] * shape[axis];
    }
    strides
}

impl View {
    /// The whole of a value, row-major.
    pub fn whole(source: Source, offset: usize, shape: &[usize]) -> Self {
        Self { source, offset, shape: shape.to_vec(), strides: row_major(shape) }
    }

    /// How many numbers it shows, repeated ones as often as they are.
    pub fn len(&self) -> usize {
        self.shape.iter().product()
    }

    /// Whether its numbers lie one after the other, row-major.
    pub fn contiguous(&self) -> bool {
        let wanted = row_major(&self.shape);
        self.shape.iter().zip(&self.strides).zip(wanted).all(|((&n, &stride), row)| n == 1 || stride == row)
    }

    /// Axis *i* of the answer is axis `order[i]` of this.
    pub fn permuted(&self, order: &[usize]) -> Self {
        let pick = |from: &[usize]| order.iter().map(|&axis| from[axis]).collect();
        Self {
            source: self.source,
            offset: self.offset,
            shape: pick(&self.shape),
            strides: pick(&self.strides),
        }
    }

    /// Places `start` to `end` along an axis.
    pub fn sliced(&self, axis: usize, start: usize, end: usize) -> Self {
        let mut view = self.clone();
        view.offset += start * view.strides[axis];
        view.shape[axis] = end - start;
        view
    }

    /// Repeats axes of one along those of `shape`, which has the same rank.
    pub fn broadcast(&self, shape: &[usize]) -> Self {
        let mut view = self.clone();
        for (axis, &n) in shape.iter().enumerate() {
            if view.shape[axis] != n {
                view.shape[axis] = n;
                view.strides[axis] = 0;
            }
        }
        view
    }

    /// With a new axis of one.
    pub fn with_axis(&self, axis: usize) -> Self {
        let mut view = self.clone();
        view.shape.insert(axis, 1);
        view.strides.insert(axis, 0);
        view
    }

    /// Without an axis of one.
    pub fn without_axis(&self, axis: usize) -> Self {
        let mut view = self.clone();
        view.shape.remove(axis);
        view.strides.remove(axis);
        view
    }

    /// The same numbers under another shape; `None` if strides cannot express it.
    pub fn reshaped(&self, shape: &[usize]) -> Option<Self> {
        let merged = merged(&self.shape, &[&self.strides]);
        let mut strides = vec![0; shape.len()];
        let mut axis = shape.len();
        for (&(mut left), stride) in merged.shape.iter().zip(&merged.strides[0]).rev() {
            let mut step = *stride;
            while left > 1 {
                axis = axis.checked_sub(1)?;
                if shape[axis] == 0 || left % shape[axis] != 0 {
                    return None;
                }
                strides[axis] = step;
                step *= shape[axis];
                left /= shape[axis];
            }
        }
        shape[..axis].iter().all(|&n| n == 1).then_some(())?;
        Some(Self { source: self.source, offset: self.offset, shape: shape.to_vec(), strides })
    }

    /// Several neighbouring axes as one: its length and stride; `None` if one stride cannot express them.
    pub fn fused(&self, axes: std::ops::Range<usize>) -> Option<(usize, usize)> {
        let merged = merged(&self.shape[axes.clone()], &[&self.strides[axes]]);
        match merged.shape.as_slice() {
            [] => Some((1, 0)),
            &[n] => Some((n, merged.strides[0][0])),
            _ => None,
        }
    }
}

/// The order that takes axes back to where `order` took them from.
pub fn inverse(order: &[usize]) -> Vec<usize> {
    let mut back = vec![0; order.len()];
    for (at, &axis) in order.iter().enumerate() {
        back[axis] = at;
    }
    back
}

/// A shape with as few axes as possible, and the strides that several tensors have along them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Merged {
    pub shape: Vec<usize>,
    pub strides: Vec<Vec<usize>>,
}

/// Drops axes of one, and takes neighbours as one wherever every tensor's strides allow it.
pub fn merged(shape: &[usize], strides: &[&[usize]]) -> Merged {
    let mut axes: Vec<(usize, Vec<usize>)> = Vec::new();
    for (axis, &n) in shape.iter().enumerate().filter(|(_, n)| **n != 1) {
        let here: Vec<usize> = strides.iter().map(|of| of[axis]).collect();
        match axes.last_mut() {
            Some((length, outer)) if outer.iter().zip(&here).all(|(o, h)| *o == h * n) => {
                *length *= n;
                *outer = here;
            }
            _ => axes.push((n, here)),
        }
    }
    Merged {
        shape: axes.iter().map(|(n, _)| *n).collect(),
        strides: (0..strides.len()).map(|i| axes.iter().map(|(_, of)| of[i]).collect()).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn view(shape: &[usize]) -> View {
        View::whole(Source::Value(0), 0, shape)
    }

    #[test]
    fn neighbours_merge_where_all_strides_allow() {
        let same = merged(&[2, 1, 3, 4], &[&[12, 5, 4, 1]]);
        assert_eq!((same.shape, same.strides), (vec![24], vec![vec![1]]));
        let repeated = merged(&[2, 3, 4], &[&[12, 4, 1], &[0, 1, 0]]);
        assert_eq!(repeated.shape, [2, 3, 4]);
        let row = merged(&[2, 3, 4], &[&[12, 4, 1], &[0, 0, 1]]);
        assert_eq!((row.shape, row.strides), (vec![6, 4], vec![vec![4, 1], vec![0, 1]]));
    }

    #[test]
    fn a_view_is_reshaped_where_its_strides_can_say_it() {
        let turned = view(&[2, 3, 4]).permuted(&[2, 0, 1]);
        assert_eq!(turned.reshaped(&[4, 6]).map(|v| v.strides), Some(vec![1, 4]));
        assert_eq!(turned.reshaped(&[24]), None);
        assert_eq!(view(&[6, 4]).reshaped(&[2, 3, 1, 4]).map(|v| v.strides), Some(vec![12, 4, 4, 1]));
        assert_eq!(view(&[1]).reshaped(&[1, 1]).map(|v| v.strides), Some(vec![0, 0]));
        let cut = view(&[4, 4]).sliced(1, 1, 3);
        assert_eq!((cut.offset, cut.contiguous(), cut.reshaped(&[8])), (1, false, None));
    }

    #[test]
    fn neighbours_are_fused_or_not() {
        let whole = view(&[2, 3, 4]);
        assert_eq!(whole.fused(0..2), Some((6, 4)));
        assert_eq!(whole.fused(0..0), Some((1, 0)));
        assert_eq!(whole.permuted(&[1, 0, 2]).fused(0..2), None);
    }
}
