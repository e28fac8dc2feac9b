// exp(x - max) / sum of it along each row: a workgroup a row.
var<workgroup> shared_values: array<f32, 64>;

fn kernel_of(row: u32, lane: u32) {
  let i = min(row, $ROWS - 1u);
  let start = $X_OFFSET + i * $X_ROW;
  var highest = $X[start];
  for (var j = lane; j < $LENGTH; j += 64u) {
    highest = max(highest, $X[start + j * $X_STEP]);
  }
  shared_values[lane] = highest;
  workgroupBarrier();
  for (var half = 32u; half > 0u; half /= 2u) {
    if (lane < half) {
      shared_values[lane] = max(shared_values[lane], shared_values[lane + half]);
    }
    workgroupBarrier();
  }
  highest = shared_values[0];
  workgroupBarrier();
  var sum = 0.0;
  for (var j = lane; j < $LENGTH; j += 64u) {
    sum += exp($X[start + j * $X_STEP] - highest);
  }
  shared_values[lane] = sum;
  workgroupBarrier();
  for (var half = 32u; half > 0u; half /= 2u) {
    if (lane < half) {
      shared_values[lane] += shared_values[lane + half];
    }
    workgroupBarrier();
  }
  sum = shared_values[0];
  if (row < $ROWS) {
    for (var j = lane; j < $LENGTH; j += 64u) {
      let above = $X[start + j * $X_STEP] - highest;
      finish($RESULT, i * $LENGTH + j);
    }
  }
}
