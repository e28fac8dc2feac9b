// The stage of the soft mix: what lies on the grid, each place as large as its weight, and the mix.
import { canvasOf } from "../../kit/dom";
import { gridOf, pictureOf } from "../../kit/frame";
import type { Frame } from "../../kit/types";
import { ink } from "../../stage/colour";
import { sizeOf } from "../../stage/photo";
import { fitted, letters } from "../../stage/raster";

/** Sixteen colours that differ, as rrggbb; the first four are red, green, blue and yellow. */
export const COLOURS = "c8321e3a8f4a2b5fb3e8c22e8a4fa3e07b2f35a7a8d96a9a6b4f2fa0d15a5a5af0efe9101010b8c4301f6f5ce59ab5705030".match(/.{6}/g) ?? [];
/** What the places are called. */
export const LETTERS = "abcdefghijklmnop";

/** What lies on the grid: pieces of a picture or, without one, colours. */
export interface Grid {
  side: number;
  picture: CanvasImageSource | null;
}

/** The mix of a frame as a canvas of its own size. */
export function mixOf(frame: Frame) {
  const channels = ["z_r", "z_g", "z_b"].map((name) => pictureOf(frame, name));
  const side = channels[0]?.width ?? 1;
  const image = new ImageData(side, side);
  image.data.fill(255);
  channels.forEach((channel, i) => channel?.values.forEach((value, at) => (image.data[4 * at + i] = Math.round(255 * value))));
  return canvasOf(image);
}

export function drawMix(canvas: HTMLCanvasElement, frame: Frame | undefined) {
  const { context, width } = fitted(canvas);
  if (!frame) return;
  context.imageSmoothingEnabled = false;
  context.drawImage(mixOf(frame), 0, 0, width, width);
}

/** Each place twice: pale and whole, and on it as large a square as it weighs; the place `aim` is the target. */
export function drawBoard(canvas: HTMLCanvasElement, { side, picture }: Grid, frame: Frame | undefined, aim: number | null) {
  const { context, width, ratio } = fitted(canvas);
  const cell = width / side;
  const weights = gridOf(frame, "p")?.weights;
  const size = picture && sizeOf(picture);
  context.imageSmoothingQuality = "high";
  for (let place = 0; place < side * side; place++) {
    const [column, row] = [place % side, Math.floor(place / side)];
    const [left, top] = [column * cell, row * cell];
    /** Draws the place with so large a share of its sides. */
    const draw = (share: number) => {
      const inset = (cell * (1 - share)) / 2;
      const box = [left + inset, top + inset, cell * share, cell * share] as const;
      if (picture && size) {
        const [across, down] = [size.width / side, size.height / side];
        context.drawImage(picture, column * across, row * down, across, down, ...box);
      } else {
        context.fillStyle = `#${COLOURS[place]}`;
        context.fillRect(...box);
      }
    };
    context.globalAlpha = 0.25;
    draw(1);
    context.globalAlpha = 1;
    const weight = weights?.[place] ?? 0;
    draw(Math.sqrt(weight));
    context.strokeStyle = ink(place === aim ? "--accent" : "--rule");
    context.lineWidth = (place === aim ? 4 : 1) * ratio;
    context.strokeRect(left + 1, top + 1, cell - 2, cell - 2);
    const label = `${LETTERS[place]} · ${weight.toFixed(2)}`;
    context.font = `${letters(13, ratio)}px Charter, Georgia, serif`;
    context.textBaseline = "top";
    const wide = context.measureText(label).width + 8 * ratio;
    context.fillStyle = ink("--paper");
    context.fillRect(left + 2 * ratio, top + 2 * ratio, wide, 18 * ratio);
    context.fillStyle = ink("--ink");
    context.fillText(label, left + 6 * ratio, top + 4 * ratio);
  }
}

export function drawThumbnail(context: CanvasRenderingContext2D, frame: Frame, x: number, y: number, width: number, height: number) {
  const edge = Math.min(width - 1, height);
  context.imageSmoothingEnabled = false;
  context.drawImage(mixOf(frame), x + (width - edge) / 2, y + (height - edge) / 2, edge, edge);
}
