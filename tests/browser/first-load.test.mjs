// The first seconds of a visit: something to see before anything heavy is asked for.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { CAPTIONERS, EXHIBITS, MOVED } from "./support/addresses.mjs";
import { SITE, useBrowser } from "./support/browser.mjs";
import { serviceWorkerReady, untilQuiet } from "./support/site.mjs";

const visit = useBrowser();
const HEAVY = /\.(wasm|onnx)$/;
const FIRST_LOAD_BYTES = 150_000;
/** Of a whole first visit, with all that the service worker keeps. */
const VISIT_REQUESTS = 40;
const VISIT_BYTES = 600_000;

const nameOf = (request) => request.path || "index.html";

/** What a host that compresses sends for these files. */
async function gzippedBytes(names) {
  const sizes = await Promise.all(
    names.map(async (name) => gzipSync(await readFile(path.join(SITE, name))).length),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}

for (const address of ["", ...EXHIBITS, ...CAPTIONERS]) {
  test(`"${address || "index.html"}" shows a cached run at once, within ${FIRST_LOAD_BYTES} bytes`, (t) =>
    visit(address, {}, async ({ page, requests }) => {
      await page.waitForFunction(() => globalThis.seenStates.some(({ state }) => state === "cached"));
      const cachedAt = await page.evaluate(() => globalThis.seenStates.find(({ state }) => state === "cached").at);
      await page.locator("canvas:visible").first().waitFor();

      const before = requests.filter(({ at }) => at <= cachedAt);
      const heavy = before.filter((request) => HEAVY.test(request.path));
      assert.deepEqual(heavy, [], "no wasm and no model before the cached run is on screen");
      const bytes = await gzippedBytes([...new Set(before.map(nameOf))]);
      t.diagnostic(`${before.length} requests, ${bytes} bytes gzipped`);
      assert.ok(bytes <= FIRST_LOAD_BYTES, `${bytes} bytes`);
    }));
}

for (const address of EXHIBITS) {
  test(`a first visit of ${address} asks at most ${VISIT_REQUESTS} times for at most ${VISIT_BYTES} bytes`, (t) =>
    visit(address, {}, async ({ page, requests }) => {
      await page.waitForFunction(() => globalThis.seenStates.some(({ state }) => state === "cached"));
      await serviceWorkerReady(page);
      await untilQuiet(page, requests);
      const names = requests.map(nameOf);
      const bytes = await gzippedBytes(names);
      t.diagnostic(`${names.length} requests, ${bytes} bytes gzipped`);
      assert.ok(names.length <= VISIT_REQUESTS, `${names.length} requests: ${names.join(" ")}`);
      assert.ok(bytes <= VISIT_BYTES, `${bytes} bytes`);
      assert.deepEqual(names.filter((name) => HEAVY.test(name)), []);
    }));
}

for (const [old, present] of Object.entries(MOVED)) {
  test(`the former address ${old} leads to ${present} with its query`, () =>
    visit(`${old}?seed=3&step=2`, {}, async ({ page, base }) => {
      await page.waitForURL((url) => url.href.startsWith(base + present));
      assert.match(page.url(), /[?&]seed=3(&|$)/);
      await page.waitForFunction(() => globalThis.seenStates.length > 0);
    }));
}
