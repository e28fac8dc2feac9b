// A photo as large as it can be, and where the model looks over it.
import { painted } from "../kit/dom";
import { greatest, gridOf } from "../kit/frame";
import type { Frame } from "../kit/types";
import { ink } from "./colour";
import { heatCanvas, type Gaze, type Look } from "./heat";
import { fitted, inCell } from "./raster";

export type { Gaze, Look };

export const gazeOf = (frame: Frame | undefined) => gridOf(frame, "alpha");

/** The one place that hard attention took, by row and column. */
export function placeOf(frame: Frame | undefined) {
  const map = gridOf(frame, "place");
  if (!map) return undefined;
  const at = greatest(map.weights);
  return { row: Math.floor(at / map.cols), col: at % map.cols, rows: map.rows, cols: map.cols };
}

export type Place = ReturnType<typeof placeOf>;

/** A ring around one place of the grid. */
function ring(context: CanvasRenderingContext2D, { row, col, rows, cols }: NonNullable<Place>, x: number, y: number, width: number, height: number) {
  const radius = (0.8 * Math.min(width, height)) / Math.min(rows, cols);
  for (const [colour, thickness] of [["--ink", 5], ["--paper", 2.5]] as const) {
    context.beginPath();
    context.arc(x + ((col + 0.5) / cols) * width, y + ((row + 0.5) / rows) * height, radius, 0, 2 * Math.PI);
    context.lineWidth = Math.min(thickness, (thickness * width) / 150);
    context.strokeStyle = ink(colour);
    context.stroke();
  }
}

/** In pixels of its own. */
export function sizeOf(photo: CanvasImageSource) {
  if (photo instanceof HTMLImageElement) return { width: photo.naturalWidth, height: photo.naturalHeight };
  const { width, height } = photo as HTMLCanvasElement;
  return { width, height };
}

function layPhoto(context: CanvasRenderingContext2D, photo: CanvasImageSource, x: number, y: number, width: number, height: number) {
  context.imageSmoothingEnabled = true;
  context.imageSmoothingQuality = "high";
  context.drawImage(photo, x, y, width, height);
}

function layHeat(context: CanvasRenderingContext2D, gaze: Gaze, look: Look, x: number, y: number, width: number, height: number) {
  context.globalAlpha = look.opacity;
  context.drawImage(heatCanvas(gaze, look.map), x, y, width, height);
  context.globalAlpha = 1;
}

/** What draws by the GPU: loaded after the first frame, where the browser has one. */
let gpu: typeof import("./heat-gpu") | undefined;
let asked = false;

async function askForGpu() {
  asked = true;
  await painted();
  gpu = await import("./heat-gpu");
  dispatchEvent(new Event("heat"));
}

/** The photo under its heatmap; null where the stage must draw by itself. */
function heatOnGpu(...drawing: Parameters<typeof import("./heat-gpu").heatOnGpu>) {
  // Where its file cannot be had, the stage goes on without it.
  if (!asked && navigator.gpu) askForGpu().catch(() => {});
  return gpu?.heatOnGpu(...drawing) ?? null;
}

/** The photo as large as its canvas, with the gaze and the place over it. */
export function drawPhoto(canvas: HTMLCanvasElement, photo: CanvasImageSource, gaze: Gaze | undefined, look: Look, place?: Place) {
  const size = sizeOf(photo);
  canvas.style.setProperty("--ratio", String(size.width / size.height));
  const { context, width, height } = fitted(canvas);
  layPhoto(context, photo, 0, 0, width, height);
  const drawn = gaze && heatOnGpu(canvas, photo, gaze, look);
  if (drawn) context.drawImage(drawn, 0, 0);
  else if (gaze) layHeat(context, gaze, look, 0, 0, width, height);
  if (place) ring(context, place, 0, 0, width, height);
}

export function drawThumbnail(context: CanvasRenderingContext2D, photo: CanvasImageSource, frame: Frame, look: Look, x: number, y: number, width: number, height: number) {
  const cell = inCell(sizeOf(photo), x, y, width, height);
  if (!cell) return;
  layPhoto(context, photo, ...cell);
  const gaze = gazeOf(frame);
  if (gaze) layHeat(context, gaze, look, ...cell);
  const place = placeOf(frame);
  if (place) ring(context, place, ...cell);
}
