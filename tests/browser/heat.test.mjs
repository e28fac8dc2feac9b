// Heatmaps on WebGPU: the stage shows what it shows without, only finer, and goes on without when the GPU does not.
import assert from "node:assert/strict";
import { test } from "node:test";
import { NARROW, useBrowser, WIDE } from "./support/browser.mjs";
import { opener } from "./support/exhibit.mjs";
import { choose, openExports, save, svgParts } from "./support/exports.mjs";

const visit = useBrowser({ canvas: true });
const caption = opener(visit, "captions.html");
const SIDE = 112;

/** The canvas as [SIDE, SIDE, 3]. */
const pixelsOf = (page, selector = "#photo") =>
  page.evaluate(
    ({ selector, SIDE }) => {
      const small = new OffscreenCanvas(SIDE, SIDE).getContext("2d");
      small.imageSmoothingQuality = "high";
      small.drawImage(document.querySelector(selector), 0, 0, SIDE, SIDE);
      return Array.from(small.getImageData(0, 0, SIDE, SIDE).data).filter((_, i) => i % 4 < 3);
    },
    { selector, SIDE },
  );

/** Mean and greatest difference of two pictures, in levels of 255. */
function apart(a, b) {
  const off = a.map((value, i) => Math.abs(value - b[i]));
  return { mean: off.reduce((sum, one) => sum + one, 0) / off.length, most: Math.max(...off) };
}

function assertAlike(actual, wanted, what) {
  const { mean, most } = apart(actual, wanted);
  assert.ok(mean <= 1.5 && most <= 12, `${what}: off by ${mean.toFixed(2)} on average, at most ${most}`);
}

const drawnBy = (page, who) => page.waitForFunction((wanted) => document.documentElement.dataset.heat === wanted, who);

/** Keeps the page's devices and counts what is handed to them, from the next load on. */
async function watchDevices(page) {
  await page.addInitScript(() => {
    globalThis.devices = [];
    globalThis.submitted = 0;
    if (!globalThis.GPUAdapter) return;
    const { requestDevice } = GPUAdapter.prototype;
    GPUAdapter.prototype.requestDevice = async function (...wanted) {
      const device = await requestDevice.apply(this, wanted);
      globalThis.devices.push(device);
      return device;
    };
    const { submit } = GPUQueue.prototype;
    GPUQueue.prototype.submit = function (...buffers) {
      globalThis.submitted++;
      return submit.apply(this, buffers);
    };
  });
  await page.reload();
}

/** What the stage shows without a GPU. */
async function withoutGpu(settings, options = {}) {
  let pixels;
  await caption({ ...settings, gpu: "off" }, options, async ({ page }) => {
    await drawnBy(page, "2d");
    pixels = await pixelsOf(page);
  });
  return pixels;
}

for (const [name, viewport, settings] of [
  ["wide", WIDE, { step: "4" }],
  ["narrow", NARROW, { step: "2", map: "turbo", opacity: "100" }],
  ["hard", WIDE, { step: "3", model: "hard", sample: "soccer", map: "magma" }],
]) {
  test(`the GPU's heatmap is the page's own, ${name}`, async (t) => {
    const wanted = await withoutGpu(settings, { viewport });
    const bare = await withoutGpu({ ...settings, opacity: "0" }, { viewport });
    assert.ok(apart(bare, wanted).mean > 10, "there is a heatmap to see");
    await caption({ ...settings, gpu: "force" }, { viewport }, async ({ page }, { screenshot }) => {
      await drawnBy(page, "gpu");
      const actual = await pixelsOf(page);
      const { mean, most } = apart(actual, wanted);
      t.diagnostic(`off by ${mean.toFixed(2)} levels on average, at most ${most}`);
      assertAlike(actual, wanted, name);
      await screenshot(`heat-gpu-${name}`);
    });
  });
}

test("scrubbing draws every step anew, the photo beside it too", async () => {
  const settings = { model: "hard", sample: "soccer" };
  const wanted = await withoutGpu({ ...settings, step: "5" });
  await caption({ ...settings, step: "1", gpu: "force" }, {}, async (exhibit) => {
    const { page } = exhibit;
    await watchDevices(page);
    await exhibit.until("cached");
    await drawnBy(page, "gpu");
    const before = await page.evaluate(() => globalThis.submitted);
    for (const step of [2, 3, 4, 5]) await exhibit.scrub(step);
    assert.ok((await page.evaluate(() => globalThis.submitted)) >= before + 4, "the GPU draws each");
    assertAlike(await pixelsOf(page), wanted, "step 5");
    const beside = await pixelsOf(page, "#beside");
    await page.evaluate(() => globalThis.devices[0].destroy());
    await drawnBy(page, "2d");
    assertAlike(beside, await pixelsOf(page, "#beside"), "soft attention beside it");
  });
});

test("a lost device leaves the stage as it is without one", async () => {
  const wanted = await withoutGpu({ step: "4" });
  const next = await withoutGpu({ step: "5" });
  await caption({ step: "4", gpu: "force" }, {}, async (exhibit) => {
    const { page } = exhibit;
    await watchDevices(page);
    await exhibit.until("cached");
    await drawnBy(page, "gpu");
    await page.evaluate(() => globalThis.devices[0].destroy());
    await drawnBy(page, "2d");
    assert.deepEqual(await pixelsOf(page), wanted);
    await exhibit.scrub(5);
    assert.deepEqual(await pixelsOf(page), next);
    assert.equal(await page.locator("#notice").isVisible(), false, "and nothing is said of it");
  });
});

test("a crash of the browser's graphics leaves it so too, once the canvases are back", async () => {
  const wanted = await withoutGpu({ step: "4" });
  await caption({ step: "4", gpu: "force" }, {}, async ({ page }, { browser }) => {
    await drawnBy(page, "gpu");
    await page.evaluate(() => {
      globalThis.back = new Promise((resolve) => addEventListener("contextrestored", ({ target }) => target.id === "photo" && resolve(), true));
    });
    const session = await browser.newBrowserCDPSession();
    // The browser itself goes on; the command's own answer may be lost with the process.
    session.send("Browser.crashGpuProcess").catch(() => {});
    await page.evaluate(() => globalThis.back);
    await drawnBy(page, "2d");
    assertAlike(await pixelsOf(page), wanted, "the stage");
  });
});

test("an adapter in software draws only where it is asked to", async () => {
  const wanted = await withoutGpu({ step: "4" });
  await caption({ step: "4" }, {}, async (exhibit) => {
    await watchDevices(exhibit.page);
    await exhibit.until("cached");
    await exhibit.page.waitForTimeout(500);
    assert.equal(await exhibit.page.evaluate(() => globalThis.devices.length), 0);
    assert.deepEqual(await pixelsOf(exhibit.page), wanted);
  });
});

test("a shader that cannot be had or compiled is done without", async () => {
  const wanted = await withoutGpu({ step: "4" });
  for (const code of ["fn lines() { no shader }", "", undefined]) {
    await caption({ step: "4", gpu: "off" }, { mayLog: /WGSL|shader/i }, async (exhibit) => {
      const { page } = exhibit;
      await page.addInitScript((code) => {
        globalThis.asked = false;
        const { createShaderModule } = GPUDevice.prototype;
        GPUDevice.prototype.createShaderModule = function (descriptor) {
          globalThis.asked = true;
          if (code === undefined) throw new Error("no shader");
          return createShaderModule.call(this, { ...descriptor, code });
        };
      }, code);
      await page.goto(page.url().replace("gpu=off", "gpu=force"));
      await exhibit.until("cached");
      await page.waitForFunction(() => globalThis.asked);
      await drawnBy(page, "2d");
      assert.deepEqual(await pixelsOf(page), wanted);
    });
  }
});

test("a saved picture holds the heat that the GPU drew", () =>
  caption({ step: "4", gpu: "force" }, {}, async ({ page }) => {
    await drawnBy(page, "gpu");
    await openExports(page);
    const saved = (await save(page)).bytes.toString("base64");
    // The SVG of the same figure says where the photo lies in the PNG, which has twice its pixels.
    await choose(page, { picture: "svg" });
    const [{ x, y, width, height }] = svgParts((await save(page)).file).images;
    const cut = await page.evaluate(
      async ({ saved, SIDE, box }) => {
        const sheet = new Image();
        sheet.src = `data:image/png;base64,${saved}`;
        await sheet.decode();
        const small = new OffscreenCanvas(SIDE, SIDE).getContext("2d");
        small.imageSmoothingQuality = "high";
        small.drawImage(sheet, ...box.map((side) => 2 * side), 0, 0, SIDE, SIDE);
        return Array.from(small.getImageData(0, 0, SIDE, SIDE).data).filter((_, i) => i % 4 < 3);
      },
      { saved, SIDE, box: [x, y, width, height].map(Number) },
    );
    const { mean } = apart(cut, await pixelsOf(page));
    assert.ok(mean < 3, `off by ${mean}`);
  }));
