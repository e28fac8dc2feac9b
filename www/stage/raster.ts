// Small pictures of numbers: canvases, patches and filterbanks, drawn crisp at any size.
/** @import {Picture} from "../types.js" */
import { colourTable, ink, rgb } from "../colour.js";
import { canvasOf } from "../dom.js";

/** Sets a canvas to the size it has on screen. @param {HTMLCanvasElement} canvas */
export function fitted(canvas) {
  const ratio = devicePixelRatio || 1;
  const width = Math.max(1, Math.round(canvas.clientWidth * ratio));
  const height = Math.max(1, Math.round(canvas.clientHeight * ratio));
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  context.clearRect(0, 0, width, height);
  return { context, width, height, ratio };
}

/**
 * The picture as a canvas of its own size: 0 is paper, 1 is ink. A signed one goes from blue ink through paper to the
 * accent.
 * @param {Picture} picture
 */
export function rasterOf({ name, width, height, values, min, max }) {
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = height;
  const image = new ImageData(width, height);
  const paper = rgb(ink("--canvas"));
  const dark = rgb(ink("--ink"));
  const above = rgb(ink("--accent"));
  const below = rgb(ink("--second"));
  const signed = name.endsWith("patch") || name.endsWith("error");
  const reach = signed ? Math.max(Math.abs(min ?? -1), Math.abs(max ?? 1), 1e-6) : 1;
  for (let i = 0; i < values.length; i++) {
    const value = Math.max(-1, Math.min(1, values[i] / reach));
    const end = signed ? (value < 0 ? below : above) : dark;
    const amount = signed ? Math.abs(value) : Math.max(0, value);
    for (let channel = 0; channel < 3; channel++) {
      image.data[4 * i + channel] = paper[channel] + amount * (end[channel] - paper[channel]);
    }
    image.data[4 * i + 3] = 255;
  }
  canvas.getContext("2d")?.putImageData(image, 0, 0);
  return canvas;
}

/** Draws a raster as large as fits into a box, centred, every pixel a square. @returns {[number, number, number]}
 * @param {CanvasRenderingContext2D} context @param {HTMLCanvasElement} raster
 * @param {number} x @param {number} y @param {number} width @param {number} height
 */
export function place(context, raster, x, y, width, height) {
  const scale = Math.min(width / raster.width, height / raster.height);
  const left = x + (width - scale * raster.width) / 2;
  const top = y + (height - scale * raster.height) / 2;
  context.imageSmoothingEnabled = false;
  context.drawImage(raster, left, top, scale * raster.width, scale * raster.height);
  return [left, top, scale];
}

/** The picture as a canvas of its own size, 0 dark and `most` bright. @param {{width: number, height: number, values: Float32Array}} picture
 * @param {number} [most] */
export function inColours({ width, height, values }, most = 1) {
  const image = new ImageData(width, height);
  const table = colourTable("viridis");
  values.forEach((value, at) => {
    const level = Math.round(255 * Math.max(0, Math.min(1, value / most)));
    image.data.set([...table.subarray(3 * level, 3 * level + 3), 255], 4 * at);
  });
  return canvasOf(image);
}

/** Where a picture of this size lies in a cell of the film: left, top, width, height. Before the page is laid out a cell can be
 * narrower than the gaps between cells; then there is no place.
 * @param {{width: number, height: number}} size @param {number} x @param {number} y @param {number} width @param {number} height
 * @returns {[number, number, number, number] | null} */
export function inCell(size, x, y, width, height) {
  if (width < 4 || height < 4) return null;
  const scale = Math.min((width - 2) / size.width, height / size.height);
  const [w, h] = [size.width * scale, size.height * scale];
  return [x + (width - w) / 2, y + (height - h) / 2, w, h];
}
