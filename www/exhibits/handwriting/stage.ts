// The stage of handwriting: the pen's path on ruled paper, and the window over the characters as it grows.
import { canvasOf } from "../../kit/dom";
import { numberOf, tokensOf } from "../../kit/frame";
import type { Frame } from "../../kit/types";
import { colourTable, ink } from "../../stage/colour";
import { fitted, letters } from "../../stage/raster";

/** Row heights, in x-heights: above the baseline, and from one baseline to the next. */
const ABOVE = 2.8;
const ROW = 4.6;
/** A jump of the pen, in x-heights, that is a space between words. */
const SPACE = 1;
const MARGIN = 1;

/** How wide a row is, in x-heights, and on a narrow screen. */
const ACROSS = 44;
const NARROW = { below: 500, across: 26 };

/** The window over the characters of the text. */
export const windowOf = (frame: Frame | undefined) => tokensOf(frame, "phi");

/** A number that every frame of handwriting tells. */
export const told = (frame: Frame, name: "x" | "y" | "end" | "given" | "nats") => numberOf(frame, name) ?? 0;

/** A place of the pen in its row, in x-heights. */
interface Dot { x: number; y: number; row: number; end: boolean; given: boolean }

/** The pen's places in rows that are `width` x-heights wide; a new one begins where the pen is lifted, between words if it can. */
function laidOut(frames: Frame[], width: number): Dot[] {
  let [row, left, before, lifted] = [0, 0, 0, true];
  return frames.map((frame) => {
    const x = told(frame, "x");
    const room = x - before > SPACE ? 0.82 : 0.98;
    before = x;
    if (lifted && x - left > width * room) {
      row += 1;
      left = x;
    }
    lifted = told(frame, "end") > 0;
    return { x: x - left, y: told(frame, "y"), row, end: lifted, given: told(frame, "given") > 0 };
  });
}

/** Strokes as lists of dots; a dot by itself is one too. */
function strokesOf(dots: Dot[]): Dot[][] {
  const strokes: Dot[][] = [];
  let open = false;
  for (const dot of dots) {
    if (!open) strokes.push([]);
    strokes[strokes.length - 1].push(dot);
    open = !dot.end;
  }
  return strokes;
}

/** What is written by frame `index`, with the pen where that is wanted. */
export function drawWriting(canvas: HTMLCanvasElement, frames: Frame[], index: number, pen: boolean) {
  const across = canvas.clientWidth < NARROW.below ? NARROW.across : ACROSS;
  const dots = laidOut(frames, across);
  const rows = (dots.at(-1)?.row ?? 0) + 1;
  canvas.style.setProperty("--ratio", String((across + 2 * MARGIN) / (rows * ROW)));
  const { context, width, ratio } = fitted(canvas);
  const unit = width / (across + 2 * MARGIN);
  const at = (dot: Dot): [number, number] => [(dot.x + MARGIN) * unit, (dot.row * ROW + ABOVE - dot.y) * unit];
  context.strokeStyle = ink("--rule");
  context.lineWidth = ratio;
  for (let row = 0; row < rows; row++) {
    context.beginPath();
    context.moveTo(0, (row * ROW + ABOVE) * unit);
    context.lineTo(width, (row * ROW + ABOVE) * unit);
    context.stroke();
  }
  context.lineCap = context.lineJoin = "round";
  context.lineWidth = Math.max(1.2 * ratio, 0.13 * unit);
  for (const stroke of strokesOf(dots.slice(0, index + 1))) {
    context.strokeStyle = ink(stroke[0].given ? "--second" : "--ink");
    context.beginPath();
    context.moveTo(...at(stroke[0]));
    for (const dot of stroke) {
      const [x, y] = at(dot);
      context.lineTo(x, y + 0.01);
    }
    context.stroke();
  }
  if (!pen || !dots[index]) return;
  context.fillStyle = ink("--accent");
  context.globalAlpha = dots[index].end ? 0.5 : 1;
  context.beginPath();
  context.arc(...at(dots[index]), Math.max(3.5 * ratio, 0.3 * unit), 0, 2 * Math.PI);
  context.fill();
  context.globalAlpha = 1;
}

/** Time runs to the right, the text downwards, as in the paper's Fig. 13. */
export function drawWindow(canvas: HTMLCanvasElement, frames: Frame[], index: number) {
  const tokens = windowOf(frames[0])?.tokens ?? [];
  const { context, width, height, ratio } = fitted(canvas);
  if (tokens.length === 0) return;
  const edge = 16 * ratio;
  const raster = new ImageData(frames.length, tokens.length);
  const table = colourTable("viridis");
  frames.slice(0, index + 1).forEach((frame, t) => {
    const weights = windowOf(frame)?.weights ?? new Float32Array(0);
    const most = weights.reduce((top, weight) => Math.max(top, weight), 1e-9);
    weights.forEach((weight, u) => {
      const at = 4 * (u * frames.length + t);
      const level = 3 * Math.round((255 * weight) / most);
      raster.data.set([table[level], table[level + 1], table[level + 2], 255 * Math.min(1, (3 * weight) / most)], at);
    });
  });
  context.imageSmoothingEnabled = false;
  context.drawImage(canvasOf(raster), edge, 0, width - edge, height);
  const cell = height / tokens.length;
  // While presenting the letters above the window say it, large enough to be read.
  if (letters(0, ratio) > cell) return;
  context.font = `${Math.min(13 * ratio, Math.max(6 * ratio, cell))}px Charter, Georgia, serif`;
  context.textBaseline = "middle";
  context.fillStyle = ink("--soft");
  tokens.forEach((token, u) => context.fillText(token, 2 * ratio, (u + 0.5) * cell));
}

/** A column of the timeline: the height of the pen, and its ink. */
export function drawThumbnail(context: CanvasRenderingContext2D, frame: Frame, x: number, y: number, width: number, height: number) {
  const place = y + height * (0.62 - told(frame, "y") / 6);
  context.fillStyle = ink(told(frame, "given") > 0 ? "--second" : "--ink");
  context.fillRect(x, Math.max(y, Math.min(y + height - 2, place)), Math.max(1, width), Math.max(2, height / 16));
}

/** The writing as an SVG of its own, a path a stroke. */
export function svgOf(frames: Frame[], text: string) {
  const dots = laidOut(frames, ACROSS);
  const rows = (dots.at(-1)?.row ?? 0) + 1;
  const at = (dot: Dot) => `${(dot.x + MARGIN).toFixed(2)} ${(dot.row * ROW + ABOVE - dot.y).toFixed(2)}`;
  const paths = strokesOf(dots).map((stroke) => `M${at(stroke[0])}${stroke.map((dot) => `L${at(dot)}`).join("")}`);
  const wide = Math.max(...dots.map(({ x }) => x), 1) + 2 * MARGIN;
  const title = text.replace(/[&<>]/g, (letter) => `&#${letter.charCodeAt(0)};`);
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${wide.toFixed(1)} ${(rows * ROW).toFixed(1)}" fill="none" stroke="#1a1a1a" stroke-width="0.13" stroke-linecap="round" stroke-linejoin="round"><title>${title}</title><path d="${paths.join("")}"/></svg>\n`;
}
