// The stage of the birds: the photo with the windows laid so far, and what each of them shows, cut from the photo itself.
/** @import {Frame} from "../types.js" */
/** @import {Area} from "./boxes.js" */
import { ink } from "../colour.js";
import { areaOf, frameBox } from "./boxes.js";
import { sizeOf } from "./captions.js";
import { fitted, inCell } from "./raster.js";

/** The colours of the two windows. */
const COLOURS = ["--accent", "--second"];

/** @param {Frame[]} frames those up to the present one @returns {Area[]} */
export const windowsOf = (frames) => frames.filter((frame) => frame.maps.length > 0).map((frame) => areaOf(frame, "window"));

/** @param {CanvasRenderingContext2D} context @param {CanvasImageSource} photo @param {Area} area
 * @param {number} left @param {number} top @param {number} width @param {number} height */
function paintWindow(context, photo, [x, y, w, h], left, top, width, height) {
  const size = sizeOf(photo);
  context.imageSmoothingQuality = "high";
  context.drawImage(photo, ((x - w + 1) / 2) * size.width, ((y - h + 1) / 2) * size.height, w * size.width, h * size.height, left, top, width, height);
}

/** @param {HTMLCanvasElement} canvas @param {CanvasImageSource} photo @param {Frame[]} frames those up to the present one */
export function drawBird(canvas, photo, frames) {
  const size = sizeOf(photo);
  canvas.style.setProperty("--ratio", String(size.width / size.height));
  const { context, width, height, ratio } = fitted(canvas);
  context.imageSmoothingQuality = "high";
  context.drawImage(photo, 0, 0, width, height);
  windowsOf(frames).forEach((area, i) => {
    frameBox(context, width, height, area, ink("--paper"), 6 * ratio, false);
    frameBox(context, width, height, area, ink(COLOURS[i]), 3.5 * ratio, false);
  });
}

/** What a window shows, in the photo's own shape. @param {HTMLCanvasElement} canvas @param {CanvasImageSource} photo @param {Area} area */
export function drawWindow(canvas, photo, area) {
  const size = sizeOf(photo);
  canvas.style.setProperty("--ratio", String((area[2] * size.width) / (area[3] * size.height)));
  const { context, width, height } = fitted(canvas);
  paintWindow(context, photo, area, 0, 0, width, height);
}

/** @param {CanvasRenderingContext2D} context @param {CanvasImageSource} photo @param {Frame} frame
 * @param {number} x @param {number} y @param {number} width @param {number} height */
export function drawThumbnail(context, photo, frame, x, y, width, height) {
  const cell = inCell(sizeOf(photo), x, y, width, height);
  if (cell) paintWindow(context, photo, windowsOf([frame])[0] ?? [0, 0, 1, 1], ...cell);
}
