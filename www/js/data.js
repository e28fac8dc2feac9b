// The models with their data, terms and figures, from site.json.
/** @import {Site} from "./types.js" */
import { startChrome, keepForOffline } from "./chrome.js";
import { byId, el, megabytes } from "./dom.js";

startChrome();
const box = byId("models", HTMLElement);
try {
  const answer = await fetch("site.json");
  const { models } = /** @type {Site} */ (await answer.json());
  for (const [id, model] of Object.entries(models)) {
    const bytes = Object.values(model.files).reduce((sum, file) => sum + file.bytes, 0);
    const rows = model.metrics.map(({ name, value, split, paper, protocol }) =>
      el("tr", {}, el("th", { scope: "row" }, name), el("td", { class: "number" }, String(value)), el("td", { class: "number" }, String(paper ?? "–")), el("td", {}, `${split}: ${protocol}`)),
    );
    const heads = ["figure", "ours", "paper", "how"].map((text) => el("th", { scope: "col" }, text));
    box.append(
      el("h2", { id }, model.title),
      el("p", {}, `${model.data} ${model.licence} ${model.paper} (${megabytes(bytes)})`),
      el("table", {}, el("thead", {}, el("tr", {}, ...heads)), el("tbody", {}, ...rows)),
    );
  }
  document.getElementById(location.hash.slice(1))?.scrollIntoView();
} catch {
  box.append(el("p", {}, "The list of models could not be fetched. Reload the page with a network."));
}
keepForOffline();
