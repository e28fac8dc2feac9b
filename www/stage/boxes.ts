// Boxes of a picture: where the model crops it.
import type { AffineMap, Frame } from "../kit/types";

/** middle and half sides, −1 to 1 from edge to edge */
export type Area = [number, number, number, number];

export function areaOf(frame: Frame, name: string): Area {
  const found = (frame.maps.find((map) => map.kind === "affine" && map.name === name) as AffineMap | undefined);
  const theta = found?.theta ?? new Float32Array(6);
  return [theta[2], theta[5], theta[0], theta[4]];
}

export function frameBox(context: CanvasRenderingContext2D, width: number, height: number, [x, y, w, h]: Area, colour: string, line: number, dashed: boolean) {
  context.strokeStyle = colour;
  context.lineWidth = line;
  context.setLineDash(dashed ? [3 * line, 2 * line] : []);
  context.strokeRect(((x - w + 1) / 2) * width, ((y - h + 1) / 2) * height, w * width, h * height);
  context.setLineDash([]);
}
