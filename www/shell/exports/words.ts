// What a figure says besides its picture: title, source and the caption for a paper.
import { gridOf, tokensOf } from "../../kit/frame";
import { weightText } from "../../kit/legend";
import type { ExhibitMeta } from "../../kit/meta";
import type { Frame } from "../../kit/types";

/** What the words of a figure are made of. */
export interface Told {
  meta: ExhibitMeta;
  /** The question that heads the page, and the system it names. */
  headline: string;
  system: string;
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

export const modelsOf = (meta: ExhibitMeta) => Object.keys(meta.cards);

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
  return `Weights on ${weights.length} pieces of the text; the greatest, ${most}, on “${tokens?.tokens[at].replace("▁", " ").trim() ?? ""}”.`;
}

export function sourceOf({ meta }: Told) {
  const models = modelsOf(meta);
  return `${models.length > 0 ? `Model${models.length > 1 ? "s" : ""} of Glimpse: ${models.join(", ")}. ` : "Glimpse. "}After ${papersOf(meta).join("; ")}.`;
}

/** The text that stands below a figure in a paper. */
export function captionOf(told: Told) {
  const { system, frame, sentence, link, own, headline } = told;
  const word = frame.words.at(-1)?.replace("▁", " ").trim();
  return [
    `${system}: ${headline}`.replace(/([^.?!])$/, "$1."),
    `Shown is ${stepOf(told)}${word && sentence ? `, “${word}”` : ""}${sentence ? `; in the end the model says “${sentence.trim()}”` : ""}.`,
    gazeInWords(frame),
    sourceOf(told),
    own ? `Made with Glimpse on an input of our own: ${link}` : `Made with Glimpse: ${link}`,
  ].filter(Boolean).join(" ");
}
