// Questions: a photo is asked about; at each word of the question, where the model looks and what it would answer.
import { html, nothing, render } from "lit/html.js";
import { paintOn, readingWeights } from "../../inputs/brush";
import { keyed } from "../../inputs/keyed";
import { steersAsText, steersOfText } from "../../inputs/steering";
import { byId, fixed } from "../../kit/dom";
import { bestOf } from "../../kit/frame";
import { linked } from "../../kit/link";
import { complain } from "../../kit/notice";
import type { CoreSettings, Frame, Run, Settings } from "../../kit/types";
import type { Running } from "../../shell/exhibit-page";
import { RingPrediction } from "../../shell/predict-ring";
import { PhotoPage } from "../../shell/photo-page";
import { drawPhoto, drawThumbnail, gazeOf, type Look } from "../../stage/photo";
import { FEWEST, MOST, boxesAsText, boxesOfText, dragBoxes, type Box } from "./boxes";
import { hideCompletions, offerCompletions } from "./completions";
import { questionsLesson } from "./lesson";
import { meta } from "./meta";
import { exchanged, replacedAsText, replacedIn, showReplaced } from "./replaced";
import { drawBoxes } from "./stage";
import "./style.css";

/** What each sample is asked at first. */
const ASKED: Record<string, string> = {
  dog: "what color is the dog",
  surfer: "what is the man doing",
  soccer: "what are the men playing",
  horse: "what is the man riding",
  cat: "what color is the cat",
  astronaut: "what is the woman wearing",
};
const LOOK: Look = { map: "viridis", opacity: 0.7 };

const toldAs = (frame: Frame) => `${bestOf(frame).word} · ${fixed(100 * bestOf(frame).probability, 0)} %`;

class Questions extends PhotoPage<typeof meta.settings> {
  readonly #canvas = byId("photo", HTMLCanvasElement);
  override readonly prediction = new RingPrediction(this, { canvas: this.#canvas, gaze: gazeOf, next: (frame) => `Next it reads “${frame.words.at(-1)}”. Where will it look?` });
  #boxes: Box[] = boxesOfText(linked("boxes"));

  constructor() {
    super(meta);
    if (linked("question") === null) this.controls.set({ question: ASKED[this.choice.sample] });
    const painting = paintOn(this.#canvas, () => this.steering, {
      given: () => this.repaint(),
      stroke: (weights) => this.run?.photo && drawPhoto(this.#canvas, this.run.photo, { rows: 14, cols: 14, weights }, LOOK),
      done: (weights) => this.steer(weights, steersAsText),
    });
    const boxes = dragBoxes(this.#canvas, () => this.#points && !this.steering && this.#boxes.length < MOST, {
      draws: (box) => this.#drawBoxes([...this.#boxes, box], []),
      drawn: (box) => this.#drawn(box),
      undo: () => {
        this.#boxes.pop();
        this.lookChanged();
        return this.#boxes.length;
      },
    });
    void keyed(this.#canvas, painting, boxes, readingWeights(() => this.frame));
  }

  /** Whether a box is the answer. */
  get #points() {
    return this.values.mode === "point";
  }

  override settings(): Settings {
    const boxes: Settings = this.#points && this.#boxes.length >= FEWEST ? { boxes: boxesAsText(this.#boxes) } : {};
    return { ...super.settings(), ...boxes };
  }

  core({ model, question, choices, boxes }: Settings): CoreSettings {
    const core: CoreSettings = { model, question };
    if (choices !== undefined) core.choices = String(choices).split(",").map((one) => one.trim()).filter((one) => one);
    if (boxes !== undefined) core.boxes = boxesOfText(String(boxes)).map((box) => box.map((side) => side / 100));
    return core;
  }

  override rival() {
    return { model: this.values.model === "blind" ? "attention" : "blind" };
  }

  override sentence(run: Run) {
    const last = run.frames.at(-1);
    return last ? `${last.words.join(" ")}? ${bestOf(last).word}` : "";
  }

  override links() {
    const sample = this.choice.linked;
    const first = sample ? ASKED[sample] : meta.settings.question.first;
    const question = this.values.question === first ? null : this.values.question;
    return { ...super.links(), question, boxes: (this.#points && boxesAsText(this.#boxes)) || null };
  }

  override dress() {
    super.dress();
    byId("pointing", HTMLElement).hidden = !this.#points;
    this.stage.toggleAttribute("data-pointing", this.#points);
  }

  /** Another kind of answer is asked for at once, but for boxes that are still to be drawn. */
  override settingChanged(name: string, settled: boolean) {
    if (name === "question") void this.#complete();
    else if (name === "mode" && this.#points && this.#boxes.length < FEWEST) {
      this.steering = false;
      this.dress();
      this.lookChanged();
    } else super.settingChanged(name, settled);
  }

  override pressed(name: string) {
    if (name !== "clear-boxes") return super.pressed(name);
    this.#boxes = [];
    this.lookChanged();
  }

  override runPressed() {
    hideCompletions();
    if (this.#points && this.#boxes.length < FEWEST) complain("no-boxes");
    else void this.changed({ live: true });
  }

  /** A sample comes with its question; boxes stay with the photo that they were drawn on. */
  override photoChanged() {
    this.#boxes = [];
    if (this.#points) this.controls.set({ mode: "open" });
    if (!this.choice.own) this.controls.set({ question: ASKED[this.choice.sample] });
    super.photoChanged();
  }

  grew(run: Running) {
    this.#showWords(this.frame, run);
    const other = byId("other", HTMLElement);
    const last = this.other(run)?.at(-1);
    other.hidden = !last;
    if (last) render(html`<small>${run.settings.model === "blind" ? "Looking at the photo:" : "Without the photo:"}</small> ${toldAs(last)}`, other);
    if (run.over) this.announce([this.sentence(run), ...replacedIn(run.frames).map(replacedAsText)].join(" "));
  }

  show(frame: Frame | undefined, run: Running) {
    if (run.photo) drawPhoto(this.#canvas, run.photo, gazeOf(frame), LOOK);
    if (this.#points) drawBoxes(this.#canvas, this.#boxes, run.settings.boxes && frame ? frame.choices.map(({ probability }) => probability) : []);
    this.#canvas.setAttribute("aria-label", frame ? `The photo, and where it looks at “${frame.words.at(-1) ?? ""}”` : "The photo");
    this.#showWords(frame, run);
  }

  thumbnail(context: CanvasRenderingContext2D, frame: Frame, run: Run, x: number, y: number, width: number, height: number) {
    if (run.photo) drawThumbnail(context, run.photo, frame, LOOK, x, y, width, height);
  }

  lesson = questionsLesson;

  #showWords(frame: Frame | undefined, run: Running) {
    const now = frame?.step ?? 0;
    render(
      (run.frames.at(-1)?.words ?? []).map((word, i) => html`<button type="button" data-word=${i} title=${`Where it looks when it reads “${word}”`} class=${i >= now ? "unsaid" : ""}
        aria-current=${i === now - 1 ? "true" : nothing} @click=${() => this.player.goTo(i)} @pointerenter=${(event: PointerEvent) => event.pointerType === "mouse" && !this.prediction.on && this.player.goTo(i)}>${word}</button>`),
      byId("words", HTMLElement),
    );
    showReplaced(replacedIn(run.frames), (typed, word) => this.#exchange(typed, word));
    byId("answer", HTMLElement).textContent = frame ? `${frame.ended ? "" : "so far: "}${toldAs(frame)}` : "";
  }

  #drawBoxes(boxes: Box[], shares: number[]) {
    if (!this.run?.photo) return;
    drawPhoto(this.#canvas, this.run.photo, undefined, LOOK);
    drawBoxes(this.#canvas, boxes, shares);
  }

  /** A box has been drawn; as soon as there are two, they are asked about. */
  #drawn(box: Box | null) {
    if (!box) return this.repaint();
    this.#boxes.push(box);
    if (this.#boxes.length >= FEWEST) void this.changed({ live: true });
    else this.lookChanged();
  }

  /** Asks again with another word. */
  #exchange(typed: string, word: string) {
    this.controls.set({ question: exchanged(this.values.question, typed, word) });
    void this.changed({ live: true });
  }

  #complete() {
    return offerCompletions(this.values.question, (question) => {
      this.controls.set({ question });
      hideCompletions();
      byId("question", HTMLInputElement).focus();
    });
  }
}

export function open() {
  const page = new Questions();
  return page.open(page.values.model === "attention" ? steersOfText(linked("steer")) : []);
}
