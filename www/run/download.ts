// Fetches a file of the site and gives it only if it is the one that the build wrote. Hosts, networks and caches answer with sign-in
// pages, halves and damaged files, break off, or fall silent: what may pass is tried again, and the rest is said in plain words.
import { carries } from "./digest";
import { Refusal } from "./refusal";

/** Milliseconds without a byte after which a download counts as stalled. */
const PATIENCE = 15_000;
/** Milliseconds before a second and a third try. */
const PAUSES = [400, 1600];
/** With so many bytes more than at the last failure it is worth trying on. */
const PROGRESS = 65_536;

export interface Wanted {
  address: string;
  /** Null where the build does not tell its length. */
  bytes: number | null;
  /** The SHA-256 in hexadecimal, or how it begins. */
  sha256: string;
}

export interface Watch {
  /** So many bytes more have come. */
  count?(bytes: number): void;
  /** Gives the download up. */
  signal?: AbortSignal;
  /** A copy of an answer that has begun to come in, perhaps with the whole file. */
  begun?(answer: Response): void;
}

type Why = "unreachable" | "busy" | "wrong" | "broken" | "stalled";
/** How often each is tried again. */
const AGAIN: Record<Why, number> = { unreachable: 2, busy: 2, wrong: 1, broken: 2, stalled: 1 };
/** The kind of the error that the page has words for. */
const KINDS: Record<Why, string> = { unreachable: "offline", busy: "busy-host", wrong: "host", broken: "broken-off", stalled: "broken-off" };

class Failure extends Error {
  constructor(readonly why: Why, message: string) {
    super(message);
  }
}

/** A file's name as the visitor knows it: without folders and hash. */
export const nameOf = (address: string) => new URL(address).pathname.replace(/^.*\//, "").replace(/\.[0-9a-f]{12}(?=\.)/, "");

/** "2.1 of 5.9 MB", "12 of 40 kB" */
function part(loaded: number, total: number | null) {
  const [unit, name, digits] = (total ?? loaded) < 1e5 ? [1e3, "kB", 0] : [1e6, "MB", 1];
  const shown = (bytes: number) => (bytes / unit).toFixed(digits);
  return total === null ? `${shown(loaded)} ${name}` : `${shown(loaded)} of ${shown(total)} ${name}`;
}

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

function joined(parts: readonly Uint8Array[], length: number) {
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const one of parts) {
    bytes.set(one, at);
    at += one.length;
  }
  return bytes;
}

const isWebPage = (bytes: Uint8Array) => /^\s*<(!doctype html|html|head)/i.test(new TextDecoder().decode(bytes.subarray(0, 200)));

class Download {
  readonly #name: string;
  readonly #left = { ...AGAIN };
  #parts: Uint8Array[] = [];
  #length = 0;
  /** The most that has ever come, and what it was at the last failure. */
  #furthest = 0;
  #before = 0;
  /** The validator of what has come, for the host to go on from there; null where it cannot. */
  #resumable: string | null = null;
  #cache: RequestCache = "default";

  constructor(private readonly wanted: Wanted, private readonly watch: Watch) {
    this.#name = nameOf(wanted.address);
  }

  async bytes(): Promise<Uint8Array<ArrayBuffer>> {
    for (;;) {
      try {
        return await this.#attempt();
      } catch (failure) {
        if (!(failure instanceof Failure)) throw failure;
        await this.#recover(failure);
      }
    }
  }

  async #recover({ why, message }: Failure) {
    if (this.#furthest - this.#before > PROGRESS) Object.assign(this.#left, AGAIN, { wrong: this.#left.wrong });
    this.#before = this.#furthest;
    if (this.#left[why] === 0 || (why === "unreachable" && !navigator.onLine)) throw new Refusal(KINDS[why], message);
    if (why === "unreachable" || why === "busy" || why === "broken") await pause(PAUSES[AGAIN[why] - this.#left[why]]);
    this.#left[why]--;
    this.#cache = "reload";
    if (why === "wrong" || this.#resumable === null) this.#startOver();
  }

  #startOver() {
    this.#parts = [];
    this.#length = 0;
    this.#resumable = null;
  }

  async #attempt() {
    const abort = new AbortController();
    const { signal } = this.watch;
    const giveUp = () => abort.abort();
    signal?.throwIfAborted();
    signal?.addEventListener("abort", giveUp);
    let stalled = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const listen = () => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        stalled = true;
        abort.abort();
      }, PATIENCE);
    };
    const failure = (why: Why, message: string) =>
      stalled ? new Failure("stalled", `The download of ${this.#name} stands still after ${part(this.#length, this.wanted.bytes)}.`) : new Failure(why, message);
    listen();
    try {
      const answer = await fetch(this.wanted.address, this.#request(abort.signal)).catch(() => {
        throw failure("unreachable", `${this.#name} could not be fetched.`);
      });
      this.#begin(answer);
      const reader = answer.body?.getReader();
      for (;;) {
        listen();
        const chunk = await reader?.read().catch(() => {
          throw failure("broken", `The download of ${this.#name} broke off after ${part(this.#length, this.wanted.bytes)}.`);
        });
        if (!chunk?.value) break;
        this.#take(chunk.value);
      }
    } catch (error) {
      abort.abort();
      signal?.throwIfAborted();
      throw error;
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener("abort", giveUp);
    }
    return this.#checked();
  }

  #request(signal: AbortSignal): RequestInit {
    if (this.#length === 0) return { cache: this.#cache, signal };
    const validator: Record<string, string> = this.#resumable ? { "If-Range": this.#resumable } : {};
    return { cache: "no-store", signal, headers: { Range: `bytes=${this.#length}-`, ...validator } };
  }

  /** What the host says before the first byte. */
  #begin(answer: Response) {
    const { status, headers } = answer;
    if (status >= 500 || status === 429) throw new Failure("busy", `This host cannot answer at the moment: ${this.#name} (${status}).`);
    if (status === 206) {
      const [, start, total] = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(headers.get("content-range") ?? "") ?? [];
      if (Number(start) === this.#length && [String(this.wanted.bytes), "*"].includes(total)) return;
    }
    if (status !== 200) throw new Failure("wrong", `This host does not serve ${this.#name} (${status}).`);
    this.#startOver();
    const canResume = this.wanted.bytes !== null && !headers.has("content-encoding") && headers.get("accept-ranges") !== "none";
    // A weak validator does not hold for a part. Without one the digest tells whether the parts fit.
    const tag = headers.get("etag") ?? "";
    if (canResume) this.#resumable = tag.startsWith("W/") ? "" : tag;
    this.watch.begun?.(answer.clone());
  }

  #take(bytes: Uint8Array) {
    this.#parts.push(bytes);
    this.#length += bytes.length;
    if (this.#length > this.#furthest) {
      this.watch.count?.(this.#length - this.#furthest);
      this.#furthest = this.#length;
    }
    if (this.wanted.bytes !== null && this.#length > this.wanted.bytes) {
      const what = isWebPage(this.#parts[0]) ? "a web page" : "something else";
      throw new Failure("wrong", `This host sent ${what} where ${this.#name} should be.`);
    }
  }

  async #checked() {
    const bytes = joined(this.#parts, this.#length);
    const { bytes: length, sha256 } = this.wanted;
    const isWhole = length === null || bytes.length === length;
    if (isWhole && (await carries(bytes, sha256))) return bytes;
    if (isWebPage(bytes)) throw new Failure("wrong", `This host sent a web page where ${this.#name} should be.`);
    if (!isWhole) throw new Failure("wrong", `This host sent only ${part(bytes.length, length)} of ${this.#name}.`);
    throw new Failure("wrong", `${this.#name} arrived damaged: it is not the file that belongs to this site.`);
  }
}

/** The bytes of a file, the very ones that the build wrote; a Refusal says why they cannot be had. */
export const download = (wanted: Wanted, watch: Watch = {}) => new Download(wanted, watch).bytes();
