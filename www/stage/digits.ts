// What the readers of digits show alike.
import type { Frame, Picture } from "../kit/types";
import { fixed } from "../kit/dom";
import { bestOf } from "../kit/frame";

const DIGIT = 28;

export const answerOf = (frame: Frame) => `says ${bestOf(frame).word} · ${fixed(100 * bestOf(frame).probability, 0)} %`;

/** The digit [28, 28] in the middle of a picture. */
export function cutOut({ width, height, values }: Picture) {
  const [left, top] = [(width - DIGIT) / 2, (height - DIGIT) / 2];
  return Float32Array.from({ length: DIGIT * DIGIT }, (_, at) => values[(top + Math.floor(at / DIGIT)) * width + left + (at % DIGIT)]);
}
