// The pad: a digit drawn with mouse, pen or finger. Strokes are kept on a 64×64 raster, so they fit into a link.
import { ink } from "./colour.js";
import { fitted } from "./stage/raster.js";

const RASTER = 64;
const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
/** A seven, for a pad nobody has drawn on. */
const SEVEN = "PQXQfQnQvQtXpfmnixg5.YikiqhwhE";

/** @typedef {[number, number][]} Stroke */

/** @param {string} text @returns {Stroke[]} */
const decode = (text) =>
  text.split(".").map((stroke) =>
    (stroke.match(/../g) ?? []).map(([x, y]) => [Math.max(0, LETTERS.indexOf(x)), Math.max(0, LETTERS.indexOf(y))]),
  );

export class Pad {
  /** @param {HTMLCanvasElement} canvas @param {string | null} linked @param {() => void} changed */
  constructor(canvas, linked, changed) {
    this.canvas = canvas;
    this.own = linked !== null;
    this.strokes = decode(linked ?? SEVEN);
    this.changed = changed;
    let drawing = false;
    canvas.addEventListener("pointerdown", (event) => {
      if (!this.own) this.strokes = [];
      this.own = drawing = true;
      canvas.setPointerCapture(event.pointerId);
      this.strokes.push([this.#at(event)]);
      this.paint();
    });
    canvas.addEventListener("pointermove", (event) => {
      if (!drawing) return;
      for (const one of event.getCoalescedEvents?.() ?? [event]) this.#add(this.#at(one));
      this.#add(this.#at(event));
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

  get text() {
    return this.strokes.map((stroke) => stroke.map(([x, y]) => LETTERS[x] + LETTERS[y]).join("")).join(".");
  }

  get empty() {
    return this.strokes.every((stroke) => stroke.length === 0);
  }

  undo() {
    this.strokes.pop();
    this.own = true;
    this.paint();
    this.changed();
  }

  clear() {
    this.strokes = [];
    this.own = true;
    this.paint();
    this.changed();
  }

  /** @param {PointerEvent} event @returns {[number, number]} */
  #at(event) {
    const box = this.canvas.getBoundingClientRect();
    /** @param {number} share */
    const level = (share) => Math.max(0, Math.min(RASTER - 1, Math.round(share * (RASTER - 1))));
    return [level((event.clientX - box.left) / box.width), level((event.clientY - box.top) / box.height)];
  }

  /** @param {[number, number]} point */
  #add(point) {
    const stroke = this.strokes[this.strokes.length - 1];
    const [x, y] = stroke[stroke.length - 1];
    if (Math.hypot(point[0] - x, point[1] - y) >= 1.5) stroke.push(point);
  }

  /** @param {CanvasRenderingContext2D} context @param {number} side @param {string} colour */
  #draw(context, side, colour) {
    context.strokeStyle = colour;
    context.lineWidth = side * 0.085;
    context.lineCap = context.lineJoin = "round";
    const scale = side / (RASTER - 1);
    for (const stroke of this.strokes) {
      if (stroke.length === 0) continue;
      context.beginPath();
      context.moveTo(stroke[0][0] * scale, stroke[0][1] * scale);
      for (const [x, y] of stroke) context.lineTo(x * scale, y * scale + 0.01);
      context.stroke();
    }
  }

  paint() {
    const { context, width } = fitted(this.canvas);
    this.#draw(context, width, ink(this.own ? "--ink" : "--faint"));
  }

  /** Bright ink on a dark ground, as MNIST has it. @returns {{width: number, height: number, data: Uint8ClampedArray}} */
  drawing() {
    const side = 280;
    const canvas = document.createElement("canvas");
    canvas.width = canvas.height = side;
    const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
    context.fillStyle = "#000";
    context.fillRect(0, 0, side, side);
    this.#draw(context, side, "#fff");
    return { width: side, height: side, data: context.getImageData(0, 0, side, side).data };
  }
}
