// filterbank() of draw_window.rs: N filters over D pixels. p[0] = (N, D), p[1] = (centre, delta, sigma2) as f32.
// Nothing is read; writes [N, D].
fn kernel(i: u32) {
  let count = p[0].x;
  let side = p[0].y;
  if (i >= count * side) {
    return;
  }
  let filter_of = i / side;
  let offset = f32(filter_of) - (f32(count) - 1.0) / 2.0;
  let mean = bitcast<f32>(p[1].x) + offset * bitcast<f32>(p[1].y);
  let sigma2 = bitcast<f32>(p[1].z);
  // The pixel nearest to the mean has the greatest score.
  let nearest = clamp(round(mean), 0.0, f32(side - 1u));
  let greatest = score(nearest, mean, sigma2);
  var sum = 0.0;
  for (var a = 0u; a < side; a++) {
    sum += exp(score(f32(a), mean, sigma2) - greatest);
  }
  to[i] = exp(score(f32(i % side), mean, sigma2) - greatest) / sum;
}

fn score(a: f32, mean: f32, sigma2: f32) -> f32 {
  return -(a - mean) * (a - mean) / (2.0 * sigma2);
}
