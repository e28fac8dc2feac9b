// Boxes on the photo that a question chooses among: two to four, drawn by dragging.
import { onDrag } from "../../inputs/drag";

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
const hundredth = (share: number) => Math.round(100 * Math.max(0, Math.min(1, share)));

/** Lets a visitor drag boxes on a canvas while `isOn`. A box that is being drawn goes to `draws`, then to `drawn`: null if it is none. */
export function dragBoxes(canvas: HTMLCanvasElement, isOn: () => boolean, to: { draws(box: Box): void; drawn(box: Box | null): void }) {
  let first: Corner = [0, 0];
  let last: Corner = first;
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
      to.drawn(box[2] - box[0] >= SMALLEST && box[3] - box[1] >= SMALLEST ? box : null);
    },
  });
}
