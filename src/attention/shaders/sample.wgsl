// sample() of affine.rs: the picture b0 [side, side] between its four pixels around (x, y) in -1..1; nothing lies outside.
// p[0] = (side, …); between() stands in bilinear.wgsl.
fn sampled(x: f32, y: f32) -> f32 {
  let half = f32(p[0].x) / 2.0;
  return between((clamp(x, -4.0, 4.0) + 1.0) * half - 0.5, (clamp(y, -4.0, 4.0) + 1.0) * half - 0.5);
}

fn pixel(x: i32, y: i32) -> f32 {
  let side = i32(p[0].x);
  let inside = x >= 0 && y >= 0 && x < side && y < side;
  return select(0.0, b0[u32(clamp(y, 0, side - 1) * side + clamp(x, 0, side - 1))], inside);
}
