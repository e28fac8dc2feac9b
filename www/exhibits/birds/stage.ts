// The stage of the birds: the photo with the windows laid so far, and what each of them shows, cut from the photo itself.
import type { Frame } from "../../kit/types";
import { areaOf, frameBox, type Area } from "../../stage/boxes";
import { ink } from "../../stage/colour";
import { sizeOf } from "../../stage/photo";
import { fitted, inCell } from "../../stage/raster";

/** The colours of the two windows. */
const COLOURS = ["--accent", "--second"];

/** The windows that these frames laid. */
export const windowsOf = (frames: Frame[]): Area[] => frames.filter((frame) => frame.maps.length > 0).map((frame) => areaOf(frame, "window"));

function paintWindow(context: CanvasRenderingContext2D, photo: CanvasImageSource, [x, y, w, h]: Area, left: number, top: number, width: number, height: number) {
  const size = sizeOf(photo);
  context.imageSmoothingQuality = "high";
  context.drawImage(photo, ((x - w + 1) / 2) * size.width, ((y - h + 1) / 2) * size.height, w * size.width, h * size.height, left, top, width, height);
}

/** The photo with the windows of the frames so far. */
export function drawBird(canvas: HTMLCanvasElement, photo: CanvasImageSource, frames: Frame[]) {
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

/** What a window shows, in the photo's own shape. */
export function drawWindow(canvas: HTMLCanvasElement, photo: CanvasImageSource, area: Area) {
  const size = sizeOf(photo);
  canvas.style.setProperty("--ratio", String((area[2] * size.width) / (area[3] * size.height)));
  const { context, width, height } = fitted(canvas);
  paintWindow(context, photo, area, 0, 0, width, height);
}

export function drawThumbnail(context: CanvasRenderingContext2D, photo: CanvasImageSource, frame: Frame, x: number, y: number, width: number, height: number) {
  const cell = inCell(sizeOf(photo), x, y, width, height);
  if (cell) paintWindow(context, photo, windowsOf([frame])[0] ?? [0, 0, 1, 1], ...cell);
}
