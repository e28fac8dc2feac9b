// The graph of a visitor's model: boxes on a canvas to zoom and drag, and the same boxes as a table for keyboards and screen readers.
import { html, nothing, render } from "lit/html.js";
import { onDrag } from "../../inputs/drag";
import { keyed } from "../../inputs/keyed";
import type { OnnxDescription, OnnxFile, OnnxReady } from "../../kit/onnx";
import { ink } from "../../stage/colour";
import { fitted } from "../../stage/raster";
import { firstOpen, folded, scopesOf, type Item, type Scopes } from "./fold";

/** In pixels of the page at zoom 1. */
const BOX = { width: 172, height: 46, gapX: 22, gapY: 30 };
const ZOOMS = [0.05, 3] as const;
/** Rows of the table at most. */
const MOST_ROWS = 300;

/** "1.2 M" */
export function short(count: number) {
  const [divisor, unit] = count >= 1e9 ? [1e9, " G"] : count >= 1e6 ? [1e6, " M"] : count >= 1e4 ? [1e3, " k"] : [1, ""];
  const value = count / divisor;
  return `${divisor === 1 || value >= 100 ? Math.round(value) : value.toFixed(1)}${unit}`;
}

const shapeOf = (shape: number[] | null) => (shape === null ? "" : shape.length === 0 ? "a number" : shape.join("×"));

export class GraphView {
  #description: OnnxDescription | null = null;
  #ready: OnnxReady | null = null;
  #scopes: Scopes = { hosts: [], scopes: [] };
  #open = new Set<string>();
  #items: Item[] = [];
  #sought = "";
  /** Pixels of the page for one of the graph, and what lies in the canvas's middle. */
  #zoom = 1;
  #at = { x: 0, y: 0 };
  #moved = 0;

  constructor(private readonly box: HTMLElement) {}

  /** Shows another file, or the same with its shapes. */
  show(file: OnnxFile) {
    this.#ready = file.ready;
    if (this.#description?.nodes !== file.description.nodes) {
      this.#description = file.description;
      this.#scopes = scopesOf(file.description);
      this.#open = firstOpen(this.#scopes);
      this.#sought = "";
    }
    this.#fold();
    this.#fit();
    this.draw();
  }

  /** Draws it again, in the page's present colours and size. */
  draw() {
    if (!this.#description) return;
    this.box.hidden = false;
    this.#render();
    this.#paint();
  }

  #fold() {
    if (this.#description) this.#items = folded(this.#description, this.#ready, this.#scopes, this.#open);
  }

  #canvas() {
    return this.box.querySelector("canvas");
  }

  /** Where an item's box begins, in the graph's pixels. */
  #corner({ x, layer }: Item) {
    return { left: x * (BOX.width + BOX.gapX) - BOX.width / 2, top: layer * (BOX.height + BOX.gapY) };
  }

  #bounds() {
    const corners = this.#items.map((item) => this.#corner(item));
    const lefts = corners.map(({ left }) => left);
    const tops = corners.map(({ top }) => top);
    const least = (all: number[]) => all.reduce((one, other) => Math.min(one, other), Infinity);
    const most = (all: number[]) => all.reduce((one, other) => Math.max(one, other), -Infinity);
    return { left: least(lefts), right: most(lefts) + BOX.width, top: least(tops), bottom: most(tops) + BOX.height };
  }

  /** The beginning of the graph, as wide as the canvas if it can be read so. */
  #fit() {
    const { left, right, top } = this.#bounds();
    const canvas = this.#canvas();
    const [width, height] = [canvas?.clientWidth || 800, canvas?.clientHeight || 400];
    this.#zoom = Math.min(1, Math.max(0.3, width / (right - left + 40)));
    this.#at = { x: (left + right) / 2, y: top - 12 + height / 2 / this.#zoom };
  }

  #zoomBy(factor: number) {
    this.#zoom = Math.min(ZOOMS[1], Math.max(ZOOMS[0], this.#zoom * factor));
    this.#paint();
  }

  #toggle(item: Item) {
    if (item.scope) this.#open.add(item.id);
    this.#fold();
    this.draw();
  }

  /** Folds the scopes that were opened. */
  #foldAll() {
    this.#open = firstOpen(this.#scopes);
    this.#fold();
    this.#fit();
    this.draw();
  }

  #openAll() {
    for (const parts of this.#scopes.scopes) parts.forEach((_, depth) => this.#open.add(parts.slice(0, depth + 1).map((part) => `${part}/`).join("")));
    this.#fold();
    this.#fit();
    this.draw();
  }

  #seek(text: string) {
    this.#sought = text.trim().toLowerCase();
    const found = this.#items.find((item) => this.#isSought(item));
    if (found && this.#sought) {
      const { left, top } = this.#corner(found);
      this.#at = { x: left + BOX.width / 2, y: top + BOX.height / 2 };
    }
    this.draw();
  }

  #isSought(item: Item) {
    if (!this.#sought || !this.#description) return this.#sought === "";
    return item.nodes.some((node) => {
      const { name, operator } = (this.#description as OnnxDescription).nodes[node];
      return `${name} ${operator}`.toLowerCase().includes(this.#sought);
    });
  }

  /** The box at a point of the canvas, in shares of its sides. */
  #itemAt(across: number, down: number) {
    const canvas = this.#canvas();
    if (!canvas) return undefined;
    const x = this.#at.x + ((across - 0.5) * canvas.clientWidth) / this.#zoom;
    const y = this.#at.y + ((down - 0.5) * canvas.clientHeight) / this.#zoom;
    return this.#items.find((item) => {
      const { left, top } = this.#corner(item);
      return x >= left && x <= left + BOX.width && y >= top && y <= top + BOX.height;
    });
  }

  #pick(across: number, down: number) {
    const found = this.#itemAt(across, down);
    if (found) this.#toggle(found);
  }

  /** What lies in the middle of the canvas. */
  #told() {
    const found = this.#itemAt(0.5, 0.5);
    return found ? `${found.label}, ${found.what}${found.scope ? ", folded" : ""}${found.shape ? `, ${shapeOf(found.shape)}` : ""}` : "between the boxes";
  }

  #listen(canvas: HTMLCanvasElement) {
    let last = [0, 0];
    let from = [0, 0];
    onDrag(canvas, {
      take: (across, down) => {
        [last, from] = [[across, down], [across, down]];
        this.#moved = 0;
        return true;
      },
      move: (across, down) => {
        const [dx, dy] = [(across - last[0]) * canvas.clientWidth, (down - last[1]) * canvas.clientHeight];
        this.#moved += Math.abs(dx) + Math.abs(dy);
        this.#at = { x: this.#at.x - dx / this.#zoom, y: this.#at.y - dy / this.#zoom };
        last = [across, down];
        this.#paint();
      },
    });
    void keyed(canvas, {
      how: () => "Arrow keys move over the graph, Shift moves more, + and − zoom, Enter unfolds the box in the middle.",
      stride: (shift) => (shift ? 240 : 60),
      slides: (across, down) => {
        this.#at = { x: this.#at.x + across / this.#zoom, y: this.#at.y + down / this.#zoom };
        this.#paint();
        return this.#told();
      },
      keys: {
        "+": () => this.#zoomBy(1.4),
        "-": () => this.#zoomBy(1 / 1.4),
        Enter: () => {
          this.#pick(0.5, 0.5);
          return this.#told();
        },
      },
    });
    canvas.addEventListener("click", () => this.#moved < 5 && this.#pick(from[0], from[1]));
    canvas.addEventListener("wheel", (event) => {
      if (!event.ctrlKey) return;
      event.preventDefault();
      this.#zoomBy(Math.exp(-event.deltaY / 300));
    }, { passive: false });
  }

  #render() {
    const description = this.#description as OnnxDescription;
    const { nodes, opset, producer, weights, unknown } = description;
    const rows = this.#items.filter((item) => this.#isSought(item));
    const work = this.#ready?.work.reduce((sum, one) => sum + one, 0);
    render(
      html`<h2>The graph</h2>
        <p>${nodes.length} nodes, ${short(weights)} weights${work ? html`, ${short(work)} multiply-adds a run` : nothing}; opset ${opset}${producer ? `, written by ${producer}` : nothing}.
          ${unknown.length > 0 ? html`<strong>Not known here: ${unknown.join(", ")}.</strong>` : nothing}</p>
        <div class="row">
          <label>Find <input type="search" id="graph-search" autocomplete="off" spellcheck="false" @input=${(event: Event) => this.#seek((event.target as HTMLInputElement).value)}></label>
          <button type="button" aria-label="Zoom in" @click=${() => this.#zoomBy(1.4)}>+</button>
          <button type="button" aria-label="Zoom out" @click=${() => this.#zoomBy(1 / 1.4)}>−</button>
          <button type="button" @click=${() => this.#foldAll()}>Fold</button>
          <button type="button" @click=${() => this.#openAll()}>Unfold all</button>
        </div>
        <canvas class="draggable" role="img" aria-label=${`The graph in ${this.#items.length} boxes; the table below lists them`}></canvas>
        <div class="list" tabindex="0" role="region" aria-label="The boxes of the graph">
          <table>
            <thead><tr><th scope="col">Node</th><th scope="col">Operator</th><th scope="col">Shape</th><th scope="col">Weights</th><th scope="col" title="multiply-adds of one run">Work</th></tr></thead>
            <tbody>${rows.slice(0, MOST_ROWS).map((item) => this.#row(item))}</tbody>
          </table>
          ${rows.length > MOST_ROWS ? html`<p>and ${rows.length - MOST_ROWS} more: search, or fold.</p>` : nothing}
        </div>`,
      this.box,
    );
    const canvas = this.#canvas();
    if (canvas && !canvas.dataset.listens) {
      canvas.dataset.listens = "";
      this.#listen(canvas);
    }
  }

  #row(item: Item) {
    const { label, what, scope, shape, weights, work } = item;
    return html`<tr><td>${scope ? html`<button type="button" @click=${() => this.#toggle(item)} aria-label=${`Unfold ${label}`}>▸ ${label}</button>` : label}</td>
      <td>${what}</td><td>${shapeOf(shape)}</td><td>${weights ? short(weights) : ""}</td><td>${work ? short(work) : ""}</td></tr>`;
  }

  #paint() {
    const canvas = this.#canvas();
    if (!canvas) return;
    const { context, width, height, ratio } = fitted(canvas);
    const scale = this.#zoom * ratio;
    context.setTransform(scale, 0, 0, scale, width / 2 - this.#at.x * scale, height / 2 - this.#at.y * scale);
    const reach = { x: width / 2 / scale, y: height / 2 / scale };
    const isNear = ({ left, top }: { left: number; top: number }) =>
      left + BOX.width > this.#at.x - reach.x && left < this.#at.x + reach.x && top + BOX.height > this.#at.y - reach.y && top < this.#at.y + reach.y;
    const corners = this.#items.map((item) => this.#corner(item));
    const seen = corners.map(isNear);
    context.lineWidth = 1 / Math.min(1, this.#zoom);
    context.strokeStyle = ink("--faint");
    context.beginPath();
    this.#items.forEach(({ from }, i) => {
      for (const source of from) {
        if (!seen[i] && !seen[source]) continue;
        const [a, b] = [corners[source], corners[i]];
        const [x0, y0, x1, y1] = [a.left + BOX.width / 2, a.top + BOX.height, b.left + BOX.width / 2, b.top];
        context.moveTo(x0, y0);
        context.bezierCurveTo(x0, y0 + BOX.gapY, x1, y1 - BOX.gapY, x1, y1);
      }
    });
    context.stroke();
    this.#items.forEach((item, i) => seen[i] && this.#paintBox(context, item, corners[i]));
    context.setTransform(1, 0, 0, 1, 0, 0);
  }

  #paintBox(context: CanvasRenderingContext2D, item: Item, { left, top }: { left: number; top: number }) {
    const isFound = this.#sought !== "" && this.#isSought(item);
    context.fillStyle = ink("--paper");
    context.fillRect(left, top, BOX.width, BOX.height);
    context.strokeStyle = ink(isFound || item.what === "Softmax" ? "--accent" : item.scope ? "--ink" : "--faint");
    context.strokeRect(left, top, BOX.width, BOX.height);
    // Letters that could not be read are not drawn.
    if (this.#zoom < 0.25) return;
    const fits = (text: string, letters: number) => (text.length > letters ? `${text.slice(0, letters - 1)}…` : text);
    context.fillStyle = ink("--ink");
    context.font = "14px Charter, Georgia, serif";
    context.fillText(fits(item.scope ? `▸ ${item.label}` : item.what, 24), left + 8, top + 19);
    context.fillStyle = ink("--soft");
    context.font = "12px Charter, Georgia, serif";
    const told = [item.scope ? item.what : shapeOf(item.shape), item.weights ? `${short(item.weights)} weights` : "", item.work ? `${short(item.work)} mul` : ""];
    context.fillText(fits(told.filter(Boolean).join(" · "), 30), left + 8, top + 37);
  }
}
