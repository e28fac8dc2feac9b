// Small pictures of numbers: canvases, patches and filterbanks, drawn crisp at any size.
/** @import {Picture} from "../types.js" */
import { ink, rgb } from "../colour.js";

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
