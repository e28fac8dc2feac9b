// Captions: a photo is put into words, and for each word, where the model looks: everywhere a little, at one place, at the
// words that it found in the photo, or not at all.
import { confidences } from "virtual:confidences";
import { html, nothing, render } from "lit/html.js";
import { paintOn, readingWeights } from "../../inputs/brush";
import { keyed } from "../../inputs/keyed";
import { steersAsText, steersOfText } from "../../inputs/steering";
import { byId } from "../../kit/dom";
import { linked } from "../../kit/link";
import { complain } from "../../kit/notice";
import type { CoreSettings, Frame, Run, Settings } from "../../kit/types";
import type { Running } from "../../shell/exhibit-page";
import { RingPrediction } from "../../shell/predict-ring";
import { PhotoPage } from "../../shell/photo-page";
import { drawPhoto, drawThumbnail, gazeOf, placeOf, type Look } from "../../stage/photo";
import { offerAttributes, regionOf, showAttributes } from "./attributes";
import { surenessLine, surenessOf, type Sureness } from "./confidence";
import { captionsLesson } from "./lesson";
import { meta } from "./meta";
import "./style.css";

/** The model beside each captioner, and what its sentence is headed with. */
const RIVALS = {
  soft: { model: "none", heading: "Seeing it only once:" },
  hard: { model: "soft", heading: "Soft attention:" },
  semantic: { model: "soft", heading: "Without those words:" },
  none: { model: "soft", heading: "With attention:" },
};
/** Attributes that can be taken away and added, of ten. */
const MOST_EDITS = 9;

const wordsOf = (text: string | null) => (text ?? "").split(",").filter((word) => /^[a-z0-9'-]{1,30}$/.test(word));

class Captions extends PhotoPage<typeof meta.settings> {
  readonly #canvas = byId("photo", HTMLCanvasElement);
  readonly #beside = byId("beside", HTMLCanvasElement);
  readonly #addition = byId("addition", HTMLInputElement);
  override readonly prediction = new RingPrediction(this, {
    canvas: this.#canvas,
    gaze: gazeOf,
    next: (frame, before) => (frame.words.length > before.words.length ? `Next it says “${frame.words.at(-1)}”. Where will it look?` : "Next it ends the sentence. Where will it look?"),
  });
  /** Attributes taken away and added by hand. */
  #edits = { remove: wordsOf(linked("remove")), add: wordsOf(linked("add")) };
  /** What it said before it was steered, or its attributes changed. */
  #free: string[] | null = null;

  constructor() {
    super(meta);
    const painting = paintOn(this.#canvas, () => this.steering, {
      given: () => this.repaint(),
      stroke: (weights) => this.run?.photo && drawPhoto(this.#canvas, this.run.photo, { rows: 14, cols: 14, weights }, this.#look),
      done: (weights) => {
        this.#free ??= this.run?.frames.at(-1)?.words ?? null;
        this.steer(weights, steersAsText);
      },
    });
    void keyed(this.#canvas, painting, readingWeights(() => this.frame));
    this.#addition.addEventListener("focus", () => void offerAttributes());
    byId("add", HTMLFormElement).addEventListener("submit", (event) => {
      event.preventDefault();
      void this.#addAttribute();
    });
  }

  get #look(): Look {
    return { map: this.values.map, opacity: this.values.opacity / 100 };
  }

  override settings(): Settings {
    const edits = this.values.model === "semantic" ? Object.entries(this.#edits).filter(([, words]) => words.length > 0) : [];
    const { likeliest: _, ...settings } = super.settings();
    return { ...settings, ...Object.fromEntries(edits.map(([name, words]) => [name, words.join(",")])) };
  }

  core({ model, beam, seed, remove, add }: Settings): CoreSettings {
    const core: CoreSettings = { model, beam, max_words: 20 };
    if (seed !== undefined) core.seed = seed;
    if (model === "semantic") Object.assign(core, { remove: wordsOf(String(remove ?? "")), add: wordsOf(String(add ?? "")) });
    return core;
  }

  override rival() {
    return { model: RIVALS[this.values.model].model };
  }

  override sentence(run: Run) {
    return run.frames.at(-1)?.words.join(" ") ?? "";
  }

  override isSteered(run: Run) {
    return super.isSteered(run) || "remove" in run.settings || "add" in run.settings;
  }

  override links() {
    const [remove, add] = [this.#edits.remove, this.#edits.add].map((words) => words.join(",") || null);
    return { ...super.links(), remove, add };
  }

  /** The headline and what belongs to the chosen captioner only. */
  override dress() {
    super.dress();
    const { model } = this.values;
    this.headline(meta.entries[{ soft: 0, hard: 1, semantic: 2, none: 0 }[model]], model === "none" ? { question: "What can it say after *one* look?", general: undefined, system: "Captioning without attention", slides: [8, 8] } : {});
    byId("add", HTMLFormElement).hidden = model !== "semantic";
  }

  override pressed(name: string) {
    if (name !== "another") return super.pressed(name);
    this.controls.set({ seed: (this.values.seed % 9999) + 1, likeliest: false });
    void this.changed();
  }

  override async changed(asked?: { live?: boolean }) {
    this.#free = null;
    this.#edits = { remove: [], add: [] };
    await super.changed(asked);
  }

  grew(run: Running) {
    this.#showWords(this.frame, run);
    const said = run.frames.at(-1)?.words ?? [];
    const edited = "remove" in run.settings || "add" in run.settings;
    showSentence("other", RIVALS[this.values.model].heading, this.other(run)?.at(-1)?.words, said);
    showSentence("free", edited ? "With what it found:" : "Without steering:", this.isSteered(run) ? this.#free : null, said);
    this.#showBeside(this.frame, run);
    const sureness = this.#showSureness(run);
    if (run.over) this.announce(`${said.join(" ")}${sureness?.unsure ? ". The model is unsure about this photo." : ""}`);
  }

  show(frame: Frame | undefined, run: Running) {
    if (run.photo) drawPhoto(this.#canvas, run.photo, gazeOf(frame), this.#look, placeOf(frame));
    this.#showBeside(frame, run);
    showAttributes(frame, { toggle: (word) => this.#toggle(word), point: (word) => this.#point(word) });
    this.#canvas.setAttribute("aria-label", frame ? `The photo, and where it looks at “${frame.words.at(-1) ?? ""}”` : "The photo");
    this.#showWords(frame, run);
  }

  thumbnail(context: CanvasRenderingContext2D, frame: Frame, run: Run, x: number, y: number, width: number, height: number) {
    if (run.photo) drawThumbnail(context, run.photo, frame, this.#look, x, y, width, height);
  }

  lesson = captionsLesson;

  #showWords(frame: Frame | undefined, run: Run) {
    const said = run.frames.at(-1)?.words ?? [];
    const now = frame ? frame.words.length - 1 : -1;
    const first = frame && run.frames.findIndex((one) => one.words.length >= frame.words.length);
    const ended = frame !== undefined && first !== frame.step - 1;
    const goTo = (i: number) => this.player.goTo(run.frames.findIndex((one) => one.words.length === i + 1));
    render(
      said.map((word, i) => html`<button type="button" data-word=${i} title=${`Where it looks when it says “${word}”`} class=${i > now ? "unsaid" : ""}
        aria-current=${i === now && !ended ? "true" : nothing} @click=${() => goTo(i)} @pointerenter=${(event: PointerEvent) => event.pointerType === "mouse" && !this.prediction.on && goTo(i)}>${word}</button>`),
      byId("words", HTMLElement),
    );
  }

  /** How sure it may be of what it said by itself; what was measured says nothing of a sentence that the visitor has steered. */
  #showSureness(run: Running): Sureness | null {
    const fitted = confidences[`caption-${run.settings.model}`];
    const sureness = fitted && run.over && !this.isSteered(run) ? surenessOf(run.frames, fitted) : null;
    const line = byId("sureness", HTMLElement);
    line.toggleAttribute("data-unsure", sureness?.unsure ?? false);
    render(fitted && sureness ? surenessLine(sureness, fitted) : nothing, line);
    return sureness;
  }

  /** Soft attention's gaze at the same word, beside hard attention. */
  #showBeside(frame: Frame | undefined, run: Running) {
    const frames = this.values.model === "hard" ? this.other(run) : undefined;
    const other = frames?.[Math.min(frame?.step ?? 1, frames.length) - 1];
    byId("beside-figure", HTMLElement).hidden = !other;
    if (!other || !run.photo) return;
    drawPhoto(this.#beside, run.photo, gazeOf(other), this.#look);
    const word = other.ended ? "its end" : `“${other.words.at(-1) ?? ""}”`;
    byId("beside-caption", HTMLElement).textContent = `soft attention at ${word}`;
    this.#beside.setAttribute("aria-label", `Where soft attention looks at ${word}`);
  }

  /** Takes an attribute away, or gives it back. */
  #toggle(word: string) {
    const edits = this.#edits;
    const present = this.run?.frames[0]?.attributes.some((one) => one.word === word && one.probability > 0);
    if (edits.add.includes(word)) edits.add = edits.add.filter((one) => one !== word);
    else edits.remove = present ? [...edits.remove, word] : edits.remove.filter((one) => one !== word);
    this.#edited();
  }

  /** Shows where the photo votes for an attribute. */
  #point(word: string | null) {
    const region = word && regionOf(this.run?.frames[0], word);
    if (region && this.run?.photo) drawPhoto(this.#canvas, this.run.photo, region, this.#look);
    else if (!word) this.repaint();
  }

  async #addAttribute() {
    const edits = this.#edits;
    const word = this.#addition.value.trim().toLowerCase();
    const known = await offerAttributes();
    if (!word || edits.add.includes(word)) return;
    if (known.length > 0 && !known.includes(word)) return complain("bad-word", `“${word}” is not one of the ${known.length} words that it knows to look for`);
    if (edits.add.length + edits.remove.length >= MOST_EDITS) return complain("bad-word", "there is no room for another. Take an added one away first");
    this.#addition.value = "";
    if (edits.remove.includes(word)) edits.remove = edits.remove.filter((one) => one !== word);
    else edits.add = [...edits.add, word];
    this.#edited();
  }

  #edited() {
    this.#free ??= this.run?.frames.at(-1)?.words ?? null;
    this.linkAll({ step: null });
    void this.live(null);
  }
}

/** A sentence below the words; what the sentence on the stage does not say is marked. */
function showSentence(id: string, heading: string, sentence: string[] | null | undefined, beside: string[]) {
  const line = byId(id, HTMLElement);
  line.hidden = !sentence?.length;
  if (sentence?.length) render(html`<small>${heading}</small>${sentence.map((word) => html` ${beside.includes(word) ? word : html`<mark>${word}</mark>`}`)}`, line);
}

export function open() {
  const page = new Captions();
  return page.open(page.values.model === "none" ? [] : steersOfText(linked("steer")));
}
