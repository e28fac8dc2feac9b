// The stage of the crops: the picture with both boxes and the arrows that say where to go, the loss as a landscape, the patches.
import { numberOf, pictureOf } from "../../kit/frame";
import type { Frame, Picture } from "../../kit/types";
import { areaOf, frameBox, type Area } from "../../stage/boxes";
import { ink } from "../../stage/colour";
import { density } from "../../stage/density";
import { fitted, inColours, place, rasterOf } from "../../stage/raster";

/** A loss that falls by one a side of the picture is an arrow so many sides long. */
const LENGTH = 1.2;

function arrow(context: CanvasRenderingContext2D, [x, y]: [number, number], [across, down]: [number, number]) {
  const length = Math.hypot(across, down);
  if (length < 1) return;
  const head = Math.min(9 * density(), length / 2);
  const [ux, uy] = [across / length, down / length];
  context.beginPath();
  context.moveTo(x, y);
  context.lineTo(x + across, y + down);
  context.moveTo(x + across - head * (ux - 0.5 * uy), y + down - head * (uy + 0.5 * ux));
  context.lineTo(x + across, y + down);
  context.lineTo(x + across - head * (ux + 0.5 * uy), y + down - head * (uy - 0.5 * ux));
  context.stroke();
}

/** The picture with its target and its box, and the arrows that say where the loss falls. */
export function drawBoxes(canvas: HTMLCanvasElement, photo: CanvasImageSource, box: Area, target: Area, frame: Frame | undefined) {
  const { context, width, height, ratio } = fitted(canvas);
  context.drawImage(photo, 0, 0, width, height);
  frameBox(context, width, height, target, ink("--paper"), 5 * ratio, false);
  frameBox(context, width, height, target, ink("--second"), 3 * ratio, true);
  frameBox(context, width, height, box, ink("--paper"), 5 * ratio, false);
  frameBox(context, width, height, box, ink("--accent"), 3 * ratio, false);
  if (!frame) return;
  const middle: [number, number] = [((box[0] + 1) / 2) * width, ((box[1] + 1) / 2) * height];
  const [xs, ys] = [pictureOf(frame, "cloud_x")?.values, pictureOf(frame, "cloud_y")?.values];
  context.lineWidth = ratio;
  context.strokeStyle = ink("--paper");
  if (xs && ys) xs.forEach((x, i) => arrow(context, middle, [-x * LENGTH * width, -ys[i] * LENGTH * height]));
  const way: [number, number] = [-(numberOf(frame, "d_x") ?? 0) * LENGTH * width, -(numberOf(frame, "d_y") ?? 0) * LENGTH * height];
  for (const [line, colour] of [[6, "--paper"], [3, "--accent"]] as const) {
    context.lineWidth = line * ratio;
    context.strokeStyle = ink(colour);
    arrow(context, middle, way);
  }
}

/** The loss over all middles, dark where it is low, with the way that was gone; `frames` end with the present one. */
export function drawSurface(canvas: HTMLCanvasElement, frames: Frame[]) {
  const { context, width, ratio } = fitted(canvas);
  const surface = frames.length > 0 ? pictureOf(frames[0], "surface") : undefined;
  if (!surface) return;
  const side = surface.width;
  // The first and the last place lie on the edges.
  const cell = width / (side - 1);
  context.imageSmoothingEnabled = true;
  context.drawImage(inColours(surface, surface.max ?? 1), -cell / 2, -cell / 2, width + cell, width + cell);
  const at = (area: Area): [number, number] => [((area[0] + 1) / 2) * width, ((area[1] + 1) / 2) * width];
  for (const [line, colour] of [[5, "--paper"], [2.5, "--accent"]] as const) {
    context.strokeStyle = ink(colour);
    context.lineWidth = line * ratio;
    context.beginPath();
    for (const frame of frames) context.lineTo(...at(areaOf(frame, "box")));
    context.stroke();
  }
  for (const [name, colour] of [["target", "--second"], ["box", "--accent"]] as const) {
    const [x, y] = at(areaOf(frames[frames.length - 1], name));
    context.fillStyle = ink(colour);
    context.strokeStyle = ink("--paper");
    context.lineWidth = 2 * ratio;
    context.beginPath();
    context.arc(x, y, 6 * ratio, 0, 2 * Math.PI);
    context.fill();
    context.stroke();
  }
}

/** A patch of a photo: bright is paper, dark is ink. */
const shadeOf = (patch: Picture) => rasterOf({ ...patch, values: patch.values.map((value) => 1 - value) });

export function drawShade(canvas: HTMLCanvasElement, frame: Frame, name: string) {
  const patch = pictureOf(frame, name);
  if (!patch) return;
  const { context, width, height } = fitted(canvas);
  place(context, shadeOf(patch), 0, 0, width, height);
}

export function drawThumbnail(context: CanvasRenderingContext2D, frame: Frame, x: number, y: number, width: number, height: number) {
  const patch = pictureOf(frame, "seen");
  if (patch) place(context, shadeOf(patch), x, y, Math.max(1, width - 1), height);
}
