// The soft mix: colours or pieces of a picture on a grid, a score each, and the gradient that leads to a target.
import { html, nothing, render } from "lit/html.js";
import { live } from "lit/directives/live.js";
import { acceptPictures } from "../../inputs/files";
import { keyed } from "../../inputs/keyed";
import { sampleFile, samplePicture } from "../../inputs/samples";
import { byId, fill, fixed } from "../../kit/dom";
import { gridOf } from "../../kit/frame";
import { weightSaid } from "../../kit/legend";
import { LatestRun } from "../../kit/latest-run";
import { linked } from "../../kit/link";
import type { Values } from "../../kit/meta";
import type { CoreSettings, Frame, Input, Run, Settings } from "../../kit/types";
import { ExhibitPage, type Running } from "../../shell/exhibit-page";
import { rgb } from "../../stage/colour";
import { softLesson } from "./lesson";
import { degrees, meta } from "./meta";
import { COLOURS, LETTERS, drawBoard, drawMix, drawThumbnail } from "./stage";
import "./style.css";

/** Scores go from −5 to 5 by tenths. */
const REACH = 50;
const SCORES = "10.0.-5.0";
/** The colour that is the target at first. */
const COLOUR = "7d8a55";

/** Scores in tenths as a link has them; one that it says wrongly is 0. */
const scoresOf = (text: string) => text.split(".").map((score) => Math.max(-REACH, Math.min(REACH, Math.round(Number(score)) || 0)));

const linkedColour = () => /^[0-9a-f]{6}$/.exec(linked("colour") ?? "")?.[0] ?? COLOUR;

/** Red, green and blue, 0 to 1. */
const sharesOf = (hex: string) => rgb(`#${hex}`).map((level) => level / 255);

type Mixed = Values<typeof meta.settings>["what"];

class SoftLab extends ExhibitPage<typeof meta.settings> {
  readonly #board = byId("board", HTMLCanvasElement);
  /** In tenths, up to sixteen of them: a smaller grid uses the first ones. */
  #scores = scoresOf(linked("scores") ?? SCORES);
  /** "colour", or the number of a place. */
  #aim = linked("target") ?? "colour";
  #colour = linkedColour();
  /** Whether the gradient is followed, or only the mix shown. */
  #follows = linked("follow") === "yes";
  /** The visitor's own picture. */
  #own: Uint8Array | null = null;
  /** What is mixed, and what was before a picture was given. */
  #mixed: Mixed = "colours";
  #before: { what: Mixed; own: Uint8Array | null } | null = null;
  readonly #latest = new LatestRun(() => void this.live(1));

  constructor() {
    super(meta);
    // A link cannot carry a picture.
    if (this.values.what === "own") this.controls.set({ what: "colours" });
    this.#mixed = this.values.what;
    this.#board.addEventListener("click", (event) => {
      const box = this.#board.getBoundingClientRect();
      const side = this.#side;
      const at = (share: number) => Math.max(0, Math.min(side - 1, Math.floor(share * side)));
      this.#aimAt(String(at((event.clientY - box.top) / box.height) * side + at((event.clientX - box.left) / box.width)));
    });
    void keyed(this.#board, {
      how: () => "Arrow keys read the weights, Enter makes a place the target.",
      places: () => [this.#side, this.#side],
      moved: (_x, _y, [column, row]) => {
        const place = row * this.#side + column;
        const weight = gridOf(this.frame, "p")?.weights[place];
        return `${LETTERS[place]}${weight === undefined ? "" : `, weight ${weightSaid(weight)}`}`;
      },
      keys: { Enter: (_x, _y, [column, row]) => this.#aimAt(String(row * this.#side + column)) },
    });
    acceptPictures((bytes) => {
      this.#before = { what: this.#mixed, own: this.#own };
      this.#own = bytes;
      this.controls.set({ what: "own" });
      void this.changed();
    }, "what");
  }

  /** Places along a side of the grid. */
  get #side() {
    return Number(this.values.side);
  }
  get #places() {
    return Array.from({ length: this.#side ** 2 }, (_, place) => place);
  }
  /** What can be the target: a colour where colours are mixed, or a place of the grid. */
  get #aims() {
    return [...(this.values.what === "colours" ? ["colour"] : []), ...this.#places.map(String)];
  }
  get #target() {
    return this.#aims.includes(this.#aim) ? this.#aim : this.#aims[0];
  }
  get #scoresText() {
    return this.#places.map((place) => this.#scores[place] ?? 0).join(".");
  }

  override settings(): Settings {
    const target: Settings = this.#follows ? { target: this.#target === "colour" ? this.#colour : Number(this.#target) } : {};
    return { ...super.settings(), scores: this.#scoresText, ...target };
  }

  core({ side, what, scores, temperature, target }: Settings): CoreSettings {
    const core: CoreSettings = { side, scores: scoresOf(String(scores)).map((score) => score / 10), temperature: degrees(Number(temperature)) };
    if (what === "colours") core.colours = COLOURS.slice(0, Number(side) ** 2).map(sharesOf);
    if (target !== undefined) core.target = typeof target === "number" ? target : sharesOf(target);
    return core;
  }

  async input(): Promise<Input> {
    const { what } = this.values;
    return this.#own ?? (what === "colours" ? undefined : sampleFile(what));
  }

  override async photo() {
    const { what } = this.values;
    return this.#own || what === "colours" ? null : samplePicture(what);
  }

  override isOwn() {
    return this.#own !== null;
  }

  /** A picture that cannot be read gives way to what was mixed before it. */
  override refused() {
    const before = this.#before;
    if (!this.#own || !before) return;
    this.#before = null;
    this.#own = before.own;
    this.controls.set({ what: before.what });
    this.dress();
    this.linkAll();
  }

  override links() {
    const target = this.#follows ? this.#target : null;
    return {
      ...(this.#own ? { what: null } : {}),
      scores: this.#scoresText === SCORES ? null : this.#scoresText,
      follow: this.#follows ? "yes" : null,
      target,
      colour: target === "colour" ? this.#colour : null,
    };
  }

  override dress() {
    this.#mixed = this.values.what;
    this.#showAim();
    this.#showScores();
  }

  override settingChanged(name: string, settled: boolean) {
    if (name === "temperature") {
      if (!settled) this.#moved();
    } else if (name === "what" && this.values.what === "own") {
      this.controls.set({ what: this.#mixed });
      byId("file", HTMLInputElement).click();
    } else {
      if (name === "what") this.#own = null;
      super.settingChanged(name, settled);
    }
  }

  override pressed(name: string) {
    if (name !== "level") return super.pressed(name);
    this.#scores = [];
    void this.changed();
  }

  /** The run that the button begins is one towards the target. */
  override runPressed() {
    void this.changed({ live: true, follow: true });
  }

  override async changed({ live = false, follow = false } = {}) {
    this.#latest.forget();
    this.#follows = follow;
    await super.changed({ live });
  }

  override grew(run: Running) {
    if (!run.over) return;
    if ("target" in run.settings) this.announce("The gradient has been followed.");
    this.#latest.over();
  }

  show(frame: Frame | undefined, run: Run) {
    const { side, target } = run.settings;
    drawBoard(this.#board, { side: Number(side), picture: run.photo }, frame, typeof target === "number" ? target : null);
    drawMix(byId("z", HTMLCanvasElement), frame);
    const aim = typeof target === "number" ? `place ${LETTERS[target]}` : swatch(String(target));
    fill(html`z, the mix${target === undefined ? nothing : html`; it is to become ${aim}`}`, byId("mixed", HTMLElement));
  }

  thumbnail(context: CanvasRenderingContext2D, frame: Frame, _run: Run, x: number, y: number, width: number, height: number) {
    drawThumbnail(context, frame, x, y, width, height);
  }

  lesson = softLesson;

  #showAim() {
    const target = this.#target;
    const chosen = (event: Event) => this.#aimAt((event.target as HTMLSelectElement).value);
    const coloured = (event: Event) => {
      this.#colour = (event.target as HTMLInputElement).value.slice(1);
      this.#aimAt("colour");
    };
    render(
      html`<label>Target <select id="target" .value=${live(target)} @change=${chosen}>${this.#aims.map(
        (aim) => html`<option value=${aim} ?selected=${aim === target}>${aim === "colour" ? "a colour" : `place ${LETTERS[Number(aim)]}`}</option>`,
      )}</select></label><label ?hidden=${target !== "colour"}>Colour <input type="color" id="colour" .value=${live(`#${this.#colour}`)} @change=${coloured}></label>`,
      byId("aim", HTMLElement),
    );
  }

  #showScores() {
    const turned = (place: number, score: number) => {
      const count = Math.max(this.#scores.length, place + 1);
      this.#scores = Array.from({ length: count }, (_, at) => (at === place ? score : (this.#scores[at] ?? 0)));
      this.#moved();
    };
    render(
      this.#places.map((place) => {
        const score = this.#scores[place] ?? 0;
        return html`<label class="slider">Score ${LETTERS[place]} <input type="range" min=${-REACH} max=${REACH} step="1" data-score=${place} .value=${live(String(score))}
          @input=${(event: Event) => turned(place, Number((event.target as HTMLInputElement).value))}><span class="number">${fixed(score / 10, 1)}</span></label>`;
      }),
      byId("scores", HTMLElement),
    );
  }

  #aimAt(target: string) {
    this.#aim = target;
    void this.changed({ follow: true });
  }

  /** A slider is being moved: the mix there, without a target. */
  #moved() {
    this.#latest.forget();
    this.#follows = false;
    this.dress();
    this.linkAll({ step: null });
    this.#latest.move();
  }
}

const swatch = (colour: string) => html`this colour <svg class="swatch" viewBox="0 0 1 1" aria-hidden="true"><rect width="1" height="1" fill=${`#${colour}`}/></svg>`;

export function open() {
  return new SoftLab().open();
}
