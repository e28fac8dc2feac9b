// A photo under a grid of attention weights, the GPU's side of heat.rs. The page draws it straight to a canvas: `lines` in a compute
// pass, then `corner` and `drawn` over three vertices. `kernel`, which a test compares with heat.rs, writes peaks() [LINES], then
// composited() [height, width, 4]. Reads weights [rows, cols], colours [SPANS + 1, 3] in 0..1, the peaks [LINES] and the photo,
// premultiplied by its alpha: as pixels [height, width, 4] in 0..1, or as a texture of [height, width].
struct Look {
  rows: u32,
  cols: u32,
  height: u32,
  width: u32,
  opacity: f32,
}

const LINES = 112u;
const SPANS = 16u;

@group(0) @binding(0) var<uniform> look: Look;
@group(0) @binding(1) var<storage, read_write> to: array<f32>;
@group(0) @binding(2) var<storage, read> weights: array<f32>;
@group(0) @binding(3) var<storage, read> colours: array<f32>;
@group(0) @binding(4) var<storage, read> peaks: array<f32>;
@group(0) @binding(5) var<storage, read> pixels: array<f32>;
@group(0) @binding(6) var photo: texture_2d<f32>;

// Shares of the four samples around a place that lies t of the way from the second to the third: a uniform cubic B-spline.
fn blend(t: f32) -> vec4<f32> {
  let s = 1.0 - t;
  return vec4(s * s * s, (3.0 * t - 6.0) * t * t + 4.0, ((3.0 - 3.0 * t) * t + 3.0) * t + 1.0, t * t * t) / 6.0;
}

fn weight(row: i32, col: i32) -> f32 {
  let rows = i32(look.rows);
  let cols = i32(look.cols);
  return weights[u32(clamp(row, 0, rows - 1) * cols + clamp(col, 0, cols - 1))];
}

// The weights at (x, y) of the picture, which reaches from 0 to 1.
fn upsampled(x: f32, y: f32) -> f32 {
  let place = vec2(x * f32(look.cols), y * f32(look.rows)) - 0.5;
  let base = floor(place);
  let across = blend(place.x - base.x);
  let down = blend(place.y - base.y);
  let col = i32(base.x);
  let row = i32(base.y);
  var sum = 0.0;
  for (var k = 0; k < 4; k++) {
    let line = row + k - 1;
    sum += down[k] * dot(across, vec4(weight(line, col - 1), weight(line, col), weight(line, col + 1), weight(line, col + 2)));
  }
  return sum;
}

fn peak(line: u32) -> f32 {
  let y = (f32(line) + 0.5) / f32(LINES);
  var most = upsampled(0.5 / f32(LINES), y);
  for (var i = 1u; i < LINES; i++) {
    most = max(most, upsampled((f32(i) + 0.5) / f32(LINES), y));
  }
  return most;
}

fn greatest() -> f32 {
  var most = 1e-9;
  for (var i = 0u; i < LINES; i++) {
    most = max(most, peaks[i]);
  }
  return most;
}

fn shade(share: f32) -> vec3<f32> {
  let place = share * f32(SPANS);
  let low = min(u32(place), SPANS - 1u);
  let i = 3u * low;
  let low_colour = vec3(colours[i], colours[i + 1u], colours[i + 2u]);
  let high_colour = vec3(colours[i + 3u], colours[i + 4u], colours[i + 5u]);
  return low_colour + (place - f32(low)) * (high_colour - low_colour);
}

// Pixel (x, y) of the photo under the heatmap whose greatest weight is `top`.
fn composited(under: vec4<f32>, x: u32, y: u32, top: f32) -> vec4<f32> {
  let here = upsampled((f32(x) + 0.5) / f32(look.width), (f32(y) + 0.5) / f32(look.height));
  let share = clamp(here / top, 0.0, 1.0);
  let alpha = min(0.25 + share, 1.0) * look.opacity;
  return under * (1.0 - alpha) + vec4(shade(share), 1.0) * alpha;
}

fn kernel(i: u32) {
  if (i < LINES) {
    to[i] = peak(i);
    return;
  }
  let channel = (i - LINES) % 4u;
  let at = (i - LINES) / 4u;
  if (at >= look.width * look.height) {
    return;
  }
  let under = vec4(pixels[4u * at], pixels[4u * at + 1u], pixels[4u * at + 2u], pixels[4u * at + 3u]);
  to[i] = composited(under, at % look.width, at / look.width, greatest())[channel];
}

@compute @workgroup_size(LINES)
fn lines(@builtin(local_invocation_index) i: u32) {
  to[i] = peak(i);
}

struct Corner {
  @builtin(position) place: vec4<f32>,
  @location(0) @interpolate(flat) top: f32,
}

// One triangle that covers the canvas.
@vertex
fn corner(@builtin(vertex_index) i: u32) -> Corner {
  return Corner(vec4(f32(4u * (i % 2u)) - 1.0, f32(4u * (i / 2u)) - 1.0, 0.0, 1.0), greatest());
}

@fragment
fn drawn(inside: Corner) -> @location(0) vec4<f32> {
  let at = vec2<u32>(inside.place.xy);
  return composited(textureLoad(photo, at, 0), at.x, at.y, inside.top);
}
