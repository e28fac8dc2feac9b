//! Pictures sampled at the places of a grid: ONNX `GridSample` (opset 16), with the corners and weights of the lecture's spatial
//! transformers.

use tract_core::internal::*;

use super::Node;
use crate::attention::affine::corners;

/// Samples of x [N, C, H, W] at the places (x, y) of a grid [N, OH, OW, 2], −1 to 1 over the picture: [N, C, OH, OW].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GridSample {
    /// The nearest pixel, half to even, not the mean of the four around.
    pub nearest: bool,
    /// What lies outside is like the outermost pixels, not 0.
    pub border: bool,
    /// −1 and 1 are the middles of the outermost pixels, not their outer edges.
    pub align_corners: bool,
}

pub fn grid_sample(n: &mut Node) -> TractResult<TVec<OutletId>> {
    let (mode, padding) = (n.text("mode", "bilinear")?, n.text("padding_mode", "zeros")?);
    ensure!(matches!(mode, "bilinear" | "nearest"), "the mode {mode} is not known");
    ensure!(matches!(padding, "zeros" | "border"), "the padding_mode {padding} is not known");
    let op = GridSample {
        nearest: mode == "nearest",
        border: padding == "border",
        align_corners: n.integer("align_corners", 0) == 1,
    };
    let (x, grid) = (n.input(0)?, n.input(1)?);
    Ok(tvec!(n.wire(Box::new(op), &[x, grid])?))
}

impl GridSample {
    /// Where a place lies along an axis of `size` pixels, in pixels from the middle of the first.
    fn pixel(&self, place: f32, size: usize) -> f32 {
        let size = size as f32;
        let pixel = match self.align_corners {
            true => (place + 1.0) / 2.0 * (size - 1.0),
            false => ((place + 1.0) * size - 1.0) / 2.0,
        };
        let held = if self.border { pixel.clamp(0.0, size - 1.0) } else { pixel };
        if self.nearest { held.round_ties_even() } else { held }
    }

    /// The pixels that the samples of one grid are made of, and their weights.
    fn taps(&self, grid: &[[f32; 2]], [height, width]: [usize; 2]) -> Vec<[(usize, f32); 4]> {
        let taps = |[x, y]: &[f32; 2]| {
            let place = [self.pixel(*x, width), self.pixel(*y, height)];
            corners(place, [height, width]).map(|(at, weight, ..)| at.map_or((0, 0.0), |at| (at, weight)))
        };
        grid.iter().map(taps).collect()
    }
}

impl Op for GridSample {
    fn name(&self) -> StaticName {
        "GridSample".into()
    }

    op_as_typed_op!();
}

impl EvalOp for GridSample {
    fn eval(&self, _: &EvalContext, inputs: TVec<TValue>) -> TractResult<TVec<TValue>> {
        let [x, grid] = &inputs[..] else { bail!("it takes a picture and a grid") };
        let (&[_, channels, height, width], &[n, rows, columns, 2]) = (x.shape(), grid.shape()) else {
            bail!("{:?} and {:?} are no pictures and grids", x.shape(), grid.shape())
        };
        let mut made = unsafe { Tensor::uninitialized::<f32>(&[n, channels, rows, columns])? };
        {
            let (x, grid) = (x.try_as_plain_ram()?, grid.try_as_plain_ram()?);
            let (places, _) = grid.as_slice::<f32>()?.as_chunks::<2>();
            let (plane, samples) = (height * width, rows * columns);
            let mut to = made.try_as_plain_ram_mut()?;
            let pictures = x.as_slice::<f32>()?.chunks_exact(channels * plane);
            let made = to.as_slice_mut::<f32>()?.chunks_exact_mut(channels * samples);
            for ((x, places), y) in pictures.zip(places.chunks_exact(samples)).zip(made) {
                let taps = self.taps(places, [height, width]);
                for (x, y) in x.chunks_exact(plane).zip(y.chunks_exact_mut(samples)) {
                    for (y, taps) in y.iter_mut().zip(&taps) {
                        *y = taps.iter().map(|(at, weight)| weight * x[*at]).sum();
                    }
                }
            }
        }
        Ok(tvec!(made.into_tvalue()))
    }

    op_out_of_plan!();
}

impl TypedOp for GridSample {
    fn output_facts(&self, inputs: &[&TypedFact]) -> TractResult<TVec<TypedFact>> {
        ensure!(inputs.iter().all(|fact| fact.datum_type == DatumType::F32), "it samples f32 alone");
        let shapes: Option<TVec<&[usize]>> = inputs.iter().map(|fact| fact.shape.as_concrete()).collect();
        let shapes = shapes.context("a shape is open")?;
        let [&[n, channels, height, width], &[grids, rows, columns, 2]] = shapes[..] else {
            bail!("{shapes:?} are not pictures [N, C, H, W] and grids [N, H, W, 2]")
        };
        ensure!(n == grids, "{n} pictures are given {grids} grids");
        let sizes = [n, channels, height, width, rows, columns];
        ensure!(!sizes.contains(&0), "there is nothing in {shapes:?}");
        Ok(tvec!(f32::fact([n, channels, rows, columns])))
    }

    as_op!();
}
