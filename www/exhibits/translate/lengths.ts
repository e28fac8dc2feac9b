// BLEU by the length of the sentence for both models, as in the paper's Fig. 2, from what was measured on the test set.
import { html, nothing, svg } from "lit/html.js";
import { fixed } from "../../kit/dom";
import type { Site } from "../../run/site";

const MODELS = [
  { id: "translate-attention", label: "with attention", look: "attentive" },
  { id: "translate-fixed", label: "through one vector", look: "plain" },
];
const [WIDTH, HEIGHT, LEFT, BOTTOM] = [320, 170, 34, 34];
/** A span that ends above this many words has no upper end. */
const OPEN = 90;

function pointsOf(site: Site, id: string) {
  return (site.models[id]?.metrics ?? []).flatMap(({ name, value }) => {
    const span = /^bleu_words_(\d+)_(\d+)$/.exec(name);
    return span ? [{ span: Number(span[2]) > OPEN ? `${span[1]}+` : `${span[1]}–${span[2]}`, value }] : [];
  });
}

export function lengthFigure(site: Site) {
  const lines = MODELS.map(({ id, label, look }) => ({ label, look, points: pointsOf(site, id) }));
  const spans = lines[0].points.map(({ span }) => span);
  if (spans.length < 2) return nothing;
  const top = 10 * Math.ceil(Math.max(...lines.flatMap(({ points }) => points.map(({ value }) => value))) / 10);
  const x = (i: number) => LEFT + ((i + 0.5) / spans.length) * (WIDTH - LEFT - 4);
  const y = (value: number) => 8 + (1 - value / top) * (HEIGHT - BOTTOM - 8);
  const told = lines.map(({ label, points }) => `${label}: ${points.map(({ span, value }) => `${span} words ${fixed(value, 0)}`).join(", ")}`).join("; ");
  return html`<figure class="lengths">
    <svg viewBox=${`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label=${`BLEU by sentence length. ${told}`}>
      ${[0, top / 2, top].map((value) => svg`<text x=${LEFT - 5} y=${y(value) + 4} text-anchor="end">${value}</text><path class="axis" d=${`M${LEFT} ${y(value)}H${WIDTH - 4}`}/>`)}
      ${spans.map((span, i) => svg`<text x=${x(i)} y=${HEIGHT - 18} text-anchor="middle">${span}</text>`)}
      <text x=${(WIDTH + LEFT) / 2} y=${HEIGHT - 3} text-anchor="middle">English words in the sentence</text>
      ${lines.map(({ look, points }) => svg`<path class=${`line ${look}`} d=${points.map(({ value }, i) => `${i ? "L" : "M"}${x(i)} ${y(value)}`).join("")}/>
        ${points.map(({ value }, i) => svg`<circle class=${look} cx=${x(i)} cy=${y(value)} r="3"><title>${fixed(value, 1)}</title></circle>`)}`)}
    </svg>
    <figcaption>BLEU on the test set by length: ${lines.map(({ label, look }, i) => html`${i > 0 ? ", " : ""}<span class=${look}>${label}</span>`)}.</figcaption>
  </figure>`;
}
