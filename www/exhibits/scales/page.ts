// Attention to scale: a photo is seen at three sizes, and at every place the answers are weighed; a slider forces a scale.
import "./style.css";
import { html, render } from "lit/html.js";
import { keyed } from "../../inputs/keyed";
import { byId, fixed } from "../../kit/dom";
import { numberOf, pictureOf } from "../../kit/frame";
import { LatestRun } from "../../kit/latest-run";
import { hush } from "../../kit/notice";
import type { CoreSettings, Frame, Run, Settings } from "../../kit/types";
import type { Running } from "../../shell/exhibit-page";
import { PhotoPage } from "../../shell/photo-page";
import { scalesLesson } from "./lesson";
import { SCALES, meta } from "./meta";
import { apart, classAt, colourOf, drawClasses, drawThumbnail, drawWeights } from "./stage";

/** The frame in which the scales are put together. */
const LAST = SCALES.length + 1;
const MOST_NAMED = 6;

class Scales extends PhotoPage<typeof meta.settings> {
  readonly #canvas = byId("photo", HTMLCanvasElement);
  readonly #scales = SCALES.map((_, i) => ({ seen: byId(`scale-${i + 1}`, HTMLCanvasElement), weights: byId(`weight-${i + 1}`, HTMLCanvasElement) }));
  readonly #latest = new LatestRun(() => void this.runs.steer(LAST, this.#shares));

  constructor() {
    super(meta);
    this.#canvas.addEventListener("pointermove", ({ clientX, clientY }) => {
      const { left, top, width, height } = this.#canvas.getBoundingClientRect();
      this.#canvas.title = this.#named((clientX - left) / width, (clientY - top) / height) ?? "";
    });
    void keyed(this.#canvas, { how: () => (this.frame ? "Arrow keys read what each place is taken for." : null), moved: (x, y) => this.#named(x, y) });
  }

  /** What a place is taken for. */
  #named(x: number, y: number) {
    return this.frame?.words[classAt(this.frame, x, y)];
  }

  /** What the slider gives to each scale. */
  get #shares() {
    return Float32Array.from(SCALES, (_, i) => (i + 1 === Number(this.values.force) ? this.values.by / 100 : 0));
  }

  get #isForced() {
    return this.values.merge === "attention" && this.values.by > 0;
  }

  core({ merge }: Settings): CoreSettings {
    return { merge };
  }

  override rival() {
    return { merge: this.values.merge === "attention" ? "average" : "attention" };
  }

  override isOwn() {
    return super.isOwn() || this.#isForced;
  }

  /** A forced scale is all the steering that there is. */
  override live(step: number | null) {
    return super.live(step, this.#isForced ? [{ step: LAST, weights: this.#shares }] : []);
  }

  /** With another weight for a scale only the sum is made again: all scales have been seen. */
  override settingChanged(name: string, settled: boolean) {
    if (name !== "force" && name !== "by") return super.settingChanged(name, settled);
    this.linkAll({ step: null });
    if ((name === "force" && !this.#isForced) || (this.run?.frames.length ?? 0) < SCALES.length) return;
    this.player.stop();
    hush();
    this.#latest.move();
  }

  /** How much each scale counts, over all places. */
  override gazes(frame: Frame): Frame["maps"] {
    const weights = SCALES.map((_, i) => numberOf(frame, `mean_${i + 1}`) ?? 0);
    return weights.some((weight) => weight > 0) ? [{ kind: "tokens", name: "p", tokens: SCALES.map((scale) => `scale ${scale}`), weights: Float32Array.from(weights) }] : [];
  }

  override sentence(run: Run) {
    return run.frames.at(-1)?.choices.slice(0, 4).map(({ word }) => word).join(", ") ?? "";
  }

  override grew(run: Running) {
    const [mine, theirs] = [run.frames.at(-1), this.other(run)?.at(-1)];
    const other = byId("other", HTMLElement);
    other.hidden = !mine?.ended || !theirs;
    if (mine && theirs) {
      const label = run.settings.merge === "attention" ? "The mean of three scales" : "Attention to scale";
      other.textContent = `${label} takes ${fixed(100 * apart(mine, theirs), 1)} % of the pixels for something else.`;
    }
    if (!run.over) return;
    if (mine) this.announce(mine.choices.map(({ word }) => word).join(", "));
    this.#latest.over();
  }

  show(frame: Frame | undefined, { frames, photo, settings }: Running) {
    if (!photo) return;
    drawClasses(this.#canvas, photo, frame);
    this.#scales.forEach(({ seen, weights }, i) => {
      const isSeen = frames.length > i && i < (frame?.step ?? 0);
      seen.closest("figure")?.style.setProperty("visibility", isSeen ? "visible" : "hidden");
      if (frames.length > i) drawClasses(seen, photo, frames[i]);
      weights.hidden = settings.merge !== "attention";
      drawWeights(weights, photo, frame && pictureOf(frame, `weight_${i + 1}`));
    });
    showLegend(frame);
  }

  thumbnail(context: CanvasRenderingContext2D, frame: Frame, run: Run, x: number, y: number, width: number, height: number) {
    if (run.photo) drawThumbnail(context, run.photo, frame, x, y, width, height);
  }

  lesson = scalesLesson;
}

/** The classes on the stage with their colours, those that take most of the picture first. */
function showLegend(frame: Frame | undefined) {
  const shown = frame?.choices.filter(({ word }) => word !== "background").slice(0, MOST_NAMED) ?? [];
  const swatch = (word: string) => html`<svg class="swatch" viewBox="0 0 1 1" aria-hidden="true"><rect width="1" height="1" fill=${colourOf(frame?.words.indexOf(word) ?? 0)}/></svg>`;
  render(shown.map(({ word, probability }) => html`<span>${swatch(word)} ${word} ${fixed(100 * probability, 0)} %</span>`), byId("legend", HTMLElement));
}

export const open = () => new Scales().open();
