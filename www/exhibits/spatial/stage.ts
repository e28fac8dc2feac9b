// The stage of spatial transformers: the distorted digit under its sampling grid, and the straightened one.
import { pictureOf } from "../../kit/frame";
import type { Frame, Picture } from "../../kit/types";
import { ink } from "../../stage/colour";
import { fitted, place, rasterOf } from "../../stage/raster";

/** Every so many lines of the grid are drawn. */
const APART = 3;

/** The grid over a square picture, in lines of this width. */
function drawGrid(context: CanvasRenderingContext2D, frame: Frame, [left, top, side]: [left: number, top: number, side: number], width: number) {
  const [xs, ys] = [pictureOf(frame, "grid_x"), pictureOf(frame, "grid_y")];
  if (!xs || !ys) return;
  const count = xs.width;
  const placed = (along: Picture, at: number) => ((along.values[at] + 1) / 2) * side;
  context.strokeStyle = ink("--accent");
  for (let line = 0; line < count; line += APART) {
    for (const at of [(i: number) => line * count + i, (i: number) => i * count + line]) {
      // The first row is the digit's head: it is drawn heavier.
      context.lineWidth = line === 0 && at(1) === 1 ? 3 * width : width;
      context.beginPath();
      for (let i = 0; i < count; i++) context.lineTo(left + placed(xs, at(i)), top + placed(ys, at(i)));
      context.stroke();
    }
  }
}

/** The picture that the network sees, under its grid where the frame has one. */
export function drawSeen(canvas: HTMLCanvasElement, seen: Picture, frame: Frame | undefined) {
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

export function drawThumbnail(context: CanvasRenderingContext2D, frame: Frame, x: number, y: number, width: number, height: number) {
  const picture = pictureOf(frame, "straight") ?? pictureOf(frame, "seen");
  if (!picture) return;
  const [left, top, scale] = place(context, rasterOf(picture), x + 1, y, Math.max(1, width - 2), height);
  if (picture.name === "seen") drawGrid(context, frame, [left, top, picture.width * scale], 0.5);
}
