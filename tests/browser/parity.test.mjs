// Every model file gives in the browser what it gave in PyTorch.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { SITE, useBrowser } from "./support/browser.mjs";
import { assertClose } from "./support/exhibit.mjs";

const visit = useBrowser();
const TOLERANCE = 1e-4;
const site = JSON.parse(await readFile(`${SITE}site.json`, "utf8"));

/** A golden tensor stands as its values, as a formula, or as every k-th value: see models/train/common.py. */
function inputValues(tensor, length) {
  if (Array.isArray(tensor)) return tensor;
  assert.equal(tensor.formula, "sin");
  return Array.from({ length }, (_, i) => Math.sin(i * 0.01));
}

const everyKth = (values, stride) => values.filter((_, i) => i % stride === 0);

/** Runs a model file of the site in the page, through the wasm's own Model. */
function runInPage({ glue, model, inputs }) {
  return import(glue).then(async (wasm) => {
    await wasm.default();
    const bytes = new Uint8Array(await (await fetch(model)).arrayBuffer());
    const outputs = new wasm.Model(bytes).run(inputs);
    return Object.fromEntries(Object.entries(outputs).map(([name, values]) => [name, Array.from(values)]));
  });
}

for (const [id, model] of Object.entries(site.models)) {
  const golden = JSON.parse(await readFile(new URL(`../../models/${id}/golden.json`, import.meta.url), "utf8"));
  for (const [file, { inputs, outputs }] of Object.entries(golden)) {
    test(`${id}, ${file}`, () =>
      visit("data.html", {}, async ({ page, base }) => {
        const { url } = model.files[file];
        const values = Object.entries(inputs).map(([name, tensor]) => [name, inputValues(tensor, 3 * 224 * 224)]);
        const answer = await page.evaluate(runInPage, {
          glue: base + site.wasm.js,
          model: base + url,
          inputs: Object.fromEntries(values),
        });
        for (const [name, expected] of Object.entries(outputs)) {
          const actual = expected.stride ? everyKth(answer[name], expected.stride) : answer[name];
          assertClose(actual, expected.values ?? expected, TOLERANCE, name);
        }
      }));
  }
}
