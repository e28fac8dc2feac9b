// Pieces of the side panel: numbers that say what they are, equations, a curve.
import { html, svg, type TemplateResult } from "lit/html.js";
import { fixed } from "./dom";

/** What may stand in a sentence. */
export type Part = TemplateResult | string | number;

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
