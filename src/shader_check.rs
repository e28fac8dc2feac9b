//! The lecture's mechanisms on the GPU, for tests alone: each shader stands beside its twin in `attention` or `picture`, and is compared
//! with it here, over sizes that are no multiple of a workgroup and over extreme values.

use std::rc::Rc;

use crate::attention::affine::{Place, grid, sample};
use crate::attention::draw_window::{filterbank, read, write};
use crate::attention::glimpse::crop;
use crate::attention::graves_window::{Bump, phi};
use crate::attention::soft::attend;
use crate::attention::spline;
use crate::model::gpu::Gpu;
use crate::model::{ModelError, farthest};
use crate::picture::colour::ColourMap;
use crate::picture::heat::{composited, peaks};

const SOFT: &str = include_str!("attention/shaders/soft.wgsl");
const FILTERBANK: &str = include_str!("attention/shaders/filterbank.wgsl");
const READ: &str = include_str!("attention/shaders/read.wgsl");
const WRITE: &str = include_str!("attention/shaders/write.wgsl");
const WINDOW: &str = include_str!("attention/shaders/graves_window.wgsl");
const CROP: &str = include_str!("attention/shaders/crop.wgsl");
const AFFINE: &str = concat!(
    include_str!("attention/shaders/affine.wgsl"),
    include_str!("attention/shaders/sample.wgsl"),
    include_str!("attention/shaders/bilinear.wgsl")
);
const SPLINE: &str = concat!(
    include_str!("attention/shaders/spline.wgsl"),
    include_str!("attention/shaders/sample.wgsl"),
    include_str!("attention/shaders/bilinear.wgsl")
);
/// It declares its bindings itself, since the page draws with it as it is.
const HEAT: &str = include_str!("picture/heat.wgsl");

/// How far a kernel's numbers are from its twin's: the largest difference, relative to the larger of the twin's number and one.
#[derive(Clone, Debug)]
pub struct ShaderCheck {
    pub kernel: &'static str,
    /// Its sizes and values.
    pub case: String,
    pub worst: f32,
}

/// Compares every kernel with its twin.
///
/// # Errors
/// [`ModelError`] of the first that does not run.
pub async fn shader_checks(gpu: &Rc<Gpu>) -> Result<Vec<ShaderCheck>, ModelError> {
    let mut checks = Vec::new();
    let mut check = |kernel: &'static str, case: String, actual: &[f32], wanted: &[f32]| {
        let worst = farthest(actual, wanted);
        checks.push(ShaderCheck { kernel, case, worst });
    };
    for (count, dim, height) in [(1, 1, 1.0), (196, 432, 3.0), (97, 33, 1e4), (70, 5, 0.0)] {
        let (scores, values) = (noise(count, height), noise(count * dim, 1.0));
        let actual = gpu.compute(SOFT, &[count as u32, dim as u32], &[&scores, &values], count + dim).await?;
        let wanted = attend(&scores, &values, dim);
        check(
            "soft attention",
            format!("{count}×{dim}, scores to ±{height}"),
            &actual,
            &[wanted.weights, wanted.context].concat(),
        );
    }
    for (count, side, centre, delta, sigma2) in [
        (5, 28, 13.2, 2.1, 0.8),
        (12, 101, -40.0, 7.0, 1e-6),
        (3, 29, 300.0, 0.5, 1e4),
        (1, 1, 0.0, 1.0, 1.0),
    ] {
        let case = format!("{count} filters of {side}, centre {centre}, variance {sigma2}");
        let parameters: [f32; 3] = [centre, delta, sigma2];
        let [centre_bits, delta_bits, sigma_bits] = parameters.map(f32::to_bits);
        let parameters = [count as u32, side as u32, 0, 0, centre_bits, delta_bits, sigma_bits];
        let bank = filterbank(centre, delta, sigma2, count, side);
        let actual = gpu.compute(FILTERBANK, &parameters, &[], count * side).await?;
        check("filterbank", case.clone(), &actual, &bank);
        let other = filterbank(centre / 2.0, delta, sigma2, count, side);
        let gamma = 1.7_f32;
        let parameters = [count as u32, side as u32, gamma.to_bits()];
        let picture = noise(side * side, 1.0);
        let actual = gpu.compute(READ, &parameters, &[&picture, &bank, &other], count * count).await?;
        check("read", case.clone(), &actual, &read(&picture, &bank, &other, side, gamma));
        let patch = noise(count * count, 1.0);
        let actual = gpu.compute(WRITE, &parameters, &[&patch, &bank, &other], side * side).await?;
        check("write", case, &actual, &write(&patch, &bank, &other, side, gamma));
    }
    for (bumps, characters, away) in [(10, 97, 1.0), (1, 1, 1.0), (3, 65, 1e4)] {
        let window: Vec<Bump> = noise(3 * bumps, 1.0)
            .chunks_exact(3)
            .map(|n| Bump { alpha: n[0].abs(), beta: n[1].abs() * away, kappa: n[2].abs() * 30.0 * away })
            .collect();
        let flat: Vec<f32> = window.iter().flat_map(|bump| [bump.alpha, bump.beta, bump.kappa]).collect();
        let actual = gpu.compute(WINDOW, &[bumps as u32, characters as u32], &[&flat], characters).await?;
        check(
            "window",
            format!("{bumps} Gaussians, {characters} characters, ×{away}"),
            &actual,
            &phi(&window, characters),
        );
    }
    for (side, x, y, size, shrink) in [(100, 37, 61, 36, 3), (61, 0, 60, 12, 1), (9, 300, 2, 8, 2)] {
        let picture = noise(side * side, 1.0);
        let parameters = [side, x, y, size, shrink].map(|n| n as u32);
        let count = size / shrink;
        let actual = gpu.compute(CROP, &parameters, &[&picture], count * count).await?;
        let wanted = crop(&picture, side, (x, y), size, shrink);
        check("crop", format!("{size}/{shrink} at ({x}, {y}) of {side}"), &actual, &wanted);
    }
    let turned = [0.6, -0.25, 0.13, 0.31, 0.55, -0.07];
    for (name, theta) in
        [("turned", turned), ("outside", [1.0, 0.0, 5.0, 0.0, 1.0, -5.0]), ("a point", [0.0; 6])]
    {
        for (side, out) in [(60, 41), (7, 3)] {
            let picture = noise(side * side, 1.0);
            let actual =
                gpu.compute(AFFINE, &[side as u32, out as u32], &[&picture, &theta], out * out).await?;
            check(
                "affine",
                format!("{name}, {side} to {out}"),
                &actual,
                &sample(&picture, side, &grid(&theta, out)),
            );
        }
    }
    for (side, out) in [(42, 28), (9, 17)] {
        let picture = noise(side * side, 1.0);
        let matrix = spline::matrix(out);
        let moved = noise(32, 0.2);
        let points: Vec<Place> = spline::control_points()
            .iter()
            .zip(moved.chunks_exact(2))
            .map(|([x, y], moved)| [x + moved[0], y + moved[1]])
            .collect();
        let reads = [picture.as_slice(), matrix.as_flattened(), points.as_flattened()];
        let actual = gpu.compute(SPLINE, &[side as u32, out as u32], &reads, out * out).await?;
        let wanted = sample(&picture, side, &spline::grid(&matrix, &points));
        check("thin-plate spline", format!("{side} to {out}"), &actual, &wanted);
    }
    for (name, grid, size, height, opacity) in [
        ("viridis", (14, 14), (37, 53), 1.0, 0.7),
        ("magma", (1, 1), (5, 3), 0.3, 1.0),
        ("cividis", (7, 3), (61, 29), 1e4, 0.35),
        ("turbo", (3, 5), (9, 17), 1e-30, 1.0),
        ("viridis", (2, 9), (1, 130), 0.0, 1.0),
    ] {
        let Some(map) = ColourMap::named(name) else { continue };
        let weights: Vec<f32> = noise(grid.0 * grid.1, height).iter().map(|n| n.abs()).collect();
        let tops = peaks(&weights, grid);
        let photo: Vec<u8> = noise(size.0 * size.1 * 4, 127.0).iter().map(|n| (n + 128.0) as u8).collect();
        let pixels: Vec<f32> = photo.iter().map(|byte| f32::from(*byte) / 255.0).collect();
        let colours =
            map.anchors().as_flattened().iter().map(|channel| channel / 255.0).collect::<Vec<f32>>();
        let parameters = [grid.0, grid.1, size.0, size.1].map(|n| n as u32);
        let parameters = [parameters.as_slice(), &[f32::to_bits(opacity)]].concat();
        let reads = [weights.as_slice(), &colours, &tops, &pixels];
        let actual = gpu.compute_bound(HEAT, &parameters, &reads, tops.len() + pixels.len()).await?;
        let case = format!("{grid:?} to {size:?} in {name}, weights to {height}");
        let wanted = composited(&photo, size, &weights, grid, &map, opacity);
        check("heatmap", case, &actual, &[tops, wanted].concat());
    }
    Ok(checks)
}

/// Numbers between −`height` and `height`, always the same.
fn noise(count: usize, height: f32) -> Vec<f32> {
    (0..count).map(|i| (i as f32 * 12.9898 + 1.0).sin() * height).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lectures_kernels_agree_with_their_twins() {
        let gpu = pollster::block_on(Gpu::request()).unwrap_or_else(|error| panic!("{error}"));
        let checks = pollster::block_on(shader_checks(&gpu)).unwrap_or_else(|error| panic!("{error}"));
        assert!(checks.len() > 20, "{} cases", checks.len());
        for ShaderCheck { kernel, case, worst } in checks {
            assert!(worst <= 1e-4, "{kernel}, {case}: off by {worst}");
        }
    }
}
