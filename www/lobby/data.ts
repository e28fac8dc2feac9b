// The models with their data, terms and figures, from site.json.
import { startChrome, keepForOffline } from "../shell/page-setup";
import { byId, el, megabytes } from "../kit/dom";
import { fetchSite } from "../run/site";

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
  accuracy: "named rightly, %",
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
  error_sampled: "the same, places drawn by lot, %",
  error_whole: "a network that sees the whole scene, %",
  multiply_adds: "multiply–adds of all glimpses, millions",
  multiply_adds_whole: "multiply–adds on the whole scene, millions",
  coverage: "lines whose window passes every letter, %",
  coverage_strict: "the same, no letter stepped over, %",
  ...Object.fromEntries([1, 2, 3, 4].map((n) => [`bleu${n}`, `BLEU-${n}, more is better`])),
  ...Object.fromEntries([1, 2, 3, 4].map((n) => [`bleu_sampled${n}`, `BLEU-${n}, places sampled`])),
};

startChrome();
const box = byId("models", HTMLElement);
try {
  const { models } = await fetchSite();
  for (const [id, model] of Object.entries(models)) {
    const bytes = Object.values(model.files).reduce((sum, file) => sum + file.bytes, 0);
    const row = ([name, ...figures]: (string | number)[]) =>
      el("tr", {}, el("th", { scope: "row" }, String(name)), ...figures.map((value) => el("td", { class: "number" }, String(value))));
    const heads = ["figure", "ours", "paper"].map((text) => el("th", { scope: "col" }, text));
    const shown = model.metrics.filter(({ name }) => !name.startsWith("bleu_words"));
    const figures = shown.map(({ name, value, paper }) => row([FIGURES[name] ?? name, value.toFixed(/^(f_beta|mae)/.test(name) ? 3 : 2), paper ?? "–"]));
    const protocols = new Set(shown.map(({ split, protocol }) => `${split}: ${protocol}.`));
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
