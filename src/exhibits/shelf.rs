use std::collections::BTreeMap;
use std::sync::Arc;

use super::ExhibitError;
use crate::model::{Model, ModelError};

/// A file of a model: `name` is what models/manifest.json calls it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ModelFile {
    pub model: String,
    pub name: String,
}

impl ModelFile {
    pub fn new(model: &str, name: &str) -> Self {
        Self { model: model.to_owned(), name: name.to_owned() }
    }
}

/// The models that have been loaded, for exhibits to take from.
#[derive(Default)]
pub struct Shelf {
    files: BTreeMap<ModelFile, Loaded>,
}

enum Loaded {
    Model(Arc<Model>),
    Words(Arc<[String]>),
}

impl Shelf {
    /// Puts a file on the shelf: vocabulary, attributes and answers are one a line, merges one pair, all else is ONNX.
    ///
    /// # Errors
    /// [`ExhibitError::Model`] if it is neither.
    pub fn load(&mut self, file: ModelFile, bytes: &[u8]) -> Result<(), ExhibitError> {
        let loaded = if ["vocabulary", "attributes", "answers", "merges"].contains(&file.name.as_str()) {
            let text = std::str::from_utf8(bytes).map_err(|error| ModelError::Unreadable {
                model: format!("{}/{}", file.model, file.name),
                why: error.to_string(),
            })?;
            Loaded::Words(text.lines().map(str::to_owned).collect())
        } else {
            Loaded::Model(Arc::new(Model::new(&format!("{}/{}", file.model, file.name), bytes)?))
        };
        self.files.insert(file, loaded);
        Ok(())
    }

    pub fn holds(&self, file: &ModelFile) -> bool {
        self.files.contains_key(file)
    }

    pub(super) fn model(&self, model: &str, name: &str) -> Result<Arc<Model>, ExhibitError> {
        let file = ModelFile::new(model, name);
        match self.files.get(&file) {
            Some(Loaded::Model(found)) => Ok(found.clone()),
            _ => Err(ExhibitError::Missing(file)),
        }
    }

    /// The lines of a text file.
    pub(super) fn words(&self, model: &str, name: &str) -> Result<Arc<[String]>, ExhibitError> {
        let file = ModelFile::new(model, name);
        match self.files.get(&file) {
            Some(Loaded::Words(found)) => Ok(found.clone()),
            _ => Err(ExhibitError::Missing(file)),
        }
    }
}
