//! What the systems that produce sentences share: subwords, one step of a decoder, beam search, and a sentence that can be
//! taken back and steered.

pub mod beam;
pub mod bpe;
pub mod decoder;
pub mod sentence;
