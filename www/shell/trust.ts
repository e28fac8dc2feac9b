// How far to trust an exhibit: what was measured of its models, filled into the sentences of its meta.ts. The build writes it into the
// page, so that no figure is ever typed by hand.
import { html, nothing, type TemplateResult } from "lit/html.js";
import { fixed } from "../kit/dom";
import type { Comparison, ExhibitMeta, Figure, MetricName } from "../kit/meta";
import type { Metric, SiteModel } from "../run/site";

export type Models = Record<string, Pick<SiteModel, "title" | "metrics">>;

/** From so many standard errors on a difference counts as real. */
const REAL = 2;

function metricOf(models: Models, [model, name]: MetricName): Metric | undefined {
  if (!(model in models)) throw new Error(`models/manifest.json has no model ${model}`);
  return models[model].metrics.find((metric) => metric.name === name);
}

type Shown = Pick<Figure, "unit" | "digits" | "share">;

const scaled = (value: number, { digits = 1, share }: Shown) => fixed(share ? 100 * value : value, digits);
/** "85.8 ± 1.0 %", on one line. */
function withError(value: number, se: number | undefined, how: Shown) {
  const parts = [scaled(value, how), ...(se === undefined ? [] : ["±", scaled(se, how)]), ...(how.unit ? [how.unit] : [])];
  return parts.join("\u00a0");
}

/** The sentence with its figures; a part in brackets is dropped where one of its figures is not known. */
export function filled(says: string, known: Record<string, string | undefined>) {
  const put = (text: string) => text.replace(/\{(\w+)\}/g, (_, name: string) => known[name] ?? "");
  const isKnown = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].every(([, name]) => known[name] !== undefined);
  return put(says.replace(/\[([^\]]*)\]/g, (_, part: string) => (isKnown(part) ? part : "")));
}

/** The sentence about one figure; nothing where the manifest does not hold it. */
export function figureText(models: Models, figure: Figure): string | null {
  const metric = metricOf(models, figure.of);
  if (!metric) return null;
  const { value, se, n, paper, chance } = metric;
  return filled(figure.says, {
    value: withError(value, se, figure),
    n: n?.toLocaleString("en"),
    paper: typeof paper === "number" ? withError(paper, undefined, figure) : undefined,
    chance: chance === undefined ? undefined : withError(chance, undefined, figure).replace(/\.0(?!\d)/, ""),
  });
}

export interface Compared { says: string; real: boolean; difference: string }

/**
 * What is compared, and whether the difference is real; nothing where its standard error is not known. Two figures without a `lead` are taken
 * as independent: on the same cases their difference is usually surer than that.
 */
export function comparisonOf(models: Models, comparison: Comparison): Compared | null {
  const [a, b] = [comparison.a, comparison.b].map((name) => metricOf(models, name));
  if (!a || !b) return null;
  const lead = comparison.lead && metricOf(models, comparison.lead);
  const [difference, se] = lead?.se === undefined ? [a.value - b.value, a.se && b.se && Math.hypot(a.se, b.se)] : [lead.value, lead.se];
  if (!se) return null;
  const says = filled(comparison.says, { a: withError(a.value, undefined, comparison), b: withError(b.value, undefined, comparison) });
  return { says, real: Math.abs(difference) >= REAL * se, difference: withError(Math.abs(difference), se, comparison) };
}

const compared = ({ says, real, difference }: Compared) => html`<li>${says}: <strong>${real ? "a real difference" : "no measurable difference"}</strong> (<span class="number">${difference}</span>).</li>`;

/** What ± and “real” mean, and what cannot be called either. */
function explanation(told: number, wanted: number) {
  if (wanted === 0) return "";
  if (told === 0) return "What the attention adds was measured without its standard error, so no difference is called real here.";
  const means = "± is one standard error: so far would such a figure move with other cases. A difference of two of them or more is called real.";
  return told < wanted ? `${means} Of other differences the standard error is not known.` : means;
}

/** The part of an exhibit's page, folded; nothing where no trained model runs. */
export function trustSection({ trust, cards }: ExhibitMeta, models: Models): TemplateResult | typeof nothing {
  if (!trust) return nothing;
  const figures = trust.figures.map((figure) => figureText(models, figure)).filter((text) => text !== null);
  const comparisons = trust.comparisons.map((comparison) => comparisonOf(models, comparison)).filter((told) => told !== null);
  const explained = explanation(comparisons.length, trust.comparisons.length);
  return html`<details id="trust">
    <summary>How far to trust it</summary>
    <ul>${figures.map((text) => html`<li>${text}</li>`)}${comparisons.map(compared)}</ul>
    <p>${trust.fault ?? "Measured on cases that no model learned from."} ${explained} Test sets and protocols stand in the model cards: ${Object.entries(cards).map(([id, label], i) => html`${i > 0 ? ", " : ""}<a href=${`data.html#${id}`}>${label}</a>`)}.</p>
  </details>`;
}
