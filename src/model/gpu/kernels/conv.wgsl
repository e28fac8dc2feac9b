// Two-dimensional convolution [C, H, W] -> [O, OH, OW], in groups. A thread makes $LANES channels at four neighbouring places.
// Weights lie as [O / $LANES, C / groups, KH, KW, $LANES].
fn kernel(i: u32) {
  let strips = ($OW + 3u) / 4u;
  let blocks = $O / $LANESu + select(0u, 1u, $O % $LANESu != 0u);
  let x0 = i % strips * 4u;
  let y = i / strips % $OH;
  let block = i / (strips * $OH) % blocks;
  let picture = i / (strips * $OH * blocks);
  if (picture >= $PICTURES) {
    return;
  }
  let group = block * $LANESu / $GROUP_OUT;
  var plane = $X_OFFSET + (picture * $C + group * $GROUP_IN) * $H * $W;
  var weight = $W_OFFSET + block * $GROUP_IN * $KH * $KW;
  var c$j = $TYPE();
  for (var channel = 0u; channel < $GROUP_IN; channel++) {
    for (var ky = 0u; ky < $KH; ky++) {
      let row = i32(y * $SY + ky * $DY) - i32($PY);
      if (row >= 0 && row < i32($H)) {
        let line = plane + u32(row) * $W;
        for (var kx = 0u; kx < $KW; kx++) {
          let w = $WEIGHTS[weight + kx];
          let column = i32(x0 * $SX + kx * $DX) - i32($PX);
          c$j += w * pixel(line, column + i32($ju * $SX));
        }
      }
      weight += $KW;
    }
    plane += $H * $W;
  }
  put(c$j, picture, block, y, x0 + $ju);
}

fn pixel(line: u32, column: i32) -> f32 {
  let inside = column >= 0 && column < i32($W);
  return select(0.0, $X[line + u32(clamp(column, 0, i32($W) - 1))], inside);
}

fn put(c: $TYPE, picture: u32, block: u32, y: u32, x: u32) {
  if (x < $OW) {
    let first = block * $LANESu;
    let i = ((picture * $O + first) * $OH + y) * $OW + x;
    $PUT
  }
}
