// How good a guess of the next look was: how much of the gaze it caught.
import { fixed } from "../kit/dom";

/** Weights on a grid of places, row by row. */
export interface Gaze { rows: number; cols: number; weights: ArrayLike<number> }
/** How much of the gaze a guess caught, and how much of an even gaze it would have caught. */
export interface Caught { share: number; even: number }

/** Of the ring, in widths and heights of the picture. */
export const RADIUS = 1 / 7;

/** How much of a gaze lies within the ring around a point; the point is given in shares of the picture's sides. */
export function caughtBy(x: number, y: number, { rows, cols, weights }: Gaze): Caught {
  let [inside, places, all] = [0, 0, 0];
  for (let i = 0; i < rows * cols; i++) {
    all += weights[i];
    const across = ((i % cols) + 0.5) / cols - x;
    const down = (Math.floor(i / cols) + 0.5) / rows - y;
    if (Math.hypot(across, down) > RADIUS) continue;
    inside += weights[i];
    places++;
  }
  return { share: all > 0 ? inside / all : 0, even: places / (rows * cols) };
}

/** What is said of all guesses so far. */
export function scoreOf(caught: readonly Caught[], { what = "the gaze", where = "in your ring" } = {}) {
  const percent = (share: number) => `${fixed(100 * share, 0)}\u00a0%`;
  const mean = (of: keyof Caught) => percent(caught.reduce((sum, one) => sum + one[of], 0) / caught.length);
  const last = caught[caught.length - 1];
  const now = `${percent(last.share)} of ${what} was ${where}; spread evenly it would be ${percent(last.even)}.`;
  return caught.length > 1 ? `${now} On average over ${caught.length} guesses: ${mean("share")} against ${mean("even")}.` : now;
}
