//! A visitor's picture as the encoder that captions and questions share saw it.

use std::rc::Rc;

use crate::exhibits::{ExhibitError, Input, ModelFile, ModelStore};
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
pub struct EncodedPhoto {
    pub photo: Photo,
    pub annotations: Annotations,
}

/// Keeps the last picture file, so that a second model need not encode it again.
#[derive(Default)]
pub struct EncodedPhotos {
    last: Option<(Vec<u8>, Rc<EncodedPhoto>)>,
}

/// The encoder's file.
pub fn encoder_file() -> ModelFile {
    ModelFile::new(ENCODER, ENCODER)
}

impl EncodedPhotos {
    /// The picture of an input, encoded if it is not the last one.
    ///
    /// # Errors
    /// [`ExhibitError::Picture`], [`ExhibitError::Input`] if it is none; [`ExhibitError::Model`].
    pub fn seen(&mut self, input: Input, store: &ModelStore) -> Result<Rc<EncodedPhoto>, ExhibitError> {
        if let (Input::File(bytes), Some((last, encoded))) = (input, &self.last)
            && bytes == last
        {
            return Ok(encoded.clone());
        }
        let encoder = store.model(ENCODER, ENCODER)?;
        let photo = input.photo()?;
        let image = encoder.tensor("image", &photo.normalised(ENCODER_SIDE))?;
        let mut outputs = encoder.run(&[("image", &image)])?;
        let annotations = Annotations {
            features: encoder.take(&mut outputs, "features")?,
            pooled: encoder.take(&mut outputs, "pooled")?,
        };
        let encoded = Rc::new(EncodedPhoto { photo: photo.at_most(SHOWN_SIDE), annotations });
        if let Input::File(bytes) = input {
            self.last = Some((bytes.to_vec(), encoded.clone()));
        }
        Ok(encoded)
    }
}
