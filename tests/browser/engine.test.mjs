// Where models run: on the CPU without a GPU, on the GPU if the visitor wants it, and on the CPU again when the GPU goes.
import assert from "node:assert/strict";
import { test } from "node:test";
import { useBrowser } from "./support/browser.mjs";
import { Exhibit } from "./support/exhibit.mjs";

const visit = useBrowser({ webgpu: true });

const engine = (page) => page.evaluate(() => document.documentElement.dataset.engine);
const words = (page) => page.evaluate(() => window.glimpse.frames.map(({ words }) => words.join(" ")));
const weights = (page) =>
  page.evaluate(() => window.glimpse.frames.flatMap(({ maps }) => maps.flatMap((map) => Array.from(map.weights ?? []))));

async function live(page) {
  const exhibit = new Exhibit(page);
  await exhibit.until("cached", "done");
  await exhibit.run(() => page.locator("#again").click());
  return exhibit;
}

/** What a run gives, and where it ran. */
async function told(query, options = {}) {
  let answer;
  await visit(`captions.html?model=soft${query}`, options, async ({ page }) => {
    await live(page);
    answer = { engine: await engine(page), words: await words(page), weights: await weights(page) };
  });
  return answer;
}

test("a run under ?gpu=off, one without navigator.gpu and one on a fallback adapter stay on the CPU", async () => {
  const off = await told("&gpu=off");
  assert.equal(off.engine, "cpu");
  assert.ok(off.words.length > 3);
  assert.deepEqual(await told(""), off, "an adapter in software is not worth it");
});

test("on the GPU the caption and its attention are the CPU's", async () => {
  const [cpu, gpu] = [await told("&gpu=off"), await told("&gpu=force")];
  assert.equal(gpu.engine, "gpu");
  assert.deepEqual(gpu.words, cpu.words);
  assert.equal(gpu.weights.length, cpu.weights.length);
  gpu.weights.forEach((weight, i) => assert.ok(Math.abs(weight - cpu.weights[i]) <= 1e-4, `weight ${i}`));
});

for (const address of ["saliency.html", "scales.html", "birds.html", "actions.html", "questions.html"]) {
  test(`${address} runs on the GPU`, () =>
    visit(`${address}?gpu=force`, {}, async ({ page }) => {
      await live(page);
      assert.equal(await engine(page), "gpu");
    }));
}

test("a run goes on when the GPU's process crashes, and a note says so", () =>
  visit("captions.html?model=soft&gpu=force", { mayLog: /.*/ }, async ({ page, browser }) => {
    const exhibit = await live(page);
    const before = await words(page);
    const devtools = await browser.newBrowserCDPSession();
    await page.setInputFiles("#file", new URL("../../www/samples/dog.jpg", import.meta.url).pathname);
    await devtools.send("Browser.crashGpuProcess").catch(() => {});
    await exhibit.until("done");
    assert.notDeepEqual(await words(page), before);
    await exhibit.run(() => page.locator("#again").click());
    assert.ok((await words(page)).length > 3);
  }));

test("the engine panel tells where each model ran and switches it", () =>
  visit("captions.html?model=soft&gpu=force", {}, async ({ page, screenshot }) => {
    const exhibit = await live(page);
    await page.locator("#engine summary").click();
    assert.match(await page.locator("#engine").innerText(), /caption-encoder\/caption-encoder: GPU/);
    assert.ok((await page.locator("#engine meter").count()) > 5);
    await screenshot("engine");
    await exhibit.run(() => page.locator("#engine-wish").selectOption("off"));
    assert.equal(await engine(page), "cpu");
    assert.match(page.url(), /gpu=off/);
  }));
