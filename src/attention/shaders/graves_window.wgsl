// phi() of graves_window.rs: the sum of K Gaussians at each character. Reads alpha, beta, kappa [K, 3]; writes [U]. p[0] = (K, U).
fn kernel(i: u32) {
  if (i >= p[0].y) {
    return;
  }
  var sum = 0.0;
  for (var k = 0u; k < p[0].x; k++) {
    let away = b0[3u * k + 2u] - f32(i);
    sum += b0[3u * k] * exp(-b0[3u * k + 1u] * away * away);
  }
  to[i] = sum;
}
