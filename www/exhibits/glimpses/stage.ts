// The stage of the glimpses: the scene, the path of the gaze over it, and what each glimpse saw.
import { numberOf, pictureOf, windowOf } from "../../kit/frame";
import type { AffineMap, Frame, Picture } from "../../kit/types";
import { ink } from "../../stage/colour";
import { drawPatch, fitted, letters, place, rasterOf } from "../../stage/raster";

const SIDE = 60;

const boxesOf = (frame: Frame): AffineMap[] => frame.maps.filter((map) => map.kind === "affine");

/** The middle of a frame's glimpse, in pixels of the scene. */
export const middleOf = (frame: Frame): [number, number] => [numberOf(frame, "x") ?? SIDE / 2, numberOf(frame, "y") ?? SIDE / 2];

/** The squares that a frame's glimpse covers: left, top, width, height in pixels of the scene. */
function squares(frame: Frame) {
  const window = windowOf(frame, "read");
  if (window) {
    const side = window.n * window.delta;
    return [[window.gx + 0.5 - side / 2, window.gy + 0.5 - side / 2, side, side]];
  }
  return boxesOf(frame).map(({ theta }) => {
    const [width, height] = [theta[0] * SIDE, theta[4] * SIDE];
    return [((theta[2] + 1) * SIDE - width) / 2, ((theta[5] + 1) * SIDE - height) / 2, width, height];
  });
}

/** How much of a frame's sharpest square lies in each pixel of the scene. */
export function gazeOf(frame: Frame) {
  const [square] = squares(frame);
  if (!square) return undefined;
  const [left, top, width, height] = square;
  const covered = (at: number, from: number, size: number) => Math.max(0, Math.min(at + 1, from + size) - Math.max(at, from));
  const weights = Float32Array.from({ length: SIDE * SIDE }, (_, i) => covered(i % SIDE, left, width) * covered(Math.floor(i / SIDE), top, height));
  return { rows: SIDE, cols: SIDE, weights };
}

/** The scene with the path of the gaze; `frames` end with the present one. */
export function drawScene(canvas: HTMLCanvasElement, scene: Picture, frames: Frame[], colour: string) {
  const { context, width, ratio } = fitted(canvas);
  const [, , scale] = place(context, rasterOf(scene), 0, 0, width, width);
  context.strokeStyle = ink("--rule");
  context.lineWidth = 1;
  context.strokeRect(0.5, 0.5, width - 1, width - 1);
  const shade = ink(colour);
  const last = frames.at(-1);
  context.strokeStyle = shade;
  (last ? squares(last) : []).forEach(([left, top, wide, high], i) => {
    context.lineWidth = Math.max(1, (3 - i) * ratio);
    context.strokeRect(left * scale, top * scale, wide * scale, high * scale);
  });
  const path = frames.map((frame) => middleOf(frame).map((value) => value * scale));
  context.lineWidth = 1.5 * ratio;
  context.beginPath();
  path.forEach(([x, y], i) => (i ? context.lineTo(x, y) : context.moveTo(x, y)));
  context.stroke();
  context.font = `${letters(11, ratio)}px Charter, Georgia, serif`;
  context.textAlign = "center";
  context.textBaseline = "middle";
  path.forEach(([x, y], i) => {
    context.fillStyle = i + 1 === path.length ? shade : ink("--paper");
    context.beginPath();
    context.arc(x, y, 0.73 * letters(11, ratio), 0, 2 * Math.PI);
    context.fill();
    context.stroke();
    context.fillStyle = i + 1 === path.length ? ink("--paper") : shade;
    context.fillText(String(i + 1), x, y);
  });
}

/** What the glimpse saw, sharpest first. */
export function drawGlimpse(canvases: HTMLCanvasElement[], frame: Frame | undefined) {
  const seen = (frame?.pictures ?? []).filter(({ name }) => name.startsWith("glimpse"));
  canvases.forEach((canvas, i) => {
    canvas.hidden = !seen[i];
    if (seen[i]) drawPatch(canvas, brightest(seen[i]));
  });
}

/** A Gaussian glimpse is as bright as its intensity makes it: here its brightest number is full ink. */
function brightest(picture: Picture): Picture {
  const most = Math.max(...picture.values, 1e-6);
  return picture.max === undefined ? picture : { ...picture, values: picture.values.map((value) => value / most) };
}

export function drawThumbnail(context: CanvasRenderingContext2D, frame: Frame, x: number, y: number, width: number, height: number) {
  const scene = pictureOf(frame, "scene");
  if (!scene) return;
  const [left, top, scale] = place(context, rasterOf(scene), x + 1, y, Math.max(1, width - 2), height);
  const [square] = squares(frame);
  context.save();
  context.beginPath();
  context.rect(left, top, SIDE * scale, SIDE * scale);
  context.clip();
  context.strokeStyle = ink(windowOf(frame, "read") ? "--second" : "--accent");
  context.lineWidth = 2;
  if (square) context.strokeRect(left + square[0] * scale, top + square[1] * scale, square[2] * scale, square[3] * scale);
  context.restore();
}
