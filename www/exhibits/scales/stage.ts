// The stage of the scales: what every pixel is taken for, in colours over the photo, and the weights of the scales.
import { canvasOf } from "../../kit/dom";
import { pictureOf } from "../../kit/frame";
import type { Frame, Picture } from "../../kit/types";
import { sizeOf } from "../../stage/photo";
import { fitted, inCell, inColours } from "../../stage/raster";

/** A colour for each class but the first, which is none of them. */
const PALETTE =
  "b5542b 8f9a2e 2f8f5b 8a5a3c 7a5fb5 c2577f d1bf2a 4fa3a0 a8763e 9bb03f c98a6a e0902f 5b4fc2 b04a8f 3f7fd0 4f9a6b d96a4a 7a8a3c 3fa9c2 8a8fc2".split(" ");
/** How opaque they lie over the photo. */
const OVER = 0.62;

/** The colour of a class by its number. */
export const colourOf = (number: number) => (number > 0 ? `#${PALETTE[(number - 1) % PALETTE.length]}` : "transparent");

function coloured({ width, height, values }: Picture) {
  const image = new ImageData(width, height);
  const colours = PALETTE.map((hex) => [0, 2, 4].map((at) => parseInt(hex.slice(at, at + 2), 16)));
  values.forEach((value, at) => {
    const number = Math.round(value);
    if (number > 0) image.data.set([...colours[(number - 1) % colours.length], 255], 4 * at);
  });
  return canvasOf(image);
}

function paint(context: CanvasRenderingContext2D, photo: CanvasImageSource, classes: Picture | undefined, x: number, y: number, width: number, height: number) {
  context.imageSmoothingEnabled = true;
  context.drawImage(photo, x, y, width, height);
  if (!classes) return;
  context.globalAlpha = OVER;
  context.drawImage(coloured(classes), x, y, width, height);
  context.globalAlpha = 1;
}

export function drawClasses(canvas: HTMLCanvasElement, photo: CanvasImageSource, frame: Frame | undefined) {
  const size = sizeOf(photo);
  canvas.style.setProperty("--ratio", String(size.width / size.height));
  const { context, width, height } = fitted(canvas);
  paint(context, photo, frame && pictureOf(frame, "classes"), 0, 0, width, height);
}

/** How much each place trusts a scale. */
export function drawWeights(canvas: HTMLCanvasElement, photo: CanvasImageSource, weights: Picture | undefined) {
  const size = sizeOf(photo);
  canvas.style.setProperty("--ratio", String(size.width / size.height));
  const { context, width, height } = fitted(canvas);
  if (!weights) return;
  context.drawImage(inColours(weights), 0, 0, width, height);
}

export function drawThumbnail(context: CanvasRenderingContext2D, photo: CanvasImageSource, frame: Frame, x: number, y: number, width: number, height: number) {
  const cell = inCell(sizeOf(photo), x, y, width, height);
  if (cell) paint(context, photo, pictureOf(frame, "classes"), ...cell);
}

/** The number of the class at a place, shares of the picture's sides. */
export function classAt(frame: Frame, x: number, y: number) {
  const classes = pictureOf(frame, "classes");
  if (!classes) return 0;
  const at = (share: number, count: number) => Math.max(0, Math.min(count - 1, Math.floor(share * count)));
  return Math.round(classes.values[at(y, classes.height) * classes.width + at(x, classes.width)]);
}

/** The share of the pixels that two frames take for different classes. */
export function apart(one: Frame, other: Frame) {
  const [a, b] = [pictureOf(one, "classes")?.values, pictureOf(other, "classes")?.values];
  if (!a || !b) return 0;
  return a.reduce((sum, value, at) => sum + Number(Math.round(value) !== Math.round(b[at])), 0) / a.length;
}
