//! Why a model could not be made or run.

use std::fmt;

/// Why a model could not be made or run. The text names the model, and where there is one the node, input or output; what goes wrong
/// on the GPU concerns the device, and the same model still runs on the CPU.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ModelError {
    /// The bytes are no ONNX file, or one with an operator or shape that does not run.
    Unreadable { model: String, why: String },
    /// An input or output is missing, or of another shape or type than the file says.
    Mismatch { model: String, port: String, why: String },
    /// It runs on the GPU and has not answered yet: `Model::settle` must be awaited, then the same be asked again.
    Pending { model: String },
    /// A node failed while it ran.
    Failed { model: String, why: String },
    /// There is no GPU that can be used.
    NoGpu { why: String },
    /// The GPU is gone: its process crashed, or it was taken away.
    GpuLost { why: String },
    /// The graph or a kernel is not one that the GPU runs.
    GpuRefused { why: String },
}

impl ModelError {
    /// One word for programs.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Unreadable { .. } | Self::Mismatch { .. } => "bad-model",
            Self::Pending { .. } => "pending",
            Self::Failed { .. } => "internal",
            Self::NoGpu { .. } => "no-gpu",
            Self::GpuLost { .. } | Self::GpuRefused { .. } => "gpu",
        }
    }

    pub(super) fn refused(why: impl Into<String>) -> Self {
        Self::GpuRefused { why: why.into() }
    }

    pub(super) fn lost(why: impl Into<String>) -> Self {
        Self::GpuLost { why: why.into() }
    }
}

impl fmt::Display for ModelError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable { model, why } => write!(f, "{model} is not a model that runs: {why}"),
            Self::Mismatch { model, port, why } => write!(f, "{model}, {port}: {why}"),
            Self::Pending { model } => write!(f, "{model} has not answered yet"),
            Self::Failed { model, why } => write!(f, "{model} failed: {why}"),
            Self::NoGpu { why } => write!(f, "no GPU: {why}"),
            Self::GpuLost { why } => write!(f, "the GPU was lost: {why}"),
            Self::GpuRefused { why } => write!(f, "the GPU refused: {why}"),
        }
    }
}

impl std::error::Error for ModelError {}
