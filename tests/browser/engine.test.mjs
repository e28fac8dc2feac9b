// Where models run: on the CPU without a GPU, on the GPU if the visitor wants it, and on the CPU again when the GPU goes.
import assert from "node:assert/strict";
import { test } from "node:test";
import { violations } from "./support/axe.mjs";
import { NARROW, PATIENCE, useBrowser } from "./support/browser.mjs";
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

/** Has a worker run this first. */
const beforeWorker = (page, script) =>
  page.route("**/worker-*.js", async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, body: `${script}\n${await response.text()}` });
  });

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
    await beforeWorker(page, `Object.defineProperty(Object.getPrototypeOf(navigator), "gpu", { get: undefined, configurable: true }); delete Object.getPrototypeOf(navigator).gpu;`);
    await page.goto(`${base}captions.html?model=soft&gpu=force`);
    await live(page);
    assert.equal(await engine(page), "cpu");
    assert.match(await page.locator("#engine").textContent(), /no WebGPU/);
    await page.locator("#engine > summary").click();
    await measured(page);
    assert.match(await page.locator("#engine [role=status]").textContent(), /on the CPU alone: this browser has no WebGPU/);
  }));

/** A run on the GPU; an adapter in software may be so slow on a busy machine that it is taken for a silent one, and is asked again. */
async function toldByGpu(address) {
  for (let attempt = 1; ; attempt++) {
    const answer = await told(address, "gpu=force");
    if (answer.engine === "gpu" || attempt === 3) return answer;
  }
}

const RUNS = ["captions.html", "saliency.html", "scales.html", "birds.html", "actions.html", "questions.html"];
for (const address of RUNS) {
  test(`${address} says and sees the same on the GPU`, async () => {
    const [cpu, gpu] = [await told(address, "gpu=off"), await toldByGpu(address)];
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
    await page.evaluate(() => window.glimpse.recording());
    await exhibit.run(async () => {
      await page.setInputFiles("#file", new URL("../../www/public/samples/dog.jpg", import.meta.url).pathname);
      await devtools.send("Browser.crashGpuProcess").catch(() => {});
    });
    await page.locator("#notice", { hasText: "The GPU went away" }).waitFor();
    assert.notDeepEqual(await words(page), before);
    assert.equal(await engine(page), "cpu");
  }));

test("the engine panel tells where each model ran and switches it", () =>
  visit("captions.html?model=soft&gpu=force", {}, async ({ page, screenshot }) => {
    const exhibit = await live(page);
    await page.locator("#engine > summary").click();
    assert.match(await page.locator("#engine").innerText(), /caption-encoder\/caption-encoder: GPU/);
    assert.ok((await page.locator("#engine tbody tr").count()) > 5);
    assert.deepEqual(await violations(page), []);
    await screenshot("engine");
    await page.setViewportSize(NARROW);
    assert.ok((await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)) <= 0);
    await screenshot("engine-narrow");
    await exhibit.run(() => page.locator("#engine-wish").selectOption("off"));
    assert.equal(await engine(page), "cpu");
    assert.match(page.url(), /gpu=off/);
  }));

/** Presses Measure, and waits until every model is measured. */
async function measured(page) {
  await page.locator("#measure").click();
  await page.waitForFunction(() => ["measured", "failed"].includes(document.querySelector("#engine").dataset.measure), null, {
    timeout: PATIENCE,
  });
  assert.equal(await page.locator("#engine").getAttribute("data-measure"), "measured", await page.locator("#engine").innerText());
}

/** The tables of each model's section: where, and the numbers of its rows as they stand there. */
const tables = (page) =>
  page.evaluate(() =>
    [...document.querySelectorAll("#engine .model")].map((model) => ({
      title: model.dataset.title,
      worst: model.querySelector("[data-worst]")?.dataset.worst,
      halves: [...model.querySelectorAll("table")].map((table) => ({
        caption: table.caption.textContent,
        rows: [...table.tBodies[0].rows].map((row) => [...row.cells].map((cell) => cell.textContent)),
        shares: [...table.querySelectorAll(".share")].map((bar) => bar.getBoundingClientRect().width),
      })),
    })),
  );

const RAN = ["caption-encoder/caption-encoder", "caption-none/start", "caption-none/step", "caption-soft/start", "caption-soft/step"];

test("what ran on the CPU is measured there and on the software adapter, and the run stays as it was", () =>
  visit("captions.html?model=soft", {}, async ({ page, screenshot }) => {
    const exhibit = new Exhibit(page);
    await exhibit.until("cached");
    await page.locator("#engine > summary").click();
    assert.equal(await page.locator("#engine").getAttribute("data-measure"), "empty");
    assert.equal(await page.locator("#measure").getAttribute("aria-disabled"), "true");
    assert.deepEqual(await violations(page), []);
    await screenshot("engine-empty");
    await exhibit.run(() => page.locator("#again").click());
    await page.evaluate(() => window.glimpse.recording());
    const picture = () => page.evaluate(() => window.glimpse.picture.data.reduce((sum, value, i) => (sum + value * i) % 1e9, 0));
    const before = [await exhibit.frames(), await exhibit.settings(), await picture()];
    await page.locator("#measure").focus();
    await page.keyboard.press("Enter");
    await page.locator("#engine[data-measure=measuring] [role=status]", { hasText: /model \d of \d/ }).waitFor();
    await screenshot("engine-measuring");
    await page.locator("#engine[data-measure=measured]").waitFor({ timeout: PATIENCE });
    assert.deepEqual([await exhibit.frames(), await exhibit.settings(), await picture()], before);
    assert.equal(await engine(page), "cpu");
    assert.match(await page.locator("#engine [role=status]").textContent(), /5 models measured .* in software/);
    await page.evaluate(() => document.querySelectorAll("#engine .model").forEach((model) => (model.open = true)));
    const models = await tables(page);
    assert.deepEqual(models.map(({ title }) => title.split(":")[0]).sort(), RAN);
    for (const { title, worst, halves } of models) {
      assert.deepEqual(halves.map(({ caption }) => caption.split(/[ :]/)[0]), ["CPU", "GPU"], title);
      assert.ok(Number.isFinite(Number(worst)) && worst !== undefined && Number(worst) <= 1e-3, `${title}: off by ${worst}`);
      for (const { caption, rows, shares } of halves) {
        assert.ok(rows.length > 1 && rows.length <= 13, `${title}, ${caption}: ${rows.length} rows`);
        for (const cells of rows) assert.match(cells[1], /^\d+(\.\d+)?$/, `${title}, ${caption}: ${cells}`);
        for (const width of shares) assert.ok(width >= 1, `${title}: a bar ${width} wide`);
      }
    }
    const encoder = models.find(({ title }) => title.startsWith(RAN[0]));
    assert.match(JSON.stringify(encoder), /"convolution 3×3, each of \d+"/);
    assert.match(JSON.stringify(encoder), /"matrix product \d+×\d+·\d+"/);
    assert.deepEqual(await violations(page), []);
    await screenshot("engine-measured");
    await page.setViewportSize(NARROW);
    assert.ok((await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)) <= 0);
    await screenshot("engine-measured-narrow");
    await page.emulateMedia({ colorScheme: "dark" });
    assert.deepEqual(await violations(page), []);
    await screenshot("engine-measured-dark");
    // What was run before is run again: the measured models still answer.
    await exhibit.run(() => page.locator("#again").click());
    assert.deepEqual(await exhibit.frames(), before[0]);
  }));

test("under ?gpu=off the CPU alone is measured, and the panel says why", () =>
  visit("draw.html?gpu=off", {}, async ({ page }) => {
    await live(page);
    await page.locator("#engine > summary").click();
    await measured(page);
    assert.match(await page.locator("#engine [role=status]").textContent(), /on the CPU alone: switched off/);
    for (const { halves } of await tables(page)) assert.deepEqual(halves.map(({ caption }) => caption.slice(0, 3)), ["CPU"]);
  }));

test("a run begun meanwhile goes first, and a measurement whose worker ends says so", () =>
  visit("captions.html?model=soft", {}, async ({ page }) => {
    const exhibit = await live(page);
    const frames = await exhibit.frames();
    await page.locator("#engine > summary").click();
    const underWay = page.locator("#engine[data-measure=measuring] [role=status]", { hasText: /model \d of \d/ });
    await page.locator("#measure").click();
    await underWay.waitFor({ timeout: PATIENCE });
    await exhibit.run(() => page.locator("#again").click());
    assert.deepEqual(await exhibit.frames(), frames);
    await underWay.waitFor({ timeout: PATIENCE });
    await page.locator("[data-sample=dog]").click();
    await page.locator("#engine[data-measure=failed] [role=status]", { hasText: "it was stopped" }).waitFor();
    assert.equal(await page.locator("#measure").getAttribute("aria-disabled"), "true");
  }));

test("which models a GPU runs faster, and with which kernels, is remembered by the GPU's name", () =>
  visit("captions.html?model=soft&beam=1", { serviceWorkers: "block" }, async ({ page, base }) => {
    await page.locator("#compare").uncheck();
    await beforeWorker(page, `Object.defineProperty(GPUAdapterInfo.prototype, "isFallbackAdapter", { get: () => false });`);
    const exhibit = await live(page);
    const kept = () => page.evaluate(async (address) => (await caches.match(address)).json(), `${base}engine.json`);
    const [[name, first], ...others] = Object.entries(await kept());
    assert.ok(name.length > 3 && name !== "undefined", name);
    assert.deepEqual(others, []);
    const { gpu, variant } = first["caption-encoder/caption-encoder"];
    assert.equal(typeof gpu, "boolean");
    assert.ok([0, 1, 2].includes(variant), `variant ${variant}`);
    // On this GPU it is faster now, on another it was slower.
    const known = { "caption-encoder/caption-encoder": { gpu: true, variant: 2 } };
    const put = (record) =>
      page.evaluate(
        async ([name, address, record]) => (await caches.open(name)).put(address, Response.json(record)),
        [`glimpse-choices ${base}`, `${base}engine.json`, record],
      );
    const record = { [name]: known, another: { "caption-encoder/caption-encoder": { gpu: false, variant: 0 } } };
    await put(record);
    await page.reload();
    await exhibit.until("cached", "done");
    await exhibit.run(() => page.locator("#again").click());
    assert.equal(await engine(page), "gpu");
    assert.deepEqual(await kept(), record, "nothing is tried again");
    await put({ another: known });
    await page.reload();
    await exhibit.until("cached", "done");
    await exhibit.run(() => page.locator("#again").click());
    const after = await kept();
    assert.deepEqual(after.another, known);
    assert.ok(after[name]["caption-encoder/caption-encoder"], "another GPU's choice is not this one's");
  }));
