// Steering in a link: painted weights in sixteen levels a place, runs of zeros as one letter; and places that were clicked.
import type { Steer } from "../kit/types";
import { keyed, type Keyed } from "./keyed";

const PLACES = 196;
const LEVELS = 15;
/** "g" is one zero, "z" twenty. */
const RUNS = "ghijklmnopqrstuvwxyz";

/** The ink of a brush as weights of that many levels that sum to one, so that a link says exactly what was painted. */
export function weightsOf(ink: Float32Array) {
  const most = ink.reduce((top, value) => Math.max(top, value), 0);
  const levels = ink.map((value) => Math.round((value / most) * LEVELS));
  const sum = levels.reduce((total, level) => total + level, 0);
  return levels.map((level) => level / sum);
}

export const steersAsText = (steers: Steer[]) =>
  steers
    .map(({ step, weights }) => {
      const most = weights.reduce((top, value) => Math.max(top, value), 0);
      const digits = Array.from(weights, (value) => Math.round((value / most) * LEVELS).toString(16)).join("");
      return `${step}_${digits.replace(/0{1,20}/g, (zeros) => RUNS[zeros.length - 1])}`;
    })
    .join(".");

/** What a link says was painted; what it says wrongly is left out. */
export function steersOfText(text: string | null): Steer[] {
  return (text ?? "").split(".").flatMap((part) => {
    const found = /^(\d{1,2})_([0-9a-fg-z]+)$/.exec(part);
    if (!found) return [];
    const digits = found[2].replace(/[g-z]/g, (letter) => "0".repeat(RUNS.indexOf(letter) + 1));
    const levels = Float32Array.from(digits, (digit) => parseInt(digit, 16));
    const painted = levels.length === PLACES && levels.some((level) => level > 0);
    return painted ? [{ step: Number(found[1]), weights: weightsOf(levels) }] : [];
  });
}

/** Places (x, y), −1 to 1 from edge to edge, that a step must look at, as a piece of a link. */
export const placesAsText = (steers: Steer[]) =>
  steers.map(({ step, weights }) => [step, ...weights].map((value) => Math.round(value * 1000)).join("_")).join(".");

export function placesOfText(text: string | null): Steer[] {
  return (text ?? "").split(".").flatMap((part) => {
    const [step, x, y] = part.split("_").map((value) => Number(value) / 1000);
    const fits = Number.isInteger(step) && step > 0 && Math.abs(x) <= 1 && Math.abs(y) <= 1;
    return fits ? [{ step, weights: Float32Array.of(x, y) }] : [];
  });
}

/** A place within 0..1 of both sides, as exactly as a link says it. */
export const placed = (shares: [number, number]) => Float32Array.from(shares, (share) => Math.round(1000 * (2 * share - 1)) / 1000);

/** What a click that steers needs of the page around it. */
export interface Steerable {
  readonly steering: boolean;
  readonly run: { readonly frames: readonly unknown[] } | null;
  readonly player: { readonly index: number };
  steer(weights: Float32Array, asText: (steers: Steer[]) => string, step?: number): void;
}

/**
 * While steering is on, a click on the picture says where the step on the stage must look. The first step sees the whole: a click
 * there is for the second.
 * @param reads what lies at a place, for the keyboard's cursor while steering is off
 */
export function steerByClick(canvas: HTMLCanvasElement, page: Steerable, reads?: (x: number, y: number) => string | undefined) {
  const take = (x: number, y: number) => {
    if (!page.steering || !page.run || page.run.frames.length < 2) return;
    page.steer(placed([x, y]), placesAsText, Math.max(2, page.player.index + 1));
  };
  canvas.addEventListener("click", (event) => {
    const rect = canvas.getBoundingClientRect();
    take((event.clientX - rect.left) / rect.width, (event.clientY - rect.top) / rect.height);
  });
  const reading: Keyed = { how: () => (reads && page.run?.frames.length ? "Arrow keys read the picture." : null), moved: (x, y) => reads?.(x, y) };
  void keyed(canvas, { how: () => (page.steering ? "Arrow keys move over the picture, Enter chooses where it looks." : null), keys: { Enter: take, " ": take } }, reading);
}
