// One number for each row: a thread a row.
fn kernel(i: u32) {
  if (i >= $ROWS) {
    return;
  }
  var at = $X_OFFSET + i * $X_ROW;
  var found = $START;
  var place = 0u;
  for (var j = 0u; j < $LENGTH; j++) {
    let value = $X[at];
    $COMBINE
    at += $X_STEP;
  }
  finish($RESULT, i);
}
