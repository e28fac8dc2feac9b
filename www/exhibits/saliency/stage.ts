// The stage of what stands out: the photo with all else faded, the window of the look, the map.
/** @import {Frame, Picture} from "../types.js" */
import { ink } from "../colour.js";
import { canvasOf } from "../dom.js";
import { areaOf, frameBox } from "./boxes.js";
import { sizeOf } from "./captions.js";
import { pictureOf } from "./draw.js";
import { fitted, inCell, inColours } from "./raster.js";

/** Of what is left out, so much is still seen. */
const GHOST = 0.14;

/** @typedef {"cut" | "map" | "photo"} Shown */

/** A map as a canvas of its own size whose pixels are as opaque as they stand out. @param {Picture} map */
function maskOf({ width, height, values }) {
  const image = new ImageData(width, height);
  values.forEach((value, at) => {
    // Between a quarter and three quarters the edge is soft; beyond, it is in or out.
    const share = Math.max(0, Math.min(1, 2 * value - 0.5));
    image.data[4 * at + 3] = Math.round(255 * share * share * (3 - 2 * share));
  });
  return canvasOf(image);
}

/** What stands out, on nothing, at the photo's own size. @param {CanvasImageSource} photo @param {Picture} map */
export function cutOut(photo, map) {
  const { width, height } = sizeOf(photo);
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [width, height];
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  context.imageSmoothingQuality = "high";
  context.drawImage(maskOf(map), 0, 0, width, height);
  context.globalCompositeOperation = "source-in";
  context.drawImage(photo, 0, 0, width, height);
  return canvas;
}

/** @param {CanvasRenderingContext2D} context @param {CanvasImageSource} photo @param {Picture | undefined} map @param {Shown} shown
 * @param {number} x @param {number} y @param {number} width @param {number} height */
function paint(context, photo, map, shown, x, y, width, height) {
  context.imageSmoothingEnabled = true;
  context.imageSmoothingQuality = "high";
  if (map && shown === "map") return context.drawImage(inColours(map), x, y, width, height);
  context.globalAlpha = map && shown === "cut" ? GHOST : 1;
  context.drawImage(photo, x, y, width, height);
  context.globalAlpha = 1;
  if (map && shown === "cut") context.drawImage(cutOut(photo, map), x, y, width, height);
}

/** @param {HTMLCanvasElement} canvas @param {CanvasImageSource} photo @param {Frame | undefined} frame @param {Shown} shown */
export function drawSalient(canvas, photo, frame, shown) {
  const size = sizeOf(photo);
  canvas.style.setProperty("--ratio", String(size.width / size.height));
  const { context, width, height, ratio } = fitted(canvas);
  paint(context, photo, frame && pictureOf(frame, "map"), shown, 0, 0, width, height);
  if (!frame || frame.maps.length === 0) return;
  frameBox(context, width, height, areaOf(frame, "window"), ink("--paper"), 5 * ratio, false);
  frameBox(context, width, height, areaOf(frame, "window"), ink("--accent"), 2.5 * ratio, false);
}

/** @param {CanvasRenderingContext2D} context @param {CanvasImageSource} photo @param {Frame} frame
 * @param {number} x @param {number} y @param {number} width @param {number} height */
export function drawThumbnail(context, photo, frame, x, y, width, height) {
  const cell = inCell(sizeOf(photo), x, y, width, height);
  if (cell) paint(context, photo, pictureOf(frame, "map"), "cut", ...cell);
}
