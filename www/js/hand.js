// A ruled pad for a few words by hand; strokes are in x-heights from the left end of the baseline, y up, and fit into a link.
import { ink } from "./colour.js";
import { fitted } from "./stage/raster.js";

/** The pad's size, and where its baseline lies, in x-heights. */
const WIDTH = 22;
const HEIGHT = 5;
const BASELINE = 3.3;
/** Steps of a link's numbers in one x-height; two letters a number. */
const STEPS = 60;
const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const MOST = 64 * 64 - 1;

/** @typedef {[number, number][]} Stroke */

/** @param {number} value in x-heights, from the pad's corner */
const encoded = (value) => {
  const steps = Math.max(0, Math.min(MOST, Math.round(value * STEPS)));
  return LETTERS[steps >> 6] + LETTERS[steps & 63];
};

/** @param {string} pair */
const decoded = (pair) => (LETTERS.indexOf(pair[0]) * 64 + LETTERS.indexOf(pair[1])) / STEPS;

/** @param {string} text @returns {Stroke[]} */
const decode = (text) =>
  text
    .split(".")
    .map((stroke) => (stroke.match(/[\w-]{4}/g) ?? []).map((four) => /** @type {[number, number]} */ ([decoded(four.slice(0, 2)), BASELINE - decoded(four.slice(2))])))
    .filter((stroke) => stroke.length > 0);

export class Hand {
  /** @param {HTMLCanvasElement} canvas @param {string | null} linked @param {() => void} changed */
  constructor(canvas, linked, changed) {
    this.canvas = canvas;
    this.changed = changed;
    /** @type {Stroke[]} */
    this.strokes = decode(linked ?? "");
    let writing = false;
    canvas.addEventListener("pointerdown", (event) => {
      writing = true;
      canvas.setPointerCapture(event.pointerId);
      this.strokes.push([this.#at(event)]);
      this.paint();
    });
    canvas.addEventListener("pointermove", (event) => {
      if (!writing) return;
      const moves = event.getCoalescedEvents?.() ?? [];
      for (const one of moves.length > 0 ? moves : [event]) this.#add(this.#at(one));
      this.paint();
    });
    const lift = () => {
      if (writing) this.changed();
      writing = false;
    };
    canvas.addEventListener("pointerup", lift);
    canvas.addEventListener("pointercancel", lift);
    new ResizeObserver(() => this.paint()).observe(canvas);
  }

  get text() {
    return this.strokes.map((stroke) => stroke.map(([x, y]) => encoded(x) + encoded(BASELINE - y)).join("")).join(".");
  }

  get empty() {
    return this.strokes.length === 0;
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

  /** From the first stroke's left end on, as a link would give them back. @returns {Stroke[]} */
  shifted() {
    const strokes = decode(this.text);
    const left = Math.min(...strokes.flat().map(([x]) => x), WIDTH);
    return strokes.map((stroke) => stroke.map(([x, y]) => [x - left, y]));
  }

  /** @param {PointerEvent} event @returns {[number, number]} */
  #at(event) {
    const box = this.canvas.getBoundingClientRect();
    const x = Math.max(0, Math.min(WIDTH, ((event.clientX - box.left) / box.width) * WIDTH));
    const y = Math.max(0, Math.min(HEIGHT, ((event.clientY - box.top) / box.height) * HEIGHT));
    return [x, BASELINE - y];
  }

  /** @param {[number, number]} point */
  #add(point) {
    const stroke = this.strokes[this.strokes.length - 1];
    const [x, y] = stroke[stroke.length - 1];
    if (Math.hypot(point[0] - x, point[1] - y) >= 0.12) stroke.push(point);
  }

  paint() {
    const { context, width, height, ratio } = fitted(this.canvas);
    const unit = width / WIDTH;
    context.lineCap = context.lineJoin = "round";
    context.strokeStyle = ink("--rule");
    context.lineWidth = ratio;
    for (const level of [BASELINE, BASELINE - 1]) {
      context.setLineDash(level === BASELINE ? [] : [4 * ratio, 4 * ratio]);
      context.beginPath();
      context.moveTo(0, (level * height) / HEIGHT);
      context.lineTo(width, (level * height) / HEIGHT);
      context.stroke();
    }
    context.setLineDash([]);
    context.strokeStyle = ink("--second");
    context.lineWidth = Math.max(1.5 * ratio, 0.13 * unit);
    for (const stroke of this.strokes) {
      context.beginPath();
      context.moveTo(stroke[0][0] * unit, (BASELINE - stroke[0][1]) * unit);
      for (const [x, y] of stroke) context.lineTo(x * unit, (BASELINE - y) * unit + 0.01);
      context.stroke();
    }
  }
}
