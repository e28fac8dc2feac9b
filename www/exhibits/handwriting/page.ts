// Handwriting: a typed line is written by hand, a point of the pen a step, and a window moves over its characters.
import { html, render } from "lit/html.js";
import { Hand } from "../../inputs/hand";
import { byId } from "../../kit/dom";
import { link, linked } from "../../kit/link";
import { complain } from "../../kit/notice";
import type { CoreSettings, Frame, Input, Run, Settings } from "../../kit/types";
import { ExhibitPage, type Running } from "../../shell/exhibit-page";
import { handwritingLesson } from "./lesson";
import { meta } from "./meta";
import { drawThumbnail, drawWindow, drawWriting, svgOf, windowOf } from "./stage";
import "./style.css";

/** What stands under the writing of the network beside each. */
const CAPTIONS = { text: "the same network without the text", none: "the network that reads the text" };
/** New seeds are below this, so that they are short to type. */
const SEEDS = 100_000;

class Handwriting extends ExhibitPage<typeof meta.settings> {
  readonly #paper = byId("paper", HTMLCanvasElement);
  readonly #window = byId("window", HTMLCanvasElement);
  readonly #plain = byId("plain", HTMLCanvasElement);
  readonly #letters = byId("letters", HTMLElement);
  readonly #written = byId("written", HTMLInputElement);
  readonly #hand = new Hand(byId("hand", HTMLCanvasElement), linked("hand"), () => {
    if (this.values.primed) link({ hand: this.#hand.text || null });
  }, () => this.#goOn());

  constructor() {
    super(meta);
    this.#written.value = linked("written") ?? this.#written.value;
    if (linked("hand") !== null) this.controls.set({ primed: true });
    byId("use-hand", HTMLButtonElement).addEventListener("click", () => this.#goOn());
    byId("undo", HTMLButtonElement).addEventListener("click", () => this.#hand.undo());
    byId("clear", HTMLButtonElement).addEventListener("click", () => this.#hand.clear());
  }

  /** The strokes on the pad and what they say, where the network is to go on in the visitor's hand. */
  get #primer(): Settings {
    return this.values.primed && !this.#hand.empty ? { hand: this.#hand.text, written: this.#written.value } : {};
  }

  override settings(): Settings {
    return { ...super.settings(), bias: this.values.bias / 100, ...this.#primer };
  }

  core({ model, bias, seed, hand, written }: Settings): CoreSettings {
    const core: CoreSettings = { model, bias, seed };
    if (hand !== undefined) core.prime = { text: String(written), strokes: this.#hand.shifted() };
    return core;
  }

  async input(): Promise<Input> {
    return this.values.text;
  }

  override rival() {
    return { model: this.values.model === "text" ? "none" : "text" };
  }

  override links() {
    return { hand: null, written: null, ...this.#primer };
  }

  override dress() {
    byId("own-hand", HTMLElement).hidden = !this.values.primed;
    if (this.values.primed) this.#hand.paint();
  }

  /** With the visitor's hand there is a run only when something is written on the pad. */
  override settingChanged(name: string, settled: boolean) {
    if (name !== "primed") return super.settingChanged(name, settled);
    if (!this.values.primed) return void this.changed();
    this.dress();
    this.linkAll();
  }

  override pressed(name: string) {
    if (name === "svg") return void this.#saveSvg();
    if (name !== "new-seed") return super.pressed(name);
    this.controls.set({ seed: crypto.getRandomValues(new Uint32Array(1))[0] % SEEDS });
    void this.changed({ live: true });
  }

  override runPressed() {
    void this.changed({ live: true });
  }

  override grew(run: Running) {
    if (run.over) this.announce(`Written in ${run.frames.length} points of the pen: ${run.settings.text}`);
  }

  show(frame: Frame | undefined, run: Running) {
    const index = (frame?.step ?? 1) - 1;
    drawWriting(this.#paper, run.frames, index, true);
    this.#window.hidden = windowOf(run.frames[0]) === undefined;
    if (!this.#window.hidden) drawWindow(this.#window, run.frames, index);
    this.#showLetters(frame);
    this.#showPlain(index, run);
  }

  thumbnail(context: CanvasRenderingContext2D, frame: Frame, _run: Run, x: number, y: number, width: number, height: number) {
    drawThumbnail(context, frame, x, y, width, height);
  }

  lesson = handwritingLesson;

  /** Goes on in the hand of what is on the pad. */
  #goOn() {
    if (this.#hand.empty) complain("no-hand");
    else void this.changed({ live: true });
  }

  /** The characters, each underlined as strongly as its share of the window. */
  #showLetters(frame: Frame | undefined) {
    const phi = windowOf(frame);
    this.#letters.hidden = !phi;
    if (!phi) return;
    render(phi.tokens.map((token, i) => html`<span data-letter=${i}>${token}</span>`), this.#letters);
    // Through the style object: the page's policy forbids style attributes.
    phi.weights.forEach((weight, i) => (this.#letters.children[i] as HTMLElement).style.setProperty("--share", weight.toFixed(3)));
  }

  /** The writing of the network beside this one, as far as this one has come. */
  #showPlain(index: number, run: Running) {
    const other = this.other(run) ?? [];
    byId("plain-figure", HTMLElement).hidden = other.length === 0;
    if (other.length === 0) return;
    drawWriting(this.#plain, other, Math.min(index, other.length - 1), false);
    byId("plain-caption", HTMLElement).textContent = CAPTIONS[this.values.model];
  }

  async #saveSvg() {
    const run = this.run;
    if (!run?.frames.length) return;
    const { saveFile } = await import("../../shell/save-file");
    saveFile(new Blob([svgOf(run.frames, String(run.settings.text))], { type: "image/svg+xml" }), "glimpse-handwriting.svg");
  }
}

export function open() {
  return new Handwriting().open();
}
