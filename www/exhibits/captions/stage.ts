// The stage of the captioners: the photo as large as it can be, the gaze over it.
/** @import {ColourMap} from "../colour.js" */
/** @import {Frame} from "../types.js" */
import { ink } from "../colour.js";
import { greatest, gridOf } from "../frame.js";
import { heatOnGpu } from "./heat-gpu.js";
import { heatCanvas } from "./heat.js";
import { fitted, inCell } from "./raster.js";

/** @param {Frame | undefined} frame */
export const gazeOf = (frame) => gridOf(frame, "alpha");

/** The one place that hard attention took: row and column, or nothing. @param {Frame | undefined} frame */
export function placeOf(frame) {
  const map = gridOf(frame, "place");
  if (!map) return undefined;
  const at = greatest(map.weights);
  return { row: Math.floor(at / map.cols), col: at % map.cols, rows: map.rows, cols: map.cols };
}

/** Which places vote for an attribute; told with the first frame. @param {Frame | undefined} first @param {string} word */
export const regionOf = (first, word) => gridOf(first, `region of ${word}`);

/** @typedef {ReturnType<typeof placeOf>} Place */

/** A ring around one place of the grid. @param {CanvasRenderingContext2D} context @param {NonNullable<Place>} place
 * @param {number} x @param {number} y @param {number} width @param {number} height */
function ring(context, { row, col, rows, cols }, x, y, width, height) {
  const radius = (0.8 * Math.min(width, height)) / Math.min(rows, cols);
  for (const [colour, thickness] of /** @type {[string, number][]} */ ([["--ink", 5], ["--paper", 2.5]])) {
    context.beginPath();
    context.arc(x + ((col + 0.5) / cols) * width, y + ((row + 0.5) / rows) * height, radius, 0, 2 * Math.PI);
    context.lineWidth = Math.min(thickness, (thickness * width) / 150);
    context.strokeStyle = ink(colour);
    context.stroke();
  }
}

/** @param {CanvasImageSource} photo */
export function sizeOf(photo) {
  if (photo instanceof HTMLImageElement) return { width: photo.naturalWidth, height: photo.naturalHeight };
  const { width, height } = /** @type {HTMLCanvasElement} */ (photo);
  return { width, height };
}

/** @param {CanvasRenderingContext2D} context @param {CanvasImageSource} photo
 * @param {number} x @param {number} y @param {number} width @param {number} height */
function layPhoto(context, photo, x, y, width, height) {
  context.imageSmoothingEnabled = true;
  context.imageSmoothingQuality = "high";
  context.drawImage(photo, x, y, width, height);
}

/** @param {CanvasRenderingContext2D} context @param {{rows: number, cols: number, weights: Float32Array}} gaze
 * @param {{map: ColourMap, opacity: number}} look
 * @param {number} x @param {number} y @param {number} width @param {number} height */
function layHeat(context, gaze, look, x, y, width, height) {
  context.globalAlpha = look.opacity;
  context.drawImage(heatCanvas(gaze, look.map), x, y, width, height);
  context.globalAlpha = 1;
}

/** @param {HTMLCanvasElement} canvas @param {CanvasImageSource} photo
 * @param {{rows: number, cols: number, weights: Float32Array} | undefined} gaze
 * @param {{map: ColourMap, opacity: number}} look @param {Place} [place] */
export function drawPhoto(canvas, photo, gaze, look, place) {
  const size = sizeOf(photo);
  canvas.style.setProperty("--ratio", String(size.width / size.height));
  const { context, width, height } = fitted(canvas);
  layPhoto(context, photo, 0, 0, width, height);
  const drawn = gaze && heatOnGpu(canvas, photo, gaze, look);
  if (drawn) context.drawImage(drawn, 0, 0);
  else if (gaze) layHeat(context, gaze, look, 0, 0, width, height);
  if (place) ring(context, place, 0, 0, width, height);
}

/** @param {CanvasRenderingContext2D} context @param {CanvasImageSource} photo @param {Frame} frame
 * @param {{map: ColourMap, opacity: number}} look
 * @param {number} x @param {number} y @param {number} width @param {number} height */
export function drawThumbnail(context, photo, frame, look, x, y, width, height) {
  const cell = inCell(sizeOf(photo), x, y, width, height);
  if (!cell) return;
  layPhoto(context, photo, ...cell);
  const gaze = gazeOf(frame);
  if (gaze) layHeat(context, gaze, look, ...cell);
  const place = placeOf(frame);
  if (place) ring(context, place, ...cell);
}

/** Boxes over the photo, in hundredths of its sides, each with its share where that is known; the greatest stands out.
 * @param {HTMLCanvasElement} canvas @param {[number, number, number, number][]} boxes @param {number[]} shares */
export function drawBoxes(canvas, boxes, shares) {
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  const ratio = canvas.width / Math.max(1, canvas.clientWidth);
  const most = Math.max(...shares, 0);
  boxes.forEach((box, i) => {
    const [left, top, right, bottom] = box.map((side, axis) => (side / 100) * (axis % 2 ? canvas.height : canvas.width));
    const colour = ink(shares[i] === most && most > 0 ? "--accent" : "--second");
    context.lineWidth = 3 * ratio;
    context.strokeStyle = colour;
    context.strokeRect(left, top, right - left, bottom - top);
    const label = shares[i] === undefined ? String(i + 1) : `${i + 1} · ${Math.round(100 * shares[i])} %`;
    context.font = `${14 * ratio}px Charter, Georgia, serif`;
    context.textBaseline = "top";
    const width = context.measureText(label).width + 10 * ratio;
    context.fillStyle = colour;
    context.fillRect(left, top, width, 20 * ratio);
    context.fillStyle = ink("--paper");
    context.fillText(label, left + 5 * ratio, top + 3 * ratio);
  });
}
