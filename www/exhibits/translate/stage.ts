// The stage of the translators: lines between the two sentences, and the alignment matrix of the paper's Fig. 3.
import { tokensOf } from "../../kit/frame";
import type { Frame } from "../../kit/types";
import { ink } from "../../stage/colour";
import { fitted, letters } from "../../stage/raster";
import { readable } from "./words";

/** A piece that has more of the weight than this is marked. */
export const NOTED = 0.2;

export const alignmentOf = (frame: Frame | undefined) => tokensOf(frame, "alpha");

/** The piece that a frame adds to those of the frame before it. */
export const addedBy = (frame: Frame, before: Frame | undefined) => (frame.words.length > (before?.words.length ?? 0) ? frame.words[frame.words.length - 1] : "<end>");

/**
 * Lines from each piece written to the pieces it looked at, as wide as their weight; those of frame `index` stand out.
 * @param sources the element that shows each English piece, and `targets` each French one
 */
export function drawLinks(canvas: HTMLCanvasElement, sources: (Element | undefined)[], targets: (Element | undefined)[], frames: Frame[], index: number) {
  const { context, width, height, ratio } = fitted(canvas);
  const left = canvas.getBoundingClientRect().left;
  const middle = (element: Element | undefined) => {
    const box = element?.getBoundingClientRect();
    return box ? (box.left + box.width / 2 - left) * ratio : width;
  };
  const tops = sources.map(middle);
  const order = frames.slice(0, index).map((_, i) => i);
  for (const i of [...order, index]) {
    const map = alignmentOf(frames[i]);
    if (!map) continue;
    const to = middle(targets[i]);
    context.strokeStyle = ink(i === index ? "--accent" : "--faint");
    map.weights.forEach((weight, j) => {
      if (weight < 0.03 || tops[j] === undefined) return;
      context.globalAlpha = i === index ? 1 : 0.6;
      context.lineWidth = weight * (i === index ? 9 : 4) * ratio;
      context.beginPath();
      context.moveTo(tops[j], 0);
      context.bezierCurveTo(tops[j], height / 2, to, height / 2, to, height);
      context.stroke();
    });
  }
  context.globalAlpha = 1;
}

/** Where the squares of the matrix lie, in shares of the canvas: the first one's corner, and a square's sides. */
export interface Squares { left: number; top: number; wide: number; high: number }

/** One row for each piece written, one column for each English piece; dark is a large weight. A `bare` matrix is too small for the pieces. */
export function drawMatrix(canvas: HTMLCanvasElement, frames: Frame[], index: number, bare = false): Squares | null {
  const columns = alignmentOf(frames[0])?.tokens ?? [];
  canvas.style.setProperty("--columns", String(columns.length));
  canvas.style.setProperty("--ratio", String((columns.length + (bare ? 0 : 5)) / (frames.length + (bare ? 0 : 4))));
  const { context, width, height, ratio } = fitted(canvas);
  if (columns.length === 0) return null;
  const font = letters(Math.min(15, Math.max(9, width / ratio / 40)), ratio);
  const edge = bare ? 0 : font * 5.2;
  const top = bare ? 0 : font * 4.4;
  const cell = Math.min((width - edge) / columns.length, (height - top) / frames.length);
  const squares = { left: edge / width, top: top / height, wide: cell / width, high: cell / height };
  context.font = `${font}px Charter, Georgia, serif`;
  context.textBaseline = "middle";
  context.textAlign = "right";
  frames.slice(0, index + 1).forEach((frame, row) => {
    const y = top + row * cell;
    alignmentOf(frame)?.weights.forEach((weight, column) => {
      context.fillStyle = ink("--canvas");
      context.fillRect(edge + column * cell, y, cell - 1, cell - 1);
      context.globalAlpha = Math.min(1, weight);
      context.fillStyle = ink(row === index ? "--accent" : "--ink");
      context.fillRect(edge + column * cell, y, cell - 1, cell - 1);
      context.globalAlpha = 1;
    });
    if (bare) return;
    context.fillStyle = ink(row === index ? "--accent" : "--ink");
    context.fillText(readable(addedBy(frame, frames[row - 1])), edge - font * 0.4, y + cell / 2, edge - font * 0.4);
  });
  if (bare) return squares;
  context.textAlign = "left";
  context.fillStyle = ink("--ink");
  columns.forEach((piece, column) => {
    context.save();
    context.translate(edge + (column + 0.5) * cell, top - font * 0.4);
    context.rotate(-Math.PI / 3);
    context.fillText(readable(piece), 0, 0, font * 4.6);
    context.restore();
  });
  return squares;
}

/** The weights of one step as bars, or its piece where there are none. */
export function drawThumbnail(context: CanvasRenderingContext2D, frame: Frame, x: number, y: number, width: number, height: number) {
  const map = alignmentOf(frame);
  context.fillStyle = ink("--rule");
  context.fillRect(x, y + height - 1, width - 2, 1);
  const last = frame.words[frame.words.length - 1];
  context.fillStyle = ink("--ink");
  if (!map) {
    context.font = `${letters(Math.min(height / 3, 14), 1)}px Georgia, serif`;
    context.textAlign = "center";
    if (last) context.fillText(readable(last), x + width / 2, y + height / 2, width - 4);
    return;
  }
  const bar = (width - 2) / map.weights.length;
  map.weights.forEach((weight, i) => {
    const tall = weight * (height - 2);
    context.fillRect(x + i * bar, y + height - 1 - tall, Math.max(1, bar - 0.5), tall);
  });
}
