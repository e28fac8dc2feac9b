// The first word of a caption and where it was looked for, as directly as it can be written with ONNX Runtime Web.
import { run, session, shown, weights } from "./runtime.js";

const SIDE = 224;
const GRID = 14;
const START = 1n;

const models = ["caption-encoder/caption-encoder.onnx", "caption-soft/start.onnx", "caption-soft/step.onnx"].map(session);
const vocabulary = weights("caption-soft/vocabulary.txt");

/** How much of each source pixel lies under each of `to` pixels. */
const covers = (from, to) =>
  Array.from({ length: to }, (_, i) => {
    const [low, high] = [(i * from) / to, ((i + 1) * from) / to];
    const first = Math.floor(low);
    const parts = Array.from({ length: Math.ceil(high) - first }, (_, j) => Math.min(high, first + j + 1) - Math.max(low, first + j));
    return { first, parts: parts.map((part) => (part * to) / from) };
  });

/** The picture as the encoder was trained on it: [3, SIDE, SIDE], each pixel the mean of what it covers. */
function normalised({ data, width, height }) {
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

/** Lays the weights over the photo. */
function drawHeat(context, alpha, { width, height }) {
  const most = Math.max(...alpha);
  const heat = new ImageData(GRID, GRID);
  alpha.forEach((weight, i) => heat.data.set([253, 231, 37, (180 * weight) / most], 4 * i));
  const small = new OffscreenCanvas(GRID, GRID);
  small.getContext("2d").putImageData(heat, 0, 0);
  context.drawImage(small, 0, 0, width, height);
}

const canvas = document.querySelector("canvas");
const context = canvas.getContext("2d");
const photo = new URLSearchParams(location.search).get("photo") ?? "../site/samples/surfer.jpg";
const bitmap = await createImageBitmap(await (await fetch(photo)).blob());
[canvas.width, canvas.height] = [bitmap.width, bitmap.height];
context.drawImage(bitmap, 0, 0);
const image = normalised(context.getImageData(0, 0, bitmap.width, bitmap.height));

const { features, pooled } = await run(await models[0], { image });
const { keys, h, c } = await run(await models[1], { features, pooled });
const { logp, alpha } = await run(await models[2], { token: BigInt64Array.of(START), features, keys, h, c });

drawHeat(context, alpha.data, bitmap);
const words = new TextDecoder().decode(await vocabulary).split("\n");
const likeliest = logp.data.reduce((best, value, id) => (value > logp.data[best] ? id : best), 0);
document.querySelector("p").textContent = words[likeliest];
shown(alpha.data);
