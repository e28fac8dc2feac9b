use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use prost::bytes::Bytes;

use super::ExhibitError;
use super::model_file::ModelFile;
use crate::model::{Model, ModelError};

/// What a file says of itself if its graph runs at other sizes of picture: the one that it is for.
const RESIZABLE: &str = "resizable_from";

/// The longest list of words that is taken.
const MOST_LINES: usize = 1_000_000;

/// The models that have been loaded, for exhibits to take from.
#[derive(Default)]
pub struct ModelStore {
    files: BTreeMap<ModelFile, Loaded>,
    /// Models made for other sizes of picture, by these.
    resized: RefCell<BTreeMap<(ModelFile, usize), Rc<Model>>>,
    /// Whether heavy models go to the GPU, but for those named.
    gpu: Option<Vec<String>>,
}

enum Loaded {
    /// With its file, if other sizes of picture can be made from it.
    Model(Rc<Model>, Option<Bytes>),
    Words(Rc<[String]>),
}

impl ModelStore {
    /// Takes a file: vocabulary, attributes, answers and known words are one a line, merges one pair, all else is ONNX.
    ///
    /// # Errors
    /// [`ExhibitError::Model`] if it is neither.
    pub fn load(&mut self, file: ModelFile, bytes: Vec<u8>) -> Result<(), ExhibitError> {
        let loaded =
            if ["vocabulary", "attributes", "answers", "merges", "known"].contains(&file.name.as_str()) {
                let text = std::str::from_utf8(&bytes).map_err(|error| ModelError::Unreadable {
                    model: format!("{}/{}", file.model, file.name),
                    why: error.to_string(),
                })?;
                let lines: Rc<[String]> = text.lines().map(str::to_owned).collect();
                if lines.is_empty() || lines.len() > MOST_LINES {
                    let (model, why) =
                        (format!("{}/{}", file.model, file.name), format!("{} lines", lines.len()));
                    return Err(ModelError::Unreadable { model, why }.into());
                }
                Loaded::Words(lines)
            } else {
                let name = format!("{}/{}", file.model, file.name);
                let bytes = Bytes::from(bytes);
                let model = self.made(&name, bytes.clone(), 1, 1)?;
                let kept = model.metadata(RESIZABLE).map(|_| bytes);
                Loaded::Model(Rc::new(model), kept)
            };
        self.resized.get_mut().retain(|(made, _), _| *made != file);
        self.files.insert(file, loaded);
        Ok(())
    }

    /// From now on heavy models are loaded for the GPU, but for those named ("model/name"): whoever runs an exhibit awaits
    /// [`Model::settle`] of those that wait.
    pub fn for_gpu(&mut self, but: Vec<String>) {
        self.gpu = Some(but);
    }

    /// A model of this file, for pictures `to / from` as large as it says, where it is to run.
    fn made(&self, name: &str, bytes: Bytes, from: usize, to: usize) -> Result<Model, ModelError> {
        let on_gpu = self.gpu.as_ref().is_some_and(|but| but.iter().all(|one| one != name));
        if on_gpu { Model::for_gpu(name, bytes, from, to) } else { Model::resized(name, bytes, from, to) }
    }

    /// All models that have been made.
    pub fn models(&self) -> Vec<Rc<Model>> {
        let as_loaded = self.files.values().filter_map(|loaded| match loaded {
            Loaded::Model(model, _) => Some(model.clone()),
            Loaded::Words(_) => None,
        });
        as_loaded.chain(self.resized.borrow().values().cloned()).collect()
    }

    pub fn holds(&self, file: &ModelFile) -> bool {
        self.files.contains_key(file)
    }

    pub(super) fn model(&self, model: &str, name: &str) -> Result<Rc<Model>, ExhibitError> {
        let file = ModelFile::new(model, name);
        match self.files.get(&file) {
            Some(Loaded::Model(found, _)) => Ok(found.clone()),
            _ => Err(ExhibitError::Missing(file)),
        }
    }

    /// A model of convolutions, for pictures of `side`×`side` pixels, made once; its file says which size it is for as it is.
    pub(super) fn resized(&self, model: &str, name: &str, side: usize) -> Result<Rc<Model>, ExhibitError> {
        let file = ModelFile::new(model, name);
        let Some(Loaded::Model(found, kept)) = self.files.get(&file) else {
            return Err(ExhibitError::Missing(file));
        };
        let from: usize = found.fact(RESIZABLE)?;
        let Some(bytes) = kept.as_ref().filter(|_| from != side) else { return Ok(found.clone()) };
        let key = (file, side);
        if let Some(made) = self.resized.borrow().get(&key) {
            return Ok(made.clone());
        }
        let made = Rc::new(self.made(&format!("{model}/{name}"), bytes.clone(), from, side)?);
        self.resized.borrow_mut().insert(key, made.clone());
        Ok(made)
    }

    /// The lines of a text file.
    pub(super) fn words(&self, model: &str, name: &str) -> Result<Rc<[String]>, ExhibitError> {
        let file = ModelFile::new(model, name);
        match self.files.get(&file) {
            Some(Loaded::Words(found)) => Ok(found.clone()),
            _ => Err(ExhibitError::Missing(file)),
        }
    }
}
