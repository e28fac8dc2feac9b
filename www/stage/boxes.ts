// Boxes of a picture: where the model crops it.
import type { Frame } from "../kit/types";

/** Middle and half sides, −1 to 1 from edge to edge. */
export type Area = [x: number, y: number, width: number, height: number];

/** The box of a frame by its name. */
export function areaOf(frame: Frame, name: string): Area {
  for (const map of frame.maps) {
    if (map.kind === "affine" && map.name === name) return [map.theta[2], map.theta[5], map.theta[0], map.theta[4]];
  }
  return [0, 0, 0, 0];
}

export function frameBox(context: CanvasRenderingContext2D, width: number, height: number, [x, y, w, h]: Area, colour: string, line: number, dashed: boolean) {
  context.strokeStyle = colour;
  context.lineWidth = line;
  context.setLineDash(dashed ? [3 * line, 2 * line] : []);
  context.strokeRect(((x - w + 1) / 2) * width, ((y - h + 1) / 2) * height, w * width, h * height);
  context.setLineDash([]);
}
