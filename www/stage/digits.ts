// What the readers of digits show alike.
/** @import {Frame, Picture} from "../types.js" */
import { fixed } from "../dom.js";
import { bestOf } from "../frame.js";
export { pictureOf } from "./draw.js";

const DIGIT = 28;

/** @param {Frame} frame */
export const answerOf = (frame) => `says ${bestOf(frame).word} · ${fixed(100 * bestOf(frame).probability, 0)} %`;

/** The digit [28, 28] in the middle of a picture. @param {Picture} picture */
export function cutOut({ width, height, values }) {
  const [left, top] = [(width - DIGIT) / 2, (height - DIGIT) / 2];
  return Float32Array.from({ length: DIGIT * DIGIT }, (_, at) => values[(top + Math.floor(at / DIGIT)) * width + left + (at % DIGIT)]);
}
