// Keeps exhibits whole for a room without a network, where the pages and the worker look for them; what is kept is compared with its digest.
import { cachesOf } from "./caches";
import { carries } from "./digest";
import { download, type Watch } from "./download";
import { siteAddress, type SiteFile } from "./site";

/** A file that an exhibit needs, and which of the browser's caches it is looked for in. */
export interface KeptFile extends SiteFile { cache: "core" | "models" | "shown" }
export interface KeptExhibit { name: string; title: string; files: KeptFile[] }

const names = () => cachesOf(siteAddress("./"));
const cacheOf = ({ cache }: KeptFile) => caches.open(names()[cache]);

const TYPES: Record<string, string> = { wasm: "application/wasm", js: "text/javascript", jpg: "image/jpeg" };
const typeOf = (url: string) => TYPES[url.slice(url.lastIndexOf(".") + 1)] ?? "application/octet-stream";

/** Files of several exhibits, each once. */
export const allFiles = (exhibits: readonly KeptExhibit[]) => [...new Map(exhibits.flatMap(({ files }) => files).map((file) => [file.url, file])).values()];

export const bytesOf = (files: readonly KeptFile[]) => files.reduce((sum, { bytes }) => sum + bytes, 0);

/** Whether a file is kept as the build wrote it; one that is damaged is kept no longer. */
async function isKept(file: KeptFile) {
  const cache = await cacheOf(file);
  const answer = await cache.match(siteAddress(file.url));
  if (!answer) return false;
  const bytes = new Uint8Array(await answer.arrayBuffer());
  if (bytes.length === file.bytes && (await carries(bytes, file.sha256))) return true;
  await cache.delete(siteAddress(file.url));
  return false;
}

/** Which of the files are kept, by their addresses. */
export async function keptOf(files: readonly KeptFile[]) {
  const kept = new Set<string>();
  // One after the other: a model is some megabytes in memory while it is compared.
  for (const file of files) if (await isKept(file)) kept.add(file.url);
  return kept;
}

/** Fetches a file and keeps it. */
export async function keep(file: KeptFile, watch: Watch) {
  const bytes = await download({ address: siteAddress(file.url), bytes: file.bytes, sha256: file.sha256 }, watch);
  await (await cacheOf(file)).put(siteAddress(file.url), new Response(bytes, { headers: { "content-type": typeOf(file.url) } }));
}

export async function forget(files: readonly KeptFile[]) {
  for (const file of files) await (await cacheOf(file)).delete(siteAddress(file.url));
}

/** Milliseconds for the service worker to be there. */
const PATIENCE = 20_000;

/** Has the service worker keep the pages with all that they load later, and tells whether it does. */
export async function keepPages() {
  if (!("serviceWorker" in navigator)) return false;
  const ready = navigator.serviceWorker.ready.then(({ active }) => active);
  const active = await Promise.race([ready, new Promise<null>((late) => setTimeout(() => late(null), PATIENCE))]);
  if (!active) return false;
  const { port1, port2 } = new MessageChannel();
  const answer = new Promise<boolean>((done) => {
    port1.addEventListener("message", ({ data }) => done(data === "kept"));
    setTimeout(() => done(false), PATIENCE);
  });
  port1.start();
  active.postMessage({ keep: "all" }, [port2]);
  return answer.finally(() => port1.close());
}
