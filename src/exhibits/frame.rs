use std::borrow::Cow;

use crate::attention::draw_window::Window;

/// What one step of a model saw and said.
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Frame {
    /// Counted from 1.
    pub step: usize,
    /// How many steps the run will have, where that is known.
    pub steps: Option<usize>,
    /// All words said so far.
    pub words: Vec<String>,
    /// No step follows.
    pub ended: bool,
    pub maps: Vec<AttentionMap>,
    #[cfg_attr(test, ts(type = "Array<Picture>"))]
    pub pictures: Vec<Picture>,
    /// What a student may ask for, by name.
    #[cfg_attr(test, ts(type = "Array<NamedNumber>"))]
    pub numbers: Vec<(&'static str, f32)>,
    /// The likeliest next words, likeliest first.
    pub choices: Vec<Choice>,
    /// What was found in the input before the first step and is attended to (attributes of a picture).
    pub attributes: Vec<Choice>,
    /// Words of the input that the model does not know, and what it read instead.
    pub replaced: Vec<Replaced>,
}

/// A word that the model does not know.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Replaced {
    pub typed: String,
    /// The known word, or words, that it was read as; none if it was left open.
    pub read: Option<String>,
    pub how: HowRead,
    /// Other known words that are near, the nearest first.
    pub suggestions: Vec<String>,
}

/// Why an unknown word was read as a known one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename_all = "lowercase"))]
pub enum HowRead {
    /// It is put together from known words ("what's", "teddy-bear").
    Contraction,
    /// A known word is another form of it.
    Form,
    Synonym,
    /// A known word is spelt nearly so.
    Spelling,
    /// Nothing is near.
    Unknown,
}

impl HowRead {
    /// One word for programs.
    pub fn name(self) -> &'static str {
        match self {
            Self::Contraction => "contraction",
            Self::Form => "form",
            Self::Synonym => "synonym",
            Self::Spelling => "spelling",
            Self::Unknown => "unknown",
        }
    }
}

/// Where a step attended.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(test, derive(ts_rs::TS), ts(tag = "kind", rename_all = "lowercase"))]
pub enum AttentionMap {
    /// Weights on the places of a grid [rows, cols], all of them one together.
    Grid {
        name: Cow<'static, str>,
        rows: usize,
        cols: usize,
        #[cfg_attr(test, ts(type = "Float32Array"))]
        weights: Vec<f32>,
    },
    /// Weights on the pieces of a sentence, all of them one together.
    Tokens {
        name: &'static str,
        tokens: Vec<String>,
        #[cfg_attr(test, ts(type = "Float32Array"))]
        weights: Vec<f32>,
    },
    /// A box of the picture: θ [2, 3] takes a place of the box, −1 to 1 from edge to edge, to one of the picture, −1 to 1 too
    /// (Jaderberg et al., "Spatial Transformer Networks", NIPS 2015, eq. 1).
    Affine {
        name: &'static str,
        #[cfg_attr(test, ts(type = "Float32Array"))]
        theta: [f32; 6],
    },
    /// A grid of `count`×`count` Gaussian filters on a canvas of `side`×`side` pixels.
    Window {
        name: &'static str,
        #[cfg_attr(test, ts(flatten))]
        window: Window,
        #[cfg_attr(test, ts(rename = "n"))]
        count: usize,
        side: usize,
    },
}

/// Numbers to be shown as a picture [height, width].
#[derive(Clone, Debug, PartialEq)]
pub struct Picture {
    pub name: &'static str,
    pub width: usize,
    pub height: usize,
    pub values: Vec<f32>,
    /// Least and greatest value, where they are not 0 and 1.
    pub range: Option<(f32, f32)>,
}

#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Choice {
    pub word: String,
    pub probability: f32,
}

impl Picture {
    /// Values in 0..1.
    pub fn new(name: &'static str, width: usize, values: Vec<f32>) -> Self {
        Self { name, width, height: values.len() / width.max(1), values, range: None }
    }

    /// Values of any sign: the range is theirs, with zero in its middle.
    pub fn signed(name: &'static str, width: usize, values: Vec<f32>) -> Self {
        let most = values.iter().fold(1e-6, |most: f32, v| most.max(v.abs()));
        Self { range: Some((-most, most)), ..Self::new(name, width, values) }
    }
}
