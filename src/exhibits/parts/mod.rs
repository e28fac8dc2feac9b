//! What several systems share: the last photo and its encoding, ink, strokes of a pen, attributes, steering.

pub mod attributes;
pub mod digits;
pub mod encoded_photo;
#[cfg(test)]
pub mod held_out;
pub mod pen;
pub mod photos;
pub mod steering;
