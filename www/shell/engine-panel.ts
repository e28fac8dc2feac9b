// What runs the models, for those who want to know: CPU or GPU, and measured on both when asked, step by step.
import { html, nothing, render, type TemplateResult } from "lit/html.js";
import { byId, megabytes } from "../kit/dom";
import { link, linked } from "../kit/link";
import { complain } from "../kit/notice";
import type { Engine, EngineModel, Examined, Profile } from "../kit/types";
import { chart, milliseconds, millions, summed } from "./engine-chart";

const WISHES: [string, string][] = [["auto", "whichever is faster"], ["force", "GPU"], ["off", "CPU"]];
const NOTHING = "No model has run here yet. Once one has, it can be measured.";
const READY = "Measure runs each of these models a few times more, on the CPU and on the GPU if there is one.";

/** A number that says what it is. */
const number = (value: unknown, title: string) => html`<span class="number" title=${title}>${value}</span>`;

const half = (where: string, { milliseconds: took, runs, parts }: Profile) =>
  chart(
    html`<span>${where}: ${number(`${milliseconds(took)} ms`, `milliseconds of a whole run, the mean of ${runs}`)} for ${parts.length} steps,
      ${number(millions(summed(parts, "work")), "multiply-adds of one run")} multiply-adds, ${number(megabytes(summed(parts, "moved")), "bytes read and written in one run, each once a step")} moved</span>`,
    parts,
  );

/** A measured model in a line. */
function quick({ size, cpu, gpu }: Examined) {
  const there = gpu && "profile" in gpu ? `, ${milliseconds(gpu.profile.milliseconds)} ms on the GPU` : "";
  return `, given ${size.join("×")}: ${milliseconds(cpu.milliseconds)} ms on the CPU${there}`;
}

function difference(worst: number | null) {
  if (worst === null) return "no number";
  if (worst === 0) return "0";
  const [digits, power] = worst.toExponential(1).split("e");
  return html`<span data-worst=${worst}>${digits} × 10<sup>${String(Number(power)).replace("-", "−")}</sup></span>`;
}

export class EnginePanel {
  #engine: Engine = { gpu: null, why: "", models: [], ran: [], examining: null };
  /** The models whose steps are unfolded, or folded, by hand. */
  readonly #unfolded = new Map<string, boolean>();
  readonly #panel = document.createElement("details");

  /**
   * @param changed called when the visitor wants the models elsewhere
   * @param measure called when what has run is to be measured
   */
  constructor(
    private readonly changed: () => void,
    private readonly measure: () => void,
  ) {
    this.#panel.id = "engine";
    byId("settings", HTMLFormElement).parentElement?.append(this.#panel);
    this.#draw();
  }

  tell({ models = [], ...told }: Partial<Engine>) {
    const known = new Map(this.#engine.models.map((one) => [one.model, one]));
    if (told.gpu !== undefined) {
      known.clear();
      told.examining = null;
    }
    // A worker that has ended takes what it was measuring with it.
    const { examining } = this.#engine;
    if (told.ran?.length === 0 && examining?.over === false) {
      told.examining = { ...examining, over: true, trouble: "it was stopped" };
    }
    for (const one of models) {
      const before = known.get(one.model);
      const timed = one.milliseconds?.cpu ? one.milliseconds : (before?.milliseconds ?? one.milliseconds);
      known.set(one.model, { ...one, milliseconds: timed, parts: one.parts.length ? one.parts : (before?.parts ?? []) });
      if (one.trouble) complain(one.trouble.lost ? "gpu-lost" : "gpu-refused", one.trouble.why);
    }
    this.#engine = { ...this.#engine, ...told, models: [...known.values()] };
    this.#draw();
  }

  #draw() {
    const { gpu, why, models, ran, examining } = this.#engine;
    const onGpu = models.some((model) => model.gpu);
    document.documentElement.dataset.engine = onGpu ? "gpu" : "cpu";
    const [state, status] = this.#status();
    this.#panel.dataset.measure = state;
    const said = gpu === null ? (why && `Everything runs on the CPU: ${why}.`) : `GPU: ${gpu}.`;
    const all = new Map<string, EngineModel | undefined>(ran.map((model) => [model, undefined]));
    for (const one of models) all.set(one.model, one);
    for (const { model } of examining?.models ?? []) if (!all.has(model)) all.set(model, undefined);
    const measuring = examining !== null && !examining.over;
    const wish = linked("gpu") ?? "auto";
    const sections = [...all].flatMap(([name, model]) => this.#model(name, model));
    const first = sections.findIndex(({ title }) => title !== "");
    render(
      html`<summary>Engine: ${onGpu ? "WebAssembly and WebGPU" : "WebAssembly"}</summary>
        <div class="row"><label>Heavy models run on <select id="engine-wish" @change=${(event: Event) => this.#wish((event.target as HTMLSelectElement).value)}>${WISHES.map(
          ([value, text]) => html`<option value=${value} ?selected=${value === wish}>${text}</option>`,
        )}</select></label>
          <button type="button" id="measure" aria-disabled=${measuring || ran.length === 0} @click=${() => !measuring && ran.length > 0 && this.#measure()}>Measure</button></div>
        <p role="status">${status}</p>
        <div><p ?hidden=${said === ""}>${said}</p>${sections.map(({ title, shown }, i) => shown(this.#unfolded.get(title) ?? i === first))}</div>`,
      this.#panel,
    );
  }

  #wish(value: string) {
    link({ gpu: value === "auto" ? null : value });
    this.changed();
  }

  #measure() {
    this.tell({ examining: { gpu: null, why: "", done: 0, total: 0, models: [], over: false, trouble: "" } });
    this.measure();
  }

  #status(): [string, string] {
    const { ran, examining } = this.#engine;
    if (!examining) return ran.length === 0 ? ["empty", NOTHING] : ["ready", READY];
    const { gpu, why, done, total, over, trouble } = examining;
    const count = `${done} ${done === 1 ? "model" : "models"} measured`;
    if (trouble) return ["failed", `It could not be measured to the end: ${trouble}. ${count}.`];
    const where = gpu === null ? `on the CPU alone: ${why}` : `on the CPU and on ${gpu}`;
    if (over) return ["measured", `${count} on what was given last, ${where}.`];
    return ["measuring", total === 0 ? "Measuring once the run is over …" : `Measuring model ${done + 1} of ${total} …`];
  }

  /** A model: where it ran, and its steps as far as they are known. */
  #model(name: string, model?: EngineModel): Section[] {
    const where = `${name}: ${model?.gpu ? "GPU" : "CPU"}`;
    const found = this.#engine.examining?.models.filter((one) => one.model === name) ?? [];
    if (found.length > 0) return found.map((one) => this.#section(where, quick(one), this.#measured(one)));
    if (!model?.parts.length) return [{ title: "", shown: () => html`<p>${where}</p>` }];
    const took = model.milliseconds;
    const tried = html`<span>${number(millions(summed(model.parts, "work")), "multiply-adds of one run")} multiply-adds; tried once:
      CPU ${number(`${milliseconds(took?.cpu)} ms`, "milliseconds of one run on the CPU, if it was tried")}, GPU ${number(`${milliseconds(took?.gpu)} ms`, "milliseconds of one run on the GPU, if it was tried")}</span>`;
    return [this.#section(where, "", chart(tried, model.parts))];
  }

  #measured({ cpu, gpu }: Examined) {
    if (gpu === null) return half("CPU", cpu);
    if ("trouble" in gpu) return html`${half("CPU", cpu)}<p>Not on the GPU: ${gpu.trouble.why}.</p>`;
    const { profile, output, worst } = gpu;
    const told = number(difference(worst), "the largest difference of a number of the GPU's from the CPU's, relative to the larger of the CPU's and one");
    return html`${half("CPU", cpu)}${half(`GPU (${this.#engine.examining?.gpu})`, profile)}<p>Largest difference between the two: ${told}, in the output ${output}.</p>`;
  }

  /** Folds by name: what a visitor has unfolded stays so when more is told. */
  #section(where: string, said: string, content: TemplateResult): Section {
    const title = where + said.split(":")[0];
    const toggled = (event: Event) => this.#unfolded.set(title, (event.target as HTMLDetailsElement).open);
    return {
      title,
      shown: (open) => html`<details class="model" ?open=${open} data-title=${title} @toggle=${toggled}><summary>${where}${
        said ? html`<small class="number" title="what its first input is, and milliseconds of a whole run">${said}</small>` : nothing
      }</summary>${content}</details>`,
    };
  }
}

interface Section {
  title: string;
  shown(open: boolean): TemplateResult;
}
