// A scene of 60×60 pixels: digits and pieces of clutter that can be moved, as pixels and as letters for a link.
/** @import {Drawing} from "./types.js" */
import { letterOf, valueOf } from "./strokes.js";
import { darkOnWhite } from "./warp.js";

export const SCENE = 60;
const DIGIT = 28;
const PIECE = 8;
const SAMPLES = 50;
/** A place is told by one letter: it may lie this far outside. */
const OUTSIDE = 4;

/** @typedef {{kind: "digit" | "piece" | "own", sample: number, x: number, y: number, left: number, top: number}} Item */

/** The sample digits [50, 28, 28], 1 is ink. @type {Promise<Float32Array> | undefined} */
let samples;

export const fetchSamples = () =>
  (samples ??= (async () => {
    const image = new Image();
    image.src = new URL("../samples/digits.png", import.meta.url).href;
    await image.decode();
    const canvas = document.createElement("canvas");
    canvas.width = 10 * DIGIT;
    canvas.height = 5 * DIGIT;
    const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
    context.drawImage(image, 0, 0);
    const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
    const made = new Float32Array(SAMPLES * DIGIT * DIGIT);
    for (let at = 0; at < made.length; at++) {
      const [sample, pixel] = [Math.floor(at / (DIGIT * DIGIT)), at % (DIGIT * DIGIT)];
      const x = (sample % 10) * DIGIT + (pixel % DIGIT);
      const y = Math.floor(sample / 10) * DIGIT + Math.floor(pixel / DIGIT);
      made[at] = data[4 * (y * canvas.width + x)] / 255;
    }
    return made;
  })());

/** Numbers in 0..1 that a seed brings again (mulberry32). @param {number} seed */
function chance(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** @param {Item} item */
const sideOf = (item) => (item.kind === "piece" ? PIECE : DIGIT);

export class Scene {
  constructor() {
    /** @type {Item[]} */
    this.items = [];
    /** A digit of the visitor's own [28, 28]. @type {Float32Array | null} */
    this.own = null;
    /** @type {Float32Array} */
    this.samples = new Float32Array(SAMPLES * DIGIT * DIGIT);
  }

  async load() {
    this.samples = await fetchSamples();
  }

  /** A digit among four pieces of others, as the networks were trained on. @param {number} seed */
  scatter(seed) {
    const next = chance(seed);
    /** @param {number} most */
    const below = (most) => Math.floor(next() * most);
    const span = SCENE - DIGIT + 1;
    this.items = [{ kind: "digit", sample: below(SAMPLES), x: below(span), y: below(span), left: 0, top: 0 }];
    for (let i = 0; i < 4; i++) this.clutter(next);
  }

  /** One more piece of some digit. */
  clutter(next = Math.random) {
    /** @param {number} most */
    const below = (most) => Math.floor(next() * most);
    const [span, inside] = [SCENE - PIECE + 1, DIGIT - PIECE + 1];
    this.items.push({ kind: "piece", sample: below(SAMPLES), x: below(span), y: below(span), left: below(inside), top: below(inside) });
  }

  /** The visitor's digit takes the place of the others. @param {Float32Array} pixels [28, 28] */
  put(pixels) {
    this.own = pixels;
    const middle = (SCENE - DIGIT) / 2;
    const before = this.items.find(({ kind }) => kind !== "piece");
    const place = { x: before?.x ?? middle, y: before?.y ?? middle, left: 0, top: 0, sample: 0 };
    this.items = [{ kind: "own", ...place }, ...this.items.filter(({ kind }) => kind === "piece")];
  }

  /** The item under a pixel, the last laid first. @param {number} x @param {number} y */
  at(x, y) {
    const under = this.items.filter((item) => x >= item.x && y >= item.y && x < item.x + sideOf(item) && y < item.y + sideOf(item));
    return under.findLast(({ kind }) => kind === "piece") ?? under.at(-1);
  }

  /** @param {Item} item @param {number} x @param {number} y */
  move(item, x, y) {
    const side = sideOf(item);
    /** @param {number} place */
    const held = (place) => Math.max(-OUTSIDE, Math.min(SCENE - side + OUTSIDE, Math.round(place)));
    [item.x, item.y] = [held(x), held(y)];
  }

  /** Pixels [60, 60], 1 is ink; where ink lies on ink the darker stays. */
  pixels() {
    const made = new Float32Array(SCENE * SCENE);
    for (const item of this.items) {
      const side = sideOf(item);
      for (let at = 0; at < side * side; at++) {
        const [row, column] = [Math.floor(at / side), at % side];
        const [x, y] = [item.x + column, item.y + row];
        if (x < 0 || y < 0 || x >= SCENE || y >= SCENE) continue;
        const from = (item.top + row) * DIGIT + item.left + column;
        const value = item.kind === "own" ? (this.own?.[from] ?? 0) : this.samples[item.sample * DIGIT * DIGIT + from];
        made[y * SCENE + x] = Math.max(made[y * SCENE + x], value);
      }
    }
    return made;
  }

  /** @returns {Drawing} */
  drawing() {
    return darkOnWhite(this.pixels(), SCENE);
  }

  get text() {
    return this.items
      .map(({ kind, sample, x, y, left, top }) => kind[0] + [sample, x + OUTSIDE, y + OUTSIDE, left, top].map(letterOf).join(""))
      .join("");
  }

  /** A scene as a link has it; what it says wrongly is left out. @param {string} text */
  set text(text) {
    const found = text.match(/[dpo][A-Za-z0-9_-]{5}/g) ?? [];
    this.items = found.slice(0, 24).map((part) => {
      const [sample, x, y, left, top] = [...part.slice(1)].map(valueOf);
      const kind = part[0] === "d" ? "digit" : part[0] === "p" ? "piece" : "own";
      const inside = kind === "piece" ? DIGIT - PIECE : 0;
      /** @type {Item} */
      const item = { kind, sample: Math.min(SAMPLES - 1, sample), x: 0, y: 0, left: Math.min(inside, left), top: Math.min(inside, top) };
      this.move(item, x - OUTSIDE, y - OUTSIDE);
      return item;
    });
  }
}
