// What the readers of digits say.
import { fixed } from "../kit/dom";
import { bestOf } from "../kit/frame";
import type { Frame } from "../kit/types";

/** "says 4 · 99 %" */
export const answerOf = (frame: Frame) => `says ${bestOf(frame).word} · ${fixed(100 * bestOf(frame).probability, 0)} %`;
