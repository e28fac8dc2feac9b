// A picture as the captions' encoder wants it.
const SIDE = 224;

/** How much of each source pixel lies under each of `to` pixels. */
const covers = (from, to) =>
  Array.from({ length: to }, (_, i) => {
    const [low, high] = [(i * from) / to, ((i + 1) * from) / to];
    const first = Math.floor(low);
    const parts = Array.from({ length: Math.ceil(high) - first }, (_, j) => Math.min(high, first + j + 1) - Math.max(low, first + j));
    return { first, parts: parts.map((part) => (part * to) / from) };
  });

/** The picture as the encoder was trained on it: [3, SIDE, SIDE], each pixel the mean of what it covers. */
export function normalised({ data, width, height }) {
  const [columns, rows] = [covers(width, SIDE), covers(height, SIDE)];
  const narrow = new Float32Array(3 * SIDE * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < SIDE; x++) {
      const { first, parts } = columns[x];
      for (let c = 0; c < 3; c++) {
        let sum = 0;
        for (let j = 0; j < parts.length; j++) sum += parts[j] * data[4 * (y * width + first + j) + c];
        narrow[3 * (y * SIDE + x) + c] = sum;
      }
    }
  }
  const image = new Float32Array(3 * SIDE * SIDE);
  for (let y = 0; y < SIDE; y++) {
    const { first, parts } = rows[y];
    for (let x = 0; x < SIDE; x++) {
      for (let c = 0; c < 3; c++) {
        let sum = 0;
        for (let j = 0; j < parts.length; j++) sum += parts[j] * narrow[3 * ((first + j) * SIDE + x) + c];
        image[(c * SIDE + y) * SIDE + x] = (sum - 127) / 128;
      }
    }
  }
  return image;
}
