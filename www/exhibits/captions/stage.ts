// The stage of the captioners: the photo as large as it can be, the gaze over it.
import type { ColourMap } from "../../stage/colour";
import type { Frame } from "../../kit/types";
import { ink } from "../../stage/colour";
import { greatest, gridOf } from "../../kit/frame";
import { heatOnGpu } from "../../stage/heat-gpu";
import { heatCanvas } from "../../stage/heat";
import { fitted, inCell } from "../../stage/raster";

export const gazeOf = (frame: Frame | undefined) => gridOf(frame, "alpha");

/** The one place that hard attention took: row and column, or nothing. */
export function placeOf(frame: Frame | undefined) {
  const map = gridOf(frame, "place");
  if (!map) return undefined;
  const at = greatest(map.weights);
  return { row: Math.floor(at / map.cols), col: at % map.cols, rows: map.rows, cols: map.cols };
}

/** Which places vote for an attribute; told with the first frame. */
export const regionOf = (first: Frame | undefined, word: string) => gridOf(first, `region of ${word}`);

export type Place = ReturnType<typeof placeOf>;

/** A ring around one place of the grid. */
function ring(context: CanvasRenderingContext2D, { row, col, rows, cols }: NonNullable<Place>, x: number, y: number, width: number, height: number) {
  const radius = (0.8 * Math.min(width, height)) / Math.min(rows, cols);
  for (const [colour, thickness] of ([["--ink", 5], ["--paper", 2.5]] as [string, number][])) {
    context.beginPath();
    context.arc(x + ((col + 0.5) / cols) * width, y + ((row + 0.5) / rows) * height, radius, 0, 2 * Math.PI);
    context.lineWidth = Math.min(thickness, (thickness * width) / 150);
    context.strokeStyle = ink(colour);
    context.stroke();
  }
}

export function sizeOf(photo: CanvasImageSource) {
  if (photo instanceof HTMLImageElement) return { width: photo.naturalWidth, height: photo.naturalHeight };
  const { width, height } = (photo as HTMLCanvasElement);
  return { width, height };
}

function layPhoto(context: CanvasRenderingContext2D, photo: CanvasImageSource, x: number, y: number, width: number, height: number) {
  context.imageSmoothingEnabled = true;
  context.imageSmoothingQuality = "high";
  context.drawImage(photo, x, y, width, height);
}

function layHeat(context: CanvasRenderingContext2D, gaze: {rows: number, cols: number, weights: Float32Array}, look: {map: ColourMap, opacity: number}, x: number, y: number, width: number, height: number) {
  context.globalAlpha = look.opacity;
  context.drawImage(heatCanvas(gaze, look.map), x, y, width, height);
  context.globalAlpha = 1;
}

export function drawPhoto(canvas: HTMLCanvasElement, photo: CanvasImageSource, gaze: {rows: number, cols: number, weights: Float32Array} | undefined, look: {map: ColourMap, opacity: number}, place?: Place) {
  const size = sizeOf(photo);
  canvas.style.setProperty("--ratio", String(size.width / size.height));
  const { context, width, height } = fitted(canvas);
  layPhoto(context, photo, 0, 0, width, height);
  const drawn = gaze && heatOnGpu(canvas, photo, gaze, look);
  if (drawn) context.drawImage(drawn, 0, 0);
  else if (gaze) layHeat(context, gaze, look, 0, 0, width, height);
  if (place) ring(context, place, 0, 0, width, height);
}

export function drawThumbnail(context: CanvasRenderingContext2D, photo: CanvasImageSource, frame: Frame, look: {map: ColourMap, opacity: number}, x: number, y: number, width: number, height: number) {
  const cell = inCell(sizeOf(photo), x, y, width, height);
  if (!cell) return;
  layPhoto(context, photo, ...cell);
  const gaze = gazeOf(frame);
  if (gaze) layHeat(context, gaze, look, ...cell);
  const place = placeOf(frame);
  if (place) ring(context, place, ...cell);
}

/** Boxes over the photo, in hundredths of its sides, each with its share where that is known; the greatest stands out. */
export function drawBoxes(canvas: HTMLCanvasElement, boxes: [number, number, number, number][], shares: number[]) {
  const context = (canvas.getContext("2d") as CanvasRenderingContext2D);
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
