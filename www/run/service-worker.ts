// Keeps the page for a lecture hall without a network: the shell when it is installed, the wasm and what else was used
// once after that first use. Models are kept by the worker that loads them (worker.js), under their hashed names.
const VERSION = "development";
const SHELL = `glimpse-shell-${VERSION}`;
const USED = "glimpse-used";
const MODELS = "glimpse-models";

export type Lifetime = Event & {waitUntil(promise: Promise<unknown>): void};
const worker: {skipWaiting(): Promise<void>, clients: {claim(): Promise<void>}, registration: {scope: string}, addEventListener(type: string, listener: (event: any) => void): void} = (globalThis as any);

const address = (file: string) => new URL(file, worker.registration.scope).href;

async function install() {
  const answer = await fetch(address("site.json"), { cache: "no-cache" });
  const { shell } = await answer.clone().json();
  const cache = await caches.open(SHELL);
  await cache.put(address("site.json"), answer);
  await cache.addAll(shell.map((file: string) => new Request(address(file), { cache: "no-cache" })));
  await worker.skipWaiting();
}

async function activate() {
  const site: {wasm: {js: string, wasm: string}, models: Record<string, {files: Record<string, {url: string}>}>} = await (await caches.match(address("site.json")))?.json();
  const named = [site.wasm.js, site.wasm.wasm];
  for (const model of Object.values(site.models)) for (const { url } of Object.values(model.files)) named.push(url);
  const current = new Set(named.map(address));
  for (const name of await caches.keys()) {
    if (name.startsWith("glimpse-shell-") && name !== SHELL) await caches.delete(name);
    if (name !== USED && name !== MODELS) continue;
    const cache = await caches.open(name);
    for (const request of await cache.keys()) if (!current.has(request.url)) await cache.delete(request);
  }
  await worker.clients.claim();
}

/** The shell first; a folder's address is its index.html. */
async function answer(request: Request) {
  const shell = await caches.open(SHELL);
  const plain = request.url.replace(/[?#].*$/, "");
  const kept = await shell.match(plain.endsWith("/") ? `${plain}index.html` : plain);
  if (kept) return kept;
  const path = new URL(request.url).pathname;
  if (!path.includes("/wasm/")) return fetch(request);
  const used = await caches.open(USED);
  const known = await used.match(request.url);
  if (known) return known;
  const fresh = await fetch(request);
  if (fresh.ok) await used.put(request.url, fresh.clone());
  return fresh;
}

worker.addEventListener("install", (event: Lifetime) => event.waitUntil(install()));
worker.addEventListener("activate", (event: Lifetime) => event.waitUntil(activate()));
worker.addEventListener("fetch", (event: Fetch) => {
  const { method, url } = event.request;
  if (method === "GET" && url.startsWith(worker.registration.scope)) event.respondWith(answer(event.request));
});
