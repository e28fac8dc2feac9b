// The files that the worker downloads: from the browser's cache where they were kept, else from the host, checked, and kept for the
// next worker once the run has begun.
import type { SiteFile } from "./site";
import { cachesOf } from "./caches";
import { carries } from "./digest";
import { bytesOf, type Count } from "./progress";
import { Refusal } from "./refusal";

interface Waiting {
  cache: string;
  address: string;
  bytes: Uint8Array<ArrayBuffer>;
}

/** A cache; null where the browser refuses one, as in some private windows. */
export const openCache = async (name: string) => ("caches" in globalThis ? caches.open(name).catch(() => null) : null);

/**
 * The host's answer for a file.
 * @param file what errors call it
 */
export async function ask(address: string, file: string, cache: RequestCache = "default") {
  const response = await fetch(address, { cache }).catch(() => {
    throw new Refusal("offline", `${file} could not be fetched`);
  });
  if (!response.ok) throw new Refusal("offline", `${file} answered ${response.status}`);
  return response;
}

export class ModelStore {
  readonly #base: string;
  readonly #names: ReturnType<typeof cachesOf>;
  /** The addresses of the models that are kept, asked for once: asking for each file takes as long as fetching it. */
  readonly #kept: Promise<Set<string>>;
  /** What was downloaded and is not kept yet: keeping takes longer than computing. */
  #waiting: Waiting[] = [];
  /** The core's files, while they are checked. */
  readonly #checks: Promise<void>[] = [];

  constructor(base: string) {
    this.#base = base;
    this.#names = cachesOf(base);
    this.#kept = this.#list();
  }

  async #list() {
    const cache = await openCache(this.#names.models);
    const requests = await cache?.keys().catch(() => []);
    return new Set(requests?.map(({ url }) => url));
  }

  addressOf(url: string) {
    return new URL(url, this.#base).href;
  }

  /**
   * The bytes of a model's file.
   * @param name what errors call it
   */
  async load(file: SiteFile, name: string, count: Count) {
    const address = this.addressOf(file.url);
    if ((await this.#kept).has(address)) {
      const stored = await (await openCache(this.#names.models))?.match(address);
      if (stored) return bytesOf(stored, name, count);
    }
    const bytes = await this.#download(address, file, name, count);
    this.#waiting.push({ cache: this.#names.models, address, bytes });
    return bytes;
  }

  /** A damaged file may come from the browser's own cache, so it is asked for once more past that. */
  async #download(address: string, file: SiteFile, name: string, count: Count) {
    for (const cache of ["default", "reload"] as const) {
      const bytes = await bytesOf(await ask(address, name, cache), name, cache === "default" ? count : () => {});
      if (bytes.length === file.bytes && (await carries(bytes, file.sha256))) return bytes;
    }
    throw new Refusal("bad-model", `${file.url} came damaged twice`);
  }

  /** Keeps a file of the core with the models, if it is the right one and not kept already. */
  keepCore(url: string, sha256: string, bytesOfIt: () => Promise<Uint8Array<ArrayBuffer>>) {
    const address = this.addressOf(url);
    const check = async () => {
      if (await (await openCache(this.#names.core))?.match(address)) return;
      const bytes = await bytesOfIt();
      if (await carries(bytes, sha256)) this.#waiting.push({ cache: this.#names.core, address, bytes });
    };
    this.#checks.push(check().catch(() => {}));
  }

  /** Keeps what was downloaded. A full disk or a private window must not stop the run. */
  async keep() {
    await Promise.all(this.#checks);
    const files = this.#waiting;
    this.#waiting = [];
    await Promise.all(files.map((file) => this.#put(file).catch(() => {})));
  }

  async #put({ cache: name, address, bytes }: Waiting) {
    const cache = await openCache(name);
    if (!cache || (await cache.match(address))) return;
    await cache.put(address, new Response(bytes, { headers: { "content-type": typeOf(address) } }));
    if (name === this.#names.models) (await this.#kept).add(address);
  }
}

function typeOf(address: string) {
  if (address.endsWith(".wasm")) return "application/wasm";
  return address.endsWith(".js") ? "text/javascript" : "application/octet-stream";
}
