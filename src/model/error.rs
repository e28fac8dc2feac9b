use std::fmt;

/// Why a model could not be made or run; each names the model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ModelError {
    /// The bytes are no ONNX file, or one with an operator or shape that does not run.
    Unreadable { model: String, why: String },
    /// An input or output is missing, or of another shape or type than the file says.
    Mismatch { model: String, port: String, why: String },
    /// It runs on the GPU and has not answered yet: [`super::Model::settle`] must be awaited, then the same be asked again.
    Pending { model: String },
    /// A node failed while it ran.
    Failed { model: String, why: String },
}

impl fmt::Display for ModelError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable { model, why } => write!(f, "{model} is not a model that runs: {why}"),
            Self::Mismatch { model, port, why } => write!(f, "{model}, {port}: {why}"),
            Self::Pending { model } => write!(f, "{model} has not answered yet"),
            Self::Failed { model, why } => write!(f, "{model} failed: {why}"),
        }
    }
}

impl std::error::Error for ModelError {}
