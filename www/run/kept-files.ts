// What the service worker deletes. It touches only what belongs to its own copy of the site.
import { files } from "virtual:site";
import type { cachesOf } from "./caches";
import { coreFiles } from "./cores";
import { carries, digestIn } from "./digest";

/** The caches of the site's former version, which all copies of the site below one origin shared. */
const FORMER = /^glimpse-(shell-.*|used|models)$/;

async function deleteFrom(name: string, isOld: (address: string) => boolean) {
  const cache = await caches.open(name);
  for (const { url } of await cache.keys()) if (isOld(url)) await cache.delete(url);
  return (await cache.keys()).length;
}

/** Whether the former version kept something else than was asked for: it took whatever came. */
async function isDamaged(url: string, response: Response) {
  const path = new URL(url).pathname;
  const digest = digestIn(path);
  if (digest) return !(await carries(new Uint8Array(await response.arrayBuffer()), digest));
  const isPage = /(\.html|\/)$/.test(path);
  return isPage ? !(await response.text()).includes("</html>") : /html/.test(response.headers.get("content-type") ?? "");
}

/** Deletes what the former version kept for this copy of the site, and tells whether any of it was damaged. */
export async function forgetFormerVersion(base: string) {
  let damaged = false;
  for (const name of await caches.keys()) {
    if (!FORMER.test(name)) continue;
    const cache = await caches.open(name);
    for (const { url } of await cache.keys()) {
      const kept = url.startsWith(base) && !damaged ? await cache.match(url) : null;
      if (kept) damaged = await isDamaged(url, kept);
    }
    const left = await deleteFrom(name, (address) => address.startsWith(base));
    if (left === 0) await caches.delete(name);
  }
  return { damaged };
}

/**
 * Deletes the pages, the cores and the models of earlier builds.
 * @param pages the keys under which the present pages are kept
 */
export async function forgetEarlierBuilds(names: ReturnType<typeof cachesOf>, pages: ReadonlySet<string>, base: string) {
  const addresses = (urls: string[]) => new Set(urls.map((url) => new URL(url, base).href));
  const core = addresses(coreFiles);
  const models = addresses(Object.values(files).flatMap((model) => Object.values(model).map(({ url }) => url)));
  await deleteFrom(names.pages, (address) => !pages.has(address));
  await deleteFrom(names.core, (address) => !core.has(address));
  await deleteFrom(names.models, (address) => !models.has(address));
}
