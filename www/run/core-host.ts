// The wasm core in the worker: fetched, compiled, given its models, and asked again where it waits for the GPU.
import { files, wasm } from "virtual:site";
import type { Core, CoreSession, Engine, EngineModel, Examined, Progress } from "../kit/types";
import { nameOf } from "./download";
import { GpuChoices, type Found, type GpuWish } from "./gpu-choices";
import { ModelStore } from "./model-store";
import { counter } from "./progress";
import { Refusal } from "./refusal";
import { inTime } from "./within";

/** What the progress bar calls it. */
const CORE = "the core";
const WASM = { url: wasm.wasm, bytes: wasm.bytes.wasm, sha256: wasm.sha256.wasm };
const GLUE = { url: wasm.js, bytes: wasm.bytes.js, sha256: wasm.sha256.js };
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
    if (typeof WebAssembly !== "object") throw new Refusal("no-wasm", "this browser has no WebAssembly");
    const core = await this.#compiled();
    const session = new core.Session(this.exhibit);
    const found = await this.#choices.choose(core);
    if (found.gpu !== null) session.for_gpu(this.#choices.slower());
    return { core, session, found };
  }

  async #compiled() {
    const [core, module] = await Promise.all([this.#glue(), this.#module()]);
    await core.default({ module_or_path: module });
    return core;
  }

  /** The core's JavaScript side. It is fetched and compared first, so that the browser then takes it from its own cache. */
  async #glue(): Promise<Core> {
    await this.store.loadCore(GLUE);
    return import(/* @vite-ignore */ this.store.addressOf(wasm.js)).catch(() => {
      throw new Refusal("host", `This host sent something else where ${nameOf(this.store.addressOf(wasm.js))} should be.`);
    });
  }

  /** The core, compiled while it comes in, and given only if its bytes are the right ones. */
  async #module() {
    let streamed: Promise<WebAssembly.Module> | undefined;
    const begun = (answer: Response) => {
      streamed = WebAssembly.compileStreaming?.(answer);
      // An answer that is not the core is compiled in vain.
      streamed?.catch(() => {});
    };
    const bytes = await this.store.loadCore(WASM, { count: counter(CORE, wasm.bytes.wasm, this.told.progress), begun });
    const compiled = await streamed?.catch(() => null);
    return compiled ?? WebAssembly.compile(bytes).catch((error) => Promise.reject(notCompiled(error)));
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

/** Why the core, whole and sound, cannot be compiled. */
function notCompiled(error: Error) {
  if (/unsafe-eval|content security|\bCSP\b/i.test(error.message)) return new Refusal("no-wasm-allowed", error.message);
  return error instanceof WebAssembly.CompileError ? new Refusal("too-old", error.message) : error;
}

function fileOf(model: string, name: string) {
  const file = files[model]?.[name];
  if (!file) throw new Refusal("missing-model", `this site ships no ${model}/${name}`);
  return file;
}
