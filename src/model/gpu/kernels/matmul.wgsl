// c[b, m, n] = sum over k of a[b, m, k] b[b, k, n]. A thread makes $TILE rows of four columns.
fn kernel(i: u32) {
  let columns = ($N + 3u) / 4u;
  let tiles = ($M + $TILEu - 1u) / $TILEu;
  let n0 = i % columns * 4u;
  let m0 = i / columns % tiles * $TILEu;
  let batch = i / (columns * tiles);
  if (batch >= $BATCH) {
    return;
  }
  var at_a = $A_OFFSET + batch * $A_BATCH;
  var at_b = $B_OFFSET + batch * $B_BATCH;
  $A_PLACES
  $B_PLACES
  var c$j = vec4<f32>();
  for (var k = 0u; k < $K; k++) {
    let right = $B_LOAD;
    $A_LOAD
    c$j += $A_TERM * right;
    at_a += $A_K;
    at_b += $B_K;
  }
  put(c$j, batch, m0 + $ju, n0);
}

fn put(c: vec4<f32>, batch: u32, m: u32, n: u32) {
  if (m < $M) {
    let i = (batch * $M + m) * $N + n;
    finish(c.x, i);
    if (n + 1u < $N) { finish(c.y, i + 1u); }
    if (n + 2u < $N) { finish(c.z, i + 2u); }
    if (n + 3u < $N) { finish(c.w, i + 3u); }
  }
}
