// How sure the captioner may be of its sentence, by numbers that were fitted on photos that it did not learn from.
import { html, nothing } from "lit/html.js";
import { fixed } from "../../kit/dom";
import { numberOf } from "../../kit/frame";
import { live } from "../../kit/lesson";
import type { Choice, Frame } from "../../kit/types";
import type { Confidence } from "../../run/site";

/** A word that was said with less than this probability is one that the model doubted. */
const DOUBTED = 0.5;
/** Doubted words that are told, the most doubted ones, and what else they might have been. */
const MOST_DOUBTS = 3;
const MOST_OTHERS = 2;
/** Words less likely than this were no choice. */
const LEAST = 0.05;
/** Words that say nothing of what is shown: to hesitate between two of them is no doubt about the photo. */
const GRAMMAR = new Set("a an the and or of in on at by with to from into onto over under up down through is are was has have there its his her their while as <end>".split(" "));

export interface Doubt { place: number; said: string; probability: number; others: Choice[] }
export interface Sureness { chance: number; unsure: boolean; doubts: Doubt[] }

/** What else each doubted word might have been, in the order of the sentence. */
function doubtsOf(frames: readonly Frame[]): Doubt[] {
  const all = frames.flatMap(({ words, choices }, place) => {
    // The last frame may say no word: there the sentence ends.
    const said = words.length > (frames[place - 1]?.words.length ?? 0) ? words[words.length - 1] : undefined;
    if (said === undefined || GRAMMAR.has(said)) return [];
    const probability = choices.find(({ word }) => word === said)?.probability ?? 0;
    const others = choices.filter(({ word, probability }) => word !== said && !GRAMMAR.has(word) && probability >= LEAST).slice(0, MOST_OTHERS);
    return probability < DOUBTED && others.length > 0 ? [{ place, said, probability, others }] : [];
  });
  return all.sort((a, b) => a.probability - b.probability).slice(0, MOST_DOUBTS).sort((a, b) => a.place - b.place);
}

/** How sure it may be of a whole sentence, by Platt's map of the log-probability of its words and its end. */
export function surenessOf(frames: readonly Frame[], { slope, offset, power, unsure_below }: Confidence): Sureness | null {
  const last = frames.at(-1);
  const logp = last?.ended ? numberOf(last, "logp") : undefined;
  if (logp === undefined) return null;
  const chance = 1 / (1 + Math.exp(-(slope * (logp / frames.length ** power) + offset)));
  return { chance, unsure: chance < unsure_below, doubts: doubtsOf(frames) };
}

const instead = ({ said, others }: Doubt, i: number) =>
  html`${i > 0 ? ", of " : ""}${others.map(({ word, probability }, j) => html`${j > 0 ? " or " : ""}<em title=${`It gave “${word}” ${fixed(100 * probability, 0)} %`}>${word}</em>`)} for “${said}”`;

/** The line below the sentence. */
export function surenessLine({ chance, unsure, doubts }: Sureness, { outcome, protocol }: Confidence) {
  const share = live(`${fixed(100 * chance, 0)} %`, protocol);
  if (!unsure) return html`Of sentences said as surely as this one ${share} are ${outcome}.`;
  const also = doubts.length > 0 ? html` It also thought of ${doubts.map(instead)}.` : nothing;
  return html`<strong>The model is unsure about this photo.</strong> Of sentences said like this ${share} are ${outcome}.${also}`;
}
