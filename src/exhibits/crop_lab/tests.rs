//! The gradients, the descents, and what is refused.

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
    let mut lab = CropLab::default();
    let input = Input::Drawing { width: SIDE, height: SIDE, rgba: &rgba };
    lab.start(&settings.to_string(), Some(input), &ModelStore::default()).expect("starts");
    std::iter::from_fn(|| lab.step().expect("steps")).collect()
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
        assert_eq!(CropLab::default().files(&settings).expect_err("refused").kind(), "bad-settings");
    }
    let settings = json!({ "method": "hard", "target": TARGET, "start": TARGET }).to_string();
    let refused = CropLab::default().start(&settings, None, &ModelStore::default());
    assert_eq!(refused.expect_err("no picture").kind(), "bad-input");
}

/// A start that the page offers: boxes in hundredths, and which ways find the target from there.
#[derive(Deserialize)]
struct Start {
    label: String,
    sample: Option<String>,
    r#box: String,
    target: String,
    finds: Vec<String>,
    misses: Vec<String>,
}

fn area(text: &str) -> Area {
    let shares: Vec<f32> = text.split('_').map(|part| part.parse::<f32>().expect(text) / 100.0).collect();
    shares.try_into().expect(text)
}

/// What two boxes share of what they cover together.
fn overlap(a: &Area, b: &Area) -> f32 {
    let along =
        |i: usize| ((a[i] + a[i + 2]).min(b[i] + b[i + 2]) - (a[i] - a[i + 2]).max(b[i] - b[i + 2])).max(0.0);
    let shared = along(0) * along(1);
    shared / (4.0 * (a[2] * a[3] + b[2] * b[3]) - shared)
}

/// How well a box lies on its target after all steps, at worst over some seeds.
fn least_overlap(sample: &str, method: &str, start: &Start) -> f32 {
    let file = std::fs::read(format!("www/public/samples/{sample}.jpg")).expect(sample);
    let target = area(&start.target);
    let seeds = if method == "reinforce" { 1..4 } else { 1..2 };
    let ends = seeds.map(|seed| {
        let settings = json!({ "method": method, "target": target, "start": area(&start.r#box), "seed": seed, "descend": true });
        let mut lab = CropLab::default();
        lab.start(&settings.to_string(), Some(Input::File(&file)), &ModelStore::default()).expect("fitting settings");
        while lab.step().expect("a step").is_some() {}
        overlap(&lab.run.as_ref().expect("a run").at, &target)
    });
    ends.fold(1.0, f32::min)
}

#[test]
fn each_start_that_the_page_offers_does_what_it_says() {
    let starts: Vec<Start> =
        serde_json::from_str(include_str!("../../../www/exhibits/crop-lab/starts.json")).expect("starts");
    for start in &starts {
        // From the first one, on which the page opens, the target is found on every sample.
        let samples = match &start.sample {
            Some(sample) => vec![sample.as_str()],
            None => vec!["cat", "surfer", "horse", "astronaut"],
        };
        for sample in samples {
            for method in &start.finds {
                let found = least_overlap(sample, method, start);
                assert!(found >= 0.7, "{}, {sample}, {method}: {found}", start.label);
            }
            for method in &start.misses {
                let missed = least_overlap(sample, method, start);
                assert!(missed < 0.6, "{}, {sample}, {method}: {missed}", start.label);
            }
        }
    }
}
