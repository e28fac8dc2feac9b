//! A visitor's picture as the encoder that captions and questions share saw it.

use std::rc::Rc;

use super::{ExhibitError, Input, ModelFile, Shelf};
use crate::model::Tensor;
use crate::picture::Photo;

const ENCODER: &str = "caption-encoder";
const ENCODER_SIDE: usize = 224;
/// The longer side of the picture on the stage, in pixels.
pub const SHOWN_SIDE: usize = 1024;
/// The picture has this many rows and columns of places.
pub const GRID: usize = 14;

/// What the encoder made of a picture.
pub struct Annotations {
    /// aᵢ, one vector a place [1, 196, 432].
    pub features: Tensor,
    /// The whole picture in one vector [1, 1280].
    pub pooled: Tensor,
}

/// A picture as it is shown, and as the encoder saw it.
pub struct Scene {
    pub photo: Photo,
    pub annotations: Annotations,
}

/// Keeps the last picture file, so that a second model need not look anew.
#[derive(Default)]
pub struct Scenes {
    last: Option<(Vec<u8>, Rc<Scene>)>,
}

/// The encoder's file.
pub fn encoder_file() -> ModelFile {
    ModelFile::new(ENCODER, ENCODER)
}

impl Scenes {
    /// The picture of an input, encoded if it is not the last one.
    ///
    /// # Errors
    /// [`ExhibitError::Picture`], [`ExhibitError::Input`] if it is none; [`ExhibitError::Model`].
    pub fn seen(&mut self, input: Input, shelf: &Shelf) -> Result<Rc<Scene>, ExhibitError> {
        if let (Input::File(bytes), Some((last, scene))) = (input, &self.last)
            && bytes == last
        {
            return Ok(scene.clone());
        }
        let encoder = shelf.model(ENCODER, ENCODER)?;
        let photo = input.photo()?;
        let image = encoder.tensor("image", &photo.normalised(ENCODER_SIDE))?;
        let mut told = encoder.run(&[("image", &image)])?;
        let annotations = Annotations {
            features: encoder.take(&mut told, "features")?,
            pooled: encoder.take(&mut told, "pooled")?,
        };
        let scene = Rc::new(Scene { photo: photo.at_most(SHOWN_SIDE), annotations });
        if let Input::File(bytes) = input {
            self.last = Some((bytes.to_vec(), scene.clone()));
        }
        Ok(scene)
    }
}
