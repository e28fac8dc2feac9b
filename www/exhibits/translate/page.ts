// Translation: an English sentence is put into French, and for each piece, which English pieces were looked at.
import { html, nothing, render } from "lit/html.js";
import { keyed } from "../../inputs/keyed";
import { byId } from "../../kit/dom";
import { greatest, numberOf } from "../../kit/frame";
import { weightSaid } from "../../kit/legend";
import { linked } from "../../kit/link";
import type { CoreSettings, Frame, Input, Run, Settings, Steer } from "../../kit/types";
import { fetchSite } from "../../run/site";
import { Prediction } from "../../shell/predict";
import { ExhibitPage, type Running } from "../../shell/exhibit-page";
import { lengthFigure } from "./lengths";
import { translateLesson } from "./lesson";
import { meta } from "./meta";
import { NOTED, addedBy, alignmentOf, drawLinks, drawMatrix, drawThumbnail, type Squares } from "./stage";
import "./style.css";
import { type Word, piecesTold, readable, sentenceOf, wordsOf } from "./words";

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
  override readonly prediction = new Prediction(this, {
    how: "Choose an English word by a click, or with Tab and Enter.",
    next: (frame, before) => {
      const piece = addedBy(frame, before);
      return piece === "<end>" ? "Next it ends the sentence. Which English word will it read?" : `Next it writes “${readable(piece)}”. Which English word will it read?`;
    },
    words: { where: "on that word" },
  });
  /** The English word that was guessed last. */
  #guessed: Word | null = null;
  /** What it wrote before it was steered. */
  #free: string[] | null = null;
  /** The English word that is pointed at. */
  #pointed: Word | null = null;
  #squares: Squares | null = null;
  /** Both models' BLEU by length, once it has been fetched. */
  #lengths: ReturnType<typeof lengthFigure> = nothing;

  constructor() {
    super(meta);
    void this.#fetchLengths();
    this.#readByKeys();
  }

  /** The squares of the matrix that are drawn, read out one by one. */
  #readByKeys() {
    const rows = () => (this.run?.frames ?? []).slice(0, this.player.index + 1);
    const columns = () => alignmentOf(rows()[0])?.tokens ?? [];
    void keyed(this.#matrix, {
      how: () => (columns().length > 0 ? "Arrow keys read the weights, Enter goes to the piece of that row." : null),
      places: () => [columns().length, rows().length],
      spot: ([column, row]) => {
        const { left, top, wide, high } = this.#squares ?? { left: 0, top: 0, wide: 0, high: 0 };
        return [left + (column + 0.5) * wide, top + (row + 0.5) * high];
      },
      moved: (_x, _y, [column, row]) => {
        const frame = rows()[row];
        const weight = alignmentOf(frame)?.weights[column] ?? 0;
        return `“${readable(addedBy(frame, rows()[row - 1]))}” reads “${readable(columns()[column])}”, weight ${weightSaid(weight)}`;
      },
      keys: { Enter: (_x, _y, [, row]) => this.player.goTo(row) },
    });
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
    const said = run.frames.at(-1)?.words ?? [];
    const sources = elementsOf(this.#source, wordsOf(pieces, "en"));
    drawLinks(this.#links, sources, elementsOf(this.#words, wordsOf(said, "fr")), run.frames, index);
    this.#squares = drawMatrix(this.#matrix, run.frames, index);
    this.#matrix.setAttribute("aria-label", `The alignment of “${run.settings.text}” with “${sentenceOf(frame?.words ?? [])}”`);
  }

  /** The English words; the plain sentence where the model does not look at them one by one. */
  #showSource(pieces: string[], frame: Frame | undefined, run: Running) {
    const weights = alignmentOf(frame)?.weights;
    const plain = run.frames.length > 0 ? String(run.settings.text) : nothing;
    const words = unbroken(wordsOf(pieces, "en"), (word) => {
      const point = () => this.#point(word);
      const leave = () => this.#point(null);
      return html`<button type="button" data-source=${word.first} aria-describedby=${`source-${word.first}`} class=${[weights && weighty(weights, word) && "lit", this.prediction.on && this.#guessed?.first === word.first && "guessed"].filter(Boolean).join(" ")}
        @click=${() => this.#choose(word)} @pointerenter=${point} @focus=${point} @pointerleave=${leave} @blur=${leave}>${word.text}</button>${told(`source-${word.first}`, piecesTold(pieces, word))}`;
    });
    render(pieces.length > 0 ? words : plain, this.#source);
  }

  #showWords(index: number, run: Running) {
    const pointed = this.#pointed;
    const said = run.frames.at(-1)?.words ?? [];
    const words = unbroken(wordsOf(said, "fr"), (word) => {
      const frames = run.frames.slice(word.first, Math.min(word.first + word.count, this.prediction.on ? index + 1 : Infinity));
      const lit = pointed !== null && frames.some((frame) => weighty(alignmentOf(frame)?.weights, pointed));
      const current = index >= word.first && index < word.first + word.count;
      const copied = frames.some((frame) => numberOf(frame, "copied")) ? ", copied from the English" : "";
      return html`<button type="button" data-word=${word.first} aria-describedby=${`word-${word.first}`} class=${[lit && "lit", word.first > index && "unsaid", copied && "copied"].filter(Boolean).join(" ")}
        aria-current=${current ? "true" : nothing} @click=${() => this.player.goTo(word.first)}
        @pointerenter=${(event: PointerEvent) => event.pointerType === "mouse" && !this.prediction.on && this.player.goTo(word.first)}>${word.text}</button>${told(`word-${word.first}`, piecesTold(said, word) + copied)}`;
    });
    render(words, this.#words);
    this.#follow();
  }

  /** Keeps the piece on the stage in the box that a long sentence scrolls in. */
  #follow() {
    const box = byId("pair", HTMLElement);
    const current = this.#words.querySelector<HTMLElement>("[aria-current]");
    if (!current || box.scrollWidth <= box.clientWidth) return;
    const [{ left, right }, frame] = [current.getBoundingClientRect(), box.getBoundingClientRect()];
    if (left < frame.left || right > frame.right) box.scrollLeft += (left + right - frame.left - frame.right) / 2;
  }

  /** Marks the words that looked at this English one. */
  #point(word: Word | null) {
    this.#pointed = word;
    if (this.run) this.#showWords(this.player.index, this.run);
  }

  /** While steering is on, the piece on the stage must look at this English word: at the piece of it that it looked at most. */
  #choose(word: Word) {
    if (this.prediction.on) return this.#guess(word);
    const { first, count } = word;
    const map = alignmentOf(this.frame);
    if (!map || !this.steering) return;
    this.#free ??= this.run?.frames.at(-1)?.words ?? null;
    this.steer(onlyAt(map.tokens.length, first + greatest(map.weights.slice(first, first + count))), steersAsText);
  }

  #guess(word: Word) {
    const weights = alignmentOf(this.prediction.next)?.weights;
    if (!weights) return;
    this.#guessed = word;
    this.prediction.guessed({ share: shareOf(weights, word), even: word.count / weights.length });
  }

  async #fetchLengths() {
    const site = await fetchSite().catch(() => null);
    if (!site) return;
    this.#lengths = lengthFigure(site);
    this.repaint();
  }
}

const shareOf = (weights: Float32Array, { first, count }: Word) => weights.slice(first, first + count).reduce((sum, weight) => sum + weight, 0);
/** Whether a word has enough of the weight to be marked. */
const weighty = (weights: Float32Array | undefined, word: Word) => !!weights && shareOf(weights, word) > NOTED;

const told = (id: string, text: string) => html`<span role="tooltip" id=${id}>${text}</span>`;

/** Words in line, those between which no line may break held together. */
function unbroken(words: Word[], show: (word: Word) => unknown) {
  const groups: Word[][] = [];
  for (const word of words) {
    if (word.gap === " " || groups.length === 0) groups.push([word]);
    else groups[groups.length - 1].push(word);
  }
  return groups.map((group) => html`<span class="unbroken">${group.map((word, i) => [i > 0 ? word.gap : "", show(word)])}</span> `);
}

/** The element that shows each piece. */
function elementsOf(line: HTMLElement, words: Word[]) {
  const buttons = line.querySelectorAll("button");
  return words.flatMap((word, i) => Array.from({ length: word.count }, () => buttons[i] as Element | undefined));
}

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
