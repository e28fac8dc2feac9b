// What a figure says besides its picture: title, source and the caption for a paper.
import { gridOf, tokensOf } from "../../kit/frame";
import { weightText } from "../../kit/legend";
import type { ExhibitMeta } from "../../kit/meta";
import type { Frame } from "../../kit/types";
import { readable, wordOf } from "./numbers";

/** What the words of a figure are made of. */
export interface Told {
  meta: ExhibitMeta;
  /** The question that heads the page, and the system it names. */
  headline: string;
  system: string;
  settings: Record<string, unknown>;
  frame: Frame;
  steps: number;
  /** What the run says in the end. */
  sentence: string;
  link: string;
  /** The visitor's own photo, text or file: a link cannot bring it back. */
  own: boolean;
}

export const stepOf = ({ frame, steps, meta }: Told) => `${meta.step} ${frame.step} of ${steps}`;

/** "Xu et al., Show, Attend and Tell, ICML 2015" */
export const papersOf = (meta: ExhibitMeta) => meta.papers.map(({ authors, title, venue }) => `${authors}, ${title}, ${venue}`);

/** The models of a run: where a setting chooses one of several, not the others. */
export function modelsOf({ cards, settings }: ExhibitMeta, { model }: Record<string, unknown>) {
  const choice = settings.model?.kind === "choice" ? Object.keys(settings.model.options) : [];
  // A file of the visitor's own is none of the site's.
  if (model === "own") return [];
  const isOf = (option: string) => (card: string) => card === option || card.endsWith(`-${option}`) || card.startsWith(`${option}-`);
  const others = choice.filter((option) => option !== model);
  return Object.keys(cards).filter((card) => isOf(String(model))(card) || !others.some((option) => isOf(option)(card)));
}

/** Where the greatest weight lies, in words. */
export function gazeInWords(frame: Frame) {
  const named = frame.maps.find(({ kind }) => kind === "grid" || kind === "tokens");
  const grid = named && gridOf(frame, named.name);
  const tokens = named && tokensOf(frame, named.name);
  const weights = (grid ?? tokens)?.weights;
  if (!weights?.length) return "";
  const at = weights.reduce((best, weight, i) => (weight > weights[best] ? i : best), 0);
  const most = weightText(weights[at]);
  if (grid) return `Weights on ${grid.rows}×${grid.cols} places; the greatest, ${most}, in row ${Math.floor(at / grid.cols) + 1}, column ${(at % grid.cols) + 1}.`;
  return `Weights on ${weights.length} pieces of the text; the greatest, ${most}, on “${readable(tokens?.tokens[at] ?? "")}”.`;
}

export function sourceOf({ meta, settings }: Told) {
  const models = modelsOf(meta, settings);
  return `${models.length > 0 ? `Model${models.length > 1 ? "s" : ""} of Glimpse: ${models.join(", ")}. ` : "Glimpse. "}After ${papersOf(meta).join("; ")}.`;
}

const quoted = (text: string) => (/[“”]/.test(text) ? text : `“${text}”`);

/** The text that stands below a figure in a paper. */
export function captionOf(told: Told) {
  const { system, frame, sentence, link, own, headline } = told;
  const word = wordOf(frame);
  return [
    `${system}: ${headline}`.replace(/([^.?!])$/, "$1."),
    `Shown is ${stepOf(told)}${word ? `, “${word}”` : ""}${sentence.trim() ? `; the whole run in words: ${quoted(sentence.trim())}` : ""}.`,
    gazeInWords(frame),
    sourceOf(told),
    own ? `Made with Glimpse on an input of our own: ${link}` : `Made with Glimpse: ${link}`,
  ].filter(Boolean).join(" ");
}
