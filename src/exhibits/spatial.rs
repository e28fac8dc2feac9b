//! Spatial transformers: Jaderberg, Simonyan, Zisserman and Kavukcuoglu, "Spatial Transformer Networks", NIPS 2015; beside
//! them a convolutional network of as many weights that has to do without.

use std::rc::Rc;

use serde::Deserialize;

use super::parts::digits;
use super::{
    AttentionMap, Choice, Exhibit, ExhibitError, Frame, Input, ModelFile, ModelStore, Picture, parsed,
};
use crate::attention::affine::{self, Place};
use crate::attention::spline;
use crate::model::{Model, Tensor};

const FOLDER: &str = "stn-mnist";
/// Pixels a side of what is seen, and of what is made of it.
const SEEN: usize = 42;
const STRAIGHT: usize = 28;

/// Straightens a distorted digit, then names it: where to look, what is seen there, what it is.
///
/// Settings: `model` ("affine", "tps" or "cnn"). Input: a drawing of 42×42 pixels, dark on white, or a picture of a digit. Three
/// steps with a transformer, one without; the last frame's choices are the ten digits.
#[derive(Default)]
pub struct Spatial {
    run: Option<Run>,
    /// The matrix of the thin-plate spline, made once.
    spline: Option<Rc<[[f32; 16]]>>,
}

#[derive(Clone, Copy, Deserialize)]
struct Settings {
    model: Head,
}

#[derive(Clone, Copy, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
enum Head {
    Affine,
    Tps,
    Cnn,
}

struct Run {
    picture: Vec<f32>,
    locate: Option<Rc<Model>>,
    classify: Rc<Model>,
    spline: Option<Rc<[[f32; 16]]>>,
    step: usize,
    looked: Option<Looked>,
}

/// Where a transformer looks, and what it sees there.
struct Looked {
    grid: Vec<Place>,
    theta: Vec<f32>,
    straight: Vec<f32>,
}

impl Head {
    /// The file that says where to look, if any, and the one that names the digit.
    fn files(self) -> (Option<&'static str>, &'static str) {
        match self {
            Self::Affine => (Some("affine-locate"), "affine-classify"),
            Self::Tps => (Some("tps-locate"), "tps-classify"),
            Self::Cnn => (None, "cnn"),
        }
    }
}

impl Exhibit for Spatial {
    fn files(&self, settings: &str) -> Result<Vec<ModelFile>, ExhibitError> {
        let (locate, classify) = parsed::<Settings>(settings)?.model.files();
        Ok(locate.into_iter().chain([classify]).map(|name| ModelFile::new(FOLDER, name)).collect())
    }

    fn start(
        &mut self,
        settings: &str,
        input: Option<Input>,
        store: &ModelStore,
    ) -> Result<(), ExhibitError> {
        let head = parsed::<Settings>(settings)?.model;
        let (locate, classify) = head.files();
        let input = input.ok_or_else(|| ExhibitError::Input("there is no digit".to_owned()))?;
        let (picture, _) = digits::inked(input, |_| SEEN)?;
        let locate = locate.map(|name| store.model(FOLDER, name)).transpose()?;
        let classify = store.model(FOLDER, classify)?;
        let spline = (head == Head::Tps)
            .then(|| self.spline.get_or_insert_with(|| spline::matrix(STRAIGHT).into()).clone());
        self.run = Some(Run { picture, locate, classify, spline, step: 0, looked: None });
        Ok(())
    }

    fn step(&mut self) -> Result<Option<Frame>, ExhibitError> {
        match &mut self.run {
            Some(run) if run.step < run.steps() => run.frame().map(Some),
            _ => Ok(None),
        }
    }
}

impl Run {
    fn steps(&self) -> usize {
        if self.locate.is_some() { 3 } else { 1 }
    }

    fn frame(&mut self) -> Result<Frame, ExhibitError> {
        if self.looked.is_none() {
            self.looked = self.locate.as_ref().map(|locate| self.look(locate)).transpose()?;
        }
        self.step += 1;
        let ended = self.step == self.steps();
        let mut frame = Frame {
            step: self.step,
            steps: Some(self.steps()),
            ended,
            pictures: vec![Picture::new("seen", SEEN, self.picture.clone())],
            ..Frame::default()
        };
        if let Some(Looked { grid, theta, straight }) = &self.looked {
            if let Ok(theta) = theta.as_slice().try_into() {
                frame.maps.push(AttentionMap::Affine { name: "theta", theta });
            }
            // Where each pixel of the straightened picture is taken from: x of all of them, then y.
            let along = |axis: usize| grid.iter().map(move |place| place[axis]).collect();
            frame
                .pictures
                .push(Picture { range: Some((-1.0, 1.0)), ..Picture::new("grid_x", STRAIGHT, along(0)) });
            frame
                .pictures
                .push(Picture { range: Some((-1.0, 1.0)), ..Picture::new("grid_y", STRAIGHT, along(1)) });
            if self.step > 1 {
                frame.pictures.push(Picture::new("straight", STRAIGHT, straight.clone()));
            }
        }
        if ended {
            frame.choices = self.named()?;
        }
        Ok(frame)
    }

    /// Eq. 1 and 5; the spline's control points in place of θ where there is one.
    fn look(&self, locate: &Model) -> Result<Looked, ExhibitError> {
        let picture = locate.tensor("picture", &self.picture)?;
        let theta: Tensor = locate.take(&mut locate.run(&[("picture", &picture)])?, "theta")?;
        let theta = theta.values().to_vec();
        let grid = match &self.spline {
            Some(matrix) => {
                let points: Vec<Place> = theta.chunks_exact(2).map(|point| [point[0], point[1]]).collect();
                spline::grid(matrix, &points)
            }
            None => {
                let wrong = || locate.mismatch("theta", "it is no affine transformation");
                affine::grid(theta.as_slice().try_into().map_err(|_| wrong())?, STRAIGHT)
            }
        };
        let straight = affine::sample(&self.picture, SEEN, &grid);
        Ok(Looked { grid, theta, straight })
    }

    fn named(&self) -> Result<Vec<Choice>, ExhibitError> {
        let classify = &self.classify;
        let given = self.looked.as_ref().map_or(&self.picture, |looked| &looked.straight);
        let picture = classify.tensor("picture", given)?;
        Ok(digits::named(classify, classify.run(&[("picture", &picture)])?)?)
    }
}
