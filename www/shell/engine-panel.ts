// What runs the models, for those who want to know: CPU or GPU, and measured on both when asked, step by step.
import type { Engine, EngineModel, Examined, Profile } from "../kit/types";
import { byId, el, megabytes } from "../kit/dom";
import { link, linked } from "../kit/link";
import { complain } from "../kit/notice";
import { chart, milliseconds, millions, summed } from "./engine-chart";

const WISHES: [string, string][] = [["auto", "whichever is faster"], ["force", "GPU"], ["off", "CPU"]];
const NOTHING = "No model has run here yet. Once one has, it can be measured.";

/** A number that says what it is. */
const number = (text: string | Node, title: string) => el("span", { class: "number", title }, text);

function half(where: string, { milliseconds: took, runs, parts }: Profile) {
  const caption = el(
    "span",
    {},
    `${where}: `,
    number(`${milliseconds(took)} ms`, `milliseconds of a whole run, the mean of ${runs}`),
    ` for ${parts.length} steps, `,
    number(millions(summed(parts, "work")), "multiply-adds of one run"),
    " multiply-adds, ",
    number(megabytes(summed(parts, "moved")), "bytes read and written in one run, each once a step"),
    " moved",
  );
  return chart(caption, parts);
}

/** A measured model in a line. */
function quick({ size, cpu, gpu }: Examined) {
  const there = gpu && !gpu.trouble ? `, ${milliseconds(gpu.profile.milliseconds)} ms on the GPU` : "";
  return `, given ${size.join("×")}: ${milliseconds(cpu.milliseconds)} ms on the CPU${there}`;
}

function difference(worst: number | null) {
  if (worst === null) return "no number";
  if (worst === 0) return "0";
  const [digits, power] = worst.toExponential(1).split("e");
  return el("span", { "data-worst": worst }, `${digits} × 10`, el("sup", {}, String(Number(power)).replace("-", "−")));
}

export class EnginePanel {
  engine: Engine;
  /** The models whose steps are unfolded, or folded, by hand. */
  unfolded: Map<string, boolean>;
  summary: HTMLElement;
  body: HTMLDivElement;
  button: HTMLButtonElement;
  status: HTMLParagraphElement;
  panel: HTMLDetailsElement;

  /**
   * @param changed called when the visitor wants the models elsewhere
   * @param measure called when what has run is to be measured
   */
  constructor(changed: () => void, measure: () => void) {
    this.engine = { gpu: null, why: "", models: [], ran: [], examining: null };
    this.unfolded = new Map();
    this.summary = el("summary");
    this.body = el("div");
    this.button = el("button", { type: "button", id: "measure" }, "Measure");
    this.button.addEventListener("click", () => {
      if (this.button.getAttribute("aria-disabled") === "true") return;
      this.tell({ examining: { gpu: null, why: "", done: 0, total: 0, models: [], over: false, trouble: "" } });
      measure();
    });
    this.status = el("p", { role: "status" });
    const wish = el("select", { id: "engine-wish" }, ...WISHES.map(([value, text]) => el("option", { value }, text)));
    wish.value = linked("gpu") ?? "auto";
    wish.addEventListener("change", () => {
      link({ gpu: wish.value === "auto" ? null : wish.value });
      changed();
    });
    const tools = el("div", { class: "row" }, el("label", {}, "heavy models run on ", wish), this.button);
    this.panel = el("details", { id: "engine" }, this.summary, tools, this.status, this.body);
    byId("settings", HTMLFormElement).parentElement?.append(this.panel);
    this.#draw();
  }

  tell({ models = [], ...told }: Partial<Engine>) {
    const known = new Map(this.engine.models.map((one) => [one.model, one]));
    if (told.gpu !== undefined) {
      known.clear();
      told.examining = null;
    }
    // A worker that has ended takes what it was measuring with it.
    const { examining } = this.engine;
    if (told.ran?.length === 0 && examining?.over === false) {
      told.examining = { ...examining, over: true, trouble: "it was stopped" };
    }
    for (const one of models) {
      const before = known.get(one.model);
      const timed = one.milliseconds?.cpu ? one.milliseconds : (before?.milliseconds ?? one.milliseconds);
      known.set(one.model, { ...one, milliseconds: timed, parts: one.parts.length ? one.parts : (before?.parts ?? []) });
      if (one.trouble) complain(one.trouble.lost ? "gpu-lost" : "gpu-refused", one.trouble.why);
    }
    this.engine = { ...this.engine, ...told, models: [...known.values()] };
    this.#draw();
  }

  #draw() {
    const { gpu, why, models, ran, examining } = this.engine;
    const onGpu = models.some((model) => model.gpu);
    this.summary.textContent = `Engine: ${onGpu ? "WebAssembly and WebGPU" : "WebAssembly"}`;
    document.documentElement.dataset.engine = onGpu ? "gpu" : "cpu";
    const measuring = examining !== null && !examining.over;
    this.button.setAttribute("aria-disabled", String(measuring || ran.length === 0));
    this.#status();
    const said = gpu === null ? (why && `Everything runs on the CPU: ${why}.`) : `GPU: ${gpu}.`;
    const all: Map<string, EngineModel | undefined> = new Map(ran.map((model) => [model, undefined]));
    for (const one of models) all.set(one.model, one);
    for (const { model } of examining?.models ?? []) if (!all.has(model)) all.set(model, undefined);
    this.body.replaceChildren(el("p", { hidden: said === "" }, said), ...[...all].flatMap(([name, model]) => this.#model(name, model)));
    const first = this.body.querySelector("details");
    if (first && !this.unfolded.has(first.dataset.title ?? "")) first.open = true;
  }

  #status() {
    const { ran, examining } = this.engine;
    let [state, text] = ran.length === 0 ? ["empty", NOTHING] : ["ready", "Measure runs each of these models a few times more, on the CPU and on the GPU if there is one."];
    if (examining) {
      const { gpu, why, done, total, over, trouble } = examining;
      const count = `${done} ${done === 1 ? "model" : "models"} measured`;
      const where = gpu === null ? `on the CPU alone: ${why}` : `on the CPU and on ${gpu}`;
      if (trouble) [state, text] = ["failed", `It could not be measured to the end: ${trouble}. ${count}.`];
      else if (over) [state, text] = ["measured", `${count} on what was given last, ${where}.`];
      else if (total === 0) [state, text] = ["measuring", "Measuring once the run is over …"];
      else [state, text] = ["measuring", `Measuring model ${done + 1} of ${total} …`];
    }
    this.panel.dataset.measure = state;
    // What is read out is not said again when nothing has changed.
    if (this.status.textContent !== text) this.status.textContent = text;
  }

  /** Nodes for a model: where it ran, and its steps as far as they are known. */
  #model(name: string, model?: EngineModel): HTMLElement[] {
    const where = `${name}: ${model?.gpu ? "GPU" : "CPU"}`;
    const found = this.engine.examining?.models.filter((one) => one.model === name) ?? [];
    if (found.length > 0) return found.map((one) => this.#section(where, quick(one), ...this.#measured(one)));
    if (!model?.parts.length) return [el("p", {}, where)];
    const took = model.milliseconds;
    const tried = el(
      "span",
      {},
      number(millions(summed(model.parts, "work")), "multiply-adds of one run"),
      " multiply-adds; tried once: CPU ",
      number(`${milliseconds(took?.cpu)} ms`, "milliseconds of one run on the CPU, if it was tried"),
      ", GPU ",
      number(`${milliseconds(took?.gpu)} ms`, "milliseconds of one run on the GPU, if it was tried"),
    );
    return [this.#section(where, "", chart(tried, model.parts))];
  }

  #measured({ cpu, gpu }: Examined) {
    const shown = [half("CPU", cpu)];
    if (gpu === null) return shown;
    if (gpu.trouble) return [...shown, el("p", {}, `Not on the GPU: ${gpu.trouble.why}.`)];
    const { profile, output, worst } = gpu;
    const told = number(difference(worst), "the largest difference of a number of the GPU's from the CPU's, relative to the larger of the CPU's and one");
    return [...shown, half(`GPU (${this.engine.examining?.gpu})`, profile), el("p", {}, "Largest difference between the two: ", told, `, in the output ${output}.`)];
  }

  /** Folds by name: what a visitor has unfolded stays so when more is told. */
  #section(where: string, said: string, ...content: Node[]) {
    const title = where + said.split(":")[0];
    const summary = el("summary", {}, where, el("small", { class: "number", title: "what its first input is, and milliseconds of a whole run" }, said));
    const open = this.unfolded.get(title) ?? false;
    const section = el("details", { class: "model", open, "data-title": title }, summary, ...content);
    summary.addEventListener("click", () => this.unfolded.set(title, !section.open));
    return section;
  }
}
