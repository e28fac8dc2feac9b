// write() of draw_window.rs: F_Y^T w F_X / gamma. Reads the patch [N, N], F_X and F_Y [N, D]; writes [D, D].
// p[0] = (N, D, gamma as f32).
fn kernel(i: u32) {
  let count = p[0].x;
  let side = p[0].y;
  if (i >= side * side) {
    return;
  }
  let y = i / side;
  let x = i % side;
  var sum = 0.0;
  for (var row = 0u; row < count; row++) {
    var along = 0.0;
    for (var column = 0u; column < count; column++) {
      along += b0[row * count + column] * b1[column * side + x];
    }
    sum += b2[row * side + y] * along;
  }
  to[i] = sum / bitcast<f32>(p[0].z);
}
