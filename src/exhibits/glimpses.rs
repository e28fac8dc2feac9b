//! Reading a cluttered digit by a few glimpses: Mnih et al., "Recurrent Models of Visual Attention", NIPS 2014, with hard crops,
//! and Gregor et al., "DRAW", ICML 2015, section 4.1, with Gaussian windows; beside them a network that sees the whole scene.

use std::rc::Rc;

use serde::Deserialize;

use super::parts::digits;
use super::parts::steering::wanted_place;
use super::{
    AttentionMap, Choice, Exhibit, ExhibitError, Frame, Input, ModelFile, ModelStore, Picture, parsed,
};
use crate::attention::draw_window::Window;
use crate::attention::glimpse::{corner, location, retina};
use crate::model::{Model, ModelError, Outputs, Tensor};

/// The visitor's scene has this many pixels a side. A network that was trained on larger ones gets it in their middle.
const SCENE: usize = 60;
const PATCH: usize = 12;
const PATCHES: [&str; 3] = ["glimpse_12", "glimpse_24", "glimpse_48"];

/// Says which digit stands in a scene, a glimpse a step.
///
/// Settings: `model` ("ram" or "draw"), `seed`, and `likeliest` (RAM looks at the middle of what it wants instead of drawing the
/// place around it). Input: a drawing of the scene, dark on white, or a picture of a digit. A frame's choices are the ten
/// digits. Steered, with two numbers in −1..1 (x, y), RAM takes its next glimpse there.
#[derive(Default)]
pub struct Glimpses {
    run: Option<Run>,
}

#[derive(Deserialize)]
struct Settings {
    model: Reader,
    #[serde(default)]
    seed: u32,
    #[serde(default)]
    likeliest: bool,
}

#[derive(Clone, Copy, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
enum Reader {
    Ram,
    Draw,
}

/// What is known before a glimpse.
#[derive(Clone)]
struct State {
    h: Tensor,
    c: Tensor,
    /// Where RAM will look (x, y), −1 to 1 from edge to edge.
    location: [f32; 2],
}

struct Run {
    reader: Reader,
    step: Rc<Model>,
    /// The scene as the network has it [side, side].
    scene: Vec<f32>,
    side: usize,
    glimpses: usize,
    /// Standard deviation of a place around what the network wants; none where it looks right there.
    spread: Option<f32>,
    seed: u32,
    /// Before each glimpse that was taken, and after the last.
    states: Vec<State>,
    /// Of a glimpse, and of the network that sees the whole scene.
    multiply_adds: [f32; 2],
    /// What that network says of the scene.
    whole: Choice,
}

impl Reader {
    fn folder(self) -> &'static str {
        match self {
            Self::Ram => "ram-cluttered",
            Self::Draw => "draw-read-cluttered",
        }
    }
}

impl Exhibit for Glimpses {
    fn files(&self, settings: &str) -> Result<Vec<ModelFile>, ExhibitError> {
        let settings: Settings = parsed(settings)?;
        Ok(["step", "whole"].map(|name| ModelFile::new(settings.model.folder(), name)).into())
    }

    fn start(
        &mut self,
        settings: &str,
        input: Option<Input>,
        store: &ModelStore,
    ) -> Result<(), ExhibitError> {
        let settings: Settings = parsed(settings)?;
        let input = input.ok_or_else(|| ExhibitError::Input("there is no scene".to_owned()))?;
        self.run = Some(Run::begun(&settings, input, store)?);
        Ok(())
    }

    fn step(&mut self) -> Result<Option<Frame>, ExhibitError> {
        match &mut self.run {
            Some(run) if run.states.len() <= run.glimpses => run.frame().map(Some),
            _ => Ok(None),
        }
    }

    fn steer(&mut self, step: usize, weights: Option<&[f32]>) -> Result<(), ExhibitError> {
        let refused = |why: &str| Err(ExhibitError::Input(why.to_owned()));
        let Some(run) = &mut self.run else { return refused("there is no scene to look at") };
        if run.reader == Reader::Draw {
            return refused("DRAW's window cannot be steered");
        }
        if step == 0 || step > run.states.len().min(run.glimpses) {
            return refused("there is no such glimpse to steer");
        }
        let place = match wanted_place(weights)? {
            Some(place) => place,
            None => run.wanted(step)?,
        };
        run.states.truncate(step);
        run.states[step - 1].location = place;
        Ok(())
    }
}

/// The visitor's scene [side, side], 1 where there is ink.
fn scene(input: Input, side: usize) -> Result<Vec<f32>, ExhibitError> {
    let (drawn, size) = digits::inked(input, |drawn| if drawn == side { side } else { SCENE })?;
    let edge = (side - size) / 2;
    let mut scene = vec![0.0; side * side];
    for (row, drawn) in drawn.chunks_exact(size).enumerate() {
        let start = (edge + row) * side + edge;
        scene[start..start + size].copy_from_slice(drawn);
    }
    Ok(scene)
}

impl Run {
    fn begun(settings: &Settings, input: Input, store: &ModelStore) -> Result<Self, ExhibitError> {
        let reader = settings.model;
        let (step, whole) = (store.model(reader.folder(), "step")?, store.model(reader.folder(), "whole")?);
        let side = step.count("side", SCENE..=512)?;
        let scene = scene(input, side)?;
        let outputs = whole.run(&[("scene", &whole.tensor("scene", &scene)?)])?;
        let whole_choice = digits::named(&whole, outputs)?
            .into_iter()
            .max_by(|a, b| a.probability.total_cmp(&b.probability))
            .ok_or_else(|| whole.mismatch("logp", "it names no digit"))?;
        let spread =
            if reader == Reader::Ram && !settings.likeliest { Some(step.fact("spread")?) } else { None };
        let first = State { h: step.zeros("h")?, c: step.zeros("c")?, location: [0.0; 2] };
        Ok(Self {
            reader,
            side,
            glimpses: step.count("glimpses", 1..=100)?,
            multiply_adds: [step.fact("multiply_adds")?, whole.fact("multiply_adds")?],
            step,
            scene,
            spread,
            seed: settings.seed,
            states: vec![first],
            whole: whole_choice,
        })
    }

    /// Where glimpse `step` (from 1) goes if nobody steers it: the middle first, then what the network wanted after the
    /// glimpse before, with noise of its own.
    fn wanted(&self, step: usize) -> Result<[f32; 2], ModelError> {
        if step < 2 {
            return Ok([0.0; 2]);
        }
        let mut outputs = self.look(&self.states[step - 2])?.1;
        Ok(self.drawn(step, self.step.take(&mut outputs, "mean")?.values()))
    }

    /// A place around the mean, within the scene (section 3.1: the location is drawn from a Gaussian of fixed variance).
    fn drawn(&self, step: usize, mean: &[f32]) -> [f32; 2] {
        let mean = [0, 1].map(|axis| mean.get(axis).copied().unwrap_or_default());
        location(mean, self.spread.unwrap_or_default(), self.seed, step)
    }

    fn look(&self, state: &State) -> Result<(Vec<Vec<f32>>, Outputs), ModelError> {
        let (h, c) = (("h", &state.h), ("c", &state.c));
        if self.reader == Reader::Draw {
            let scene = self.step.tensor("scene", &self.scene)?;
            return Ok((Vec::new(), self.step.run(&[("scene", &scene), h, c])?));
        }
        let patches = retina(&self.scene, self.side, corner(state.location, self.side), PATCH, PATCHES.len());
        let glimpse = self.step.tensor("glimpse", &patches.concat())?;
        let location = self.step.tensor("location", &state.location)?;
        let outputs = self.step.run(&[("glimpse", &glimpse), ("location", &location), h, c])?;
        Ok((patches, outputs))
    }

    fn frame(&mut self) -> Result<Frame, ExhibitError> {
        let step = self.states.len();
        let state = &self.states[step - 1];
        let (patches, mut outputs) = self.look(state)?;
        let next = State {
            h: self.step.take(&mut outputs, "h_out")?,
            c: self.step.take(&mut outputs, "c_out")?,
            location: outputs.get("mean").map_or([0.0; 2], |mean| self.drawn(step + 1, mean.values())),
        };
        let [glimpse, whole] = self.multiply_adds;
        let mut frame = Frame {
            step,
            steps: Some(self.glimpses),
            ended: step == self.glimpses,
            pictures: vec![Picture::new("scene", SCENE, self.shown())],
            numbers: vec![
                ("multiply_adds", glimpse * step as f32),
                ("whole_multiply_adds", whole),
                ("whole_digit", self.whole.word.parse().unwrap_or_default()),
                ("whole_probability", self.whole.probability),
            ],
            ..Frame::default()
        };
        match self.reader {
            Reader::Ram => self.show_crops(state, patches, &outputs, &mut frame),
            Reader::Draw => self.show_window(&mut outputs, &mut frame)?,
        }
        frame.choices = digits::named(&self.step, outputs)?;
        self.states.push(next);
        Ok(frame)
    }

    /// The middle of the scene, as the visitor has it.
    fn shown(&self) -> Vec<f32> {
        let edge = (self.side - SCENE) / 2;
        let rows = self.scene.chunks_exact(self.side).skip(edge).take(SCENE);
        rows.flat_map(|row| &row[edge..edge + SCENE]).copied().collect()
    }

    fn show_crops(&self, state: &State, patches: Vec<Vec<f32>>, outputs: &Outputs, frame: &mut Frame) {
        let (x, y) = corner(state.location, self.side);
        frame.numbers.extend([("x", x as f32), ("y", y as f32)]);
        for (i, (name, patch)) in PATCHES.into_iter().zip(patches).enumerate() {
            let share = (PATCH << i) as f32 / self.side as f32;
            let middle = |corner: usize| 2.0 * corner as f32 / self.side as f32 - 1.0;
            let theta = [share, 0.0, middle(x), 0.0, share, middle(y)];
            frame.maps.push(AttentionMap::Affine { name, theta });
            frame.pictures.push(Picture::new(name, PATCH, patch));
        }
        let value = outputs.get("baseline").and_then(|value| value.values().first());
        frame.numbers.extend(value.map(|value| ("baseline", *value)));
    }

    fn show_window(&self, outputs: &mut Outputs, frame: &mut Frame) -> Result<(), ModelError> {
        let window = self.step.take(outputs, "window")?;
        let &[g_x, g_y, delta, sigma2, gamma] = window.values() else {
            return Err(self.step.mismatch("window", "it is no window"));
        };
        let edge = (self.side - SCENE) as f32 / 2.0;
        let window = Window { g_x: g_x - edge, g_y: g_y - edge, delta, sigma2, gamma };
        frame.numbers.extend([("x", window.g_x), ("y", window.g_y), ("delta", delta), ("sigma2", sigma2)]);
        frame.maps.push(AttentionMap::Window { name: "read", window, count: PATCH, side: SCENE });
        let glimpse = self.step.take(outputs, "glimpse")?;
        frame.pictures.push(Picture::signed("glimpse", PATCH, glimpse.values().to_vec()));
        Ok(())
    }
}
