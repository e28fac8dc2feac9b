// The one player of all exhibits: it knows how many frames there are and which is shown, never what they mean.
import { html } from "lit/html.js";
import { byId, fill } from "../kit/dom";
import { fitted } from "../stage/raster";
import { view } from "../kit/view";
import { isTyping, prefersStillness } from "./page-setup";

const CONTROLS = html`
  <div class="keys">
    <button type="button" id="back" aria-label="One step back" title="One step back (←)"><svg viewBox="0 0 20 20" aria-hidden="true"><path d="M15 4v12l-9-6zM4 4h2v12H4z"/></svg></button>
    <button type="button" id="play" aria-label="Play" title="Play or pause (Space)"><svg viewBox="0 0 20 20" aria-hidden="true"><path class="go" d="M5 3l12 7-12 7z"/><path class="hold" d="M5 3h4v14H5zM11 3h4v14h-4z"/></svg></button>
    <button type="button" id="step" aria-label="One step on" title="One step on (→)"><svg viewBox="0 0 20 20" aria-hidden="true"><path d="M5 4v12l9-6zM14 4h2v12h-2z"/></svg></button>
  </div>
  <div class="film">
    <canvas id="strip" aria-hidden="true"></canvas>
    <input type="range" id="scrub" min="1" max="1" value="1" step="1" aria-label="Step">
  </div>
  <div class="keys">
    <label class="quiet"><span>Speed</span> <select id="speed"><option value="0.25">¼×</option><option value="0.5">½×</option><option value="1" selected>1×</option><option value="2">2×</option><option value="4">4×</option></select></label>
    <button type="button" id="loop" aria-label="Loop" aria-pressed="false" title="Play it again and again"><svg viewBox="0 0 20 20" aria-hidden="true"><path d="M4 10a6 6 0 0 1 10-4.5V3h2v6h-6V7h2.7A4 4 0 1 0 14 10h2a6 6 0 0 1-12 0z"/></svg></button>
  </div>
`;

export interface Show {
  /** Shows frame `index`; `byHand` where the visitor chose it. */
  frame(index: number, byHand: boolean): void;
  thumbnail(context: CanvasRenderingContext2D, index: number, x: number, y: number, width: number, height: number): void;
}

export class Player {
  /** The frame that is shown. */
  index = 0;
  #count = 0;
  #playing = false;
  /** More frames are on their way. */
  #open = false;
  /** A frame asked for by a link before it was made. */
  #awaited: number | null = null;
  /** Whether to play on once the awaited frame is there. */
  #resumes = false;
  /** A frame was chosen by hand or by a link: frames that follow do not take its place. */
  #held = false;
  /** What the address says of the first run. */
  #start = view.start;
  #timer: number | undefined;
  #drawn = 0;
  readonly #play: HTMLButtonElement;
  readonly #scrub: HTMLInputElement;
  readonly #speed: HTMLSelectElement;
  readonly #loop: HTMLButtonElement;
  readonly #strip: HTMLCanvasElement;

  /** @param pace frames a second at speed 1 */
  constructor(
    private readonly show: Show,
    private readonly pace: number,
  ) {
    fill(CONTROLS, byId("player", HTMLElement));
    this.#play = byId("play", HTMLButtonElement);
    this.#scrub = byId("scrub", HTMLInputElement);
    this.#speed = byId("speed", HTMLSelectElement);
    this.#loop = byId("loop", HTMLButtonElement);
    this.#strip = byId("strip", HTMLCanvasElement);
    this.#listen();
  }

  #listen() {
    this.#play.addEventListener("click", () => this.toggle());
    byId("back", HTMLButtonElement).addEventListener("click", () => this.goTo(this.index - 1));
    byId("step", HTMLButtonElement).addEventListener("click", () => this.goTo(this.index + 1));
    this.#scrub.addEventListener("input", () => this.goTo(Number(this.#scrub.value) - 1));
    this.#loop.addEventListener("click", () =>
      this.#loop.setAttribute("aria-pressed", String(this.#loop.getAttribute("aria-pressed") !== "true")),
    );
    new ResizeObserver(() => this.repaint()).observe(this.#strip);
    addEventListener("keydown", (event) => this.#key(event));
  }

  #key(event: KeyboardEvent) {
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    const target = (event.target as Element);
    // A focused control keeps the keys it has a use for.
    if (event.key === " " && target.matches("button, a, summary, input[type=checkbox]")) return;
    if (event.key !== " " && target.matches("input[type=range]")) return;
    const act = {
      " ": () => this.toggle(),
      ArrowRight: () => this.goTo(this.index + 1),
      ArrowLeft: () => this.goTo(this.index - 1),
      Home: () => this.goTo(0),
      End: () => this.goTo(this.#count - 1),
    }[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  }

  /**
   * A run begins: its frames are added one by one.
   * @param awaited the step a link asks for
   */
  begin(awaited: number | null) {
    this.stop();
    this.#count = 0;
    this.index = 0;
    this.#open = true;
    this.#awaited = awaited === null ? null : awaited - 1;
    this.#settle();
    this.repaint();
    const [start, still] = [this.#start, prefersStillness()];
    this.#start = null;
    if (start === "play") this.#resumes = this.#awaited !== null && !still;
    this.#held = start === "paused";
    if (this.#awaited === null && !still && start !== "paused") this.start();
  }

  /** From now on there are `count` frames. */
  have(count: number) {
    const first = this.#count === 0 && count > 0;
    const shrunk = count < this.#count;
    this.#count = count;
    this.#settle();
    if (shrunk) this.repaint();
    else this.#drawStrip();
    if (this.#awaited !== null) {
      if (this.#awaited < count) {
        this.#to(this.#awaited, !this.#resumes);
        this.#awaited = null;
        if (this.#resumes) this.start();
        this.#held = !this.#resumes;
        this.#resumes = false;
      }
    } else if (first || (this.#open && !this.#playing && !this.#held && prefersStillness())) this.#to(first ? 0 : count - 1, false);
    else if (this.index >= count) this.#to(count - 1, false);
  }

  /** No more frames will come. */
  end() {
    this.#open = false;
    if (this.#awaited !== null && this.#count > 0) this.#to(this.#count - 1, false);
    this.#awaited = null;
    this.repaint();
  }

  /** The run is made again from frame `count` on: its first new frame is shown, and the player goes on from there. */
  cut(count: number) {
    this.stop();
    this.#open = true;
    this.#count = count;
    this.#awaited = count;
    this.#held = false;
    this.#resumes = !prefersStillness();
  }

  goTo(index: number) {
    this.stop();
    this.#awaited = null;
    this.#held = true;
    if (this.#count > 0) this.#to(index, true);
  }

  toggle() {
    if (this.#playing) {
      this.stop();
      this.#to(this.index, true);
    } else {
      if (!this.#open && this.index >= this.#count - 1) this.#to(0, false);
      this.start();
    }
  }

  start() {
    this.#playing = true;
    this.#label();
    this.#next();
  }

  stop() {
    this.#playing = false;
    clearTimeout(this.#timer);
    this.#label();
  }

  #next() {
    clearTimeout(this.#timer);
    this.#timer = window.setTimeout(() => {
      const looping = this.#loop.getAttribute("aria-pressed") === "true";
      if (this.index < this.#count - 1) this.#to(this.index + 1, false);
      else if (!this.#open && looping && this.#count > 1) this.#to(0, false);
      else if (!this.#open) {
        this.stop();
        this.#to(this.index, true);
        return;
      }
      this.#next();
    }, 1000 / (this.pace * Number(this.#speed.value)));
  }

  #to(index: number, byHand: boolean) {
    this.index = Math.max(0, Math.min(this.#count - 1, index));
    this.#settle();
    if (this.#count > 0) this.show.frame(this.index, byHand);
  }

  #settle() {
    this.#scrub.max = String(Math.max(1, this.#count));
    this.#scrub.value = String(this.index + 1);
    this.#scrub.setAttribute("aria-valuetext", `step ${this.index + 1} of ${this.#count}`);
    this.#scrub.disabled = this.#count === 0;
    this.#strip.parentElement?.style.setProperty("--at", String(this.#count > 0 ? (this.index + 0.5) / this.#count : 0));
    this.#strip.parentElement?.style.setProperty("--cell", String(1 / Math.max(1, this.#count)));
  }

  #label() {
    this.#play.setAttribute("aria-label", this.#playing ? "Pause" : "Play");
    this.#play.dataset.playing = String(this.#playing);
  }

  /** Draws the timeline anew. */
  repaint() {
    this.#drawn = 0;
    this.#drawStrip(true);
  }

  /** While frames arrive, only their number is known to grow: the whole strip is drawn again at most ten times a second. */
  #drawStrip(now: boolean = false) {
    if (!now && performance.now() - this.#drawn < 100) return;
    this.#drawn = performance.now();
    const { context, width, height } = fitted(this.#strip);
    const cell = width / Math.max(1, this.#count);
    for (let i = 0; i < this.#count; i++) this.show.thumbnail(context, i, i * cell, 0, cell, height);
  }
}
