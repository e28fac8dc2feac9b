// Which GPU there is, and which models run faster on it, as far as that was measured on this device.
import type { Core, EngineModel } from "../kit/types";
import { cachesOf } from "./caches";
import { openCache } from "./model-store";
import { inTime, STORAGE_PATIENCE, within } from "./within";

/** The GPU where it is faster, always, or never. */
export type GpuWish = "auto" | "force" | "off";

/** Whether a model runs on the GPU, and in which variant of its kernels. */
interface Choice {
  gpu: boolean;
  variant: number;
}

/** Milliseconds to wait for the browser's adapter, and for the adapter and the core's device together. */
const ADAPTER_PATIENCE = 2000;
const PATIENCE = 3000;

export interface Found {
  /** The GPU's name; null where there is none to use. */
  gpu: string | null;
  /** Whether it is one in software. */
  fallback: boolean;
  /** Why there is none. */
  why: string;
}

export class GpuChoices {
  readonly wish: GpuWish;
  readonly #cacheName: string;
  readonly #address: string;
  /** The browser's own answer, asked for while the core is on its way. */
  readonly #adapter: Promise<GPUAdapter | null>;
  /** The GPU that models run on. */
  #name = "";
  /** By the GPU's name, then by the model's. */
  #choices: Record<string, Record<string, Choice>> = {};

  constructor(base: string, wish: GpuWish) {
    this.wish = wish;
    this.#cacheName = cachesOf(base).choices;
    this.#address = new URL("engine.json", base).href;
    this.#adapter = wish === "off" ? Promise.resolve(null) : askForAdapter();
  }

  /** The GPU of this browser, or why none is asked for. */
  async find(core: Core): Promise<Found> {
    const none = { gpu: null, fallback: false };
    if (this.wish === "off") return { ...none, why: "switched off" };
    if (!("gpu" in navigator)) return { ...none, why: "this browser has no WebGPU" };
    const asked = performance.now();
    const adapter = await this.#adapter;
    if (!adapter) return { ...none, why: "no GPU was found" };
    try {
      const told = await inTime(PATIENCE - (performance.now() - asked), core.gpu());
      if (told === null) return { ...none, why: "the GPU does not answer" };
      const { name, fallback } = JSON.parse(told);
      return { gpu: name || describe(adapter.info) || "WebGPU", fallback, why: "" };
    } catch (error) {
      return { ...none, why: (error as Error).message };
    }
  }

  /** The GPU that models may run on. One in software is slower than the CPU: it is used only where it is asked for. */
  async choose(core: Core): Promise<Found> {
    const found = await this.find(core);
    if (found.fallback && this.wish !== "force") return { ...found, gpu: null, why: "only a GPU in software was found" };
    if (found.gpu === null) return found;
    this.#name = found.gpu;
    if (this.wish !== "force") this.#choices = await this.#remembered();
    return found;
  }

  /** The models that ran slower on this GPU. */
  slower() {
    return this.#measured()
      .filter(([, { gpu }]) => !gpu)
      .map(([model]) => model);
  }

  /** The models that ran faster on this GPU, each with the fastest variant of its kernels. */
  faster(): Record<string, number> {
    return Object.fromEntries(
      this.#measured()
        .filter(([, { gpu }]) => gpu)
        .map(([model, { variant }]) => [model, variant]),
    );
  }

  #measured() {
    return Object.entries(this.#choices[this.#name] ?? {});
  }

  /** Keeps what was measured of these models. */
  async remember(models: readonly EngineModel[]) {
    const measured = models.filter(({ milliseconds }) => milliseconds?.cpu);
    if (measured.length === 0) return;
    for (const { model, gpu, variant } of measured) (this.#choices[this.#name] ??= {})[model] = { gpu, variant: variant ?? 0 };
    const cache = await openCache(this.#cacheName);
    await within(2 * STORAGE_PATIENCE, cache?.put(this.#address, Response.json(this.#choices)), undefined);
  }

  async #remembered(): Promise<Record<string, Record<string, Choice>>> {
    const cache = await openCache(this.#cacheName);
    const kept = await within(STORAGE_PATIENCE, cache?.match(this.#address), null);
    return within(STORAGE_PATIENCE, kept?.json(), {});
  }
}

/** The browser's adapter; null where there is none, or where a broken driver keeps the browser from answering. */
function askForAdapter() {
  return within(ADAPTER_PATIENCE, navigator.gpu?.requestAdapter({ powerPreference: "high-performance" }), null);
}

/** What the browser tells of a GPU whose description it hides from the core. */
const describe = (info: GPUAdapterInfo | undefined) => [info?.vendor, info?.architecture, info?.device].filter(Boolean).join(" ");
