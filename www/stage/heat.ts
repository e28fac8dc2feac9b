// Attention over a photo: a grid of weights, smoothly upsampled and coloured.
import type { GridMap } from "../kit/types";
import { colourTable, type ColourMap } from "./colour";

/** Weights on a grid. */
export type Gaze = Pick<GridMap, "rows" | "cols" | "weights">;
/** How they are coloured. */
export interface Look {
  map: ColourMap;
  opacity: number;
}

const SIDE = 112;

/**
 * Uniform cubic B-spline along one axis: `count` samples become SIDE. It smooths a little and never undershoots, so a
 * weight of zero stays zero.
 */
function spline(values: Float32Array, lines: number, count: number, lineStride: number, stride: number) {
  const out = new Float32Array(lines * SIDE);
  for (let i = 0; i < SIDE; i++) {
    const place = ((i + 0.5) / SIDE) * count - 0.5;
    const base = Math.floor(place);
    const t = place - base;
    const weights = [
      ((1 - t) ** 3) / 6,
      (3 * t ** 3 - 6 * t ** 2 + 4) / 6,
      (-3 * t ** 3 + 3 * t ** 2 + 3 * t + 1) / 6,
      t ** 3 / 6,
    ];
    for (let line = 0; line < lines; line++) {
      let sum = 0;
      for (let k = 0; k < 4; k++) {
        const at = Math.min(count - 1, Math.max(0, base + k - 1));
        sum += weights[k] * values[line * lineStride + at * stride];
      }
      out[line * SIDE + i] = sum;
    }
  }
  return out;
}

/**
 * A SIDE×SIDE canvas of the grid: colour says how much of the greatest weight a place has, and places with little
 * weight let the photo through.
 */
export function heatCanvas({ rows, cols, weights }: Gaze, map: ColourMap) {
  const across = spline(weights, rows, cols, cols, 1);
  const both = spline(across, SIDE, rows, 1, SIDE);
  const top = both.reduce((most, value) => Math.max(most, value), 1e-9);
  const table = colourTable(map);
  const image = new ImageData(SIDE, SIDE);
  for (let x = 0; x < SIDE; x++) {
    for (let y = 0; y < SIDE; y++) {
      const weight = Math.min(1, Math.max(0, both[x * SIDE + y] / top));
      const level = 3 * Math.round(255 * weight);
      const at = 4 * (y * SIDE + x);
      image.data[at] = table[level];
      image.data[at + 1] = table[level + 1];
      image.data[at + 2] = table[level + 2];
      image.data[at + 3] = 255 * Math.min(1, 0.25 + weight);
    }
  }
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = SIDE;
  canvas.getContext("2d")?.putImageData(image, 0, 0);
  return canvas;
}
