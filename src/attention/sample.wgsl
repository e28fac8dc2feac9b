// sample() of affine.rs: the picture b0 [side, side] between its four pixels around (x, y) in -1..1; nothing lies outside.
fn sampled(x: f32, y: f32, side: i32) -> f32 {
  let across = (clamp(x, -4.0, 4.0) + 1.0) * f32(side) / 2.0 - 0.5;
  let down = (clamp(y, -4.0, 4.0) + 1.0) * f32(side) / 2.0 - 0.5;
  let left = i32(floor(across));
  let top = i32(floor(down));
  let right_share = across - floor(across);
  let low_share = down - floor(down);
  let high = pixel(left, top, side) * (1.0 - right_share) + pixel(left + 1, top, side) * right_share;
  let low = pixel(left, top + 1, side) * (1.0 - right_share) + pixel(left + 1, top + 1, side) * right_share;
  return high * (1.0 - low_share) + low * low_share;
}

fn pixel(x: i32, y: i32, side: i32) -> f32 {
  let inside = x >= 0 && y >= 0 && x < side && y < side;
  return select(0.0, b0[u32(clamp(y, 0, side - 1) * side + clamp(x, 0, side - 1))], inside);
}
