// The largest, the sum or the mean of each window of [C, H, W].
fn kernel(i: u32) {
  if (i >= $COUNT) {
    return;
  }
  let x = i % $OW;
  let y = i / $OW % $OH;
  let plane = $X_OFFSET + i / ($OW * $OH) * $H * $W;
  var found = $START;
  var inside = 0.0;
  for (var ky = 0u; ky < $KH; ky++) {
    let row = i32(y * $SY + ky * $DY) - i32($PY);
    for (var kx = 0u; kx < $KW; kx++) {
      let column = i32(x * $SX + kx * $DX) - i32($PX);
      if (row >= 0 && row < i32($H) && column >= 0 && column < i32($W)) {
        let value = $X[plane + u32(row) * $W + u32(column)];
        found = $COMBINE;
        inside += 1.0;
      }
    }
  }
  finish($RESULT, i);
}
