// A pad to draw on with mouse, pen or finger: strokes that can be undone, and numbers as letters, so that they fit into a link.

const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/** A number from 0 to 63 as a letter. */
export const letterOf = (value: number) => LETTERS[value];

export const valueOf = (letter: string) => Math.max(0, LETTERS.indexOf(letter));

export type Point = [number, number];
export type Stroke = Point[];

const held = (share: number) => Math.max(0, Math.min(1, share));

export class StrokePad {
  canvas: HTMLCanvasElement;
  strokes: Stroke[];
  changed: () => void;

  /** @param grain where a point lies, from its shares of the pad's width and height, and how far apart two of a stroke are at least */
  constructor(canvas: HTMLCanvasElement, strokes: Stroke[], changed: () => void, { place, apart }: {place(across: number, down: number): Point, apart: number}) {
    this.canvas = canvas;
    this.strokes = strokes;
    this.changed = changed;
    const at = (event: PointerEvent) => {
      const box = canvas.getBoundingClientRect();
      return place(held((event.clientX - box.left) / box.width), held((event.clientY - box.top) / box.height));
    };
    let drawing = false;
    canvas.addEventListener("pointerdown", (event) => {
      this.begin();
      drawing = true;
      canvas.setPointerCapture(event.pointerId);
      this.strokes.push([at(event)]);
      this.paint();
    });
    canvas.addEventListener("pointermove", (event) => {
      if (!drawing) return;
      const moves = event.getCoalescedEvents?.() ?? [];
      for (const one of moves.length > 0 ? moves : [event]) {
        const [point, stroke] = [at(one), this.strokes[this.strokes.length - 1]];
        const [x, y] = stroke[stroke.length - 1];
        if (Math.hypot(point[0] - x, point[1] - y) >= apart) stroke.push(point);
      }
      this.paint();
    });
    const lift = () => {
      if (drawing) this.changed();
      drawing = false;
    };
    canvas.addEventListener("pointerup", lift);
    canvas.addEventListener("pointercancel", lift);
    new ResizeObserver(() => this.paint()).observe(canvas);
  }

  get empty() {
    return this.strokes.every((stroke) => stroke.length === 0);
  }

  /** A stroke is about to be drawn. */
  begin() {}

  paint() {}

  undo() {
    this.strokes.pop();
    this.paint();
    this.changed();
  }

  clear() {
    this.strokes = [];
    this.paint();
    this.changed();
  }
}
