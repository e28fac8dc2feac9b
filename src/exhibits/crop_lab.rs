//! The lab of hard and soft crops (slides 23–25): a box has to find a patch of a picture by descending a loss, through a crop that
//! has no gradient, by REINFORCE (Mnih et al., NIPS 2014), through DRAW's Gaussian window (Gregor et al., ICML 2015, section 3.2),
//! and through the bilinear sampler of spatial transformers (Jaderberg et al., NIPS 2015). No trained network takes part.

use std::rc::Rc;

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use rand_distr::{Distribution, StandardNormal};
use serde::Deserialize;

use super::parts::photos::Photos;
use super::{AttentionMap, Exhibit, ExhibitError, Frame, Input, ModelFile, ModelStore, Picture, parsed};
use crate::attention::reinforce::{Estimate, estimate, gaussian_score, mean_baseline};
use crate::attention::{affine, draw_window};
use crate::picture::{Photo, resized};

/// The picture is looked at with this many pixels a side, the patch has this many.
const SIDE: usize = 64;
const PATCH: usize = 12;
/// Steps of a descent.
const STEPS: usize = 80;
/// Boxes that REINFORCE tries in a step, and how far they lie around the present one (standard deviation).
const TRIES: usize = 24;
const SPREAD: f32 = 0.06;
/// The loss surface has this many places a side.
const SURFACE: usize = 25;
/// No side of a box is smaller, none larger, as shares of the picture's.
const SMALLEST: f32 = 0.08;
/// How far a box goes in the first step, at most, in sides of the picture's half; with every later one less, so that it settles.
const STRIDE: f32 = 0.04;
/// How far a box goes down a gradient of 1, where that is not farther.
const RATE: f32 = 2.0;

/// Moves a box over a picture until what it shows is the target.
///
/// Settings: `method` ("hard", "reinforce", "gaussian" or "bilinear"), `target` and `start`, boxes as middle and half sides (x, y,
/// w, h), −1 to 1 from edge to edge, `seed`, and `descend`: without it there is one frame. Input: the picture. A frame's maps are
/// the boxes `box` and `target`; its pictures the patches `seen` and `wanted`, in the first frame the loss `surface` over the
/// middles of a box of this size, and for REINFORCE what each try says, `cloud_x` and `cloud_y`; its numbers the `loss`, and its
/// gradient by the box: `d_x`, `d_y`, `d_w`, `d_h`.
#[derive(Default)]
pub struct CropLab {
    run: Option<Run>,
    photos: Photos,
    landscape: Option<Landscape>,
}

/// The loss over all middles, which a box that moves leaves as it is.
struct Landscape {
    photo: Rc<Photo>,
    method: Method,
    target: Area,
    /// Half sides of the box.
    size: [f32; 2],
    /// Grey [64, 64], 0..1.
    picture: Vec<f32>,
    wanted: Vec<f32>,
    surface: Vec<f32>,
}

#[derive(Deserialize)]
struct Settings {
    method: Method,
    target: Area,
    start: Area,
    #[serde(default)]
    seed: u32,
    #[serde(default)]
    descend: bool,
}

#[derive(Clone, Copy, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
enum Method {
    Hard,
    Reinforce,
    Gaussian,
    Bilinear,
}

/// Middle and half sides of a box: x, y, w, h.
type Area = [f32; 4];

struct Run {
    method: Method,
    photo: Photo,
    /// Grey [64, 64], 0..1.
    picture: Vec<f32>,
    wanted: Vec<f32>,
    target: Area,
    at: Area,
    noise: ChaCha8Rng,
    steps: usize,
    step: usize,
    surface: Vec<f32>,
}

impl Exhibit for CropLab {
    fn files(&self, settings: &str) -> Result<Vec<ModelFile>, ExhibitError> {
        Settings::checked(settings).map(|_| Vec::new())
    }

    fn start(&mut self, settings: &str, input: Option<Input>, _: &ModelStore) -> Result<(), ExhibitError> {
        let settings = Settings::checked(settings)?;
        let photo = self.photos.photo(input)?;
        let Settings { method, target, start, seed, descend } = settings;
        let size = [start[2], start[3]];
        let known = self.landscape.take().filter(|known| {
            Rc::ptr_eq(&known.photo, &photo)
                && (known.method, known.target, known.size) == (method, target, size)
        });
        let known = known.unwrap_or_else(|| Landscape::of(&photo, method, target, size));
        self.run = Some(Run {
            method,
            photo: photo.at_most(512),
            picture: known.picture.clone(),
            wanted: known.wanted.clone(),
            target,
            at: start,
            noise: ChaCha8Rng::seed_from_u64(u64::from(seed)),
            steps: if descend { STEPS } else { 1 },
            step: 0,
            surface: known.surface.clone(),
        });
        self.landscape = Some(known);
        Ok(())
    }

    fn step(&mut self) -> Result<Option<Frame>, ExhibitError> {
        Ok(self.run.as_mut().filter(|run| run.step < run.steps).map(Run::frame))
    }

    fn picture(&self) -> Option<&Photo> {
        self.run.as_ref().map(|run| &run.photo)
    }
}

impl Landscape {
    fn of(photo: &Rc<Photo>, method: Method, target: Area, size: [f32; 2]) -> Self {
        let picture = resized(&photo.grey(), (photo.width, photo.height), (SIDE, SIDE), 1);
        let wanted = method.seen(&picture, &target);
        let along = |i: usize| 2.0 * i as f32 / (SURFACE - 1) as f32 - 1.0;
        let loss = |i: usize| {
            let area = [along(i % SURFACE), along(i / SURFACE), size[0], size[1]];
            method.loss(&picture, &area, &wanted)
        };
        let surface = (0..SURFACE * SURFACE).map(loss).collect();
        Self { photo: photo.clone(), method, target, size, picture, wanted, surface }
    }
}

impl Settings {
    fn checked(settings: &str) -> Result<Self, ExhibitError> {
        let settings: Self = parsed(settings)?;
        let fits = |[x, y, w, h]: Area| {
            x.abs() <= 1.0 && y.abs() <= 1.0 && (SMALLEST..=1.0).contains(&w) && (SMALLEST..=1.0).contains(&h)
        };
        if fits(settings.target) && fits(settings.start) {
            return Ok(settings);
        }
        let why = format!("a box has its middle within ±1 and half sides from {SMALLEST} to 1");
        Err(ExhibitError::Settings(why))
    }
}

/// The two filterbanks of a box: middle and stride in pixels, filters as wide as half the stride.
fn banks([x, y, w, h]: &Area) -> [(f32, f32, f32); 2] {
    [(x, w), (y, h)].map(|(middle, half)| {
        let stride = half * SIDE as f32 / PATCH as f32;
        ((middle + 1.0) * SIDE as f32 / 2.0 - 0.5, stride, (stride / 2.0).powi(2).max(0.25))
    })
}

impl Method {
    /// What a box shows [12, 12].
    fn seen(self, picture: &[f32], area: &Area) -> Vec<f32> {
        let [x, y, w, h] = *area;
        let grid = affine::grid(&[w, 0.0, x, 0.0, h, y], PATCH);
        match self {
            Self::Hard | Self::Reinforce => affine::nearest(picture, SIDE, &grid),
            Self::Bilinear => affine::sample(picture, SIDE, &grid),
            Self::Gaussian => {
                let [x, y] = banks(area).map(|(centre, delta, sigma2)| {
                    draw_window::filterbank(centre, delta, sigma2, PATCH, SIDE)
                });
                draw_window::read(picture, &x, &y, SIDE, 1.0)
            }
        }
    }

    /// ½ mean (seen − wanted)².
    fn loss(self, picture: &[f32], area: &Area, wanted: &[f32]) -> f32 {
        let seen = self.seen(picture, area);
        seen.iter().zip(wanted).map(|(s, w)| (s - w).powi(2)).sum::<f32>() / (2 * wanted.len()) as f32
    }

    /// The loss's gradient by the box; none can be had through a hard crop.
    fn gradient(self, picture: &[f32], area: &Area, wanted: &[f32]) -> Area {
        let seen = self.seen(picture, area);
        let d_seen: Vec<f32> = seen.iter().zip(wanted).map(|(s, w)| (s - w) / wanted.len() as f32).collect();
        match self {
            Self::Hard | Self::Reinforce => [0.0; 4],
            Self::Bilinear => {
                let [x, y, w, h] = *area;
                let grid = affine::grid(&[w, 0.0, x, 0.0, h, y], PATCH);
                let (_, d_grid) = affine::sample_backward(picture, SIDE, &grid, &d_seen);
                let [d_w, _, d_x, _, d_h, d_y] = affine::grid_backward(&d_grid, PATCH);
                [d_x, d_y, d_w, d_h]
            }
            Self::Gaussian => {
                let axes = banks(area);
                let bank = |i: usize| draw_window::filterbank(axes[i].0, axes[i].1, axes[i].2, PATCH, SIDE);
                let (x, y) = (bank(0), bank(1));
                let d = draw_window::read_backward(picture, &x, &y, SIDE, 1.0, &d_seen);
                let half = SIDE as f32 / 2.0;
                let along = |i: usize, bank: &[f32], d_bank: &[f32]| {
                    let (centre, stride, sigma2) = axes[i];
                    let d = draw_window::filterbank_backward(
                        (centre, stride, sigma2),
                        (PATCH, SIDE),
                        bank,
                        d_bank,
                    );
                    // σ² = (δ / 2)², while it is larger than its floor.
                    let through = if sigma2 > 0.25 { d.sigma2 * stride / 2.0 } else { 0.0 };
                    (d.centre * half, (d.delta + through) * SIDE as f32 / PATCH as f32)
                };
                let ((d_x, d_w), (d_y, d_h)) = (along(0, &x, &d.filter_x), along(1, &y, &d.filter_y));
                [d_x, d_y, d_w, d_h]
            }
        }
    }
}

impl Run {
    /// What boxes around the present one say of the gradient of the expected loss: middle and half sides of each are drawn from a
    /// Gaussian around the present ones, and the mean loss is the baseline.
    fn tried(&mut self) -> Estimate {
        let mut drawn = |mean: f32| {
            let apart: f32 = StandardNormal.sample(&mut self.noise);
            mean + SPREAD * apart
        };
        let tries: Vec<Area> = (0..TRIES).map(|_| self.at.map(&mut drawn)).collect();
        let loss = |area: &Area| self.method.loss(&self.picture, &held(*area), &self.wanted);
        let losses: Vec<f32> = tries.iter().map(loss).collect();
        let scores: Vec<Area> = tries.iter().map(|area| gaussian_score(area, &self.at, SPREAD)).collect();
        let scores: Vec<&[f32]> = scores.iter().map(Area::as_slice).collect();
        estimate(&scores, &losses, mean_baseline(&losses))
    }

    fn frame(&mut self) -> Frame {
        let seen = self.method.seen(&self.picture, &self.at);
        let loss = self.method.loss(&self.picture, &self.at, &self.wanted);
        let tried = (self.method == Method::Reinforce).then(|| self.tried());
        let gradient = match &tried {
            Some(tried) => std::array::from_fn(|i| tried.gradient[i]),
            None => self.method.gradient(&self.picture, &self.at, &self.wanted),
        };
        self.step += 1;
        let boxed = |name, [x, y, w, h]: Area| AttentionMap::Affine { name, theta: [w, 0.0, x, 0.0, h, y] };
        let mut frame = Frame {
            step: self.step,
            steps: Some(self.steps),
            ended: self.step == self.steps,
            maps: vec![boxed("box", self.at), boxed("target", self.target)],
            pictures: vec![
                Picture::new("seen", PATCH, seen),
                Picture::new("wanted", PATCH, self.wanted.clone()),
            ],
            numbers: vec![("loss", loss)],
            ..Frame::default()
        };
        if self.step == 1 {
            let most = self.surface.iter().copied().fold(1e-6, f32::max);
            let surface = Picture::new("surface", SURFACE, std::mem::take(&mut self.surface));
            frame.pictures.push(Picture { range: Some((0.0, most)), ..surface });
        }
        frame.numbers.extend(["d_x", "d_y", "d_w", "d_h"].into_iter().zip(gradient));
        if let Some(Estimate { each, .. }) = tried {
            // What each try says of the middle: where the loss rises, and by how much.
            let along = |axis: usize| each.iter().map(|one| one[axis]).collect();
            frame.pictures.push(Picture::signed("cloud_x", TRIES, along(0)));
            frame.pictures.push(Picture::signed("cloud_y", TRIES, along(1)));
        }
        let length = gradient.iter().map(|d| d * d).sum::<f32>().sqrt();
        let left = 1.0 - (self.step - 1) as f32 / self.steps as f32;
        let rate = if length > 0.0 { left * (STRIDE / length).min(RATE) } else { 0.0 };
        self.at = held(std::array::from_fn(|i| self.at[i] - rate * gradient[i]));
        frame
    }
}

/// A box whose middle lies on the picture and whose sides are neither too small nor too large.
fn held([x, y, w, h]: Area) -> Area {
    [x.clamp(-1.0, 1.0), y.clamp(-1.0, 1.0), w.clamp(SMALLEST, 1.0), h.clamp(SMALLEST, 1.0)]
}

#[cfg(test)]
mod tests;
