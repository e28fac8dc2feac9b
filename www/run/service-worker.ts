// Keeps the site for a room without a network: every page when it is installed, the core, recorded runs and samples after their first
// use. The worker that loads the models keeps those (model-store.ts).
import type { WorkboxPlugin } from "workbox-core/types.js";
import { PrecacheController, PrecacheRoute } from "workbox-precaching";
import { registerRoute } from "workbox-routing";
import { CacheFirst, StaleWhileRevalidate } from "workbox-strategies";
import { cachesOf } from "./caches";
import { carries } from "./digest";
import { forgetEarlierBuilds, forgetFormerVersion } from "./kept-files";

declare const self: ServiceWorkerGlobalScope;

const base = self.registration.scope;
const names = cachesOf(base);
const entries = self.__WB_MANIFEST.map((entry) => (typeof entry === "string" ? { url: entry, revision: null } : entry));
/** The SHA-256 of every file but the HTML, to which some hosts add. */
const digests = new Map(entries.map(({ url, integrity }) => [new URL(url, base).href, integrity]));

/** Whether an answer is the file that was asked for, not a sign-in page, half a file or a damaged one. */
async function isSound(url: string, response: Response) {
  if (response.status !== 200) return false;
  const plain = url.replace(/[?#].*$/, "");
  const expected = digests.get(plain) ?? /\.([0-9a-f]{12})\.\w+$/.exec(plain)?.[1];
  if (expected) return carries(await response.clone().arrayBuffer(), expected);
  const type = response.headers.get("content-type") ?? "";
  if (plain.startsWith(`${base}samples/`)) return type.startsWith("image/");
  return (await response.clone().text()).includes("data-room=");
}

const soundOnly: WorkboxPlugin = {
  cacheWillUpdate: async ({ request, response }) => ((await isSound(request.url, response)) ? response : null),
};

/** One file that cannot be had must not stop the others: it is asked for again by later visits. */
const tolerant: WorkboxPlugin = {
  handlerDidError: ({ request, event }) => (event.type === "install" ? Promise.resolve(new Response(null, { status: 504 })) : fetch(request)),
};

/** What the page has just loaded need not be loaded again: the browser's own cache has it, if under a name that carries a hash. Workbox
 * asks for all other files with "reload". */
const thrifty: WorkboxPlugin = {
  requestWillFetch: async ({ request, event }) => (event?.type === "install" && request.cache === "default" ? new Request(request, { cache: "force-cache" }) : request),
};

const pages = new PrecacheController({ cacheName: names.pages, plugins: [soundOnly, tolerant, thrifty] });
pages.addToCacheList(entries.map(({ url, revision }) => ({ url, revision })));

/** Fetches what the installation could not get. */
async function complete() {
  const cache = await caches.open(names.pages);
  for (const [url, key] of pages.getURLsToCacheKeys()) {
    if (await cache.match(key)) continue;
    const response = await fetch(url, { cache: "reload" }).catch(() => null);
    if (response && (await isSound(url, response))) await cache.put(key, response);
  }
}

/** Deletes what belongs to former versions, once no page of them is open. */
async function tidy() {
  const open = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  if (open.length > 0) return;
  await forgetEarlierBuilds(names, new Set(pages.getURLsToCacheKeys().values()), base);
}

self.addEventListener("install", (event) => {
  void pages.install(event);
  event.waitUntil(self.skipWaiting());
});
self.addEventListener("activate", (event) => event.waitUntil(Promise.all([forgetFormerVersion(base), tidy(), self.clients.claim()])));
self.addEventListener("message", (event) => event.waitUntil(complete()));

const below = (folder: string) => ({ url }: { url: URL }) => url.href.startsWith(base + folder);

registerRoute(new PrecacheRoute(pages, { ignoreURLParametersMatching: [/.*/] }));
// A page of a former version that is still open finds its modules here.
registerRoute(below("page/"), async ({ request }) => (await caches.match(request, { cacheName: names.pages })) ?? fetch(request));
registerRoute(below("wasm/"), new CacheFirst({ cacheName: names.core, plugins: [soundOnly] }));
registerRoute(below("recordings/"), new CacheFirst({ cacheName: names.shown, plugins: [soundOnly] }));
registerRoute(below("samples/"), new StaleWhileRevalidate({ cacheName: names.shown, plugins: [soundOnly] }));
