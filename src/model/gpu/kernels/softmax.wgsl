// exp(x - max) / sum of it along each row: a thread a row.
fn kernel(i: u32) {
  if (i >= $ROWS) {
    return;
  }
  let start = $X_OFFSET + i * $X_ROW;
  var highest = $X[start];
  for (var j = 1u; j < $LENGTH; j++) {
    highest = max(highest, $X[start + j * $X_STEP]);
  }
  var sum = 0.0;
  for (var j = 0u; j < $LENGTH; j++) {
    sum += exp($X[start + j * $X_STEP] - highest);
  }
  for (var j = 0u; j < $LENGTH; j++) {
    let above = $X[start + j * $X_STEP] - highest;
    finish($RESULT, i * $LENGTH + j);
  }
}
