// grid() of spline.rs and sample() of affine.rs: a thin-plate spline takes each pixel somewhere, and the picture there. Reads the
// picture [side, side], the spline's matrix [out * out, 16] and the points [16, 2]; writes [out, out]. p[0] = (side, out).
// sampled() stands in sample.wgsl.
fn kernel(i: u32) {
  let out = p[0].y;
  if (i >= out * out) {
    return;
  }
  var x = 0.0;
  var y = 0.0;
  for (var k = 0u; k < 16u; k++) {
    x += b1[i * 16u + k] * b2[2u * k];
    y += b1[i * 16u + k] * b2[2u * k + 1u];
  }
  to[i] = sampled(x, y);
}
