// Pieces of the side panel: terms with their definition, numbers that say what they are, equations, a curve.
import { html, svg, type TemplateResult } from "lit/html.js";
import { fixed } from "./dom";

const GLOSSARY = {
  glimpse: "The small patch of a picture that the model reads in one step, through a grid of Gaussian filters.",
  canvas: "What the model has drawn so far: every step adds to it, and a squashing function turns it into ink.",
  filterbank: "A row of Gaussian bumps. Multiplied with a picture it reads a patch; turned round it writes one.",
  stride: "The distance between two neighbouring filters, in pixels: small zooms in, large takes in the whole.",
  latent: "A short list of random numbers that decides what this step draws.",
  precision: "One over the variance: how sharp the filters are. The frame's line is thick when they are sharp.",
  KL: "Kullback–Leibler divergence: how many nats the latent must tell about the picture in this step.",
  nat: "A unit of information: 1 nat is 1.44 bits.",
  entropy: "How spread the gaze is: 0 bits when it rests on one place, 7.6 bits when it rests evenly on all 196.",
  attention: "Weights over the places of a picture, all positive, that sum to one.",
  hard: "One place is drawn at random, each with the chance that its weight says, and nothing else is seen at this word.",
  REINFORCE: "A way to teach choices that cannot be differentiated: what was followed by success becomes likelier (Williams, 1992).",
  attribute: "One of 256 words often said of photos, with how sure the detector is that this photo shows it.",
  annotation: "What the image network says about one place of the picture: a list of numbers.",
  alignment: "Which words of the one sentence belong to which of the other, here as weights that sum to one.",
  encoding: "What the network knows about one piece in its sentence: the states of two readers, one from the left, one from the right.",
  context: "The mean of all annotations, each weighted by the attention: what the model sees for this word.",
  beam: "How many unfinished sentences the search keeps at every word. 1 takes the likeliest word each time.",
  gate: "A number between 0 and 1 that says how much the next word hangs on the picture at all.",
  mixture: "Twenty small clouds of places, each with its chance; one is chosen, then a place within it. A bias makes all clouds smaller.",
  window: "Weights over the characters, made of ten bumps that a network moves along the text.",
  "localisation network": "A small network that looks at the whole picture and says which part to read closer.",
  "sampling grid": "The points of a picture at which it is read: one for every pixel of what is made of it.",
  "thin plate": "A smooth surface through given points that bends as little as it can (Bookstein, 1989).",
  steering: "Your brush replaces the model's own attention for one word; the sentence goes on from there.",
} satisfies Record<string, string>;

export type Term = keyof typeof GLOSSARY;

/** What may stand in a sentence. */
export type Part = TemplateResult | string | number;

let terms = 0;

/** A term of the field with its definition, on hover and on focus. */
export function term(word: Term, shown: string = word) {
  const id = `term-${++terms}`;
  return html`<span class="term"><dfn tabindex="0" aria-describedby=${id}>${shown}</dfn><span role="tooltip" id=${id}>${GLOSSARY[word]}</span></span>`;
}

/** A value that says what it is. */
export const live = (value: number | string, meaning: string) =>
  html`<span class="number live" title=${meaning}>${typeof value === "number" ? fixed(value, 2) : value}</span>`;

/**
 * An equation on a line of its own.
 * @param made by `tex`
 * @param label how it is read out
 */
export const equation = (made: TemplateResult, label: string) => html`<div class="equation" role="math" aria-label=${label}>${made}</div>`;

export interface Reading {
  symbol: string;
  value: string;
  meaning: string;
}

/** A row of an instrument's readings. */
export const readings = (all: readonly Reading[]) => html`<dl class="readings">${all.map(
  ({ symbol, value, meaning }) => html`<div title=${meaning}><dt><abbr title=${meaning}>${symbol}</abbr></dt><dd class="number">${value}</dd></div>`,
)}</dl>`;

/** Probabilities as bars; the one that was `chosen` is marked. */
export function bars(choices: readonly { word: string; probability: number }[], chosen: string | undefined, label = "the five likeliest next words") {
  const most = Math.max(...choices.map(({ probability }) => probability), 0.01);
  return html`<ol class="bars" aria-label=${label}>${choices.map(({ word, probability }) => {
    const title = `The model gives “${word}” a probability of ${fixed(100 * probability, 1)} %`;
    return html`<li title=${title} class=${word === chosen ? "chosen" : ""}><span class="word">${word === "<end>" ? "(full stop)" : word}</span>
      <svg class="bar" viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true"><rect width=${(100 * probability) / most} height="1"/></svg>
      <span class="number">${fixed(probability, 2)}</span></li>`;
  })}</ol>`;
}

/**
 * A curve with its value at every point on hover; the point of this step is marked.
 * @param what its name and unit, how many digits are shown, and whether the values add up to something
 */
export function curve(values: readonly number[], at: number, { name, unit, digits = 2, adds = false }: { name: string; unit: string; digits?: number; adds?: boolean }) {
  const [width, height] = [300, 84];
  const most = Math.max(...values, 1e-6);
  const x = (i: number) => 4 + (i / Math.max(1, values.length - 1)) * (width - 8);
  const y = (value: number) => height - 4 - (value / most) * (height - 10);
  const label = `${name} at every step: ${fixed(values[at] ?? 0, digits)} ${unit} at step ${at + 1}, at most ${fixed(most, digits)}`;
  const points = values.map((value, i) => `${x(i).toFixed(1)},${y(value).toFixed(1)}`).join(" ");
  const sum = values.reduce((total, value) => total + value, 0);
  return html`<figure class="chart">
    <svg viewBox=${`0 0 ${width} ${height}`} class="curve" role="img" aria-label=${label}>
      <line x1="0" x2=${width} y1=${height - 4} y2=${height - 4} class="axis"/>
      <polyline points=${points} class="line"/>
      ${values.map((value, i) => svg`<circle cx=${x(i)} cy=${y(value)} r=${i === at ? 4 : 2} class=${i === at ? "here" : "dot"}><title>${`step ${i + 1}: ${fixed(value, digits)} ${unit}`}</title></circle>`)}
    </svg>
    <figcaption>${name}: ${fixed(values[at] ?? 0, digits)} ${unit} here${adds ? `, ${fixed(sum, 1)} in all` : ""}</figcaption>
  </figure>`;
}
