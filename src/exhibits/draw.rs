//! DRAW: Gregor et al., "DRAW: A Recurrent Neural Network For Image Generation", ICML 2015.

use std::collections::VecDeque;
use std::rc::Rc;

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use rand_distr::{Distribution, StandardNormal};
use serde::Deserialize;

use super::{AttentionMap, Exhibit, ExhibitError, Frame, Input, ModelFile, ModelStore, Picture, parsed};
use crate::attention::draw_window::Window;
use crate::attention::matrix::sigmoid;
use crate::model::{Carried, Model, ModelError, Outputs, StepOutputs, Steps, Tensor};
use crate::picture::ink;

const MODELS: [&str; 3] = ["draw-mnist", "draw-mnist-noattention", "draw-2digits"];
/// The wall shows this many samples in a row, and as many rows.
const WALL: usize = 8;
/// Steps of the wall that the GPU answers at a time: few enough that the first frame comes soon.
const AHEAD: usize = 8;
/// What the decoder tells of how it wrote through its window.
const WRITING: [&str; 4] = ["write_window", "patch", "filter_x", "filter_y"];

/// Draws a digit from noise, copies one, or draws 64 at once.
///
/// Settings: `mode` ("generate", "reconstruct" or "wall"), `model` (its folder below models/) and `seed`. Sample *i* of
/// the wall takes the *i*-th stream of the seed's noise, the single runs the first.
#[derive(Default)]
pub struct Draw {
    run: Option<Run>,
}

#[derive(Deserialize)]
struct Settings {
    mode: Mode,
    model: String,
    seed: u32,
}

#[derive(Clone, Copy, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
enum Mode {
    Generate,
    Reconstruct,
    Wall,
}

struct Run {
    network: Network,
    lanes: Vec<Lane>,
    /// Walls of the steps that were answered together with the last one shown [8 D, 8 D].
    ahead: VecDeque<Vec<f32>>,
    /// The picture to copy [D, D], each pixel 0 or 1, with the encoder that looks at it.
    copied: Option<(Rc<Model>, Tensor)>,
    step: usize,
    /// KL in nats, summed over the steps so far (eq. 11).
    latent_loss: f32,
}

/// A decoder and what its file says about it.
struct Network {
    decoder: Rc<Model>,
    side: usize,
    steps: usize,
    latent: usize,
    attention: bool,
    /// N of the N×N patch that is written.
    write: usize,
}

/// One canvas in the making.
#[derive(Clone)]
struct Lane {
    noise: ChaCha8Rng,
    /// Logits [1, D²].
    canvas: Tensor,
    h_enc: Tensor,
    c_enc: Tensor,
    h_dec: Tensor,
    c_dec: Tensor,
}

impl Exhibit for Draw {
    fn files(&self, settings: &str) -> Result<Vec<ModelFile>, ExhibitError> {
        let settings = Settings::parsed(settings)?;
        let encoder = (settings.mode == Mode::Reconstruct).then_some("encoder");
        let names = ["decoder"].into_iter().chain(encoder);
        Ok(names.map(|name| ModelFile::new(&settings.model, name)).collect())
    }

    fn start(
        &mut self,
        settings: &str,
        input: Option<Input>,
        store: &ModelStore,
    ) -> Result<(), ExhibitError> {
        let settings = Settings::parsed(settings)?;
        let decoder = store.model(&settings.model, "decoder")?;
        let network = Network::new(decoder)?;
        let copied = match settings.mode {
            Mode::Reconstruct => {
                let encoder = store.model(&settings.model, "encoder")?;
                let nothing = || ExhibitError::Input("there is no drawing to copy".to_owned());
                let photo = input.ok_or_else(nothing)?.photo()?.at_most(ink::LONGEST);
                let pixels = ink::on_canvas(&photo, network.side, network.fit())?;
                let x = encoder.tensor("x", &pixels)?;
                Some((encoder, x))
            }
            Mode::Generate | Mode::Wall => None,
        };
        let count = if settings.mode == Mode::Wall { WALL * WALL } else { 1 };
        let lanes =
            (0..count).map(|lane| Lane::new(&network, settings.seed, lane)).collect::<Result<_, _>>()?;
        self.run = Some(Run { network, lanes, ahead: VecDeque::new(), copied, step: 0, latent_loss: 0.0 });
        Ok(())
    }

    fn step(&mut self) -> Result<Option<Frame>, ExhibitError> {
        match &mut self.run {
            Some(run) if run.step < run.network.steps => run.frame().map(Some),
            _ => Ok(None),
        }
    }
}

impl Settings {
    fn parsed(settings: &str) -> Result<Self, ExhibitError> {
        let settings: Self = parsed(settings)?;
        if MODELS.contains(&settings.model.as_str()) {
            return Ok(settings);
        }
        Err(ExhibitError::Settings(format!("there is no model {}", settings.model)))
    }
}

impl Network {
    fn new(decoder: Rc<Model>) -> Result<Self, ModelError> {
        let attention: bool = decoder.fact("attention")?;
        let side = decoder.count("side", 8..=256)?;
        decoder.gives("canvas_out", side * side)?;
        Ok(Self {
            side,
            steps: decoder.count("steps", 1..=1_000)?,
            latent: decoder.count("latent", 1..=10_000)?,
            write: if attention { decoder.count("write", 1..=side)? } else { 0 },
            attention,
            decoder,
        })
    }

    /// Into how many pixels a drawing is fitted: MNIST's digits fill 20 of 28, two of them most of a larger canvas.
    fn fit(&self) -> usize {
        if self.side > 28 { self.side * 3 / 4 } else { self.side * 20 / 28 }
    }

    /// Writes onto the canvas of each lane, for as many steps as there are latents: every lane's of the first step, then every
    /// lane's of the second, and so on. Eq. 7-8.
    fn write(
        &self,
        lanes: &mut [Lane],
        z: Vec<Tensor>,
        wanted: &'static [&'static str],
    ) -> Result<StepOutputs, ModelError> {
        let carried = |output, input, of: fn(&Lane) -> &Tensor| {
            let first = lanes.iter().map(|lane| of(lane).clone()).collect();
            Carried { output, input, first }
        };
        let carried = vec![
            carried("canvas_out", "canvas", |lane| &lane.canvas),
            carried("h_dec_out", "h_dec", |lane| &lane.h_dec),
            carried("c_dec_out", "c_dec", |lane| &lane.c_dec),
        ];
        let (steps, each) = (z.len() / lanes.len(), vec![("z", z)]);
        let asked = Steps { steps, lanes: lanes.len(), carried, fixed: Vec::new(), each, wanted };
        let outputs = self.decoder.run_steps(&asked)?;
        for (lane, last) in lanes.iter_mut().zip(outputs.last().into_iter().flatten()) {
            let mut last = last.clone();
            let mut take = |name| self.decoder.take(&mut last, name);
            (lane.canvas, lane.h_dec, lane.c_dec) =
                (take("canvas_out")?, take("h_dec_out")?, take("c_dec_out")?);
        }
        Ok(outputs)
    }

    fn map(&self, name: &'static str, window: &Tensor, count: usize) -> Option<AttentionMap> {
        let &[g_x, g_y, delta, sigma2, gamma] = window.values() else { return None };
        let window = Window { g_x, g_y, delta, sigma2, gamma };
        Some(AttentionMap::Window { name, window, count, side: self.side })
    }
}

impl Lane {
    fn new(network: &Network, seed: u32, lane: usize) -> Result<Self, ModelError> {
        let mut noise = ChaCha8Rng::seed_from_u64(u64::from(seed));
        noise.set_stream(lane as u64);
        let decoder = &network.decoder;
        let blank: f32 = decoder.fact("canvas_start")?;
        let canvas = decoder.tensor("canvas", &vec![blank; network.side * network.side])?;
        let zero = decoder.zeros("h_dec")?;
        let (h_enc, c_enc, h_dec, c_dec) = (zero.clone(), zero.clone(), zero.clone(), zero);
        Ok(Self { noise, canvas, h_enc, c_enc, h_dec, c_dec })
    }

    /// As many draws from the standard normal distribution as a step has latents.
    fn draw(&mut self, count: usize) -> Vec<f32> {
        (0..count).map(|_| StandardNormal.sample(&mut self.noise)).collect()
    }

    /// Looks at the picture x, and takes z from what the encoder makes of it: eq. 3-6.
    fn look(&mut self, encoder: &Model, x: &Tensor, latent: usize) -> Result<(Tensor, Outputs), ModelError> {
        let noise = encoder.tensor("noise", &self.draw(latent))?;
        let mut outputs = encoder.run(&[
            ("x", x),
            ("canvas", &self.canvas),
            ("h_enc", &self.h_enc),
            ("c_enc", &self.c_enc),
            ("h_dec", &self.h_dec),
            ("noise", &noise),
        ])?;
        self.h_enc = encoder.take(&mut outputs, "h_enc_out")?;
        self.c_enc = encoder.take(&mut outputs, "c_enc_out")?;
        Ok((encoder.take(&mut outputs, "z")?, outputs))
    }
}

impl Run {
    fn frame(&mut self) -> Result<Frame, ExhibitError> {
        let mut frame = Frame {
            step: self.step + 1,
            steps: Some(self.network.steps),
            ended: self.step + 1 == self.network.steps,
            ..Frame::default()
        };
        if self.lanes.len() == 1 {
            self.single(&mut frame)?;
        } else {
            self.wall(&mut frame)?;
        }
        self.step += 1;
        Ok(frame)
    }

    fn single(&mut self, frame: &mut Frame) -> Result<(), ExhibitError> {
        let network = &self.network;
        let mut lanes = self.lanes.clone();
        let [lane] = lanes.as_mut_slice() else { return Ok(()) };
        let mut latent_loss = self.latent_loss;
        let z = match &self.copied {
            Some((encoder, x)) => {
                let (z, mut outputs) = lane.look(encoder, x, network.latent)?;
                let kl = encoder.take(&mut outputs, "kl")?.values().iter().sum::<f32>();
                latent_loss += kl;
                frame.numbers.push(("kl", kl));
                frame.pictures.push(Picture::new("target", network.side, x.values().to_vec()));
                if network.attention {
                    show_glimpse(network, encoder, &mut outputs, frame)?;
                }
                z
            }
            None => network.decoder.tensor("z", &lane.draw(network.latent))?,
        };
        let wanted: &[&str] = if network.attention { &WRITING } else { &[] };
        let outputs = network.write(&mut lanes, vec![z], wanted)?;
        let canvas = &lanes[0].canvas;
        frame.pictures.push(Picture::new("canvas", network.side, probabilities(canvas).collect()));
        if let Some((_, x)) = &self.copied {
            frame.numbers.push(("bound", latent_loss + reconstruction_loss(canvas, x)));
        }
        if let (true, Some(mut outputs)) = (network.attention, outputs.into_iter().flatten().next()) {
            let [window, patch, x, y] = WRITING.map(|name| network.decoder.take(&mut outputs, name));
            let (window, patch, x, y) = (window?, patch?, x?, y?);
            frame.pictures.extend([
                Picture::signed("patch", network.write, patch.values().to_vec()),
                Picture::new("filter_x", network.side, x.values().to_vec()),
                Picture::new("filter_y", network.side, y.values().to_vec()),
            ]);
            let names = ["g_x", "g_y", "delta", "sigma2", "gamma"];
            frame.numbers.extend(names.into_iter().zip(window.values().iter().copied()));
            frame.maps.extend(network.map("write", &window, network.write));
        }
        (self.lanes, self.latent_loss) = (lanes, latent_loss);
        Ok(())
    }

    fn wall(&mut self, frame: &mut Frame) -> Result<(), ExhibitError> {
        let network = &self.network;
        let width = WALL * network.side;
        if self.ahead.is_empty() {
            let mut lanes = self.lanes.clone();
            let most = AHEAD.min(network.steps - self.step);
            let mut z = Vec::new();
            for _ in 0..network.decoder.at_once(lanes.len(), most) {
                for lane in &mut lanes {
                    z.push(network.decoder.tensor("z", &lane.draw(network.latent))?);
                }
            }
            let outputs = network.write(&mut lanes, z, &["canvas_out"])?;
            self.ahead = outputs.iter().map(|lanes| hung(lanes, network.side)).collect();
            self.lanes = lanes;
        }
        let wall = self.ahead.pop_front().unwrap_or_default();
        frame.pictures.push(Picture::new("wall", width, wall));
        Ok(())
    }
}

/// The canvases of all lanes, eight in a row.
fn hung(lanes: &[Outputs], side: usize) -> Vec<f32> {
    let width = WALL * side;
    let mut wall = vec![0.0; width * width];
    for (i, canvas) in lanes.iter().filter_map(|outputs| outputs.get("canvas_out")).enumerate() {
        let corner = i / WALL * side * width + i % WALL * side;
        for (at, value) in probabilities(canvas).enumerate() {
            wall[corner + at / side * width + at % side] = value;
        }
    }
    wall
}

/// How likely each pixel is white, by its logit.
fn probabilities(canvas: &Tensor) -> impl Iterator<Item = f32> {
    canvas.values().iter().copied().map(sigmoid)
}

/// What was read of the picture and of the error image (eq. 27), and through which window.
fn show_glimpse(
    network: &Network,
    encoder: &Model,
    outputs: &mut Outputs,
    frame: &mut Frame,
) -> Result<(), ModelError> {
    let read: usize = encoder.fact("read")?;
    let mut take = |name| encoder.take(outputs, name);
    let [window, both, x, y] = [take("read_window")?, take("glimpse")?, take("filter_x")?, take("filter_y")?];
    let (seen, error) = both.values().split_at(both.values().len() / 2);
    frame.pictures.extend([
        Picture::signed("glimpse", read, seen.to_vec()),
        Picture::signed("glimpse_error", read, error.to_vec()),
        Picture::new("read_filter_x", network.side, x.values().to_vec()),
        Picture::new("read_filter_y", network.side, y.values().to_vec()),
    ]);
    frame.maps.extend(network.map("read", &window, read));
    Ok(())
}

/// −log p(x | canvas) in nats, each pixel a Bernoulli variable (eq. 9).
fn reconstruction_loss(canvas: &Tensor, x: &Tensor) -> f32 {
    let of_pixel =
        |(logit, pixel): (&f32, &f32)| logit.max(0.0) - logit * pixel + (-logit.abs()).exp().ln_1p();
    canvas.values().iter().zip(x.values()).map(of_pixel).sum()
}

#[cfg(test)]
mod tests;
