//! What the readers of digits share: a drawing becomes ink, and ten log-probabilities become named choices.

use crate::exhibits::{Choice, ExhibitError, Input};
use crate::model::{Model, ModelError, Outputs};
use crate::picture::{PictureError, ink, resized};

/// Into how many pixels a digit on a picture is fitted, as MNIST's are.
const FIT: usize = 20;
/// A drawing without a pixel this dark is empty.
const INK: f32 = 0.1;
const NAMES: [&str; 10] = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];

/// Ink [side, side], 0..1, and its side: a drawing is taken as it stands, dark on white, at the size `side_of` chooses from its
/// own; of a picture file the digit is cut out and laid in the middle.
///
/// # Errors
/// [`ExhibitError::Picture`] if there is no ink; [`ExhibitError::Input`] if it is no picture.
pub fn inked(input: Input, side_of: impl Fn(usize) -> usize) -> Result<(Vec<f32>, usize), ExhibitError> {
    let photo = input.photo()?;
    if !matches!(input, Input::Drawing { .. }) {
        let side = side_of(0);
        return Ok((ink::on_canvas(&photo.at_most(ink::LONGEST), side, FIT)?, side));
    }
    let side = side_of(photo.width.max(photo.height));
    let grey = resized(&photo.grey(), (photo.width, photo.height), (side, side), 1);
    let drawn: Vec<f32> = grey.iter().map(|grey| 1.0 - grey).collect();
    if drawn.iter().all(|ink| *ink < INK) {
        return Err(PictureError::NoInk.into());
    }
    Ok((drawn, side))
}

/// How likely each of the ten digits is, from the output `logp`.
///
/// # Errors
/// [`ModelError::Mismatch`] if there is no such output.
pub fn named(model: &Model, mut outputs: Outputs) -> Result<Vec<Choice>, ModelError> {
    let logp = model.take(&mut outputs, "logp")?;
    let choice = |(digit, logp): (&str, &f32)| Choice { word: digit.to_owned(), probability: logp.exp() };
    Ok(NAMES.into_iter().zip(logp.values()).map(choice).collect())
}
