//! What the systems share that read or say sentences: subwords, one step of a decoder, beam search, a sentence that can be taken back
//! and steered, and the nearest known word for an unknown one.

pub mod beam;
pub mod bpe;
pub mod decoder;
mod forms;
pub mod nearest;
pub mod sentence;
