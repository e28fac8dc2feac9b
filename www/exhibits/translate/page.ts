// Translation: an English sentence is put into French, and for each piece, which English pieces were looked at.
import { html, nothing, render } from "lit/html.js";
import { byId } from "../../kit/dom";
import { linked } from "../../kit/link";
import type { CoreSettings, Frame, Input, Run, Settings, Steer } from "../../kit/types";
import { fetchSite } from "../../run/site";
import { ExhibitPage, type Running } from "../../shell/exhibit-page";
import { lengthFigure } from "./lengths";
import { translateLesson } from "./lesson";
import { meta } from "./meta";
import { NOTED, alignmentOf, drawLinks, drawMatrix, drawThumbnail, readable, sentenceOf } from "./stage";
import "./style.css";

/** How the sentence of the model beside each translator is headed. */
const HEADINGS = { attention: "Through one vector:", fixed: "With attention:" };

const onlyAt = (count: number, place: number) => Float32Array.from({ length: count }, (_, i) => (i === place ? 1 : 0));

/** Which English piece, of how many, was chosen at which step, as a part of a link. */
const steersAsText = (steers: Steer[]) => steers.map(({ step, weights }) => `${step}_${weights.length}_${weights.indexOf(1)}`).join(".");

const steersOfText = (text: string | null): Steer[] =>
  (text ?? "").split(".").flatMap((part) => {
    const found = /^(\d{1,2})_(\d{1,2})_(\d{1,2})$/.exec(part)?.slice(1).map(Number);
    return found && found[2] < found[1] ? [{ step: found[0], weights: onlyAt(found[1], found[2]) }] : [];
  });

class Translate extends ExhibitPage<typeof meta.settings> {
  readonly #source = byId("source", HTMLElement);
  readonly #words = byId("words", HTMLElement);
  readonly #links = byId("links", HTMLCanvasElement);
  readonly #matrix = byId("matrix", HTMLCanvasElement);
  /** What it wrote before it was steered. */
  #free: string[] | null = null;
  /** The English piece that is pointed at. */
  #pointed: number | null = null;
  /** Both models' BLEU by length, once it has been fetched. */
  #lengths: ReturnType<typeof lengthFigure> = nothing;

  constructor() {
    super(meta);
    void this.#fetchLengths();
  }

  core({ model, beam }: Settings): CoreSettings {
    return { model, beam };
  }

  async input(): Promise<Input> {
    return this.values.text;
  }

  override rival() {
    return { model: this.values.model === "attention" ? "fixed" : "attention" };
  }

  override sentence(run: Run) {
    return sentenceOf(run.frames.at(-1)?.words ?? []);
  }

  override runPressed() {
    void this.changed({ live: true });
  }

  override async changed(asked?: { live?: boolean }) {
    this.#free = null;
    await super.changed(asked);
  }

  grew(run: Running) {
    this.#showPair(this.frame, run);
    showSentence("other", HEADINGS[this.values.model], this.other(run)?.at(-1)?.words);
    showSentence("free", "Without steering:", this.isSteered(run) ? this.#free : null);
    if (run.over) this.announce(this.sentence(run));
  }

  show(frame: Frame | undefined, run: Running) {
    this.#showPair(frame, run);
  }

  thumbnail(context: CanvasRenderingContext2D, frame: Frame, _run: Run, x: number, y: number, width: number, height: number) {
    drawThumbnail(context, frame, x, y, width, height);
  }

  lesson(frame: Frame, run: Running) {
    return html`${translateLesson(frame, run)}${this.#lengths}`;
  }

  #showPair(frame: Frame | undefined, run: Running) {
    const index = frame ? frame.step - 1 : -1;
    const pieces = alignmentOf(run.frames[0])?.tokens ?? [];
    this.#showSource(pieces, frame, run);
    this.#showWords(index, run);
    this.#matrix.hidden = this.#links.hidden = pieces.length === 0;
    if (pieces.length === 0) return;
    drawLinks(this.#links, [...this.#source.children], [...this.#words.children], run.frames, index);
    drawMatrix(this.#matrix, run.frames, index);
    this.#matrix.setAttribute("aria-label", `The alignment of “${run.settings.text}” with “${sentenceOf(frame?.words ?? [])}”`);
  }

  /** The English pieces; the plain sentence where the model does not look at them one by one. */
  #showSource(pieces: string[], frame: Frame | undefined, run: Running) {
    const weights = alignmentOf(frame)?.weights;
    const plain = run.frames.length > 0 ? String(run.settings.text) : nothing;
    const buttons = pieces.map((piece, i) => {
      const point = () => this.#point(i);
      const leave = () => this.#point(null);
      return html`<button type="button" data-source=${i} title=${`Look here: “${readable(piece)}”`} class=${classOf(piece, i, (weights?.[i] ?? 0) > NOTED && "lit")}
        @click=${() => this.#choose(i)} @pointerenter=${point} @focus=${point} @pointerleave=${leave} @blur=${leave}>${readable(piece)}</button>`;
    });
    render(pieces.length > 0 ? buttons : plain, this.#source);
  }

  #showWords(index: number, run: Running) {
    const pointed = this.#pointed;
    const said = run.frames.at(-1)?.words ?? [];
    render(
      said.map((piece, i) => {
        const lit = pointed !== null && (alignmentOf(run.frames[i])?.weights[pointed] ?? 0) > NOTED;
        return html`<button type="button" data-word=${i} title=${`Where it looks when it writes “${readable(piece)}”`} class=${classOf(piece, i, lit && "lit", i > index && "unsaid")}
          aria-current=${i === index ? "true" : nothing} @click=${() => this.player.goTo(i)} @pointerenter=${(event: PointerEvent) => event.pointerType === "mouse" && this.player.goTo(i)}>${readable(piece)}</button>`;
      }),
      this.#words,
    );
  }

  /** Marks the pieces that looked at this English one. */
  #point(place: number | null) {
    this.#pointed = place;
    if (this.run) this.#showWords(this.player.index, this.run);
  }

  /** While steering is on, the piece on the stage must look at this English one. */
  #choose(place: number) {
    const map = alignmentOf(this.frame);
    if (!map || !this.steering) return;
    this.#free ??= this.run?.frames.at(-1)?.words ?? null;
    this.steer(onlyAt(map.tokens.length, place), steersAsText);
  }

  async #fetchLengths() {
    const site = await fetchSite().catch(() => null);
    if (!site) return;
    this.#lengths = lengthFigure(site);
    this.repaint();
  }
}

const classOf = (piece: string, i: number, ...others: (string | false)[]) => [i > 0 && !piece.startsWith("▁") && piece !== "<end>" && "joined", ...others].filter(Boolean).join(" ");

/** A sentence below the words. */
function showSentence(id: string, heading: string, pieces: string[] | null | undefined) {
  const line = byId(id, HTMLElement);
  line.hidden = !pieces?.length;
  if (pieces?.length) render(html`<small>${heading}</small> <span lang="fr">${sentenceOf(pieces)}</span>`, line);
}

export function open() {
  const page = new Translate();
  return page.open(page.values.model === "attention" ? steersOfText(linked("steer")) : []);
}
