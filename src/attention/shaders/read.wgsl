// read() of draw_window.rs: gamma F_Y x F_X^T. Reads the picture [D, D], F_X and F_Y [N, D]; writes [N, N].
// p[0] = (N, D, gamma as f32).
fn kernel(i: u32) {
  let count = p[0].x;
  let side = p[0].y;
  if (i >= count * count) {
    return;
  }
  let row = i / count * side;
  let column = i % count * side;
  var sum = 0.0;
  for (var y = 0u; y < side; y++) {
    var along = 0.0;
    for (var x = 0u; x < side; x++) {
      along += b0[y * side + x] * b1[column + x];
    }
    sum += b2[row + y] * along;
  }
  to[i] = bitcast<f32>(p[0].z) * sum;
}
