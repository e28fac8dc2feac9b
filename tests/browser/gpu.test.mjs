// Every model file gives on WebGPU what it gives on the CPU, on the adapter that the browser has, in software too.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { SITE, useBrowser } from "./support/browser.mjs";

const visit = useBrowser({ webgpu: true });
/** Relative to the larger of the CPU's number and one. */
const TOLERANCE = 1e-3;
const ATTENTION = 1e-4;
const site = JSON.parse(await readFile(`${SITE}site.json`, "utf8"));

/** Runs model files in the page on both; tells how far each output is off, and how many steps stay on the CPU. */
async function compareInPage({ glue, files }) {
  const wasm = await import(glue);
  await wasm.default();
  const told = [];
  for (const { name, model, inputs } of files) {
    const bytes = new Uint8Array(await (await fetch(model)).arrayBuffer());
    const opened = new wasm.Model(bytes);
    const given = Object.fromEntries(
      Object.entries(opened.shapes()).map(([input, shape]) => {
        const length = shape.reduce((product, side) => product * side, 1);
        const values = inputs[input].formula ? Float32Array.from({ length }, (_, i) => Math.sin(i * 0.01)) : inputs[input];
        return [input, values];
      }),
    );
    const wanted = opened.run(given);
    const onGpu = await wasm.GpuModel.create(bytes);
    const actual = await onGpu.run(given);
    const off = Object.entries(wanted).map(([output, values]) => {
      let worst = 0;
      values.forEach((value, i) => {
        const difference = Math.abs(actual[output][i] - value) / Math.max(1, Math.abs(value));
        if (!(difference <= worst)) worst = difference;
      });
      return [output, worst];
    });
    told.push({ name, off, parts: JSON.parse(onGpu.parts()) });
    opened.free();
    onGpu.free();
  }
  return told;
}

for (const [id, model] of Object.entries(site.models)) {
  const golden = JSON.parse(await readFile(new URL(`../../models/${id}/golden.json`, import.meta.url), "utf8"));
  test(`${id} on WebGPU`, (t) =>
    visit("data.html", {}, async ({ page, base }) => {
      const files = Object.entries(golden).map(([name, { inputs }]) => ({
        name,
        inputs,
        model: base + model.files[name].url,
      }));
      for (const { name, off, parts } of await page.evaluate(compareInPage, { glue: base + site.wasm.js, files })) {
        t.diagnostic(`${name}: ${parts.length} dispatches`);
        assert.deepEqual(parts.filter(({ gpu }) => !gpu), [], `${name} runs wholly on the GPU`);
        for (const [output, worst] of off) {
          const tolerance = output.includes("attention") ? ATTENTION : TOLERANCE;
          assert.ok(worst <= tolerance, `${name}, ${output}: off by ${worst}`);
        }
      }
    }));
}

test("the lecture's kernels agree with their twins on the CPU", () =>
  visit("data.html", {}, async ({ page, base }) => {
    const told = await page.evaluate(async (glue) => {
      const wasm = await import(glue);
      await wasm.default();
      return JSON.parse(await wasm.compare_kernels());
    }, base + site.wasm.js);
    assert.ok(told.length > 20);
    assert.deepEqual(told.filter(({ worst }) => worst === null || worst > 1e-4), []);
  }));
