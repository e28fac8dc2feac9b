// The stage of what stands out: the photo with all else faded, the window of the look, the map.
import { canvasOf } from "../../kit/dom";
import { pictureOf } from "../../kit/frame";
import type { Frame, Picture } from "../../kit/types";
import { areaOf, frameBox } from "../../stage/boxes";
import { ink } from "../../stage/colour";
import { sizeOf } from "../../stage/photo";
import { fitted, inCell, inColours } from "../../stage/raster";

/** How much of what does not stand out is still seen. */
const GHOST = 0.14;

export type Shown = "cut" | "map" | "photo";

/** A map as a canvas of its own size, whose pixels are the more opaque the more they stand out. */
function maskOf({ width, height, values }: Picture) {
  const image = new ImageData(width, height);
  values.forEach((value, at) => {
    // Between a quarter and three quarters the edge is soft; beyond, it is in or out.
    const share = Math.max(0, Math.min(1, 2 * value - 0.5));
    image.data[4 * at + 3] = Math.round(255 * share * share * (3 - 2 * share));
  });
  return canvasOf(image);
}

/** What stands out, with nothing around it, at the photo's own size. */
export function cutOut(photo: CanvasImageSource, map: Picture) {
  const { width, height } = sizeOf(photo);
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [width, height];
  const context = canvas.getContext("2d");
  if (!context) return canvas;
  context.imageSmoothingQuality = "high";
  context.drawImage(maskOf(map), 0, 0, width, height);
  context.globalCompositeOperation = "source-in";
  context.drawImage(photo, 0, 0, width, height);
  return canvas;
}

function paint(context: CanvasRenderingContext2D, photo: CanvasImageSource, map: Picture | undefined, shown: Shown, x: number, y: number, width: number, height: number) {
  context.imageSmoothingEnabled = true;
  context.imageSmoothingQuality = "high";
  if (map && shown === "map") return context.drawImage(inColours(map), x, y, width, height);
  context.globalAlpha = map && shown === "cut" ? GHOST : 1;
  context.drawImage(photo, x, y, width, height);
  context.globalAlpha = 1;
  if (map && shown === "cut") context.drawImage(cutOut(photo, map), x, y, width, height);
}

export function drawSalient(canvas: HTMLCanvasElement, photo: CanvasImageSource, frame: Frame | undefined, shown: Shown) {
  const size = sizeOf(photo);
  canvas.style.setProperty("--ratio", String(size.width / size.height));
  const { context, width, height, ratio } = fitted(canvas);
  paint(context, photo, frame && pictureOf(frame, "map"), shown, 0, 0, width, height);
  if (!frame || frame.maps.length === 0) return;
  frameBox(context, width, height, areaOf(frame, "window"), ink("--paper"), 5 * ratio, false);
  frameBox(context, width, height, areaOf(frame, "window"), ink("--accent"), 2.5 * ratio, false);
}

export function drawThumbnail(context: CanvasRenderingContext2D, photo: CanvasImageSource, frame: Frame, x: number, y: number, width: number, height: number) {
  const cell = inCell(sizeOf(photo), x, y, width, height);
  if (cell) paint(context, photo, pictureOf(frame, "map"), "cut", ...cell);
}
