//! Why a file cannot be used: the node, its operator, and what to try.

use std::fmt;

use serde::Serialize;
use tract_onnx::prelude::TractError;

/// What kind of trouble it is: the page has words for each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Trouble {
    /// The bytes are no ONNX file.
    NotOnnx,
    /// Weights lie in another file.
    ExternalWeights,
    /// An operator that tract does not have.
    UnknownOperator,
    /// A dimension has no number, or one that does not fit.
    OpenShape,
    /// A node cannot be read, or not with these shapes.
    Refused,
    /// It needs more memory than a browser gives.
    TooLarge,
    /// A node failed while it ran, or an input does not fit.
    Failed,
}

impl Trouble {
    /// One word for programs.
    pub fn kind(self) -> &'static str {
        match self {
            Self::NotOnnx => "not-onnx",
            Self::ExternalWeights => "external-weights",
            Self::UnknownOperator => "unknown-operator",
            Self::OpenShape => "open-shape",
            Self::Refused => "model-refused",
            Self::TooLarge => "model-too-large",
            Self::Failed => "model-failed",
        }
    }

    /// What a visitor can do about it.
    fn advice(self) -> &'static str {
        match self {
            Self::NotOnnx => {
                "Export the model again with torch.onnx.export, or check that the download is whole"
            }
            Self::ExternalWeights => {
                "Save it as one file: onnx.save(onnx.load(path), path) without save_as_external_data"
            }
            Self::UnknownOperator => {
                "Try another opset (17 is read best), or python -m onnxsim IN OUT, which often replaces it"
            }
            Self::OpenShape => {
                "Give each open dimension a number, or export with fixed shapes: python -m onnxsim IN OUT --overwrite-input-shape NAME:1,3,224,224"
            }
            Self::Refused => {
                "Try other numbers for the open dimensions, fixed shapes, opset 17, or python -m onnxsim IN OUT"
            }
            Self::TooLarge => "Try smaller numbers for the open dimensions",
            Self::Failed => "Check the inputs: token numbers must be within the vocabulary",
        }
    }
}

/// Why a file cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OnnxError {
    pub trouble: Trouble,
    /// The node's name and operator, where one is to blame.
    pub node: Option<(String, String)>,
    pub why: String,
}

impl OnnxError {
    pub(crate) fn new(trouble: Trouble, why: impl Into<String>) -> Self {
        Self { trouble, node: None, why: why.into() }
    }

    pub(crate) fn at(trouble: Trouble, (name, operator): (&str, &str), why: impl Into<String>) -> Self {
        Self { trouble, node: Some((name.to_owned(), operator.to_owned())), why: why.into() }
    }

    /// What tract says, with the node it speaks of: the one of `nodes` (name, operator) that is named last in its chain of causes,
    /// and there the longest name.
    pub(crate) fn of_tract<'a>(
        trouble: Trouble,
        error: &TractError,
        nodes: impl Iterator<Item = (&'a str, &'a str)> + Clone,
    ) -> Self {
        let said: Vec<String> = error.chain().map(ToString::to_string).collect();
        let named = |text: &str| {
            let found = nodes.clone().filter(|(name, _)| mentions(text, name));
            found.max_by_key(|(name, _)| name.len()).map(|(name, op)| (name.to_owned(), op.to_owned()))
        };
        let node = said.iter().rev().find_map(|text| named(text));
        let cause = said.last().map_or("", |cause| cause.lines().next().unwrap_or_default());
        Self { trouble, node, why: cause.chars().take(MOST_SAID).collect() }
    }
}

/// Letters of a cause that are told: tract prints whole tensors.
const MOST_SAID: usize = 240;

/// Whether a text names a node: the name stands between characters that no name has.
fn mentions(text: &str, name: &str) -> bool {
    let inside = |c: char| c.is_alphanumeric() || matches!(c, '_' | '/' | '.' | ':');
    !name.is_empty()
        && text
            .match_indices(name)
            .any(|(at, _)| !text[..at].ends_with(inside) && !text[at + name.len()..].starts_with(inside))
}

impl fmt::Display for OnnxError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some((name, operator)) = &self.node {
            write!(f, "The node “{name}” ({operator}): ")?;
        }
        write!(f, "{}. {}.", self.why.trim_end_matches('.'), self.trouble.advice())
    }
}

impl std::error::Error for OnnxError {}
