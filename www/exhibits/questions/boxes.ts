// Boxes on the photo that a question chooses among: two to four, drawn by dragging.
import { onDrag } from "../../inputs/drag";
import type { Keyed } from "../../inputs/keyed";

/** Left, top, right and bottom in hundredths of the photo's sides. */
export type Box = [number, number, number, number];
type Corner = [number, number];

export const FEWEST = 2;
export const MOST = 4;
/** A box that is smaller than this on a side was a click. */
const SMALLEST = 4;

export const boxesAsText = (boxes: Box[]) => boxes.map((box) => box.join(".")).join("_");

/** What a link says of boxes; what it says wrongly is left out. */
export function boxesOfText(text: string | null) {
  const found = (text ?? "").split("_").map((part) => part.split(".").map(Number));
  const fit = found.filter((box): box is Box => box.length === 4 && box.every((side) => side >= 0 && side <= 100) && box[2] > box[0] && box[3] > box[1]);
  return fit.slice(0, MOST);
}

const between = (a: Corner, b: Corner): Box => [Math.min(a[0], b[0]), Math.min(a[1], b[1]), Math.max(a[0], b[0]), Math.max(a[1], b[1])];
const isLarge = ([left, top, right, bottom]: Box) => right - left >= SMALLEST && bottom - top >= SMALLEST;
const hundredth = (share: number) => Math.round(100 * Math.max(0, Math.min(1, share)));

/** What keys go through, either way. */
const PLACES = 25;

/**
 * Lets a visitor drag boxes on a canvas while `isOn`. A box that is being drawn goes to `draws`, then to `drawn`: null if it is none.
 * The answer is the same by keys, where `undo` takes the last box away.
 */
export function dragBoxes(canvas: HTMLCanvasElement, isOn: () => boolean, to: { draws(box: Box): void; drawn(box: Box | null): void; undo(): number }): Keyed {
  let first: Corner = [0, 0];
  let last: Corner = first;
  /** By keys: the first corner, once it is set. */
  let corner: Corner | null = null;
  onDrag(canvas, {
    take(x, y) {
      first = last = [hundredth(x), hundredth(y)];
      return isOn();
    },
    move(x, y) {
      last = [hundredth(x), hundredth(y)];
      to.draws(between(first, last));
    },
    drop() {
      const box = between(first, last);
      to.drawn(isLarge(box) ? box : null);
    },
  });
  const told = ([left, top, right, bottom]: Box) => `box from ${left} to ${right} % across and ${top} to ${bottom} % down`;
  const giveUp = () => {
    if (corner) to.drawn(null);
    corner = null;
  };
  return {
    how: () => (isOn() ? "Arrow keys move, Space sets one corner of a box and then the opposite one, Escape gives the corner up, Backspace takes the last box away." : null),
    places: () => [PLACES, PLACES],
    moved(x, y) {
      if (!corner) return undefined;
      const box = between(corner, [hundredth(x), hundredth(y)]);
      to.draws(box);
      return told(box);
    },
    left: giveUp,
    keys: {
      " ": (x, y) => {
        if (!corner) {
          corner = [hundredth(x), hundredth(y)];
          return "One corner is set.";
        }
        const box = between(corner, [hundredth(x), hundredth(y)]);
        if (!isLarge(box)) return "The opposite corner must be farther away, across and down.";
        corner = null;
        to.drawn(box);
        return `Drawn: ${told(box)}.`;
      },
      Escape: () => {
        giveUp();
        return "The corner is given up.";
      },
      Backspace: () => {
        giveUp();
        const left = to.undo();
        return `${left} ${left === 1 ? "box is" : "boxes are"} left.`;
      },
    },
  };
}
