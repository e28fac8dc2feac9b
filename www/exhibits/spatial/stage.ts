// The stage of spatial transformers: the distorted digit under its sampling grid, and the straightened one.
/** @import {Frame, Picture} from "../types.js" */
import { ink } from "../colour.js";
import { pictureOf } from "./draw.js";
import { fitted, place, rasterOf } from "./raster.js";

/** Every so many lines of the grid are drawn. */
const APART = 3;

/** @param {CanvasRenderingContext2D} context @param {Frame} frame @param {[number, number, number]} where left, top and side
 * @param {number} width of a line */
function drawGrid(context, frame, [left, top, side], width) {
  const [xs, ys] = [pictureOf(frame, "grid_x"), pictureOf(frame, "grid_y")];
  if (!xs || !ys) return;
  const count = xs.width;
  /** @param {Picture} along @param {number} at */
  const placed = (along, at) => ((along.values[at] + 1) / 2) * side;
  context.strokeStyle = ink("--accent");
  for (let line = 0; line < count; line += APART) {
    for (const at of [(/** @type {number} */ i) => line * count + i, (/** @type {number} */ i) => i * count + line]) {
      // The first row is the digit's head: it is drawn heavier.
      context.lineWidth = line === 0 && at(1) === 1 ? 3 * width : width;
      context.beginPath();
      for (let i = 0; i < count; i++) context.lineTo(left + placed(xs, at(i)), top + placed(ys, at(i)));
      context.stroke();
    }
  }
}

/** @param {HTMLCanvasElement} canvas @param {Picture} seen @param {Frame | undefined} frame */
export function drawSeen(canvas, seen, frame) {
  const { context, width, ratio } = fitted(canvas);
  place(context, rasterOf(seen), 0, 0, width, width);
  context.save();
  context.globalAlpha = 0.75;
  if (frame) drawGrid(context, frame, [0, 0, width], ratio);
  context.restore();
  context.strokeStyle = ink("--rule");
  context.lineWidth = 1;
  context.strokeRect(0.5, 0.5, width - 1, width - 1);
}

/** @param {CanvasRenderingContext2D} context @param {Frame} frame
 * @param {number} x @param {number} y @param {number} width @param {number} height */
export function drawThumbnail(context, frame, x, y, width, height) {
  const picture = pictureOf(frame, "straight") ?? pictureOf(frame, "seen");
  if (!picture) return;
  const [left, top, scale] = place(context, rasterOf(picture), x + 1, y, Math.max(1, width - 2), height);
  if (picture.name === "seen") drawGrid(context, frame, [left, top, picture.width * scale], 0.5);
}
