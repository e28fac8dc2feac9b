//! The constants of a graph on their way to the device: one buffer holds those that dispatches read.

use std::rc::Rc;

use super::view::{Source, View};

/// The constants of a graph that dispatches read, in the order they lie in their buffer.
#[derive(Default)]
pub struct Constants {
    tensors: Vec<Rc<[f32]>>,
    places: Vec<Option<usize>>,
    pub placed: Vec<f32>,
    /// Constants that were rearranged: which view, rows of which length, and where the result is.
    arranged: Vec<(View, usize, Source)>,
}

impl Constants {
    /// Makes a constant known; it takes room on the device only when a dispatch reads it.
    pub fn add(&mut self, values: Rc<[f32]>) -> Source {
        self.tensors.push(values);
        self.places.push(None);
        Source::Constant(self.tensors.len() - 1)
    }

    /// The numbers of a constant.
    pub fn values(&self, constant: usize) -> &[f32] {
        &self.tensors[constant]
    }

    /// A constant made of another by `arrange`, once for all that read the same.
    pub fn arranged(
        &mut self,
        constant: usize,
        (view, width): (&View, usize),
        arrange: impl FnOnce(&[f32]) -> Vec<f32>,
    ) -> Source {
        if let Some((.., known)) = self.arranged.iter().find(|(of, rows, _)| (of, *rows) == (view, width)) {
            return *known;
        }
        let made = self.add(arrange(self.values(constant)).into());
        self.arranged.push((view.clone(), width, made));
        made
    }

    /// Where a constant lies, to be read four at a time.
    pub fn place(&mut self, constant: usize) -> usize {
        let Self { tensors, places, placed, .. } = self;
        *places[constant].get_or_insert_with(|| {
            let start = placed.len();
            placed.extend_from_slice(&tensors[constant]);
            placed.resize(placed.len().next_multiple_of(4), 0.0);
            start
        })
    }
}
