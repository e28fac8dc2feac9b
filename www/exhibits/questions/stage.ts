// Boxes that a question chooses among, over the photo.
import { ink } from "../../stage/colour";
import { letters } from "../../stage/raster";
import type { Box } from "./boxes";

/** Each box with its share of the answer where that is known; the one with the greatest stands out. */
export function drawBoxes(canvas: HTMLCanvasElement, boxes: Box[], shares: number[]) {
  const context = canvas.getContext("2d");
  if (!context) return;
  const ratio = canvas.width / Math.max(1, canvas.clientWidth);
  const most = Math.max(...shares, 0);
  boxes.forEach((box, i) => {
    const [left, top, right, bottom] = box.map((side, axis) => (side / 100) * (axis % 2 ? canvas.height : canvas.width));
    const colour = ink(shares[i] === most && most > 0 ? "--accent" : "--second");
    context.lineWidth = 3 * ratio;
    context.strokeStyle = colour;
    context.strokeRect(left, top, right - left, bottom - top);
    const label = shares[i] === undefined ? String(i + 1) : `${i + 1} · ${Math.round(100 * shares[i])} %`;
    context.font = `${letters(14, ratio)}px Charter, Georgia, serif`;
    context.textBaseline = "top";
    const width = context.measureText(label).width + 10 * ratio;
    context.fillStyle = colour;
    context.fillRect(left, top, width, 20 * ratio);
    context.fillStyle = ink("--paper");
    context.fillText(label, left + 5 * ratio, top + 3 * ratio);
  });
}
