//! What a visitor who points at a picture wants.

use crate::attention::affine::Place;
use crate::exhibits::ExhibitError;

/// The place that two numbers in −1..1 name, or none.
///
/// # Errors
/// [`ExhibitError::Input`] if they are anything else.
pub fn wanted_place(weights: Option<&[f32]>) -> Result<Option<Place>, ExhibitError> {
    match weights {
        None => Ok(None),
        Some(&[x, y]) if x.abs() <= 1.0 && y.abs() <= 1.0 => Ok(Some([x, y])),
        Some(_) => Err(ExhibitError::Input("a place is two numbers between −1 and 1".to_owned())),
    }
}

/// A window θ [2, 3] with its middle at a place, or as near to it as it can be inside the picture.
pub fn moved(theta: [f32; 6], place: Place) -> [f32; 6] {
    let [w, a, _, b, h, _] = theta;
    let held = |middle: f32, half: f32| middle.clamp(half.min(1.0) - 1.0, 1.0 - half.min(1.0));
    [w, a, held(place[0], w), b, h, held(place[1], h)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_two_numbers_within_the_picture() {
        assert_eq!(wanted_place(None).expect("none"), None);
        assert_eq!(wanted_place(Some(&[0.5, -1.0])).expect("one"), Some([0.5, -1.0]));
        for weights in [&[0.5][..], &[0.0, 1.5], &[f32::NAN, 0.0], &[0.0; 3]] {
            assert_eq!(wanted_place(Some(weights)).expect_err("no place").kind(), "bad-input");
        }
    }

    #[test]
    fn a_window_is_moved_and_stays_inside() {
        let theta = [0.5, 0.0, 0.1, 0.0, 0.25, 0.1];
        for (place, middle) in [([0.2, -0.3], [0.2, -0.3]), ([0.9, -0.9], [0.5, -0.75])] {
            assert_eq!(moved(theta, place), [0.5, 0.0, middle[0], 0.0, 0.25, middle[1]]);
        }
        assert_eq!(moved([1.0, 0.0, 0.0, 0.0, 1.2, 0.0], [0.3, 0.3]), [1.0, 0.0, 0.0, 0.0, 1.2, 0.0]);
    }
}
