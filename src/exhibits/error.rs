use std::fmt;

use super::model_file::ModelFile;
use crate::model::ModelError;
use crate::picture::PictureError;

/// Why an exhibit could not start or go on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ExhibitError {
    /// The settings are no JSON object that this exhibit knows.
    Settings(String),
    /// A model has not been loaded.
    Missing(ModelFile),
    /// A loaded file is not what the exhibit needs, or failed.
    Model(ModelError),
    /// The visitor's picture cannot be used.
    Picture(PictureError),
    /// What the visitor typed cannot be read.
    Text(String),
    /// A word that the visitor added is not known, or there is no room for it.
    Word(String),
    /// What the visitor gave or painted cannot be used.
    Input(String),
}

impl ExhibitError {
    /// One word for programs.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Settings(_) => "bad-settings",
            Self::Missing(_) => "missing-model",
            Self::Model(error) => error.kind(),
            Self::Picture(PictureError::TooLarge { .. } | PictureError::TooDeep { .. }) => {
                "picture-too-large"
            }
            Self::Picture(PictureError::Unreadable(_) | PictureError::Cut | PictureError::Elsewhere(_)) => {
                "bad-picture"
            }
            Self::Picture(PictureError::NoInk) => "blank-picture",
            Self::Text(_) => "bad-text",
            Self::Word(_) => "bad-word",
            Self::Input(_) => "bad-input",
        }
    }
}

impl fmt::Display for ExhibitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Settings(why) => write!(f, "these settings are not known: {why}"),
            Self::Missing(ModelFile { model, name }) => write!(f, "{model}/{name} has not been loaded"),
            Self::Model(error) => error.fmt(f),
            Self::Picture(error) => error.fmt(f),
            Self::Text(why) | Self::Word(why) | Self::Input(why) => f.write_str(why),
        }
    }
}

impl std::error::Error for ExhibitError {}

impl From<ModelError> for ExhibitError {
    fn from(error: ModelError) -> Self {
        Self::Model(error)
    }
}

impl From<PictureError> for ExhibitError {
    fn from(error: PictureError) -> Self {
        Self::Picture(error)
    }
}
