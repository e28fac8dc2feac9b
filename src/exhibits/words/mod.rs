//! What the systems that read and produce sentences share: typed text made plain, subwords, words that are copied or read as their
//! nearest known one, one step of a decoder, beam search, and a sentence that can be taken back and steered.

pub mod beam;
pub mod bpe;
pub mod decoder;
mod forms;
pub mod nearest;
pub mod normalise;
pub mod reading;
pub mod sentence;
