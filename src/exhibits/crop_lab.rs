//! The lab of hard and soft crops: a box has to find a patch of a picture by descending a loss, through a crop that has no gradient,
//! by REINFORCE (Mnih et al., NIPS 2014), through DRAW's Gaussian window (Gregor et al., ICML 2015, section 3.2), and through the
//! bilinear sampler of spatial transformers (Jaderberg et al., NIPS 2015). No trained network takes part.

use std::rc::Rc;

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use rand_distr::{Distribution, StandardNormal};
use serde::Deserialize;

use super::photos::Photos;
use super::{AttentionMap, Exhibit, ExhibitError, Frame, Input, ModelFile, Picture, Shelf, parsed};
use crate::attention::{affine, gaussian};
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
/// How far a box goes in a step, at most, in sides of the picture's half.
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
pub struct Boxes {
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

impl Exhibit for Boxes {
    fn files(&self, settings: &str) -> Result<Vec<ModelFile>, ExhibitError> {
        Settings::checked(settings).map(|_| Vec::new())
    }

    fn start(&mut self, settings: &str, input: Option<Input>, _: &Shelf) -> Result<(), ExhibitError> {
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
            Self::Hard | Self::Reinforce => {
                // The nearest pixel: a crop without anything between.
                let nearest = |place: f32| {
                    let at = ((place + 1.0) * SIDE as f32 / 2.0).floor();
                    (at >= 0.0 && at < SIDE as f32).then_some(at as usize)
                };
                let value = |place: &affine::Place| {
                    nearest(place[0]).zip(nearest(place[1])).map_or(0.0, |(x, y)| picture[y * SIDE + x])
                };
                grid.iter().map(value).collect()
            }
            Self::Bilinear => affine::sample(picture, SIDE, &grid),
            Self::Gaussian => {
                let [x, y] = banks(area)
                    .map(|(centre, delta, sigma2)| gaussian::filterbank(centre, delta, sigma2, PATCH, SIDE));
                gaussian::read(picture, &x, &y, SIDE, 1.0)
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
                let bank = |i: usize| gaussian::filterbank(axes[i].0, axes[i].1, axes[i].2, PATCH, SIDE);
                let (x, y) = (bank(0), bank(1));
                let d = gaussian::read_backward(picture, &x, &y, SIDE, 1.0, &d_seen);
                let half = SIDE as f32 / 2.0;
                let along = |i: usize, bank: &[f32], d_bank: &[f32]| {
                    let (centre, stride, sigma2) = axes[i];
                    let d =
                        gaussian::filterbank_backward((centre, stride, sigma2), (PATCH, SIDE), bank, d_bank);
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

/// What REINFORCE learned from its tries in one step.
struct Tried {
    gradient: Area,
    /// What each try says of the middle: where the loss rises, by how much [x, y].
    cloud: Vec<[f32; 2]>,
}

impl Run {
    /// Boxes drawn around the present one; the loss of each less their mean, times how far it lies: on average the gradient of the
    /// expected loss (Mnih et al., eq. 3).
    fn tried(&mut self) -> Tried {
        let tries: Vec<(Area, f32)> = (0..TRIES)
            .map(|_| {
                let noise: Area = std::array::from_fn(|_| StandardNormal.sample(&mut self.noise));
                let area = held(std::array::from_fn(|i| self.at[i] + SPREAD * noise[i]));
                (noise, self.method.loss(&self.picture, &area, &self.wanted))
            })
            .collect();
        let baseline = tries.iter().map(|(_, loss)| loss).sum::<f32>() / TRIES as f32;
        let said = |(noise, loss): &(Area, f32)| noise.map(|e| (loss - baseline) * e / SPREAD);
        let all: Vec<Area> = tries.iter().map(said).collect();
        let gradient = std::array::from_fn(|i| all.iter().map(|one| one[i]).sum::<f32>() / TRIES as f32);
        Tried { gradient, cloud: all.iter().map(|one| [one[0], one[1]]).collect() }
    }

    fn frame(&mut self) -> Frame {
        let seen = self.method.seen(&self.picture, &self.at);
        let loss = self.method.loss(&self.picture, &self.at, &self.wanted);
        let tried = (self.method == Method::Reinforce).then(|| self.tried());
        let gradient = match &tried {
            Some(tried) => tried.gradient,
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
        if let Some(Tried { cloud, .. }) = tried {
            let along = |axis: usize| cloud.iter().map(|one| one[axis]).collect();
            frame.pictures.push(Picture::signed("cloud_x", TRIES, along(0)));
            frame.pictures.push(Picture::signed("cloud_y", TRIES, along(1)));
        }
        let length = gradient.iter().map(|d| d * d).sum::<f32>().sqrt();
        let rate = if length > 0.0 { (STRIDE / length).min(RATE) } else { 0.0 };
        self.at = held(std::array::from_fn(|i| self.at[i] - rate * gradient[i]));
        frame
    }
}

/// A box whose middle lies on the picture and whose sides are neither too small nor too large.
fn held([x, y, w, h]: Area) -> Area {
    [x.clamp(-1.0, 1.0), y.clamp(-1.0, 1.0), w.clamp(SMALLEST, 1.0), h.clamp(SMALLEST, 1.0)]
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::attention::differences::assert_close;

    const TARGET: Area = [0.2, -0.1, 0.3, 0.3];

    /// A bright blot on a slope: smooth, so that gradients can be followed.
    fn picture() -> Vec<f32> {
        let value = |at: usize| {
            let (x, y) = ((at % SIDE) as f32 / 32.0 - 1.0, (at / SIDE) as f32 / 32.0 - 1.0);
            0.8 * (-((x - 0.25).powi(2) + 2.0 * (y + 0.1).powi(2)) * 4.0).exp() + 0.1 * x + 0.1
        };
        (0..SIDE * SIDE).map(value).collect()
    }

    fn drawing(picture: &[f32]) -> Vec<u8> {
        picture.iter().flat_map(|v| [(255.0 * v.clamp(0.0, 1.0)) as u8; 3].into_iter().chain([255])).collect()
    }

    fn frames(method: &str, start: Area, descend: bool) -> Vec<Frame> {
        let settings =
            json!({ "method": method, "target": TARGET, "start": start, "seed": 3, "descend": descend });
        let rgba = drawing(&picture());
        let mut boxes = Boxes::default();
        let input = Input::Drawing { width: SIDE, height: SIDE, rgba: &rgba };
        boxes.start(&settings.to_string(), Some(input), &Shelf::default()).expect("starts");
        std::iter::from_fn(|| boxes.step().expect("steps")).collect()
    }

    fn number(frame: &Frame, name: &str) -> f32 {
        frame.numbers.iter().find(|(n, _)| *n == name).expect(name).1
    }

    #[test]
    fn the_soft_gradients_are_those_of_finite_differences() {
        let (picture, area) = (picture(), [-0.13, 0.17, 0.41, 0.37]);
        for method in [Method::Gaussian, Method::Bilinear] {
            let wanted = method.seen(&picture, &TARGET);
            let numeric: Vec<f32> = (0..4)
                .map(|i| {
                    let moved = |by: f32| {
                        let mut area = area;
                        area[i] += by;
                        method.loss(&picture, &area, &wanted)
                    };
                    (moved(2e-3) - moved(-2e-3)) / 4e-3
                })
                .collect();
            assert_close(&method.gradient(&picture, &area, &wanted), &numeric, 3e-3);
        }
    }

    #[test]
    fn a_hard_crop_has_no_gradient_and_stays_where_it_is() {
        let frames = frames("hard", [-0.2, 0.2, 0.3, 0.3], true);
        let first = &frames[0].maps[0];
        assert!(frames.iter().all(|frame| frame.maps[0] == *first && number(frame, "d_x") == 0.0));
    }

    #[test]
    fn reinforce_points_the_way_of_the_smooth_gradient_on_average() {
        let (picture, start) = (picture(), [-0.1, 0.1, 0.3, 0.3]);
        let wanted = Method::Bilinear.seen(&picture, &TARGET);
        let smooth = Method::Bilinear.gradient(&picture, &start, &wanted);
        let mut mean = [0.0; 4];
        for seed in 0..60 {
            let mut run = Run {
                method: Method::Reinforce,
                photo: Photo::over_white(1, 1, &[0; 4]).expect("a pixel"),
                picture: picture.clone(),
                wanted: Method::Reinforce.seen(&picture, &TARGET),
                target: TARGET,
                at: start,
                noise: ChaCha8Rng::seed_from_u64(seed),
                steps: 1,
                step: 0,
                surface: Vec::new(),
            };
            for (sum, d) in mean.iter_mut().zip(run.tried().gradient) {
                *sum += d / 60.0;
            }
        }
        let dot: f32 = mean.iter().zip(smooth).map(|(a, b)| a * b).sum();
        let length = |v: &[f32]| v.iter().map(|d| d * d).sum::<f32>().sqrt();
        let cosine = dot / (length(&mean) * length(&smooth));
        assert!(cosine > 0.9, "{cosine}: {mean:?} {smooth:?}");
    }

    #[test]
    fn soft_boxes_find_the_target() {
        for method in ["gaussian", "bilinear", "reinforce"] {
            let frames = frames(method, [-0.1, 0.15, 0.35, 0.25], true);
            let (first, last) = (number(&frames[0], "loss"), number(frames.last().expect("a step"), "loss"));
            assert_eq!(frames.len(), STEPS);
            assert!(last < 0.3 * first, "{method}: {first} to {last}");
        }
    }

    #[test]
    fn boxes_that_are_none_are_refused() {
        for start in [[0.0, 0.0, 0.0, 0.5], [2.0, 0.0, 0.5, 0.5], [0.0, 0.0, 0.5, 1.5]] {
            let settings = json!({ "method": "hard", "target": TARGET, "start": start }).to_string();
            assert_eq!(Boxes::default().files(&settings).expect_err("refused").kind(), "bad-settings");
        }
        let settings = json!({ "method": "hard", "target": TARGET, "start": TARGET }).to_string();
        let refused = Boxes::default().start(&settings, None, &Shelf::default());
        assert_eq!(refused.expect_err("no picture").kind(), "bad-input");
    }
}
