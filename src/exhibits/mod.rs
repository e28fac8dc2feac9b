//! The systems of the lecture, one a file: what goes in, one step, what comes out.
//!
//! Each is an [`Exhibit`]: it is started on an input, then stepped, and every step gives a [`Frame`], which the one
//! player of the page knows how to show.
//!
//! The files beside this one are the systems; `words/` and `parts/` hold what several of them share.

mod error;
mod frame;
mod model_file;
mod model_store;
mod parts;
mod words;

pub use error::ExhibitError;
pub use frame::{AttentionMap, Choice, Frame, HowRead, Picture, Replaced};
pub use model_file::ModelFile;
pub use model_store::ModelStore;
use serde::Deserialize;

use crate::picture::Photo;

/// Makes the modules of the exhibits, [`NAMES`] and [`named`].
macro_rules! exhibits {
    ($($name:literal => $file:ident::$exhibit:ident,)*) => {
        $(mod $file; pub use $file::$exhibit;)*

        /// The names of all exhibits, as the page opens them.
        pub const NAMES: &[&str] = &[$($name),*];

        /// The exhibit of this name, one of [`NAMES`].
        pub fn named(name: &str) -> Option<Box<dyn Exhibit>> {
            match name {
                $($name => Some(Box::<$exhibit>::default()),)*
                _ => None,
            }
        }
    };
}

// The registry, in the lecture's order: a new exhibit is its file and its line here. `cargo fmt` does not follow modules that a macro
// declares; `rustfmt --edition 2024 src/exhibits/*.rs` formats them.
exhibits! {
    "translate" => translate::Translate,
    "captions" => captions::Captions,
    "soft-lab" => soft_lab::SoftLab,
    "glimpses" => glimpses::Glimpses,
    "draw" => draw::Draw,
    "handwriting" => handwriting::Handwriting,
    "crop-lab" => crop_lab::CropLab,
    "spatial" => spatial::Spatial,
    "birds" => birds::Birds,
    "questions" => questions::Questions,
    "actions" => actions::Actions,
    "saliency" => saliency::Saliency,
    "scales" => scales::Scales,
}

/// What a visitor gives.
#[derive(Clone, Copy, Debug)]
#[cfg_attr(test, derive(ts_rs::TS), ts(type = "Uint8Array | ImageData | string"))]
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
            Self::Text(_) => Err(ExhibitError::Input("give a picture, not a text".to_owned())),
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
    fn start(&mut self, settings: &str, input: Option<Input>, store: &ModelStore)
    -> Result<(), ExhibitError>;

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

/// How many of the likeliest next words a frame holds.
const CHOICES: usize = 5;

fn parsed<'a, T: Deserialize<'a>>(settings: &'a str) -> Result<T, ExhibitError> {
    serde_json::from_str(settings).map_err(|error| ExhibitError::Settings(error.to_string()))
}
