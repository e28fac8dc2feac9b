// A pad to draw on with mouse, pen or finger: strokes that can be undone, and numbers as letters, so that they fit into a link.

const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/** A number from 0 to 63 as a letter. */
export const letterOf = (value: number) => LETTERS[value];

export const valueOf = (letter: string) => Math.max(0, LETTERS.indexOf(letter));

export type Point = [number, number];
export type Stroke = Point[];

/** How finely strokes are kept. */
export interface Grain {
  /** The point at these shares of the pad's width and height. */
  place(across: number, down: number): Point;
  /** How far apart two points of a stroke are at least. */
  apart: number;
}

const held = (share: number) => Math.max(0, Math.min(1, share));

export abstract class StrokePad {
  /** @param changed a stroke has been drawn or taken back */
  constructor(
    protected readonly canvas: HTMLCanvasElement,
    protected strokes: Stroke[],
    private readonly changed: () => void,
    private readonly grain: Grain,
  ) {
    this.#listen();
    new ResizeObserver(() => this.paint()).observe(canvas);
    new MutationObserver(() => this.paint()).observe(document.documentElement, { attributeFilter: ["data-theme"] });
  }

  abstract paint(): void;

  /** A stroke is about to be drawn. */
  protected begin() {}

  get empty() {
    return this.strokes.every((stroke) => stroke.length === 0);
  }

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

  #at(event: PointerEvent) {
    const box = this.canvas.getBoundingClientRect();
    return this.grain.place(held((event.clientX - box.left) / box.width), held((event.clientY - box.top) / box.height));
  }

  #listen() {
    let drawing = false;
    this.canvas.addEventListener("pointerdown", (event) => {
      // One pointer draws: no second finger, and no button but the first.
      if (!event.isPrimary || event.button !== 0) return;
      this.begin();
      drawing = true;
      this.canvas.setPointerCapture(event.pointerId);
      this.strokes.push([this.#at(event)]);
      this.paint();
    });
    this.canvas.addEventListener("pointermove", (event) => {
      if (!drawing || !event.isPrimary) return;
      const moves = event.getCoalescedEvents?.() ?? [];
      for (const one of moves.length > 0 ? moves : [event]) {
        const [point, stroke] = [this.#at(one), this.strokes[this.strokes.length - 1]];
        const [x, y] = stroke[stroke.length - 1];
        if (Math.hypot(point[0] - x, point[1] - y) >= this.grain.apart) stroke.push(point);
      }
      this.paint();
    });
    const lift = (event: PointerEvent) => {
      if (!event.isPrimary) return;
      if (drawing) this.changed();
      drawing = false;
    };
    this.canvas.addEventListener("pointerup", lift);
    this.canvas.addEventListener("pointercancel", lift);
  }
}
