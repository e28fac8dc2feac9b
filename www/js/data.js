// The models with their data, terms and figures, from site.json.
/** @import {Site} from "./types.js" */
import { startChrome, keepForOffline } from "./chrome.js";
import { byId, el, megabytes } from "./dom.js";

/** @type {Record<string, string>} */
const FIGURES = {
  nats_bound: "bound in nats, less is better",
  ...Object.fromEntries([1, 2, 3, 4].map((n) => [`bleu${n}`, `BLEU-${n}, more is better`])),
};

startChrome();
const box = byId("models", HTMLElement);
try {
  const answer = await fetch("site.json");
  const { models } = /** @type {Site} */ (await answer.json());
  for (const [id, model] of Object.entries(models)) {
    const bytes = Object.values(model.files).reduce((sum, file) => sum + file.bytes, 0);
    /** @param {(string | number)[]} cells */
    const row = ([name, ...figures]) =>
      el("tr", {}, el("th", { scope: "row" }, String(name)), ...figures.map((value) => el("td", { class: "number" }, String(value))));
    const heads = ["figure", "ours", "paper"].map((text) => el("th", { scope: "col" }, text));
    const figures = model.metrics.map(({ name, value, paper }) => row([FIGURES[name] ?? name, value.toFixed(2), paper ?? "–"]));
    const protocols = new Set(model.metrics.map(({ split, protocol }) => `${split}: ${protocol}.`));
    box.append(
      el("h2", { id }, model.title),
      el("p", {}, `${model.data}. Terms of the weights: ${model.licence}. ${model.paper}. ${megabytes(bytes)}.`),
      ...(figures.length > 0 ? [el("table", {}, el("thead", {}, el("tr", {}, ...heads)), el("tbody", {}, ...figures))] : []),
      ...[...protocols].map((protocol) => el("p", {}, el("small", {}, protocol))),
    );
  }
  document.getElementById(location.hash.slice(1))?.scrollIntoView();
} catch {
  box.append(el("p", {}, "The list of models could not be fetched. Reload the page with a network."));
}
keepForOffline();
