// The wasm core in the worker: fetched, compiled, given its models, and asked again where it waits for the GPU.
import { files, wasm } from "virtual:site";
import type { Core, CoreSession, Engine, EngineModel, Examined, Progress } from "../kit/types";
import { compiledCore } from "./compiled-core";
import { GpuChoices, type Found, type GpuWish } from "./gpu-choices";
import { ModelStore } from "./model-store";
import { counter } from "./progress";
import { Refusal } from "./refusal";
import { inTime } from "./within";

/** Milliseconds after which a GPU that is computing counts as hung: the first run compiles its shaders. */
const GPU_PATIENCE = 30_000;

/** What the host tells while it works. */
export interface Told {
  progress(progress: Progress): void;
  engine(engine: Partial<Engine>): void;
}

export class CoreHost {
  readonly store: ModelStore;
  readonly #choices: GpuChoices;
  #opening: Promise<{ core: Core; session: CoreSession; found: Found }> | undefined;
  #engineTold = false;

  constructor(private readonly exhibit: string, base: string, wish: GpuWish, private readonly told: Told) {
    this.store = new ModelStore(base);
    this.#choices = new GpuChoices(base, wish);
  }

  /** The core with its session; what failed is tried anew by the next call. */
  async ready() {
    this.#opening ??= this.#open();
    try {
      return await this.#opening;
    } catch (error) {
      this.#opening = undefined;
      throw error;
    }
  }

  async #open() {
    const core = await compiledCore<Core>(this.store, wasm, "the core", this.told.progress);
    const session = new core.Session(this.exhibit);
    const found = await this.#choices.choose(core);
    if (found.gpu !== null) session.for_gpu(this.#choices.slower());
    return { core, session, found };
  }

  /** Gives the core what it lacks for a run of these settings. Whatever comes first is read first. */
  async load(settings: string): Promise<CoreSession> {
    const { session, found } = await this.ready();
    if (!this.#engineTold) this.told.engine({ gpu: found.gpu, why: found.why });
    this.#engineTold = true;
    const missing: { model: string; name: string }[] = JSON.parse(session.models(settings));
    const wanted = missing.map(({ model, name }) => ({ model, name, file: fileOf(model, name) }));
    const names = [...new Set(missing.map(({ model }) => model))].join(", ");
    const count = counter(names, wanted.reduce((sum, { file }) => sum + file.bytes, 0), this.told.progress);
    const loads = wanted.map(async ({ model, name, file }) => session.load(model, name, await this.store.load(file, count)));
    for (const load of await Promise.allSettled(loads)) if (load.status === "rejected") throw load.reason;
    return session;
  }

  /** Calls the core, and again after each wait for the GPU. */
  async settled<T>(session: CoreSession, act: () => T): Promise<T> {
    for (;;) {
      try {
        const done = act();
        session.forget();
        return done;
      } catch (error) {
        if ((error as { kind?: string } | null)?.kind !== "pending") throw error;
        const known = JSON.stringify(this.#choices.faster());
        const settled = await inTime(GPU_PATIENCE, session.settle(this.#choices.wish === "force", known));
        if (settled === null) throw new Refusal("gpu-silent", "The GPU does not answer.");
        const models: EngineModel[] = JSON.parse(settled);
        this.told.engine({ models });
        await this.#choices.remember(models);
      }
    }
  }

  /** Whatever GPU there is, whether models run on it or not. */
  async gpu() {
    return this.#choices.find((await this.ready()).core);
  }

  /** What the last run of one model's file costs. */
  async examine(session: CoreSession, name: string, gpu: boolean): Promise<Examined[]> {
    const [model, part] = name.split("/");
    const file = fileOf(model, part);
    const bytes = await this.store.load(file, counter(model, file.bytes, this.told.progress));
    return JSON.parse(await session.examine(name, bytes, gpu));
  }
}

function fileOf(model: string, name: string) {
  const file = files[model]?.[name];
  if (!file) throw new Refusal("missing-model", `this site ships no ${model}/${name}`);
  return file;
}
