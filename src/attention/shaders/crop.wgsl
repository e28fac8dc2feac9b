// crop() of glimpse.rs: a square around (x, y), shrunk by means, nothing outside. Reads the picture [side, side]; writes
// [size / shrink, size / shrink]. p[0] = (side, x, y, size), p[1] = (shrink).
fn kernel(i: u32) {
  let side = i32(p[0].x);
  let size = p[0].w;
  let shrink = p[1].x;
  let count = size / shrink;
  if (i >= count * count) {
    return;
  }
  let top = i32(p[0].z + i / count * shrink) - i32(size / 2u);
  let left = i32(p[0].y + i % count * shrink) - i32(size / 2u);
  var sum = 0.0;
  for (var down = 0; down < i32(shrink); down++) {
    for (var along = 0; along < i32(shrink); along++) {
      let row = top + down;
      let column = left + along;
      let inside = row >= 0 && column >= 0 && row < side && column < side;
      sum += select(0.0, b0[u32(clamp(row, 0, side - 1) * side + clamp(column, 0, side - 1))], inside);
    }
  }
  to[i] = sum / f32(shrink * shrink);
}
