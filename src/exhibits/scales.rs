//! Attention to scale: Chen, Yang, Wang, Xu and Yuille, "Attention to Scale: Scale-aware Semantic Image Segmentation", CVPR 2016: one
//! network sees a picture at three scales, and at every pixel a small one weighs their answers.

use std::rc::Rc;

use serde::Deserialize;

use super::parts::encoded_photo::SHOWN_SIDE;
use super::{Choice, Exhibit, ExhibitError, Frame, Input, ModelFile, ModelStore, Picture, parsed};
use crate::attention::scale::{average, blend, forced, greatest};
use crate::model::{Model, ModelError, as_inputs};
use crate::picture::{Photo, resized};

const MODEL: &str = "scale";
const ENCODER: &str = "dense-encoder";
/// The picture's side at each scale, in pixels.
const SIDES: [usize; 3] = [320, 224, 160];
const WEIGHTS: [&str; 3] = ["weight_1", "weight_2", "weight_3"];
/// All answers are brought to this many places a side.
const GRID: usize = 40;
/// Classes are shown at this many pixels a side.
const SHOWN: usize = 160;

/// Says of every pixel what it belongs to.
///
/// Settings: `merge` ("attention", "average", "max" or "single"). Input: the picture. A frame a scale, then one of what all make
/// together, with attention also its weights. Each has the names of all classes as words, a picture `classes` of their numbers
/// [160, 160], and as choices the classes by the share of the picture that they take, greatest first. Steered at the last
/// frame, with a share for each scale, these are used everywhere, and what they lack to one is left to the attention.
#[derive(Default)]
pub struct Scales {
    run: Option<Run>,
}

#[derive(Deserialize)]
struct Settings {
    merge: Merge,
}

#[derive(Clone, Copy, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
enum Merge {
    Attention,
    Average,
    Max,
    Single,
}

/// What one scale said, brought to the grid.
struct Said {
    /// Scores [classes, 40, 40].
    scores: Vec<f32>,
    /// Features [64, 40, 40].
    features: Vec<f32>,
}

struct Run {
    merge: Merge,
    encoders: Vec<Rc<Model>>,
    heads: Vec<Rc<Model>>,
    attend: Option<Rc<Model>>,
    classes: Rc<[String]>,
    original: Photo,
    photo: Photo,
    said: Vec<Said>,
    /// The attention's own weights [3, 40, 40], once all scales have been seen.
    weights: Vec<f32>,
    /// What the visitor wants instead.
    forced: Option<[f32; 3]>,
    step: usize,
}

impl Merge {
    fn sides(self) -> &'static [usize] {
        if self == Self::Single { &SIDES[..1] } else { &SIDES }
    }

    fn head(self) -> &'static str {
        match self {
            Self::Attention => "attention-head",
            Self::Average => "average-head",
            Self::Max => "max-head",
            Self::Single => "single-head",
        }
    }
}

impl Exhibit for Scales {
    fn files(&self, settings: &str) -> Result<Vec<ModelFile>, ExhibitError> {
        let Settings { merge } = parsed(settings)?;
        let mut files = vec![ModelFile::new(MODEL, "answers"), ModelFile::new(ENCODER, ENCODER)];
        files.push(ModelFile::new(MODEL, merge.head()));
        files.extend((merge == Merge::Attention).then(|| ModelFile::new(MODEL, "attend")));
        Ok(files)
    }

    fn start(
        &mut self,
        settings: &str,
        input: Option<Input>,
        store: &ModelStore,
    ) -> Result<(), ExhibitError> {
        let Settings { merge } = parsed(settings)?;
        let input = input.ok_or_else(|| ExhibitError::Input("there is no picture".to_owned()))?;
        let original = input.photo()?;
        let sized = |model, name| -> Result<Vec<Rc<Model>>, ExhibitError> {
            merge.sides().iter().map(|side| store.resized(model, name, *side)).collect()
        };
        let attend = if merge == Merge::Attention { Some(store.model(MODEL, "attend")?) } else { None };
        self.run = Some(Run {
            merge,
            encoders: sized(ENCODER, ENCODER)?,
            heads: sized(MODEL, merge.head())?,
            attend,
            classes: store.words(MODEL, "answers")?,
            photo: original.at_most(SHOWN_SIDE),
            original,
            said: Vec::new(),
            weights: Vec::new(),
            forced: None,
            step: 0,
        });
        Ok(())
    }

    fn step(&mut self) -> Result<Option<Frame>, ExhibitError> {
        match &mut self.run {
            Some(run) if run.step < run.steps() => {
                let frame = run.frame(run.step + 1)?;
                run.step = frame.step;
                Ok(Some(frame))
            }
            _ => Ok(None),
        }
    }

    fn picture(&self) -> Option<&Photo> {
        self.run.as_ref().map(|run| &run.photo)
    }

    fn steer(&mut self, step: usize, weights: Option<&[f32]>) -> Result<(), ExhibitError> {
        let refused = |why: &str| Err(ExhibitError::Input(why.to_owned()));
        let Some(run) = &mut self.run else { return refused("there is no picture to look at") };
        if run.merge != Merge::Attention {
            return refused("without attention there is nothing to steer");
        }
        if step != SIDES.len() + 1 || run.step < SIDES.len() {
            return refused("the weights are steered at the last step, once all scales have been seen");
        }
        run.forced = match weights {
            None => None,
            Some(&[a, b, c]) if a.min(b).min(c) >= 0.0 && a + b + c <= 1.0 + 1e-4 => Some([a, b, c]),
            Some(_) => return refused("give three shares, together at most one"),
        };
        run.step = SIDES.len();
        Ok(())
    }
}

/// Maps [C, side, side] at `to` pixels a side.
fn brought(maps: &[f32], side: usize, to: usize) -> Vec<f32> {
    if side == to {
        return maps.to_vec();
    }
    maps.chunks_exact(side * side).flat_map(|map| resized(map, (side, side), (to, to), 1)).collect()
}

/// The likeliest class of every place, from scores [classes, places].
fn likeliest(scores: &[f32], places: usize) -> Vec<usize> {
    let best = |at: usize| {
        let classes = 0..scores.len() / places;
        classes.max_by(|a, b| scores[a * places + at].total_cmp(&scores[b * places + at]))
    };
    (0..places).map(|at| best(at).unwrap_or_default()).collect()
}

impl Run {
    /// A frame a scale, and one of all together where there is more than one.
    fn steps(&self) -> usize {
        if self.merge == Merge::Single { 1 } else { SIDES.len() + 1 }
    }

    fn frame(&mut self, step: usize) -> Result<Frame, ExhibitError> {
        let scales = self.merge.sides().len();
        let mut frame = Frame {
            step,
            steps: Some(self.steps()),
            ended: step == self.steps(),
            words: self.classes.to_vec(),
            ..Frame::default()
        };
        if step <= scales {
            if self.said.len() < step {
                let said = self.seen(step - 1)?;
                self.said.push(said);
            }
            frame.numbers.push(("side", SIDES[step - 1] as f32));
            self.show(&self.said[step - 1].scores, &mut frame);
            return Ok(frame);
        }
        if let (Some(attend), true) = (&self.attend, self.weights.is_empty()) {
            let features: Vec<f32> =
                self.said.iter().flat_map(|said| said.features.iter().copied()).collect();
            let given = attend.tensor("features", &features)?;
            self.weights =
                attend.take(&mut attend.run(&[("features", &given)])?, "weights")?.values().to_vec();
            attend.gives("weights", WEIGHTS.len() * GRID * GRID)?;
        }
        let weights = self.used();
        if let Some(weights) = &weights {
            const MEANS: [&str; 3] = ["mean_1", "mean_2", "mean_3"];
            for ((map, name), mean) in weights.chunks_exact(GRID * GRID).zip(WEIGHTS).zip(MEANS) {
                frame.numbers.push((mean, map.iter().sum::<f32>() / map.len() as f32));
                frame.pictures.push(Picture::new(name, GRID, map.to_vec()));
            }
        }
        self.show(&self.merged(weights.as_deref()), &mut frame);
        Ok(frame)
    }

    /// The weights [3, 40, 40] that are used.
    fn used(&self) -> Option<Vec<f32>> {
        self.attend.as_ref()?;
        let Some(shares) = self.forced else { return Some(self.weights.clone()) };
        Some(forced(&self.weights, &shares, GRID * GRID))
    }

    /// What the encoder and the head make of one scale.
    fn seen(&self, scale: usize) -> Result<Said, ExhibitError> {
        let (encoder, head, side) = (&self.encoders[scale], &self.heads[scale], SIDES[scale]);
        let image = encoder.tensor("image", &self.original.normalised(side))?;
        let maps = encoder.run(&[("image", &image)])?;
        let mut outputs = head.run(&as_inputs(&maps))?;
        let mut take = |name| -> Result<Vec<f32>, ModelError> {
            Ok(brought(head.take(&mut outputs, name)?.values(), side / 8, GRID))
        };
        let said = Said { scores: take("scores")?, features: take("features")? };
        if said.scores.len() != self.classes.len() * GRID * GRID {
            return Err(head.mismatch("scores", "they are not one number a class and place").into());
        }
        Ok(said)
    }

    /// One score a class and place, from those of all scales.
    fn merged(&self, weights: Option<&[f32]>) -> Vec<f32> {
        let scales: Vec<&[f32]> = self.said.iter().map(|said| said.scores.as_slice()).collect();
        match (weights, self.merge) {
            (Some(weights), _) => blend(weights, &scales, GRID * GRID),
            (None, Merge::Max) => greatest(&scales),
            (None, _) => average(&scales),
        }
    }

    fn show(&self, scores: &[f32], frame: &mut Frame) {
        let classes = likeliest(&brought(scores, GRID, SHOWN), SHOWN * SHOWN);
        let mut counts = vec![0usize; self.classes.len()];
        classes.iter().for_each(|class| counts[*class] += 1);
        let share = |count: usize| count as f32 / classes.len() as f32;
        let named = self.classes.iter().zip(counts).filter(|(_, count)| *count > 0);
        frame.choices =
            named.map(|(name, count)| Choice { word: name.clone(), probability: share(count) }).collect();
        frame.choices.sort_by(|a, b| b.probability.total_cmp(&a.probability));
        let values = classes.into_iter().map(|class| class as f32).collect();
        let range = Some((0.0, (self.classes.len() - 1) as f32));
        frame.pictures.insert(0, Picture { range, ..Picture::new("classes", SHOWN, values) });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_likeliest_class_has_the_greatest_score() {
        assert_eq!(likeliest(&[0.0, 3.0, 1.0, 2.0, 5.0, 0.5], 2), [2, 0]);
    }

    #[test]
    fn maps_are_brought_to_another_side_one_by_one() {
        let maps = brought(&[0.0, 0.0, 0.0, 0.0, 1.0, 1.0, 1.0, 1.0], 2, 3);
        assert!(maps[..9].iter().all(|v| *v == 0.0) && maps[9..].iter().all(|v| (v - 1.0).abs() < 1e-6));
    }

    #[test]
    fn each_merge_asks_for_its_own_files() {
        for (merge, count) in [("attention", 4), ("average", 3), ("max", 3), ("single", 3)] {
            let files = Scales::default().files(&format!(r#"{{"merge":"{merge}"}}"#)).expect("known");
            assert_eq!((files.len(), files[2].name.as_str()), (count, format!("{merge}-head").as_str()));
        }
        assert_eq!(Scales::default().files(r#"{"merge":"min"}"#).expect_err("none").kind(), "bad-settings");
    }
}
