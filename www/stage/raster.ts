// Small pictures of numbers: canvases, patches and filterbanks, drawn crisp at any size.
import { canvasOf } from "../kit/dom";
import type { Picture } from "../kit/types";
import { colourTable, ink, rgb } from "./colour";
import { density } from "./density";

/** Sets a canvas to the size that it has on screen, and clears it. */
export function fitted(canvas: HTMLCanvasElement) {
  const ratio = density();
  const width = Math.max(1, Math.round(canvas.clientWidth * ratio));
  const height = Math.max(1, Math.round(canvas.clientHeight * ratio));
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
  const context = canvas.getContext("2d") as CanvasRenderingContext2D;
  context.clearRect(0, 0, width, height);
  return { context, width, height, ratio };
}

/** The size of letters on a canvas, in its pixels: while presenting they are no smaller than the page's. */
export function letters(size: number, ratio: number) {
  const root = document.documentElement;
  return ratio * (root.dataset.presenting === undefined ? size : Math.max(size, parseFloat(getComputedStyle(root).fontSize)));
}

/** The picture as a canvas of its own size: 0 is paper, 1 is ink. A signed one goes from blue ink through paper to the accent. */
export function rasterOf({ name, width, height, values, min, max }: Picture) {
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

/** Draws a raster as large as fits into a box, centred, every pixel a square: its left edge, its top edge, and a pixel's side. */
export function place(context: CanvasRenderingContext2D, raster: HTMLCanvasElement, x: number, y: number, width: number, height: number): [left: number, top: number, scale: number] {
  const scale = Math.min(width / raster.width, height / raster.height);
  const left = x + (width - scale * raster.width) / 2;
  const top = y + (height - scale * raster.height) / 2;
  context.imageSmoothingEnabled = false;
  context.drawImage(raster, left, top, scale * raster.width, scale * raster.height);
  return [left, top, scale];
}

/** The picture as a canvas of its own size, 0 dark and `most` bright. */
export function inColours({ width, height, values }: Pick<Picture, "width" | "height" | "values">, most = 1) {
  const image = new ImageData(width, height);
  const table = colourTable("viridis");
  values.forEach((value, at) => {
    const level = Math.round(255 * Math.max(0, Math.min(1, value / most)));
    image.data.set([...table.subarray(3 * level, 3 * level + 3), 255], 4 * at);
  });
  return canvasOf(image);
}

/**
 * Where a picture of this size lies in a cell of the film. Before the page is laid out a cell can be narrower than the gaps between
 * cells; then there is no place.
 */
export function inCell(size: { width: number; height: number }, x: number, y: number, width: number, height: number): [left: number, top: number, width: number, height: number] | null {
  if (width < 4 || height < 4) return null;
  const scale = Math.min((width - 2) / size.width, height / size.height);
  const [w, h] = [size.width * scale, size.height * scale];
  return [x + (width - w) / 2, y + (height - h) / 2, w, h];
}

/** A picture that fills its canvas, with a line around it. */
export function drawPatch(canvas: HTMLCanvasElement, picture: Picture) {
  const { context, width, height } = fitted(canvas);
  place(context, rasterOf(picture), 0, 0, width, height);
  context.strokeStyle = ink("--rule");
  context.strokeRect(0.5, 0.5, width - 1, height - 1);
}
