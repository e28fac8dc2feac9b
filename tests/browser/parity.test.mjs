// Every model file gives in the browser what it gave in PyTorch.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { SITE, useBrowser } from "./support/browser.mjs";
import { assertClose } from "./support/exhibit.mjs";
import { pageModule } from "./support/page-module.mjs";

const visit = useBrowser();
const TOLERANCE = 1e-4;
const site = JSON.parse(await readFile(`${SITE}site.json`, "utf8"));

const everyKth = (values, stride) => values.filter((_, i) => i % stride === 0);

/** Runs a model file of the site in the page, through the wasm's own Model. An input stands as its values or as a formula. */
function runInPage({ glue, model, inputs }) {
  return import(glue).then(async (wasm) => {
    await wasm.default();
    const opened = new wasm.Model(new Uint8Array(await (await fetch(model)).arrayBuffer()));
    const given = Object.entries(opened.shapes()).map(([name, shape]) => {
      const length = shape.reduce((product, side) => product * side, 1);
      const values = inputs[name].formula ? Array.from({ length }, (_, i) => Math.sin(i * 0.01)) : inputs[name];
      return [name, values];
    });
    const outputs = opened.run(Object.fromEntries(given));
    return Object.fromEntries(Object.entries(outputs).map(([name, values]) => [name, Array.from(values)]));
  });
}

for (const [id, model] of Object.entries(site.models)) {
  const golden = JSON.parse(await readFile(new URL(`../../models/${id}/golden.json`, import.meta.url), "utf8"));
  for (const [file, { inputs, outputs }] of Object.entries(golden)) {
    test(`${id}, ${file}`, () =>
      visit("data.html", {}, async ({ page, base }) => {
        const { url } = model.files[file];
        const answer = await page.evaluate(runInPage, {
          glue: base + site.wasm.js,
          model: base + url,
          inputs,
        });
        for (const [name, expected] of Object.entries(outputs)) {
          const { stride, values: wanted } = Array.isArray(expected) ? { stride: 1, values: expected } : expected;
          assertClose(everyKth(answer[name], stride), wanted, TOLERANCE, name);
        }
      }));
  }
}

/** In the page: the colours of 0, 1/255, … 1 by the page's own table and by the core. */
function coloursInPage({ glue, table }) {
  return Promise.all([import(glue), import(table)]).then(async ([wasm, page]) => {
    await wasm.default();
    const levels = Float32Array.from({ length: 256 }, (_, i) => i / 255);
    return page.COLOUR_MAPS.map((name) => ({
      name,
      page: Array.from(page.colourTable(name)),
      core: Array.from(wasm.colour_map(name, levels)).filter((_, i) => i % 4 < 3),
    }));
  });
}

test("page and core have the same colour maps", () =>
  visit("data.html", {}, async ({ page, base }) => {
    const maps = await page.evaluate(coloursInPage, { glue: base + site.wasm.js, table: await pageModule(page, base, "stage/colour") });
    assert.deepEqual(maps.map(({ name }) => name).sort(), ["cividis", "magma", "turbo", "viridis"]);
    for (const { name, page: ours, core } of maps) assertClose(ours, core, 1, name);
  }));

/** In the page: heatmaps of a few grids by the page and by the core, both 112×112, as RGB. */
function heatInPage({ glue, heat }) {
  return Promise.all([import(glue), import(heat)]).then(async ([wasm, page]) => {
    await wasm.default();
    const colours = (rgba) => Array.from(rgba).filter((_, i) => i % 4 < 3);
    return [[14, 14, 1], [7, 3, 1e4], [1, 1, 0.3], [3, 5, 0]].map(([rows, cols, height]) => {
      const weights = Float32Array.from({ length: rows * cols }, (_, i) => height * Math.abs(Math.sin(13 * i + 1)));
      const { data } = page.heatCanvas({ rows, cols, weights }, "turbo").getContext("2d").getImageData(0, 0, 112, 112);
      return { page: colours(data), core: colours(wasm.heatmap("turbo", weights, rows, cols, 112, 112)) };
    });
  });
}

test("page and core have the same heatmaps", () =>
  visit("data.html", {}, async ({ page, base }) => {
    const told = await page.evaluate(heatInPage, { glue: base + site.wasm.js, heat: await pageModule(page, base, "stage/heat") });
    // A canvas keeps colours times their opacity, which rounds them once more.
    for (const { page: ours, core } of told) assertClose(ours, core, 2, "a heatmap");
  }));
