// Arrow keys that move over a picture as over a grid.
export type Cell = [column: number, row: number];

const STEPS: Record<string, Cell> = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/** Where this key leads on a grid of so many columns and rows, `by` cells at once; null if it is no arrow. */
export function cellAfter(key: string, from: Cell, [columns, rows]: Cell, by = 1): Cell | null {
  const step = STEPS[key];
  const held = (at: number, count: number) => Math.max(0, Math.min(count - 1, at));
  return step ? [held(from[0] + by * step[0], columns), held(from[1] + by * step[1], rows)] : null;
}

/** The middle of a cell, in shares of the picture's sides. */
export const middleOf = ([column, row]: Cell, [columns, rows]: Cell): [x: number, y: number] => [(column + 0.5) / columns, (row + 0.5) / rows];
