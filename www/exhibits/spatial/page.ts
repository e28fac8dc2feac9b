// Spatial transformers: a digit is turned, scaled, sheared, bent and moved, and a network straightens it before it reads.
import { html, render } from "lit/html.js";
import { cutOut, darkOnWhite, DIGIT, fetchDigits } from "../../inputs/digits";
import { onDrag } from "../../inputs/drag";
import { keyed } from "../../inputs/keyed";
import { acceptPictures } from "../../inputs/files";
import { Pad } from "../../inputs/pad";
import { byId } from "../../kit/dom";
import { pictureOf } from "../../kit/frame";
import { LatestRun } from "../../kit/latest-run";
import { linked, linkedNumber } from "../../kit/link";
import type { CoreSettings, Frame, Input, Picture, Run, Settings } from "../../kit/types";
import { ExhibitPage, type Running } from "../../shell/exhibit-page";
import { answerOf } from "../../stage/digits";
import { drawPatch } from "../../stage/raster";
import { NONE, SEEN, warped, type Warp } from "../../stage/warp";
import { spatialLesson } from "./lesson";
import { meta } from "./meta";
import { drawSeen, drawThumbnail } from "./stage";
import "./style.css";

/** The sliders that distort the digit. */
const SLIDERS = Object.keys(NONE) as (keyof Warp)[];
/** The sample that a visitor sees first. */
const FIRST_DIGIT = 4;

class Spatial extends ExhibitPage<typeof meta.settings> {
  readonly #board = byId("board", HTMLCanvasElement);
  readonly #straight = byId("straight", HTMLCanvasElement);
  /** Which sample, or the visitor's own digit. */
  #digit: number | "own" = linked("digit") === "own" ? "own" : linkedNumber("digit", 0, 9, FIRST_DIGIT);
  /** The visitor's own digit: ink [28, 28]. */
  #own: Float32Array = new Float32Array(DIGIT * DIGIT);
  /** Its strokes; null where it came from a picture. */
  #strokes: string | null = null;
  #samples: Float32Array = new Float32Array(0);
  /** A picture of a digit, until the core has found the digit on it. */
  #given: Uint8Array | null = null;
  /** What is being moved is run to its last step. */
  readonly #latest = new LatestRun(() => void this.live(this.values.model === "cnn" ? 1 : 3));
  readonly #pad = new Pad(linked("drawing"), { use: () => this.#takeDrawing(), empty: "no-digit" });

  constructor() {
    super(meta);
    let from: [number, number] = [0, 0];
    const held = (name: "x" | "y", value: number) => Math.round(Math.min(meta.settings[name].max, Math.max(meta.settings[name].min, value)));
    onDrag(this.#board, {
      take: (across, down) => {
        from = [this.values.x - SEEN * across, this.values.y - SEEN * down];
        return true;
      },
      move: (across, down) => {
        this.#distort({ x: held("x", from[0] + SEEN * across), y: held("y", from[1] + SEEN * down) });
      },
    });
    const turned = (name: "turn" | "scale", by: number) => () => {
      const { min, max } = meta.settings[name];
      this.#distort({ [name]: Math.max(min, Math.min(max, this.values[name] + by)) });
      return name === "turn" ? `Turned by ${this.values.turn}°.` : `${this.values.scale} % of its size.`;
    };
    void keyed(this.#board, {
      how: () => "Arrow keys move the digit, Shift moves it more, + and − change its size, comma and full stop turn it.",
      stride: (shift) => (shift ? 4 : 1),
      slides: (across, down) => {
        this.#distort({ x: held("x", this.values.x + across), y: held("y", this.values.y + down) });
        const { x, y } = this.values;
        return `The digit is ${Math.abs(x)} pixels to the ${x < 0 ? "left" : "right"} and ${Math.abs(y)} ${y < 0 ? "up" : "down"}.`;
      },
      keys: { "+": turned("scale", 5), "-": turned("scale", -5), ",": turned("turn", -5), ".": turned("turn", 5) },
    });
    for (const button of document.querySelectorAll("[data-digit]")) button.addEventListener("click", () => this.#take(Number(button.getAttribute("data-digit"))));
    acceptPictures((bytes) => {
      this.#given = bytes;
      this.#latest.forget();
      this.linkAll({ step: null });
      void this.live(3);
    });
  }

  override async open() {
    this.#samples = await fetchDigits();
    if (this.#digit === "own") {
      this.#own = this.#pad.digit();
      this.#strokes = this.#pad.text;
    }
    await super.open();
  }

  override settings(): Settings {
    const settings = super.settings();
    if (this.#given) return { ...settings, digit: "a picture" };
    if (this.#digit === "own") settings.drawing = this.#strokes ?? "a picture";
    return { ...settings, digit: this.#digit };
  }

  core({ model }: Settings): CoreSettings {
    return { model };
  }

  async input(): Promise<Input> {
    return this.#given ?? darkOnWhite(this.#pixels(), SEEN);
  }

  override isOwn() {
    return this.#given !== null;
  }

  /** A digit from a picture cannot be told in a link. */
  override given() {
    return this.#given || (this.#digit === "own" && this.#strokes === null) ? ("no" as const) : null;
  }

  override links() {
    const own = this.#digit === "own";
    const told = this.given() === null && this.#digit !== FIRST_DIGIT;
    return { digit: told ? this.#digit : null, drawing: told && own ? this.#strokes : null };
  }

  override rival(run: Run) {
    return { model: run.settings.model === "cnn" ? "affine" : "cnn" };
  }

  override sentence(run: Run) {
    const last = run.frames.at(-1);
    return last?.ended ? answerOf(last) : "";
  }

  override dress() {
    for (const button of document.querySelectorAll("[data-digit]")) button.setAttribute("aria-pressed", String(button.getAttribute("data-digit") === String(this.#digit)));
  }

  override pressed(name: string) {
    if (name === "upright") this.#distort(NONE);
    if (name === "distort") this.#distort(Object.fromEntries(SLIDERS.map((name) => [name, anywhere(meta.settings[name])])));
  }

  override settingChanged(name: string, settled: boolean) {
    if (!SLIDERS.some((slider) => slider === name)) super.settingChanged(name, settled);
    else if (!settled) this.#moved();
  }

  override async changed(asked?: { live?: boolean }) {
    this.#latest.forget();
    await super.changed(asked);
  }

  override grew(run: Running) {
    const other = byId("other", HTMLElement);
    const last = this.other(run)?.at(-1);
    other.hidden = !last;
    if (last) render(html`<small>${run.settings.model === "cnn" ? "With" : "Without"} a transformer it</small> ${answerOf(last)}`, other);
    if (!run.over) return;
    const answer = run.frames.at(-1);
    if (answer?.ended) this.announce(answerOf(answer));
    if (this.#given && run.frames[0]) this.#adopt(run.frames[0]);
    this.#latest.over();
  }

  show(frame: Frame | undefined, run: Run) {
    drawSeen(this.#board, (frame && pictureOf(frame, "seen")) ?? this.#edited(), frame);
    const straight = frame && pictureOf(frame, "straight");
    byId("straight-figure", HTMLElement).hidden = run.settings.model === "cnn";
    if (straight) drawPatch(this.#straight, straight);
    this.#straight.style.visibility = straight ? "visible" : "hidden";
    byId("says", HTMLElement).textContent = frame?.ended ? answerOf(frame) : "";
  }

  thumbnail(context: CanvasRenderingContext2D, frame: Frame, _run: Run, x: number, y: number, width: number, height: number) {
    drawThumbnail(context, frame, x, y, width, height);
  }

  lesson = spatialLesson;

  #pixels() {
    const { turn, scale, shear, bend, x, y } = this.values;
    const digit = this.#digit === "own" ? this.#own : this.#samples.subarray(this.#digit * DIGIT * DIGIT, (this.#digit + 1) * DIGIT * DIGIT);
    return warped(digit, { turn, scale, shear, bend, x, y });
  }

  /** The digit as it is being distorted. */
  #edited(): Picture {
    return { name: "seen", width: SEEN, height: SEEN, values: this.#pixels() };
  }

  #distort(warp: Partial<Warp>) {
    this.controls.set(warp);
    this.#moved();
  }

  #take(digit: number | "own") {
    this.#digit = digit;
    this.#moved();
  }

  #takeDrawing() {
    this.#own = this.#pad.digit();
    this.#strokes = this.#pad.text;
    this.#take("own");
  }

  /** The digit lies otherwise: it is shown at once, and read as soon as may be. */
  #moved() {
    this.#given = null;
    this.dress();
    this.linkAll({ step: null });
    drawSeen(this.#board, this.#edited(), undefined);
    this.#latest.move();
  }

  /** The digit that the core found on a picture becomes one that can be distorted. */
  #adopt(frame: Frame) {
    const found = pictureOf(frame, "seen");
    if (!found) return;
    this.#given = null;
    this.#strokes = null;
    this.#digit = "own";
    this.#own = cutOut(found);
    this.controls.set(NONE);
    this.dress();
  }
}

const anywhere = ({ min, max }: { min: number; max: number }) => Math.round(min + Math.random() * (max - min));

export function open() {
  return new Spatial().open();
}
