// corners() of affine.rs: between the four pixels around a place that is told in pixels from the middle of the first. Who uses it
// says what pixel(column, row) is, outside too.
fn between(across: f32, down: f32) -> f32 {
  let left = i32(floor(across));
  let top = i32(floor(down));
  let right_share = across - floor(across);
  let low_share = down - floor(down);
  let high = pixel(left, top) * (1.0 - right_share) + pixel(left + 1, top) * right_share;
  let low = pixel(left, top + 1) * (1.0 - right_share) + pixel(left + 1, top + 1) * right_share;
  return high * (1.0 - low_share) + low * low_share;
}
