// The stage of the watchers: a frame under its gaze, and how likely each action was at every frame.
import type { Frame } from "../../kit/types";
import { ink } from "../../stage/colour";
import { fitted, letters } from "../../stage/raster";

const COLOURS = ["--accent", "--second", "--ink"];

/** How likely an action was at a frame. */
const probability = (frame: Frame, action: string) => frame.choices.find(({ word }) => word === action)?.probability ?? 0;

/** Actions with the mean of their probabilities over some frames, likeliest first. */
export function averaged(frames: Frame[]) {
  const words = frames[0]?.choices.map(({ word }) => word) ?? [];
  const mean = (word: string) => frames.reduce((sum, frame) => sum + probability(frame, word), 0) / frames.length;
  return words.map((word) => ({ word, probability: mean(word) })).sort((a, b) => b.probability - a.probability);
}

/** The three likeliest actions over time and their names, with a mark at the frame on the stage. */
export function drawCurves(canvas: HTMLCanvasElement, frames: Frame[], index: number) {
  const { context, width, height, ratio } = fitted(canvas);
  if (frames.length === 0) return;
  const count = Math.max(2, frames[0].steps ?? frames.length);
  const [edge, line] = [8 * ratio, 18 * ratio];
  const x = (i: number) => edge + (i / (count - 1)) * (width - 2 * edge);
  const y = (share: number) => height - edge - share * (height - line - 2 * edge);
  context.strokeStyle = ink("--rule");
  context.lineWidth = ratio;
  for (const share of [0, 0.5, 1]) {
    context.beginPath();
    context.moveTo(edge, y(share));
    context.lineTo(width - edge, y(share));
    context.stroke();
  }
  context.beginPath();
  context.moveTo(x(index), y(0));
  context.lineTo(x(index), y(1));
  context.stroke();
  const best = averaged(frames).slice(0, COLOURS.length);
  context.font = `${letters(13, ratio)}px Charter, Georgia, serif`;
  context.textBaseline = "top";
  let left = edge;
  best.forEach(({ word }, rank) => {
    context.strokeStyle = context.fillStyle = ink(COLOURS[rank]);
    context.lineWidth = (rank === 0 ? 2.5 : 1.5) * ratio;
    context.beginPath();
    frames.forEach((frame, i) => context.lineTo(x(i), y(probability(frame, word))));
    context.stroke();
    context.beginPath();
    context.arc(x(index), y(probability(frames[index] ?? frames[0], word)), 4 * ratio, 0, 2 * Math.PI);
    context.fill();
    context.fillText(word, left, 2 * ratio);
    left += context.measureText(word).width + 16 * ratio;
  });
  canvas.setAttribute("aria-label", `How likely each action was at every frame, on average ${best.map(({ word, probability }) => `${word} ${Math.round(100 * probability)} %`).join(", ")}`);
}
