// The stage of the captioners: the photo as large as it can be, the gaze over it.
/** @import {ColourMap} from "../colour.js" */
/** @import {Frame, GridMap} from "../types.js" */
import { fitted } from "./raster.js";
import { heatCanvas } from "./heat.js";

/** @param {Frame | undefined} frame @returns {GridMap | undefined} */
export function gazeOf(frame) {
  for (const map of frame?.maps ?? []) if (map.kind === "grid" && map.name === "alpha") return map;
  return undefined;
}

/** @param {CanvasImageSource} photo */
export function sizeOf(photo) {
  if (photo instanceof HTMLImageElement) return { width: photo.naturalWidth, height: photo.naturalHeight };
  const { width, height } = /** @type {HTMLCanvasElement} */ (photo);
  return { width, height };
}

/** @param {CanvasRenderingContext2D} context @param {CanvasImageSource} photo
 * @param {{rows: number, cols: number, weights: Float32Array} | undefined} gaze
 * @param {{map: ColourMap, opacity: number}} look
 * @param {number} x @param {number} y @param {number} width @param {number} height */
function paint(context, photo, gaze, look, x, y, width, height) {
  context.imageSmoothingEnabled = true;
  context.imageSmoothingQuality = "high";
  context.drawImage(photo, x, y, width, height);
  if (!gaze) return;
  context.globalAlpha = look.opacity;
  context.drawImage(heatCanvas(gaze, look.map), x, y, width, height);
  context.globalAlpha = 1;
}

/** @param {HTMLCanvasElement} canvas @param {CanvasImageSource} photo
 * @param {{rows: number, cols: number, weights: Float32Array} | undefined} gaze
 * @param {{map: ColourMap, opacity: number}} look */
export function drawPhoto(canvas, photo, gaze, look) {
  const size = sizeOf(photo);
  canvas.style.setProperty("--ratio", String(size.width / size.height));
  const { context, width, height } = fitted(canvas);
  paint(context, photo, gaze, look, 0, 0, width, height);
}

/** @param {CanvasRenderingContext2D} context @param {CanvasImageSource} photo @param {Frame} frame
 * @param {{map: ColourMap, opacity: number}} look
 * @param {number} x @param {number} y @param {number} width @param {number} height */
export function drawThumbnail(context, photo, frame, look, x, y, width, height) {
  const size = sizeOf(photo);
  const scale = Math.min((width - 2) / size.width, height / size.height);
  const [w, h] = [size.width * scale, size.height * scale];
  paint(context, photo, gazeOf(frame), look, x + (width - w) / 2, y + (height - h) / 2, w, h);
}
