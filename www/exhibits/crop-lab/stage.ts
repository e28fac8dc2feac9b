// The stage of the crops: the picture with both boxes and the arrows that say where to go, the loss as a landscape, the patches.
/** @import {AffineMap, Frame} from "../types.js" */
import { ink } from "../colour.js";
import { numberOf } from "../frame.js";
import { pictureOf } from "./draw.js";
import { fitted, inColours, place, rasterOf } from "./raster.js";

/** A loss that falls by one a side of the picture is an arrow so many sides long. */
const LENGTH = 1.2;

/** @typedef {[number, number, number, number]} Area middle and half sides, −1 to 1 from edge to edge */

/** @param {Frame} frame @param {string} name @returns {Area} */
export function areaOf(frame, name) {
  const found = /** @type {AffineMap | undefined} */ (frame.maps.find((map) => map.kind === "affine" && map.name === name));
  const theta = found?.theta ?? new Float32Array(6);
  return [theta[2], theta[5], theta[0], theta[4]];
}

/** @param {CanvasRenderingContext2D} context @param {number} width @param {number} height @param {Area} area @param {string} colour
 * @param {number} line @param {boolean} dashed */
export function frameBox(context, width, height, [x, y, w, h], colour, line, dashed) {
  context.strokeStyle = colour;
  context.lineWidth = line;
  context.setLineDash(dashed ? [3 * line, 2 * line] : []);
  context.strokeRect(((x - w + 1) / 2) * width, ((y - h + 1) / 2) * height, w * width, h * height);
  context.setLineDash([]);
}

/** @param {CanvasRenderingContext2D} context @param {[number, number]} from @param {[number, number]} by */
function arrow(context, [x, y], [across, down]) {
  const length = Math.hypot(across, down);
  if (length < 1) return;
  const head = Math.min(9 * (devicePixelRatio || 1), length / 2);
  const [ux, uy] = [across / length, down / length];
  context.beginPath();
  context.moveTo(x, y);
  context.lineTo(x + across, y + down);
  context.moveTo(x + across - head * (ux - 0.5 * uy), y + down - head * (uy + 0.5 * ux));
  context.lineTo(x + across, y + down);
  context.lineTo(x + across - head * (ux + 0.5 * uy), y + down - head * (uy - 0.5 * ux));
  context.stroke();
}

/** @param {HTMLCanvasElement} canvas @param {CanvasImageSource & {width: number, height: number}} photo @param {Area} box
 * @param {Area} target @param {Frame | undefined} frame */
export function drawBoxes(canvas, photo, box, target, frame) {
  const { context, width, height, ratio } = fitted(canvas);
  context.drawImage(photo, 0, 0, width, height);
  frameBox(context, width, height, target, ink("--paper"), 5 * ratio, false);
  frameBox(context, width, height, target, ink("--second"), 3 * ratio, true);
  frameBox(context, width, height, box, ink("--paper"), 5 * ratio, false);
  frameBox(context, width, height, box, ink("--accent"), 3 * ratio, false);
  if (!frame) return;
  /** @type {[number, number]} */
  const middle = [((box[0] + 1) / 2) * width, ((box[1] + 1) / 2) * height];
  const [xs, ys] = [pictureOf(frame, "cloud_x")?.values, pictureOf(frame, "cloud_y")?.values];
  context.lineWidth = ratio;
  context.strokeStyle = ink("--paper");
  if (xs && ys) xs.forEach((x, i) => arrow(context, middle, [-x * LENGTH * width, -ys[i] * LENGTH * height]));
  /** @type {[number, number]} */
  const way = [-(numberOf(frame, "d_x") ?? 0) * LENGTH * width, -(numberOf(frame, "d_y") ?? 0) * LENGTH * height];
  for (const [line, colour] of /** @type {const} */ ([[6, "--paper"], [3, "--accent"]])) {
    context.lineWidth = line * ratio;
    context.strokeStyle = ink(colour);
    arrow(context, middle, way);
  }
}

/** The loss over all middles, dark where it is low, with the way that was gone. @param {HTMLCanvasElement} canvas
 * @param {Frame[]} frames those up to the present one */
export function drawSurface(canvas, frames) {
  const { context, width, ratio } = fitted(canvas);
  const surface = frames.length > 0 ? pictureOf(frames[0], "surface") : undefined;
  if (!surface) return;
  const side = surface.width;
  // The first and the last place lie on the edges.
  const cell = width / (side - 1);
  context.imageSmoothingEnabled = true;
  context.drawImage(inColours(surface, surface.max ?? 1), -cell / 2, -cell / 2, width + cell, width + cell);
  /** @param {Area} area @returns {[number, number]} */
  const at = (area) => [((area[0] + 1) / 2) * width, ((area[1] + 1) / 2) * width];
  for (const [line, colour] of /** @type {const} */ ([[5, "--paper"], [2.5, "--accent"]])) {
    context.strokeStyle = ink(colour);
    context.lineWidth = line * ratio;
    context.beginPath();
    for (const frame of frames) context.lineTo(...at(areaOf(frame, "box")));
    context.stroke();
  }
  for (const [name, colour] of /** @type {const} */ ([["target", "--second"], ["box", "--accent"]])) {
    const [x, y] = at(areaOf(frames[frames.length - 1], name));
    context.fillStyle = ink(colour);
    context.strokeStyle = ink("--paper");
    context.lineWidth = 2 * ratio;
    context.beginPath();
    context.arc(x, y, 6 * ratio, 0, 2 * Math.PI);
    context.fill();
    context.stroke();
  }
}

/** @param {HTMLCanvasElement} canvas @param {Frame} frame @param {string} name */
export function drawShade(canvas, frame, name) {
  const patch = pictureOf(frame, name);
  if (!patch) return;
  const { context, width, height } = fitted(canvas);
  place(context, rasterOf({ ...patch, values: patch.values.map((value) => 1 - value) }), 0, 0, width, height);
}

/** @param {CanvasRenderingContext2D} context @param {Frame} frame
 * @param {number} x @param {number} y @param {number} width @param {number} height */
export function drawThumbnail(context, frame, x, y, width, height) {
  const patch = pictureOf(frame, "seen");
  if (patch) place(context, rasterOf({ ...patch, values: patch.values.map((value) => 1 - value) }), x, y, Math.max(1, width - 1), height);
}
