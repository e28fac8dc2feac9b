//! The lab of soft attention (slides 17–19): Xu et al., "Show, Attend and Tell", ICML 2015, section 4.2, small enough to turn every
//! knob. What lies on a grid is mixed by weights, and a target is reached by the gradient alone; no trained network takes part.

use serde::Deserialize;

use super::parts::photos::Photos;
use super::{AttentionMap, Exhibit, ExhibitError, Frame, Input, ModelFile, ModelStore, Picture, parsed};
use crate::attention::soft::{context, context_backward, entropy_bits, tempered, tempered_backward};
use crate::picture::{Photo, resized};

/// Rows and columns of the largest grid.
const MOST: usize = 4;
/// Pixels a side of a piece of a picture.
const PIECE: usize = 24;
/// A target is followed for so many steps.
const STEPS: usize = 60;
/// How far the scores go down the gradient in a step, times the square of the temperature and over the variance of what lies on
/// the grid: so a step changes the weights alike whatever the temperature and the contrast.
const RATE: f32 = 1.2;

/// Mixes what lies on a grid of `side`×`side` places.
///
/// Settings: `side` (2 to 4), `scores` (one a place), `temperature`, and either `colours` (red, green, blue of each place, 0..1)
/// or a picture as input, cut into as many pieces; `target` is a colour, or the number of a place. Without a target there is
/// one frame; with one, each step takes the scores down the gradient of ½ mean (z − target)². A frame's map `p` holds the
/// weights, its pictures the mix `z_r`, `z_g`, `z_b`, the `scores`, the loss's gradient by them `d_scores`, that by the weights
/// `d_p`, and how the mean of each channel of z moves with each score, `dz_dscore` [places, 3].
#[derive(Default)]
pub struct SoftLab {
    run: Option<Run>,
    photos: Photos,
    photo: Option<Photo>,
}

#[derive(Deserialize)]
struct Settings {
    side: usize,
    scores: Vec<f32>,
    temperature: f32,
    #[serde(default)]
    colours: Vec<[f32; 3]>,
    #[serde(default)]
    target: Option<Target>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Target {
    Place(usize),
    Colour([f32; 3]),
}

struct Run {
    side: usize,
    scores: Vec<f32>,
    temperature: f32,
    /// What lies at each place, row by row: three channels of `pixels`² numbers.
    values: Vec<f32>,
    pixels: usize,
    target: Option<Vec<f32>>,
    step: usize,
}

impl Settings {
    fn checked(settings: &str) -> Result<Self, ExhibitError> {
        let settings: Self = parsed(settings)?;
        let refused = |why: &str| Err(ExhibitError::Settings(why.to_owned()));
        let places = settings.side.min(MOST).pow(2);
        if !(2..=MOST).contains(&settings.side) || settings.scores.len() != places {
            return refused("there is one score a place, on two to four rows");
        }
        if !settings.colours.is_empty() && settings.colours.len() != places {
            return refused("there is one colour a place");
        }
        let within = settings.scores.iter().all(|score| score.abs() <= 100.0);
        if !within || !(0.01..=100.0).contains(&settings.temperature) {
            return refused("scores lie within ±100, the temperature between 0.01 and 100");
        }
        if matches!(settings.target, Some(Target::Place(place)) if place >= places) {
            return refused("the target is one of the places");
        }
        Ok(settings)
    }
}

impl Exhibit for SoftLab {
    fn files(&self, settings: &str) -> Result<Vec<ModelFile>, ExhibitError> {
        Settings::checked(settings).map(|_| Vec::new())
    }

    fn start(&mut self, settings: &str, input: Option<Input>, _: &ModelStore) -> Result<(), ExhibitError> {
        let settings = Settings::checked(settings)?;
        let (values, pixels) = if settings.colours.is_empty() {
            let photo = self.photos.photo(input)?;
            let values = pieces(&photo, settings.side);
            self.photo = Some(photo.at_most(512));
            (values, PIECE)
        } else {
            (settings.colours.concat(), 1)
        };
        let dim = 3 * pixels * pixels;
        let target = settings.target.map(|target| match target {
            Target::Place(place) => values[place * dim..(place + 1) * dim].to_vec(),
            Target::Colour(colour) => colour.iter().flat_map(|c| vec![*c; pixels * pixels]).collect(),
        });
        let Settings { side, scores, temperature, .. } = settings;
        self.run = Some(Run { side, scores, temperature, values, pixels, target, step: 0 });
        Ok(())
    }

    fn step(&mut self) -> Result<Option<Frame>, ExhibitError> {
        Ok(self.run.as_mut().filter(|run| run.step < run.steps()).map(Run::frame))
    }

    fn picture(&self) -> Option<&Photo> {
        self.photo.as_ref()
    }
}

/// The pieces of a picture squashed to a square, each red, then green, then blue, 0..1.
fn pieces(photo: &Photo, side: usize) -> Vec<f32> {
    let whole = side * PIECE;
    let small = resized(&photo.rgb, (photo.width, photo.height), (whole, whole), 3);
    let mut values = Vec::with_capacity(small.len());
    for place in 0..side * side {
        for channel in 0..3 {
            for at in 0..PIECE * PIECE {
                let (x, y) = (place % side * PIECE + at % PIECE, place / side * PIECE + at / PIECE);
                values.push(small[3 * (y * whole + x) + channel] / 255.0);
            }
        }
    }
    values
}

impl Run {
    fn steps(&self) -> usize {
        if self.target.is_some() { STEPS } else { 1 }
    }

    fn frame(&mut self) -> Frame {
        let area = self.pixels * self.pixels;
        let dim = 3 * area;
        let weights = tempered(&self.scores, self.temperature);
        let context = context(&weights, &self.values, dim);
        let by_weights = |d_context: &[f32]| context_backward(&weights, &self.values, d_context).0;
        let by_scores =
            |d_context: &[f32]| tempered_backward(&weights, &by_weights(d_context), self.temperature);
        self.step += 1;
        let channel = |i: usize| context[i * area..(i + 1) * area].to_vec();
        let mut frame = Frame {
            step: self.step,
            steps: Some(self.steps()),
            ended: self.step == self.steps(),
            numbers: vec![("entropy_bits", entropy_bits(&weights))],
            maps: vec![AttentionMap::Grid {
                name: "p".into(),
                rows: self.side,
                cols: self.side,
                weights: weights.clone(),
            }],
            pictures: ["z_r", "z_g", "z_b"]
                .into_iter()
                .enumerate()
                .map(|(i, name)| Picture::new(name, self.pixels, channel(i)))
                .collect(),
            ..Frame::default()
        };
        let slopes: Vec<Vec<f32>> = (0..3)
            .map(|i| {
                let mut d_mean = vec![0.0; dim];
                d_mean[i * area..(i + 1) * area].fill(1.0 / area as f32);
                by_scores(&d_mean)
            })
            .collect();
        let slopes =
            (0..self.scores.len()).flat_map(|place| slopes.iter().map(move |by| by[place])).collect();
        frame.pictures.push(Picture::signed("dz_dscore", 3, slopes));
        frame.pictures.push(Picture::signed("scores", self.side, self.scores.clone()));
        if let Some(target) = &self.target {
            let apart: Vec<f32> = context.iter().zip(target).map(|(z, t)| (z - t) / dim as f32).collect();
            let loss: f32 = apart.iter().map(|d| d * d).sum::<f32>() * dim as f32 / 2.0;
            let (d_scores, d_p) = (by_scores(&apart), by_weights(&apart));
            let rate = RATE * self.temperature * self.temperature / variance(&self.values, dim);
            for (score, d) in self.scores.iter_mut().zip(&d_scores) {
                *score -= rate * d;
            }
            frame.numbers.push(("loss", loss));
            frame.pictures.push(Picture::signed("d_scores", self.side, d_scores));
            frame.pictures.push(Picture::signed("d_p", self.side, d_p));
        }
        frame
    }
}

/// How much the places differ: the mean squared distance of a number from its mean over the places.
fn variance(values: &[f32], dim: usize) -> f32 {
    let places = (values.len() / dim) as f32;
    let of = |i: usize| {
        let along = || values.iter().skip(i).step_by(dim);
        let mean = along().sum::<f32>() / places;
        along().map(|v| (v - mean).powi(2)).sum::<f32>() / places
    };
    ((0..dim).map(of).sum::<f32>() / dim as f32).max(1e-4)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::attention::differences::{assert_close, differences};

    const COLOURS: [[f32; 3]; 4] = [[0.9, 0.1, 0.1], [0.1, 0.8, 0.2], [0.2, 0.2, 0.9], [1.0, 0.9, 0.1]];
    const SCORES: [f32; 4] = [0.5, -0.3, 1.0, 0.2];

    fn frames(settings: &Value, input: Option<Input>) -> Vec<Frame> {
        let mut lab = SoftLab::default();
        lab.start(&settings.to_string(), input, &ModelStore::default())
            .unwrap_or_else(|error| panic!("{error}"));
        std::iter::from_fn(|| lab.step().expect("steps")).collect()
    }

    fn with(scores: &[f32], target: &Value) -> Value {
        json!({ "side": 2, "scores": scores, "temperature": 0.7, "colours": COLOURS, "target": target })
    }

    fn picture<'a>(frame: &'a Frame, name: &str) -> &'a [f32] {
        &frame.pictures.iter().find(|p| p.name == name).expect(name).values
    }

    fn number(frame: &Frame, name: &str) -> f32 {
        frame.numbers.iter().find(|(n, _)| *n == name).expect(name).1
    }

    #[test]
    fn the_gradients_are_those_of_finite_differences() {
        let target = json!([0.2, 0.5, 0.9]);
        let first = &frames(&with(&SCORES, &target), None)[0];
        let numeric = differences(&SCORES, |scores| number(&frames(&with(scores, &target), None)[0], "loss"));
        assert_close(picture(first, "d_scores"), &numeric, 1e-3);
        for (channel, name) in ["z_r", "z_g", "z_b"].into_iter().enumerate() {
            let numeric = differences(&SCORES, |scores| {
                picture(&frames(&with(scores, &Value::Null), None)[0], name)[0]
            });
            let slopes: Vec<f32> =
                picture(first, "dz_dscore").iter().skip(channel).step_by(3).copied().collect();
            assert_close(&slopes, &numeric, 1e-3);
        }
    }

    #[test]
    fn the_gradient_leads_to_a_target_that_can_be_mixed() {
        for target in [json!(2), json!([0.6, 0.5, 0.4])] {
            let frames = frames(&with(&SCORES, &target), None);
            assert_eq!(frames.len(), STEPS);
            let loss: Vec<f32> = frames.iter().map(|frame| number(frame, "loss")).collect();
            assert!(loss.windows(2).all(|pair| pair[1] <= pair[0] + 1e-6), "{loss:?}");
            assert!(loss[STEPS - 1] < 0.1 * loss[0], "{target}: {loss:?}");
        }
    }

    #[test]
    fn a_picture_is_cut_into_pieces_and_one_of_them_can_be_reached() {
        let rgba: Vec<u8> =
            (0..16).flat_map(|i| [i * 16, 255 - i * 16, if i % 4 < 2 { 255 } else { 0 }, 255]).collect();
        let drawing = Input::Drawing { width: 4, height: 4, rgba: &rgba };
        let settings = json!({ "side": 2, "scores": [0, 0, 0, 0], "temperature": 1, "target": 3 });
        let frames = frames(&settings, Some(drawing));
        let AttentionMap::Grid { weights, .. } = &frames[STEPS - 1].maps[0] else { panic!("a grid") };
        assert!(weights[3] > 0.8, "{weights:?}");
        assert_eq!(picture(&frames[0], "z_r").len(), PIECE * PIECE);
    }

    #[test]
    fn settings_that_make_no_mix_are_refused() {
        let cases = [
            json!({ "side": 5, "scores": vec![0; 25], "temperature": 1 }),
            json!({ "side": 2, "scores": [0, 0, 0], "temperature": 1 }),
            json!({ "side": 2, "scores": SCORES, "temperature": 0 }),
            json!({ "side": 2, "scores": [1e9, 0, 0, 0], "temperature": 1 }),
            json!({ "side": 2, "scores": SCORES, "temperature": 1, "colours": [[0, 0, 0]] }),
            json!({ "side": 2, "scores": SCORES, "temperature": 1, "target": 4 }),
        ];
        for settings in cases {
            let refused = SoftLab::default().files(&settings.to_string()).expect_err("refused");
            assert_eq!(refused.kind(), "bad-settings", "{settings}");
        }
        let settings = json!({ "side": 2, "scores": SCORES, "temperature": 1 }).to_string();
        let nothing = SoftLab::default().start(&settings, None, &ModelStore::default());
        assert_eq!(nothing.expect_err("no picture").kind(), "bad-input");
    }
}
