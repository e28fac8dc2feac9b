//! The last picture file, decoded once: a drag on it begins a run at every move.

use std::rc::Rc;

use crate::exhibits::{ExhibitError, Input};
use crate::picture::Photo;

#[derive(Default)]
pub struct Photos {
    last: Option<(Vec<u8>, Rc<Photo>)>,
}

impl Photos {
    /// The picture of an input; the same one again if it is the same file.
    ///
    /// # Errors
    /// [`ExhibitError::Picture`], [`ExhibitError::Input`] if there is none; the last one is kept then.
    pub fn photo(&mut self, input: Option<Input>) -> Result<Rc<Photo>, ExhibitError> {
        let input = input.ok_or_else(|| ExhibitError::Input("there is no picture".to_owned()))?;
        let Input::File(bytes) = input else { return Ok(Rc::new(input.photo()?)) };
        if let Some((last, photo)) = &self.last
            && bytes == last
        {
            return Ok(photo.clone());
        }
        let photo = Rc::new(input.photo()?);
        self.last = Some((bytes.to_vec(), photo.clone()));
        Ok(photo)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_file_is_decoded_once_and_what_is_none_is_refused() {
        let file = std::fs::read("www/public/samples/cat.thumb.jpg").expect("a sample");
        let mut photos = Photos::default();
        let first = photos.photo(Some(Input::File(&file))).expect("a picture");
        assert_eq!(photos.photo(Some(Input::File(b"a text"))).expect_err("none").kind(), "bad-picture");
        assert_eq!(photos.photo(None).expect_err("none").kind(), "bad-input");
        let again = photos.photo(Some(Input::File(&file))).expect("a picture");
        assert!(Rc::ptr_eq(&first, &again));
    }
}
