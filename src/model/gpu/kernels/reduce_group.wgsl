// One number for each row: a workgroup a row, whose threads halve what they hold.
var<workgroup> shared_values: array<f32, 64>;

fn kernel_of(row: u32, lane: u32) {
  let i = min(row, $ROWS - 1u);
  var found = $START;
  for (var j = lane; j < $LENGTH; j += 64u) {
    let value = $X[$X_OFFSET + i * $X_ROW + j * $X_STEP];
    $COMBINE
  }
  shared_values[lane] = found;
  workgroupBarrier();
  for (var half = 32u; half > 0u; half /= 2u) {
    if (lane < half) {
      let value = shared_values[lane + half];
      found = shared_values[lane];
      $MERGE
      shared_values[lane] = found;
    }
    workgroupBarrier();
  }
  if (lane == 0u && row < $ROWS) {
    found = shared_values[0];
    finish($RESULT, i);
  }
}
