// The first word of a caption and where it was looked for, as directly as it can be written with ONNX Runtime Web.
import { normalised } from "./picture.js";
import { run, session, shown, weights } from "./runtime.js";

const GRID = 14;
const START = 1n;

const models = ["caption-encoder/caption-encoder.onnx", "caption-soft/start.onnx", "caption-soft/step.onnx"].map(session);
const vocabulary = weights("caption-soft/vocabulary.txt");

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
