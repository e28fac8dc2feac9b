// One number a thread: an expression written out, wherever its views and its destination lie.
fn kernel(i: u32) {
  if (i < $COUNT) {
    finish(0.0, i);
  }
}
