// What runs the models, for those who want to know: CPU or GPU, milliseconds, and each step's share of the work.
/** @import {Engine, EngineModel} from "./types.js" */
import { byId, el } from "./dom.js";
import { link, linked } from "./link.js";
import { complain } from "./notice.js";

const MOST_PARTS = 12;
/** @type {[string, string][]} */
const WISHES = [["auto", "whichever is faster"], ["force", "GPU"], ["off", "CPU"]];

/** @param {number} count */
const millions = (count) => (count < 1e5 ? `${(count / 1e3).toFixed(1)} k` : `${(count / 1e6).toFixed(1)} M`);
/** @param {number | null | undefined} value */
const milliseconds = (value) => (value === null || value === undefined ? "–" : `${Math.round(value)} ms`);

export class EnginePanel {
  /** @param {() => void} changed called when the visitor wants the models elsewhere */
  constructor(changed) {
    /** @type {Engine} */
    this.engine = { gpu: null, why: "it has not been asked for yet", models: [] };
    this.summary = el("summary");
    this.body = el("div");
    const wish = el("select", { id: "engine-wish" }, ...WISHES.map(([value, text]) => el("option", { value }, text)));
    wish.value = linked("gpu") ?? "auto";
    wish.addEventListener("change", () => {
      link({ gpu: wish.value === "auto" ? null : wish.value });
      changed();
    });
    const panel = el("details", { id: "engine" }, this.summary, el("label", {}, "heavy models run on ", wish), this.body);
    byId("settings", HTMLFormElement).parentElement?.append(panel);
    this.#draw();
  }

  /** @param {Partial<Engine>} told */
  tell({ models = [], ...told }) {
    const known = new Map(this.engine.models.map((one) => [one.model, one]));
    if (told.gpu !== undefined) known.clear();
    for (const one of models) {
      const before = known.get(one.model);
      const timed = one.milliseconds?.cpu ? one.milliseconds : (before?.milliseconds ?? one.milliseconds);
      known.set(one.model, { ...one, milliseconds: timed, parts: one.parts.length ? one.parts : (before?.parts ?? []) });
      if (one.trouble) complain("gpu-lost", one.trouble);
    }
    this.engine = { ...this.engine, ...told, models: [...known.values()] };
    this.#draw();
  }

  #draw() {
    const { gpu, why, models } = this.engine;
    const onGpu = models.some((model) => model.gpu);
    this.summary.textContent = `Engine: ${onGpu ? "WebAssembly and WebGPU" : "WebAssembly"}`;
    document.documentElement.dataset.engine = onGpu ? "gpu" : "cpu";
    const said = gpu === null ? `Everything runs on the CPU: ${why}.` : `GPU: ${gpu}.`;
    this.body.replaceChildren(el("p", {}, said), ...models.map((model) => this.#model(model)));
  }

  /** @param {EngineModel} model */
  #model({ model, gpu, milliseconds: took, parts }) {
    const work = parts.reduce((sum, part) => sum + part.work, 0);
    const moved = parts.reduce((sum, part) => sum + part.moved, 0);
    const most = Math.max(1, ...parts.map((part) => part.work));
    const heavy = [...parts].sort((a, b) => b.work - a.work).slice(0, MOST_PARTS);
    const bars = heavy.map((part) => {
      const bar = el("td", {}, el("meter", { min: 0, max: most, value: part.work, "aria-label": `${millions(part.work)} multiply-adds` }));
      return el("tr", {}, el("th", { scope: "row" }, part.label), bar, el("td", { class: "number" }, millions(part.work)));
    });
    return el(
      "section",
      {},
      el("h3", {}, `${model}: ${gpu ? "GPU" : "CPU"}`),
      el("p", { class: "number" }, `${millions(work)} multiply-adds in ${parts.length} steps, ${millions(moved)}B moved; CPU ${milliseconds(took?.cpu)}, GPU ${milliseconds(took?.gpu)}`),
      el("table", {}, el("caption", {}, "The heaviest steps, by multiply-adds"), el("tbody", {}, ...bars)),
    );
  }
}
