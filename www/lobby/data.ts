// The models with their data, terms and figures, from site.json.
import "./start.css";
import { html, nothing } from "lit/html.js";
import { byId, fill, fixed, megabytes } from "../kit/dom";
import { keepForOffline } from "../run/offline";
import { fetchSite, type SiteModel } from "../run/site";
import { setUpPage } from "../shell/page-setup";

const FIGURES: Record<string, string> = {
  nats_bound: "bound in nats, less is better",
  bleu: "BLEU, more is better",
  bleu_long: "BLEU on long sentences",
  nats_per_point: "nats a point of the pen, less is better",
  telling_accuracy: "right answers among four, %",
  open_accuracy: "right open answers, %",
  pointing_accuracy: "right boxes among four, %",
  daquar_telling: "DAQUAR, right answers among four, %",
  daquar_open: "DAQUAR, right open answers, %",
  error: "wrong digits after the last glimpse, %, less is better",
  ...Object.fromEntries(
    [["", "affine transformer"], ["_tps", "thin-plate transformer"], ["_cnn", "without a transformer"]].flatMap(([head, by]) =>
      [["r", "turned"], ["rts", "turned, scaled and moved"], ["p", "projected"], ["e", "bent"]].map(([kind, how]) => [`error${head}_${kind}`, `wrong digits, ${how}, ${by}, %`]),
    ),
  ),
  accuracy: "named correctly, %",
  accuracy_none: "the same, without transformers, %",
  accuracy_first: "the same, by the larger window alone, %",
  accuracy_second: "the same, by the smaller window alone, %",
  f_beta: "F of the refined map, more is better",
  mae: "mean absolute error of the refined map, less is better",
  f_beta_coarse: "F of the coarse map",
  mae_coarse: "mean absolute error of the coarse map",
  miou: "overlap of the classes, scales weighed by attention, %",
  miou_average: "the same, scales averaged, %",
  miou_max: "the same, the surest scale, %",
  miou_single: "the same, one scale, %",
  error_sampled: "the same, places drawn at random, %",
  error_whole: "a network that sees the whole scene, %",
  multiply_adds: "multiply–adds of all glimpses, millions",
  multiply_adds_whole: "multiply–adds on the whole scene, millions",
  coverage: "lines whose window passes every letter, %",
  coverage_strict: "the same, no letter stepped over, %",
  ...Object.fromEntries([1, 2, 3, 4].map((n) => [`bleu${n}`, `BLEU-${n}, more is better`])),
  ...Object.fromEntries([1, 2, 3, 4].map((n) => [`bleu_sampled${n}`, `BLEU-${n}, places sampled`])),
  cider: "CIDEr-D, more is better",
  words_in_use: "words in use",
  distinct: "distinct sentences",
  gaze_pointing: "share of words that name a thing whose strongest place lies on it",
  gaze_gain: "attention on the thing named, beside an even gaze's",
  gaze_entropy: "width of the gaze at those words, bits",
  remove_changes: "share of sentences that change without their most attended word",
  added_enters: "share of added words that enter the sentence",
};
/** Figures of which three digits are told. */
const FINE = /^(f_beta|mae)/;

function figures(metrics: SiteModel["metrics"]) {
  if (metrics.length === 0) return nothing;
  return html`<table>
    <thead><tr><th scope="col">figure</th><th scope="col">ours</th><th scope="col">cases</th><th scope="col">paper</th></tr></thead>
    <tbody>${metrics.map(
      ({ name, value, se, n, paper }) => {
        const digits = FINE.test(name) ? 3 : 2;
        const error = se === undefined ? nothing : html` <small>± ${fixed(se, digits)}</small>`;
        return html`<tr><th scope="row">${FIGURES[name] ?? name}</th><td class="number">${fixed(value, digits)}${error}</td><td class="number">${n?.toLocaleString("en") ?? "–"}</td><td class="number">${paper ?? "–"}</td></tr>`;
      },
    )}</tbody>
  </table>`;
}

function card(id: string, { title, data, licence, paper, files, metrics }: SiteModel) {
  const bytes = Object.values(files).reduce((sum, file) => sum + file.bytes, 0);
  const shown = metrics.filter(({ name }) => !name.startsWith("bleu_words"));
  const protocols = new Set(shown.map(({ split, protocol }) => `${split}: ${protocol}.`));
  return html`
    <h2 id=${id}>${title}</h2>
    <p>${data}. Terms of the weights: ${licence}. ${paper}. ${megabytes(bytes)}.</p>
    ${figures(shown)}
    ${[...protocols].map((protocol) => html`<p><small>${protocol}</small></p>`)}`;
}

export async function open() {
  setUpPage();
  const models = byId("models", HTMLElement);
  try {
    const site = await fetchSite();
    fill(Object.entries(site.models).map(([id, model]) => card(id, model)), models);
    document.getElementById(location.hash.slice(1))?.scrollIntoView();
  } catch (error) {
    fill(html`<p>The list of models is missing. ${(error as Error).message} Reload the page to try again.</p>`, models);
  }
  void keepForOffline();
}
