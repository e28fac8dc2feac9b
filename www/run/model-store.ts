// The files that the worker needs: from the browser's cache where they were kept, else from the host, and kept for the next worker
// once the run has begun. Whichever way a file comes, only the one that the build wrote is used.
import { files } from "virtual:site";
import type { SiteFile } from "./site";
import { cachesOf } from "./caches";
import { coreFiles } from "./cores";
import { carries } from "./digest";
import { download, type Watch } from "./download";
import { Refusal } from "./refusal";
import { STORAGE_PATIENCE, within } from "./within";

interface Waiting {
  cache: string;
  address: string;
  bytes: Uint8Array<ArrayBuffer>;
}

/** Milliseconds for what was downloaded to be kept before the run is told to be over. */
const KEEPING_PATIENCE = 3000;

/** A cache; null where the browser refuses one, as in some private windows, or does not answer. */
export const openCache = async (name: string) => within(STORAGE_PATIENCE, opened(name), null);
const opened = async (name: string) => caches.open(name);

/** What a cache holds for an address, if the browser gives it in time. */
const kept = async (cache: string, address: string) => within(STORAGE_PATIENCE, (await openCache(cache))?.match(address), null);

/** Errors of a host that may have another version of the site by now. */
const FROM_HOST = ["host", "broken-off"];

export class ModelStore {
  readonly #base: string;
  readonly #names: ReturnType<typeof cachesOf>;
  /** The addresses of what is kept, asked for once: asking for each file takes as long as fetching it. */
  readonly #kept: Promise<Set<string>>;
  /** What was downloaded and is not kept yet: keeping takes longer than computing. */
  #waiting: Waiting[] = [];

  constructor(base: string) {
    this.#base = base;
    this.#names = cachesOf(base);
    this.#kept = this.#list();
  }

  async #list() {
    const lists = [this.#names.models, this.#names.core].map(async (name) => within(STORAGE_PATIENCE, (await openCache(name))?.keys(), []));
    return new Set((await Promise.all(lists)).flat().map(({ url }) => url));
  }

  addressOf(url: string) {
    return new URL(url, this.#base).href;
  }

  /** The bytes of a model's file. */
  load(file: SiteFile, count: (bytes: number) => void) {
    return this.#load(this.#names.models, file, { count });
  }

  /** The bytes of a file of the core. */
  loadCore(file: SiteFile, watch: Watch = {}) {
    return this.#load(this.#names.core, file, watch);
  }

  async #load(cache: string, file: SiteFile, watch: Watch) {
    const address = this.addressOf(file.url);
    if ((await this.#kept).has(address)) {
      const bytes = await this.#fromCache(cache, address, file, watch);
      if (bytes) return bytes;
    }
    const bytes = await this.#fromHost(address, file, watch);
    this.#waiting.push({ cache, address, bytes });
    return bytes;
  }

  /** What is kept; null, and it is kept no longer, if it is damaged. */
  async #fromCache(cache: string, address: string, file: SiteFile, watch: Watch) {
    const answer = await kept(cache, address);
    if (!answer) return null;
    watch.begun?.(answer.clone());
    const bytes = await within(STORAGE_PATIENCE + file.bytes / 5000, answer.arrayBuffer(), null);
    if (bytes?.byteLength === file.bytes && (await carries(new Uint8Array(bytes), file.sha256))) {
      watch.count?.(file.bytes);
      return new Uint8Array(bytes);
    }
    (await this.#kept).delete(address);
    void within(STORAGE_PATIENCE, (await openCache(cache))?.delete(address), false);
    return null;
  }

  async #fromHost(address: string, file: SiteFile, watch: Watch) {
    try {
      return await download({ address, bytes: file.bytes, sha256: file.sha256 }, watch);
    } catch (error) {
      if (error instanceof Refusal && FROM_HOST.includes(error.kind) && (await this.#isReplaced())) throw new Refusal("new-version", error.message);
      throw error;
    }
  }

  /** Whether the host has another version of the site by now, with other files. */
  async #isReplaced() {
    const answer = await within(STORAGE_PATIENCE * 4, fetch(this.addressOf("site.json"), { cache: "no-store" }), null);
    const text = answer?.ok ? await answer.text().catch(() => "") : "";
    const models = Object.values(files).flatMap((model) => Object.values(model));
    const own = [...coreFiles, ...models.map(({ url }) => url)];
    return text.includes('"models"') && own.some((url) => !text.includes(`"${url}"`));
  }

  /** Keeps what was downloaded. A full disk, a private window or a storage that hangs must not stop the run. */
  async keep() {
    const waiting = this.#waiting;
    this.#waiting = [];
    await within(KEEPING_PATIENCE, Promise.all(waiting.map((file) => this.#put(file).catch(() => {}))), []);
  }

  async #put({ cache: name, address, bytes }: Waiting) {
    const cache = await openCache(name);
    if (!cache) return;
    await cache.put(address, new Response(bytes, { headers: { "content-type": typeOf(address) } }));
    (await this.#kept).add(address);
  }
}

function typeOf(address: string) {
  if (address.endsWith(".wasm")) return "application/wasm";
  return address.endsWith(".js") ? "text/javascript" : "application/octet-stream";
}
