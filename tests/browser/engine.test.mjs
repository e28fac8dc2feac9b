// Where models run: on the CPU without a GPU, on the GPU if the visitor wants it, and on the CPU again when the GPU goes.
import assert from "node:assert/strict";
import { test } from "node:test";
import { violations } from "./support/axe.mjs";
import { NARROW, useBrowser } from "./support/browser.mjs";
import { Exhibit, assertClose, pictureOf } from "./support/exhibit.mjs";

const visit = useBrowser({ webgpu: true });

const engine = (page) => page.evaluate(() => document.documentElement.dataset.engine);
const words = (page) => page.evaluate(() => window.glimpse.frames.map(({ words }) => words.join(" ")));

async function live(page) {
  const exhibit = new Exhibit(page);
  await exhibit.until("cached", "done");
  await exhibit.run(() => page.locator("#again").click());
  return exhibit;
}

/** What a run gives, and where it ran. */
async function told(address, query) {
  let answer;
  await visit(`${address}?${query}`, {}, async ({ page }) => {
    const exhibit = await live(page);
    const panel = await page.locator("#engine").textContent();
    answer = { engine: await engine(page), panel, frames: await exhibit.frames() };
  });
  return answer;
}

test("a run under ?gpu=off and one on an adapter in software stay on the CPU", async () => {
  const off = await told("captions.html", "model=soft&gpu=off");
  assert.equal(off.engine, "cpu");
  assert.ok(off.frames.length > 3);
  const { engine: where, frames } = await told("captions.html", "model=soft");
  assert.deepEqual([where, frames], [off.engine, off.frames]);
});

test("a run without navigator.gpu stays on the CPU", () =>
  visit("data.html", {}, async ({ page, base }) => {
    await page.route("**/worker.js", async (route) => {
      const response = await route.fetch();
      const hidden = `Object.defineProperty(Object.getPrototypeOf(navigator), "gpu", { get: undefined, configurable: true }); delete Object.getPrototypeOf(navigator).gpu;\n`;
      await route.fulfill({ response, body: hidden + (await response.text()) });
    });
    await page.goto(`${base}captions.html?model=soft&gpu=force`);
    await live(page);
    assert.equal(await engine(page), "cpu");
    assert.match(await page.locator("#engine").textContent(), /no WebGPU/);
  }));

const RUNS = ["captions.html", "saliency.html", "scales.html", "birds.html", "actions.html", "questions.html"];
for (const address of RUNS) {
  test(`${address} says and sees the same on the GPU`, async () => {
    const [cpu, gpu] = [await told(address, "gpu=off"), await told(address, "gpu=force")];
    assert.equal(gpu.engine, "gpu");
    assert.equal(gpu.frames.length, cpu.frames.length);
    cpu.frames.forEach((frame, i) => {
      const other = gpu.frames[i];
      assert.deepEqual(other.words, frame.words);
      frame.choices.forEach(({ word, probability }, k) => {
        assert.equal(other.choices[k].word, word);
        assert.ok(Math.abs(other.choices[k].probability - probability) <= 1e-3, `${word} of frame ${i + 1}`);
      });
      frame.maps.forEach(({ weights = [] }, k) => {
        weights.forEach((weight, at) => assert.ok(Math.abs(other.maps[k].weights[at] - weight) <= 1e-4, `weight ${at}`));
      });
    });
  });
}

test("DRAW's wall is the same on the GPU, on which its decoder stays for many steps", async () => {
  const wall = (gpu) => told("draw.html", `mode=wall&model=draw-mnist&seed=3&gpu=${gpu}`);
  const [cpu, gpu] = [await wall("off"), await wall("force")];
  assert.deepEqual([cpu.engine, gpu.engine], ["cpu", "gpu"]);
  assert.match(gpu.panel, /draw-mnist\/decoder: GPU/);
  assert.equal(gpu.frames.length, cpu.frames[0].steps);
  cpu.frames.forEach((frame, i) => {
    const { pictures, ...rest } = gpu.frames[i];
    assert.deepEqual({ ...rest, pictures: frame.pictures }, frame);
    assertClose(pictureOf({ step: frame.step, pictures }, "wall").values, pictureOf(frame, "wall").values, 1e-3, "the wall");
  });
});

test("a run goes on when the GPU's process crashes, and a note says so", () =>
  visit("captions.html?model=soft&gpu=force", { mayLog: /.*/ }, async ({ page, browser }) => {
    const exhibit = await live(page);
    const before = await words(page);
    const devtools = await browser.newBrowserCDPSession();
    await page.setInputFiles("#file", new URL("../../www/samples/dog.jpg", import.meta.url).pathname);
    await devtools.send("Browser.crashGpuProcess").catch(() => {});
    await exhibit.until("done");
    await page.locator("#notice", { hasText: "The GPU went away" }).waitFor();
    assert.notDeepEqual(await words(page), before);
    assert.equal(await engine(page), "cpu");
  }));

test("the engine panel tells where each model ran and switches it", () =>
  visit("captions.html?model=soft&gpu=force", {}, async ({ page, screenshot }) => {
    const exhibit = await live(page);
    await page.locator("#engine summary").click();
    assert.match(await page.locator("#engine").innerText(), /caption-encoder\/caption-encoder: GPU/);
    assert.ok((await page.locator("#engine meter").count()) > 5);
    assert.deepEqual(await violations(page), []);
    await screenshot("engine");
    await page.setViewportSize(NARROW);
    assert.ok((await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)) <= 0);
    await screenshot("engine-narrow");
    await exhibit.run(() => page.locator("#engine-wish").selectOption("off"));
    assert.equal(await engine(page), "cpu");
    assert.match(page.url(), /gpu=off/);
  }));
