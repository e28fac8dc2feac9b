// The stage of the scales: what every pixel is taken for, in colours over the photo, and the weights of the scales.
/** @import {Frame, Picture} from "../types.js" */
import { canvasOf } from "../dom.js";
import { sizeOf } from "./captions.js";
import { pictureOf } from "./draw.js";
import { fitted, inCell, inColours } from "./raster.js";

/** A colour for each class but the first, which is none of them. */
const PALETTE = (
  "b5542b 8f9a2e 2f8f5b 8a5a3c 7a5fb5 c2577f d1bf2a 4fa3a0 a8763e 9bb03f c98a6a e0902f 5b4fc2 b04a8f 3f7fd0 4f9a6b d96a4a 7a8a3c 3fa9c2 8a8fc2"
).split(" ");
const OVER = 0.62;

/** @param {number} number of a class */
export const colourOf = (number) => (number > 0 ? `#${PALETTE[(number - 1) % PALETTE.length]}` : "transparent");

/** @param {Picture} classes */
function coloured({ width, height, values }) {
  const image = new ImageData(width, height);
  const colours = PALETTE.map((hex) => [0, 2, 4].map((at) => parseInt(hex.slice(at, at + 2), 16)));
  values.forEach((value, at) => {
    const number = Math.round(value);
    if (number > 0) image.data.set([...colours[(number - 1) % colours.length], 255], 4 * at);
  });
  return canvasOf(image);
}

/** @param {CanvasRenderingContext2D} context @param {CanvasImageSource} photo @param {Picture | undefined} classes
 * @param {number} x @param {number} y @param {number} width @param {number} height */
function paint(context, photo, classes, x, y, width, height) {
  context.imageSmoothingEnabled = true;
  context.drawImage(photo, x, y, width, height);
  if (!classes) return;
  context.globalAlpha = OVER;
  context.drawImage(coloured(classes), x, y, width, height);
  context.globalAlpha = 1;
}

/** @param {HTMLCanvasElement} canvas @param {CanvasImageSource} photo @param {Frame | undefined} frame */
export function drawClasses(canvas, photo, frame) {
  const size = sizeOf(photo);
  canvas.style.setProperty("--ratio", String(size.width / size.height));
  const { context, width, height } = fitted(canvas);
  paint(context, photo, frame && pictureOf(frame, "classes"), 0, 0, width, height);
}

/** How much each place trusts a scale. @param {HTMLCanvasElement} canvas @param {CanvasImageSource} photo @param {Picture | undefined} weights */
export function drawWeights(canvas, photo, weights) {
  const size = sizeOf(photo);
  canvas.style.setProperty("--ratio", String(size.width / size.height));
  const { context, width, height } = fitted(canvas);
  if (!weights) return;
  context.drawImage(inColours(weights), 0, 0, width, height);
}

/** @param {CanvasRenderingContext2D} context @param {CanvasImageSource} photo @param {Frame} frame
 * @param {number} x @param {number} y @param {number} width @param {number} height */
export function drawThumbnail(context, photo, frame, x, y, width, height) {
  const cell = inCell(sizeOf(photo), x, y, width, height);
  if (cell) paint(context, photo, pictureOf(frame, "classes"), ...cell);
}

/** The number of the class at a place, shares of the picture's sides. @param {Frame} frame @param {number} x @param {number} y */
export function classAt(frame, x, y) {
  const classes = pictureOf(frame, "classes");
  if (!classes) return 0;
  const at = (/** @type {number} */ share, /** @type {number} */ count) => Math.max(0, Math.min(count - 1, Math.floor(share * count)));
  return Math.round(classes.values[at(y, classes.height) * classes.width + at(x, classes.width)]);
}

/** Of how many pixels two runs think otherwise, as a share. @param {Frame} one @param {Frame} other */
export function apart(one, other) {
  const [a, b] = [pictureOf(one, "classes")?.values, pictureOf(other, "classes")?.values];
  if (!a || !b) return 0;
  return a.reduce((sum, value, at) => sum + Number(Math.round(value) !== Math.round(b[at])), 0) / a.length;
}
