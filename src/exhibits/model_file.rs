//! The name of a file that an exhibit needs.

/// A file of a model: `name` is what models/manifest.json calls it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct ModelFile {
    pub model: String,
    pub name: String,
}

impl ModelFile {
    pub fn new(model: &str, name: &str) -> Self {
        Self { model: model.to_owned(), name: name.to_owned() }
    }
}
