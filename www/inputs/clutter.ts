// A scene of 60×60 pixels: digits and pieces of clutter that can be moved, as pixels and as letters for a link.
import { darkOnWhite, DIGIT, fetchDigits, SAMPLES } from "./digits";
import { letterOf, valueOf } from "./strokes";

export const SCENE = 60;
const PIECE = 8;
/** A place is told by one letter: it may lie this far outside. */
const OUTSIDE = 4;
/** More are left out of a link. */
const MOST = 24;

/** A digit, a piece of one that begins at `left` and `top`, or the visitor's own digit. */
export interface Item {
  kind: "digit" | "piece" | "own";
  sample: number;
  x: number;
  y: number;
  left: number;
  top: number;
}

/** Numbers in 0..1 that a seed brings again (mulberry32). */
function chance(seed: number) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const sideOf = (item: Item) => (item.kind === "piece" ? PIECE : DIGIT);

export class Scene {
  /** The visitor's own digit: ink [28, 28], 0..1. */
  own: Float32Array = new Float32Array(DIGIT * DIGIT);
  #items: Item[] = [];
  #samples: Float32Array = new Float32Array(SAMPLES * DIGIT * DIGIT);

  async load() {
    this.#samples = await fetchDigits();
  }

  get items(): readonly Item[] {
    return this.#items;
  }

  /** Whether the visitor's own digit lies in it. */
  get hasOwn() {
    return this.#items.some(({ kind }) => kind === "own");
  }

  /** A digit among four pieces of others, as the networks were trained on. */
  scatter(seed: number) {
    const next = chance(seed);
    const below = (most: number) => Math.floor(next() * most);
    const span = SCENE - DIGIT + 1;
    this.#items = [{ kind: "digit", sample: below(SAMPLES), x: below(span), y: below(span), left: 0, top: 0 }];
    for (let i = 0; i < 4; i++) this.clutter(next);
  }

  /** One more piece of some digit. */
  clutter(next = Math.random) {
    const below = (most: number) => Math.floor(next() * most);
    const [span, inside] = [SCENE - PIECE + 1, DIGIT - PIECE + 1];
    this.#items.push({ kind: "piece", sample: below(SAMPLES), x: below(span), y: below(span), left: below(inside), top: below(inside) });
  }

  /** Takes all clutter away. */
  tidy() {
    this.#items = this.#items.filter(({ kind }) => kind !== "piece");
  }

  /** The visitor's digit [28, 28] takes the place of the others. */
  put(own: Float32Array) {
    this.own = own;
    const middle = (SCENE - DIGIT) / 2;
    const before = this.#items.find(({ kind }) => kind !== "piece");
    const item: Item = { kind: "own", x: before?.x ?? middle, y: before?.y ?? middle, left: 0, top: 0, sample: 0 };
    this.#items = [item, ...this.#items.filter(({ kind }) => kind === "piece")];
  }

  /** The visitor's digit [28, 28] lies in the middle, and nothing else. */
  putAlone(own: Float32Array) {
    this.#items = [];
    this.put(own);
  }

  /** The item under a pixel, the last laid first. */
  at(x: number, y: number) {
    const under = this.#items.filter((item) => x >= item.x && y >= item.y && x < item.x + sideOf(item) && y < item.y + sideOf(item));
    return under.findLast(({ kind }) => kind === "piece") ?? under.at(-1);
  }

  move(item: Item, x: number, y: number) {
    const side = sideOf(item);
    const held = (place: number) => Math.max(-OUTSIDE, Math.min(SCENE - side + OUTSIDE, Math.round(place)));
    [item.x, item.y] = [held(x), held(y)];
  }

  /** Pixels [60, 60], 1 is ink; where ink lies on ink the darker stays. */
  pixels() {
    const made = new Float32Array(SCENE * SCENE);
    for (const item of this.#items) {
      const side = sideOf(item);
      for (let at = 0; at < side * side; at++) {
        const [row, column] = [Math.floor(at / side), at % side];
        const [x, y] = [item.x + column, item.y + row];
        if (x < 0 || y < 0 || x >= SCENE || y >= SCENE) continue;
        const from = (item.top + row) * DIGIT + item.left + column;
        const value = item.kind === "own" ? this.own[from] : this.#samples[item.sample * DIGIT * DIGIT + from];
        made[y * SCENE + x] = Math.max(made[y * SCENE + x], value);
      }
    }
    return made;
  }

  drawing(): ImageData {
    return darkOnWhite(this.pixels(), SCENE);
  }

  get text() {
    return this.#items.map(({ kind, sample, x, y, left, top }) => kind[0] + [sample, x + OUTSIDE, y + OUTSIDE, left, top].map(letterOf).join("")).join("");
  }

  /** A scene as a link has it; what it says wrongly is left out. */
  set text(text: string) {
    const found = text.match(/[dpo][A-Za-z0-9_-]{5}/g) ?? [];
    this.#items = found.slice(0, MOST).map((part) => {
      const [sample, x, y, left, top] = [...part.slice(1)].map(valueOf);
      const kind = part[0] === "d" ? "digit" : part[0] === "p" ? "piece" : "own";
      const inside = kind === "piece" ? DIGIT - PIECE : 0;
      const item: Item = { kind, sample: Math.min(SAMPLES - 1, sample), x: 0, y: 0, left: Math.min(inside, left), top: Math.min(inside, top) };
      this.move(item, x - OUTSIDE, y - OUTSIDE);
      return item;
    });
  }
}
