// The stage of DRAW: the canvas with its window and filterbanks, the drawing that is copied, the patches between them.
import { pictureOf, windowOf } from "../../kit/frame";
import type { Frame, Picture, WindowMap } from "../../kit/types";
import { ink } from "../../stage/colour";
import { fitted, place, rasterOf } from "../../stage/raster";

/** The attention window as in the paper's figures: the line is as wide as the filters are sharp (1/σ). */
function frameWindow(context: CanvasRenderingContext2D, { gx, gy, delta, sigma2, n }: WindowMap, [left, top, scale]: [number, number, number], colour: string) {
  const half = (n * delta) / 2;
  context.strokeStyle = colour;
  context.lineWidth = Math.max(1, Math.min(scale * 1.2, (scale * 0.45) / Math.sqrt(sigma2)));
  context.strokeRect(left + (gx + 0.5 - half) * scale, top + (gy + 0.5 - half) * scale, 2 * half * scale, 2 * half * scale);
}

/** A filterbank as a strip along an edge: a line for every filter. */
function strip(context: CanvasRenderingContext2D, bank: Picture, x: number, y: number, width: number, height: number, upright: boolean, colour: string) {
  const [filters, side] = [bank.height, bank.width];
  const most = bank.values.reduce((top, value) => Math.max(top, value), 1e-6);
  context.fillStyle = colour;
  for (let filter = 0; filter < filters; filter++) {
    for (let pixel = 0; pixel < side; pixel++) {
      context.globalAlpha = Math.min(1, bank.values[filter * side + pixel] / most);
      if (context.globalAlpha < 0.02) continue;
      if (upright) context.fillRect(x + (filter * width) / filters, y + (pixel * height) / side, width / filters, height / side);
      else context.fillRect(x + (pixel * width) / side, y + (filter * height) / filters, width / side, height / filters);
    }
  }
  context.globalAlpha = 1;
}

/** The filterbanks of a window, one a side. */
interface Banks {
  x?: Picture;
  y?: Picture;
}

/** A picture with the window over it, and the filterbanks along its edges where there are any. */
export function drawPane(canvas: HTMLCanvasElement, picture: Picture, window: WindowMap | undefined, colour: string, banks: Banks = {}) {
  const { context, width } = fitted(canvas);
  const edge = banks.x ? Math.round(width * 0.07) : 0;
  const gap = edge ? Math.round(width * 0.015) : 0;
  const side = width - edge - gap;
  const where = place(context, rasterOf(picture), 0, 0, side, side);
  context.strokeStyle = ink("--rule");
  context.lineWidth = 1;
  context.strokeRect(0.5, 0.5, side - 1, side - 1);
  const shade = ink(colour);
  if (window) {
    context.save();
    context.beginPath();
    context.rect(0, 0, side, side);
    context.clip();
    frameWindow(context, window, where, shade);
    context.restore();
  }
  if (banks.x) strip(context, banks.x, 0, side + gap, side, edge, false, shade);
  if (banks.y) strip(context, banks.y, side + gap, 0, edge, side, true, shade);
}

export function drawThumbnail(context: CanvasRenderingContext2D, frame: Frame, x: number, y: number, width: number, height: number) {
  const picture = pictureOf(frame, "canvas") ?? pictureOf(frame, "wall");
  if (!picture) return;
  const where = place(context, rasterOf(picture), x + 1, y, Math.max(1, width - 2), height);
  const window = windowOf(frame, "write");
  if (window && width > 14) frameWindow(context, window, where, ink("--accent"));
}
