// The data page: every model with its exhibits, data, terms and figures, out of models/manifest.json. It says all without a script;
// lobby/data.ts adds sorting and filtering.
import { html, nothing } from "lit/html.js";
import { fixed, megabytes } from "../kit/dom";
import { slidesOf, type ExhibitMeta } from "../kit/meta";
import { FIGURES, FINE } from "../lobby/figures";
import type { Metric, SiteModel } from "../run/site";
import { THEME } from "./theme";

/** A model as the manifest has it. */
type ManifestModel = Pick<SiteModel, "title" | "licence" | "data" | "paper" | "metrics"> & { files: { bytes: number }[] };
export type ManifestModels = Record<string, ManifestModel>;

const digitsOf = ({ name }: Metric) => (FINE.test(name) ? 3 : 2);
const valueOf = (metric: Metric) => html`${fixed(metric.value, digitsOf(metric))}${metric.se === undefined ? nothing : html` <small>± ${fixed(metric.se, digitsOf(metric))}</small>`}`;
const isShown = ({ name }: Metric) => !name.startsWith("bleu_words");

/** The figure that an exhibit names first, else the first that the paper reports, too. */
function leadOf(id: string, { metrics }: ManifestModel, exhibits: readonly ExhibitMeta[]) {
  const named = exhibits.flatMap(({ trust }) => trust?.figures ?? []).find(({ of: [model] }) => model === id)?.of[1];
  const shown = metrics.filter(isShown);
  return shown.find(({ name }) => name === named) ?? shown.find(({ paper }) => paper) ?? shown[0];
}

function figures(metrics: readonly Metric[]) {
  if (metrics.length === 0) return nothing;
  const protocols = new Set(metrics.map(({ split, protocol }) => `${split}: ${protocol}.`));
  return html`<table class="figures">
    <thead><tr><th scope="col">Figure</th><th scope="col">Ours</th><th scope="col">Cases</th><th scope="col">Paper</th></tr></thead>
    <tbody>${metrics.map(
      (metric) => html`<tr><th scope="row">${FIGURES[metric.name] ?? metric.name}</th><td class="number">${valueOf(metric)}</td><td class="number">${metric.n?.toLocaleString("en") ?? "–"}</td><td class="number">${metric.paper ?? "–"}</td></tr>`,
    )}</tbody>
  </table>${[...protocols].map((protocol) => html`<p><small>${protocol}</small></p>`)}`;
}

/** A model's line, and what there is to say beyond it. */
function model(id: string, one: ManifestModel, exhibits: readonly ExhibitMeta[]) {
  const { title, licence, data, paper, metrics, files } = one;
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  const users = exhibits.filter(({ cards }) => id in cards);
  const lead = leadOf(id, one, exhibits);
  const shown = metrics.filter(isShown);
  const slide = Math.min(...users.flatMap(({ entries }) => entries.map(({ slides }) => slides[0])), 99);
  return html`
<tbody id=${id}>
<tr><th scope="row">${title}</th><td data-value=${slide}>${users.map(({ name, title: called }, i) => html`${i > 0 ? ", " : ""}<a href=${`${name}.html`}>${called}</a>`)}</td>
<td>${lead ? html`<span class="number">${valueOf(lead)}</span> <small>${FIGURES[lead.name] ?? lead.name}</small>` : html`<small>none of its own</small>`}</td><td class="wide number">${lead?.paper ?? "–"}</td><td class="wide">${licence}</td><td class="number" data-value=${bytes}>${megabytes(bytes)}</td></tr>
<tr class="more"><td colspan="6"><details><summary>${shown.length === 0 ? "Data and paper" : `Data, paper and ${shown.length === 1 ? "the figure" : `all ${shown.length} figures`}`}<span class="unseen">: ${title}</span></summary>
<p>${data}. Terms of the weights: ${licence}. ${paper}.</p>${figures(shown)}</details></td></tr>
</tbody>`;
}

export const dataPage = (models: ManifestModels, exhibits: readonly ExhibitMeta[]) => html`
<header class="bar"><a class="home" href="index.html">‹ Glimpse</a><h1>Data and terms</h1><span class="tools">${THEME}</span></header>
<main class="data">
<p class="prose">Every model here was trained for this page, except the two image networks, which start from ImageNet's weights. Below is what each model scores beside what its paper reports, computed with the very files your browser loads, and under each the data and the terms. ± is the standard error, where it is known.</p>
<search class="scripted"><label for="filter">Filter</label> <input type="search" id="filter" autocomplete="off" spellcheck="false" placeholder="captions, MNIST, CC BY-SA" maxlength="80" aria-controls="models"> <span id="count" role="status">${Object.keys(models).length} models</span></search>
<table id="models">
<caption class="unseen">Models</caption>
<thead><tr><th scope="col" data-sort="text"><span>Model</span></th><th scope="col" data-sort="number"><span>Exhibit</span></th><th scope="col">Figure</th><th scope="col" class="wide">Paper</th><th scope="col" class="wide" data-sort="text"><span>Terms</span></th><th scope="col" data-sort="number"><span>Size</span></th></tr></thead>
${Object.entries(models).map(([id, one]) => model(id, one, exhibits))}
</table>
<div class="prose">
<h2>Exhibits</h2>
<ul>${exhibits.map(({ name, title, entries, papers }) => html`<li><a href=${`${name}.html`}>${title}</a>, ${entries.map(({ slides }, i) => html`${i > 0 ? ", " : ""}${slidesOf(slides)}`)}: ${papers.map(({ authors, title: paper, venue, url }, i) => html`${i > 0 ? "; " : ""}${authors}, <a href=${url}>${paper}</a>, ${venue}`)}</li>`)}</ul>
<h2>Sample pictures</h2>
<ul>
<li>Dog, horse: Pexels 532310 and 158976, CC0 1.0, through IBM's MAX-Object-Detector samples.</li>
<li>Footballers, surfer: Pexels 274422 and 416676, CC0 1.0, through IBM's MAX-Image-Caption-Generator samples.</li>
<li>Cat: Chelsea, by Stéfan van der Walt, CC0 1.0. Astronaut: Eileen Collins, NASA, public domain. Both through scikit-image.</li>
<li>Digits: MNIST, by LeCun, Cortes and Burges, CC BY-SA 3.0.</li>
</ul>
<h2>Software</h2>
<p>MIT OR Apache-2.0. The models run in tract, compiled to WebAssembly, and heavy ones on WebGPU where that is faster. What you draw, drop or photograph stays on your device.</p>
</div>
</main>`;
