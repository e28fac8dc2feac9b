// A pad to draw on with mouse, pen, finger or keyboard: strokes that can be undone, and numbers as letters, so that they fit into a link.
import type { Cell } from "../kit/arrows";
import { keyed } from "./keyed";

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
  /** Columns and rows that the arrow keys go through. */
  places: Cell;
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
    this.#listenToKeys();
    new ResizeObserver(() => this.paint()).observe(canvas);
    new MutationObserver(() => this.paint()).observe(document.documentElement, { attributeFilter: ["data-theme"] });
  }

  abstract paint(): void;

  /** A stroke is about to be drawn. */
  protected begin() {}

  /** Enter was pressed on the pad. */
  protected use() {}

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

  /** The pen by keys: the space bar puts it down and lifts it, and while it is down the arrows draw. */
  #listenToKeys() {
    let down = false;
    let apart = 1;
    const lift = () => {
      if (down) this.changed();
      down = false;
    };
    const goes = (by: number) => () => {
      apart = Math.max(1, Math.min(8, apart * by));
      return `An arrow goes ${apart} ${apart === 1 ? "place" : "places"} far.`;
    };
    void keyed(this.canvas, {
      how: () => "Arrow keys move the pen, Space puts it down and lifts it, + and − change how far an arrow goes, Backspace undoes, Enter takes the drawing.",
      places: () => this.grain.places,
      stride: (shift) => apart * (shift ? 4 : 1),
      moved: (x, y) => {
        if (!down) return "pen up";
        this.strokes[this.strokes.length - 1]?.push(this.grain.place(x, y));
        this.paint();
        return "drawing";
      },
      left: lift,
      keys: {
        " ": (x, y) => {
          if (down) lift();
          else {
            this.begin();
            this.strokes.push([this.grain.place(x, y)]);
            this.paint();
            down = true;
          }
          return down ? "Pen down." : `Pen up, stroke ${this.strokes.length} is drawn.`;
        },
        Backspace: () => {
          down = false;
          this.undo();
          return `Undone, ${this.strokes.length} ${this.strokes.length === 1 ? "stroke is" : "strokes are"} left.`;
        },
        Enter: () => {
          lift();
          this.use();
        },
        "+": goes(2),
        "-": goes(0.5),
      },
    });
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
