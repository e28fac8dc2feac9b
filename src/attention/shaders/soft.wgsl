// attend() of soft.rs: weights = softmax(scores), then the context vector, sum of weight times value.
// Reads scores [L] and values [L, dim]; writes weights [L], then context [dim]. p[0] = (L, dim).
fn kernel(i: u32) {
  let count = p[0].x;
  let dim = p[0].y;
  if (i >= count + dim) {
    return;
  }
  var greatest = b0[0];
  for (var k = 1u; k < count; k++) {
    greatest = max(greatest, b0[k]);
  }
  var sum = 0.0;
  for (var k = 0u; k < count; k++) {
    sum += exp(b0[k] - greatest);
  }
  if (i < count) {
    to[i] = exp(b0[i] - greatest) / sum;
    return;
  }
  var context = 0.0;
  for (var k = 0u; k < count; k++) {
    context += exp(b0[k] - greatest) / sum * b1[k * dim + i - count];
  }
  to[i] = context;
}
