//! The systems of the lecture, one a file: what goes in, one step, what comes out.
//!
//! Each is an [`Exhibit`]: it is started on an input, then stepped, and every step gives a [`Frame`], which the one
//! player of the page knows how to show.
//!
//! What several of them share lies beside them: `photos` (the last picture), `scene` (one and what the encoder made of it), `speaker`, `speech` and
//! `beam` (a sentence, said word by word, searched, steered), `pieces` (subwords), `attributes`, `pen` (strokes as points),
//! `steering` (where a visitor points).

mod actions;
mod attributes;
mod beam;
mod birds;
mod boxes;
mod captions;
mod digits;
mod draw;
mod error;
mod frame;
mod glimpses;
mod handwriting;
mod mix;
mod pen;
mod photos;
mod pieces;
mod questions;
mod saliency;
mod scales;
mod scene;
mod shelf;
#[cfg(test)]
mod slice;
mod spatial;
mod speaker;
mod speech;
mod steering;
mod translate;

pub use actions::Actions;
pub use birds::Birds;
pub use boxes::Boxes;
pub use captions::Captions;
pub use draw::Draw;
pub use error::ExhibitError;
pub use frame::{AttentionMap, Choice, Frame, Picture};
pub use glimpses::Glimpses;
pub use handwriting::Handwriting;
pub use mix::Mix;
pub use questions::Questions;
pub use saliency::Saliency;
pub use scales::Scales;
use serde::Deserialize;
pub use shelf::{ModelFile, Shelf};
pub use spatial::Spatial;
pub use translate::Translate;

use crate::picture::Photo;

/// What a visitor gives.
#[derive(Clone, Copy, Debug)]
pub enum Input<'a> {
    /// A picture file as it was uploaded.
    File(&'a [u8]),
    /// A drawing: RGBA, four bytes a pixel.
    Drawing { width: usize, height: usize, rgba: &'a [u8] },
    /// What was typed.
    Text(&'a str),
}

impl Input<'_> {
    fn photo(&self) -> Result<Photo, ExhibitError> {
        match *self {
            Self::File(bytes) => Ok(Photo::decode(bytes)?),
            Self::Drawing { width, height, rgba } => Ok(Photo::over_white(width, height, rgba)?),
            Self::Text(_) => Err(ExhibitError::Input("a picture is wanted, not a text".to_owned())),
        }
    }
}

/// A system of the lecture. Settings are JSON objects; each exhibit documents its own.
pub trait Exhibit {
    /// The files of models that a run with these settings needs.
    ///
    /// # Errors
    /// [`ExhibitError::Settings`].
    fn files(&self, settings: &str) -> Result<Vec<ModelFile>, ExhibitError>;

    /// Begins a run. If it cannot begin, the run before it stays as it was.
    ///
    /// # Errors
    /// Any [`ExhibitError`].
    fn start(&mut self, settings: &str, input: Option<Input>, shelf: &Shelf) -> Result<(), ExhibitError>;

    /// One step; nothing when the run is over, or none has begun. A step that fails changes nothing, and may be asked again.
    ///
    /// # Errors
    /// [`ExhibitError::Model`].
    fn step(&mut self) -> Result<Option<Frame>, ExhibitError>;

    /// The visitor's picture, upright, its longer side at most 1,024 pixels.
    fn picture(&self) -> Option<&Photo> {
        None
    }

    /// Takes the run back to before step `step` (counted from 1), which will then attend as `weights` say; without
    /// weights, as the model itself wants.
    ///
    /// # Errors
    /// [`ExhibitError::Input`] if the exhibit cannot be steered, or not so.
    fn steer(&mut self, _step: usize, _weights: Option<&[f32]>) -> Result<(), ExhibitError> {
        Err(ExhibitError::Input("this exhibit cannot be steered".to_owned()))
    }
}

/// How many of the likeliest next words a frame tells.
const CHOICES: usize = 5;

/// The exhibit of this name: `draw`, `captions`, `translate`, `handwriting`, `questions`, `glimpses`,
/// `spatial`, `birds`, `actions`, `saliency`, `scales`, `mix` or
/// `boxes`.
pub fn named(name: &str) -> Option<Box<dyn Exhibit>> {
    match name {
        "actions" => Some(Box::<Actions>::default()),
        "draw" => Some(Box::<Draw>::default()),
        "captions" => Some(Box::<Captions>::default()),
        "translate" => Some(Box::<Translate>::default()),
        "handwriting" => Some(Box::<Handwriting>::default()),
        "glimpses" => Some(Box::<Glimpses>::default()),
        "birds" => Some(Box::<Birds>::default()),
        "boxes" => Some(Box::<Boxes>::default()),
        "mix" => Some(Box::<Mix>::default()),
        "saliency" => Some(Box::<Saliency>::default()),
        "scales" => Some(Box::<Scales>::default()),
        "spatial" => Some(Box::<Spatial>::default()),
        "questions" => Some(Box::<Questions>::default()),
        _ => None,
    }
}

fn parsed<'a, T: Deserialize<'a>>(settings: &'a str) -> Result<T, ExhibitError> {
    serde_json::from_str(settings).map_err(|error| ExhibitError::Settings(error.to_string()))
}
