// Keeps the site for a room without a network: the pages when it is installed, the core, recorded runs, samples, plans and worksheets
// after their first use. The worker that loads the models keeps those (model-store.ts).
import type { WorkboxPlugin } from "workbox-core/types.js";
import { PrecacheController, PrecacheRoute } from "workbox-precaching";
import { registerRoute } from "workbox-routing";
import { CacheFirst, NetworkFirst, StaleWhileRevalidate } from "workbox-strategies";
import { cachesOf } from "./caches";
import { carries, digestIn } from "./digest";
import { forgetEarlierBuilds, forgetFormerVersion } from "./kept-files";

declare const self: ServiceWorkerGlobalScope;

const base = self.registration.scope;
const names = cachesOf(base);
const entries = self.__WB_MANIFEST.map((entry) => (typeof entry === "string" ? { url: entry, revision: null } : entry));
/** The SHA-256 of every file but the HTML, to which some hosts add. */
const digests = new Map(entries.map(({ url, integrity }) => [new URL(url, base).href, integrity]));

/** Whether the host's own policy lets the core run. A policy that is kept with a page would outlive the host's change of it. */
function allowsWasm({ headers }: Response) {
  const policy = headers.get("content-security-policy") ?? "";
  return !/\b(script|default)-src\b/.test(policy) || /'(wasm-)?unsafe-eval'/.test(policy);
}

/** Whether an answer is the file that was asked for, not a sign-in page, half a file or a damaged one. */
async function isSound(url: string, response: Response) {
  if (response.status !== 200 || !allowsWasm(response)) return false;
  const plain = url.replace(/[?#].*$/, "");
  const expected = digests.get(plain) ?? digestIn(plain);
  if (expected) return carries(new Uint8Array(await response.clone().arrayBuffer()), expected);
  const type = response.headers.get("content-type") ?? "";
  if (plain.startsWith(`${base}samples/`)) return type.startsWith("image/");
  const html = await response.clone().text();
  return html.includes("data-room=") && html.includes("</html>");
}

const soundOnly: WorkboxPlugin = {
  cacheWillUpdate: async ({ request, response }) => ((await isSound(request.url, response)) ? response : null),
};

/** One file that cannot be had must not stop the others: it is asked for again by later visits. */
const tolerant: WorkboxPlugin = {
  handlerDidError: ({ request, event }) => (event.type === "install" ? Promise.resolve(new Response(null, { status: 504 })) : fetch(request)),
};

/** What the page has just loaded comes from the browser's own cache; where that is of another build, its digest tells. */
const thrifty: WorkboxPlugin = {
  requestWillFetch: async ({ request, event }) => (event?.type === "install" && digests.get(request.url) ? new Request(request, { cache: "force-cache" }) : request),
};

const pages = new PrecacheController({ cacheName: names.pages, plugins: [soundOnly, tolerant, thrifty] });
/** What few visitors open is kept after its first use. */
const LATER = /^page\/(qr|share|onnx-worker|exports|film|tokenizer)-/;
pages.addToCacheList(entries.filter(({ url }) => !LATER.test(url)).map(({ url, revision }) => ({ url, revision })));

/** Fetches what the installation could not get. */
async function complete() {
  const cache = await caches.open(names.pages);
  for (const [url, key] of pages.getURLsToCacheKeys()) {
    if (await cache.match(key)) continue;
    const response = await fetch(url, { cache: "reload" }).catch(() => null);
    if (response && (await isSound(url, response))) await cache.put(key, response);
  }
}

/** Keeps what few visitors open, too: someone takes the site where there is no network. */
async function keepAll() {
  await complete();
  const cache = await caches.open(names.shown);
  for (const { url } of entries.filter(({ url }) => LATER.test(url))) {
    const address = new URL(url, base).href;
    if (await cache.match(address)) continue;
    const response = await fetch(address).catch(() => null);
    if (!response || !(await isSound(address, response))) return false;
    await cache.put(address, response);
  }
  return true;
}

const isOfThisBuild = (scripts: readonly string[]) => scripts.every((script) => digests.has(script));

/** Takes the place of an earlier service worker. Pages that the former version had kept damaged are opened anew. */
async function takeOver() {
  const { damaged } = await forgetFormerVersion(base);
  await self.clients.claim();
  if (!damaged) return;
  // Not awaited: what is opened waits for this to be over.
  for (const client of await self.clients.matchAll({ type: "window" })) void client.navigate(client.url).catch(() => null);
}

/** Deletes what belongs to earlier builds, once the only open page is of this one. A page of an earlier build still needs its files. */
async function tidy(scripts: readonly string[]) {
  const open = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  if (open.length > 1 || !isOfThisBuild(scripts)) return;
  await forgetEarlierBuilds(names, new Set(pages.getURLsToCacheKeys().values()), base);
}

self.addEventListener("install", (event) => event.waitUntil(Promise.all([self.skipWaiting(), pages.install(event).then(complete)])));
self.addEventListener("activate", (event) => event.waitUntil(takeOver()));
// A page has shown itself, and says which scripts it began with.
self.addEventListener("message", (event) => {
  if ((event.data as { keep?: string }).keep === "all") {
    event.waitUntil(keepAll().then((kept) => event.ports[0]?.postMessage(kept ? "kept" : "missing")));
    return;
  }
  const scripts = [event.data].flat().map(String);
  event.ports[0]?.postMessage(isOfThisBuild(scripts) ? "same" : "newer");
  event.waitUntil(complete().then(() => tidy(scripts)));
});

const below = (folder: string) => ({ url }: { url: URL }) => url.href.startsWith(base + folder);

// The page asks again past every cache for what it was given damaged, for a part of it, or for what the host has now.
const PAST_CACHES = ["no-store", "reload"];
registerRoute(
  ({ request }) => request.mode !== "navigate" && (PAST_CACHES.includes(request.cache) || request.headers.has("range")),
  ({ request }) => fetch(request),
);
registerRoute(new PrecacheRoute(pages, { ignoreURLParametersMatching: [/.*/] }));
// A page of an earlier build that is still open finds its modules here.
const usedLater = new CacheFirst({ cacheName: names.shown, plugins: [soundOnly] });
registerRoute(below("page/"), async (asked) => (await caches.match(asked.request, { cacheName: names.pages })) ?? usedLater.handle(asked));
registerRoute(below("wasm/"), new CacheFirst({ cacheName: names.core, plugins: [soundOnly] }));
registerRoute(below("recordings/"), new CacheFirst({ cacheName: names.shown, plugins: [soundOnly] }));
// Pages that are not kept from the beginning: plans, worksheets, former addresses.
registerRoute(({ url }) => url.href.startsWith(base) && url.pathname.endsWith(".html"), new NetworkFirst({ cacheName: names.shown, plugins: [soundOnly] }));
registerRoute(below("samples/"), new StaleWhileRevalidate({ cacheName: names.shown, plugins: [soundOnly] }));
