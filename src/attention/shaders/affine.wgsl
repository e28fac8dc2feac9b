// grid() and sample() of affine.rs: where theta takes each pixel, and the picture there. Reads the picture [side, side] and
// theta [2, 3]; writes [out, out]. p[0] = (side, out). sampled() stands in sample.wgsl.
fn kernel(i: u32) {
  let out = p[0].y;
  if (i >= out * out) {
    return;
  }
  let x = f32(2u * (i % out) + 1u) / f32(out) - 1.0;
  let y = f32(2u * (i / out) + 1u) / f32(out) - 1.0;
  to[i] = sampled(b1[0] * x + b1[1] * y + b1[2], b1[3] * x + b1[4] * y + b1[5]);
}
