// Samples of pictures [N, C, H, W] at the places of a grid [N, OH, OW, 2], as operators/grid_sample.rs; between() stands in
// attention/bilinear.wgsl.
var<private> plane: u32;

fn kernel(i: u32) {
  if (i >= $COUNT) {
    return;
  }
  let nth = i / $PLACES;
  let at = $GRID_OFFSET + (nth / $CHANNELS * $PLACES + i % $PLACES) * 2u;
  let across = along($GRID[at], f32($WIDTH));
  let down = along($GRID[at + 1u], f32($HEIGHT));
  plane = $X_OFFSET + nth * $HEIGHT * $WIDTH;
  finish($SAMPLE, i);
}

fn along(place: f32, size: f32) -> f32 {
  return clamp($PIXEL, $LEAST, size - 1.0 - $LEAST);
}

fn pixel(x: i32, y: i32) -> f32 {
  let width = i32($WIDTH);
  let height = i32($HEIGHT);
  let inside = x >= 0 && y >= 0 && x < width && y < height;
  return select(0.0, $X[plane + u32(clamp(y, 0, height - 1) * width + clamp(x, 0, width - 1))], inside);
}
