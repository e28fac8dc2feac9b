// The first seconds of a visit: something to see before anything heavy is asked for.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { SITE, useBrowser } from "./support/browser.mjs";
import { CAPTIONERS, EXHIBITS } from "./support/addresses.mjs";

const visit = useBrowser();
const HEAVY = /\.(wasm|onnx)$/;
const FIRST_LOAD_BYTES = 150_000;

async function gzippedBytes(requests) {
  const names = [...new Set(requests.map((request) => request.path || "index.html"))];
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
      const bytes = await gzippedBytes(before);
      t.diagnostic(`${before.length} requests, ${bytes} bytes gzipped`);
      assert.ok(bytes <= FIRST_LOAD_BYTES, `${bytes} bytes`);
    }));
}
