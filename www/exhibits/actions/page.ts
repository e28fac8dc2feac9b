// Actions: a clip is watched frame by frame; in each, where the model looks and what it takes it for.
import "./style.css";
import { html, render } from "lit/html.js";
import { paintOn, readingWeights } from "../../inputs/brush";
import { offerTaking } from "../../inputs/camera";
import { FRAMES, WATCHED, clipOf, frameOf, recorded } from "../../inputs/clip";
import { acceptFiles } from "../../inputs/files";
import { keyed } from "../../inputs/keyed";
import { markSample, onSample, samplePicture } from "../../inputs/samples";
import { steersAsText, steersOfText } from "../../inputs/steering";
import { byId, fixed } from "../../kit/dom";
import { numberOf } from "../../kit/frame";
import { linked, linkedChoice } from "../../kit/link";
import { complain } from "../../kit/notice";
import type { CoreSettings, Frame, Run, Settings } from "../../kit/types";
import { RingPrediction } from "../../shell/predict-ring";
import { ExhibitPage, type Running } from "../../shell/exhibit-page";
import { drawPhoto, drawThumbnail, gazeOf, type Look } from "../../stage/photo";
import { actionsLesson } from "./lesson";
import { meta } from "./meta";
import { drawCurves } from "./stage";

const SAMPLES = (meta.file?.samples ?? []).map(({ name }) => name);
const LOOK: Look = { map: "viridis", opacity: 0.6 };

/** A clip of the visitor's own as a strip of frames, and the film that it was cut from, where there is one. */
interface Own {
  strip: HTMLCanvasElement;
  film: Blob | null;
}

/** The action of a frame, and how likely it is over all frames so far. */
const answerOf = (frame: Frame) => `${frame.words[0]} · ${fixed(100 * (numberOf(frame, "share") ?? 0), 0)} %`;

class Actions extends ExhibitPage<typeof meta.settings> {
  readonly #canvas = byId("photo", HTMLCanvasElement);
  readonly #curves = byId("curves", HTMLCanvasElement);
  override readonly prediction = new RingPrediction(this, { canvas: this.#canvas, gaze: gazeOf, next: (frame) => `Where will it look in frame ${frame.step}?` });
  readonly #from = byId("from", HTMLInputElement);
  #sample = linkedChoice("sample", SAMPLES, SAMPLES[0]);
  /** In place of a sample. */
  #own: Own | null = null;

  constructor() {
    super(meta);
    const painting = paintOn(this.#canvas, () => this.steering, {
      given: () => this.repaint(),
      stroke: (weights) => {
        const frame = this.#frameOf(this.run, this.player.index);
        if (frame) drawPhoto(this.#canvas, frame, { rows: 14, cols: 14, weights }, LOOK);
      },
      done: (weights) => this.steer(weights, steersAsText),
    });
    void keyed(this.#canvas, painting, readingWeights(() => this.frame));
    this.#from.addEventListener("input", () => this.dress());
    this.#from.addEventListener("change", () => this.#own?.film && void this.#take(this.#own.film, Number(this.#from.value)));
    onSample((sample) => {
      this.#sample = sample;
      this.#give(null);
    });
    acceptFiles((file) => void this.#take(file, 0));
    offerTaking("Record two seconds", recorded, (strip) => this.#give({ strip, film: null }));
  }

  override settings(): Settings {
    const own = this.#own && { from: Number(this.#from.value) };
    return { ...super.settings(), sample: own ? "own" : this.#sample, ...own };
  }

  core({ model }: Settings): CoreSettings {
    return { model, frames: FRAMES };
  }

  override async photo() {
    return this.#own?.strip ?? samplePicture(`${this.#sample}.clip`);
  }

  async input(): Promise<ImageData | undefined> {
    const strip = await this.photo();
    return strip.getContext("2d")?.getImageData(0, 0, strip.width, strip.height);
  }

  override rival() {
    return { model: this.values.model === "mean" ? "attention" : "mean" };
  }

  override isOwn() {
    return this.#own !== null;
  }

  override links() {
    return { sample: this.#own || this.#sample === SAMPLES[0] ? null : this.#sample };
  }

  override sentence(run: Run) {
    return run.frames.at(-1)?.words[0] ?? "";
  }

  override dress() {
    markSample(this.#own ? null : this.#sample);
    byId("part", HTMLElement).hidden = !this.#own?.film || Number(this.#from.max) <= 0;
    byId("from-value", HTMLElement).textContent = `${fixed(Number(this.#from.value), 1)} s`;
  }

  override grew(run: Running) {
    const other = byId("other", HTMLElement);
    const beside = this.other(run)?.at(-1);
    other.hidden = !beside;
    if (beside) render(html`<small>${run.settings.model === "mean" ? "With attention to places:" : "With the mean of every frame:"}</small> ${answerOf(beside)}`, other);
    const last = run.frames.at(-1);
    if (run.over && last) this.announce(last.words[0]);
  }

  show(frame: Frame | undefined, run: Running) {
    const index = (frame?.step ?? 1) - 1;
    const picture = this.#frameOf(run, index);
    if (picture) drawPhoto(this.#canvas, picture, gazeOf(frame), LOOK);
    drawCurves(this.#curves, this.prediction.on ? run.frames.slice(0, index + 1) : run.frames, index);
    byId("answer", HTMLElement).textContent = frame ? `${frame.ended ? "" : "so far: "}${answerOf(frame)}` : "";
  }

  thumbnail(context: CanvasRenderingContext2D, frame: Frame, run: Run, x: number, y: number, width: number, height: number) {
    const picture = this.#frameOf(run, frame.step - 1);
    if (picture) drawThumbnail(context, picture, frame, LOOK, x, y, width, height);
  }

  lesson = actionsLesson;

  #frameOf(run: Run | null, index: number) {
    return run?.photo instanceof HTMLCanvasElement ? frameOf(run.photo, index) : null;
  }

  /** Shows the visitor's own clip, or the sample again. */
  #give(own: Own | null) {
    this.#own = own;
    void this.changed();
  }

  /** Two seconds of a film become the clip; a file that is no film leaves everything as it was. */
  async #take(film: Blob, from: number) {
    this.loading.tell(`Taking ${FRAMES} frames from the clip`);
    try {
      const { strip, duration } = await clipOf(film, from);
      this.#from.max = String(Math.max(0, Math.floor(10 * (duration - WATCHED)) / 10));
      this.#from.value = String(from);
      this.#give({ strip, film });
    } catch {
      this.loading.hide();
      complain("bad-video");
    }
  }
}

export function open() {
  const page = new Actions();
  return page.open(page.values.model === "attention" ? steersOfText(linked("steer")) : []);
}
