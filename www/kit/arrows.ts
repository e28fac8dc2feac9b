// Arrow keys that move over a picture as over a grid.
export type Cell = [column: number, row: number];

const STEPS: Record<string, Cell> = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/** Where this key leads on a grid of `count` cells a side, `by` cells at once; null if it is no arrow. */
export function cellAfter(key: string, from: Cell, count: number, by = 1): Cell | null {
  const step = STEPS[key];
  const held = (at: number) => Math.max(0, Math.min(count - 1, at));
  return step ? [held(from[0] + by * step[0]), held(from[1] + by * step[1])] : null;
}

/** The middle of a cell, in shares of the picture's sides. */
export const middleOf = ([column, row]: Cell, count: number): [x: number, y: number] => [(column + 0.5) / count, (row + 0.5) / count];
