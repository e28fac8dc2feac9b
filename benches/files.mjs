// In one page: every shipped file and the lecture's mechanisms, all contenders in turns, and a sentence searched with a beam.
import { readFile } from "node:fs/promises";
import path from "node:path";
import { chromium } from "../tests/browser/node_modules/playwright-core/index.mjs";
import { kernels } from "./kernels.mjs";

/** Milliseconds that a contender on the GPU may take for one file: an adapter in software is slow. */
const GPU_BUDGET = 1500;
const BEAM_FILES = [
  ["caption-encoder", "caption-encoder"],
  ["caption-soft", "start"],
  ["caption-soft", "step"],
  ["caption-soft", "vocabulary"],
];

/** Every shipped file: {name, path below models/, inputs}. @param {string} root @param {string} only */
export async function shipped(root, only) {
  const models = path.join(root, "models");
  const json = async (file) => JSON.parse(await readFile(path.join(models, file), "utf8"));
  const all = [];
  for (const [id, { files }] of Object.entries((await json("manifest.json")).models)) {
    const golden = await json(`${id}/golden.json`);
    for (const file of files.filter(({ name }) => golden[name])) {
      all.push({ name: `${id}/${file.name}`, path: file.path, inputs: golden[file.name].inputs });
    }
  }
  return all.filter(({ name }) => name.includes(only));
}

/** @param {{server: object, options: object, site: object, root: string, rounds: number, only: string}} task */
export async function inOnePage({ server, options, site, root, rounds, only }) {
  const at = (file) => server.url + file;
  const browser = await chromium.launch({ ...options, args: [...options.args, "--enable-unsafe-webgpu"] });
  const files = {};
  let beam;
  try {
    const page = await browser.newPage();
    await page.goto(at("bench/page.html"));
    const webgpu = await page.evaluate(async () => Boolean(await navigator.gpu?.requestAdapter()));
    const setup = { rounds, budget: GPU_BUDGET, webgpu, glue: at(`site/${site.wasm.js}`), ort: at("ort/") };
    const inPage = (module, name, task) =>
      page.evaluate(async ({ address, name, task }) => (await import(address))[name](task), { address: at(`bench/${module}`), name, task });
    const own = (await shipped(root, only)).map((file) => ({ ...file, url: at(`weights/${file.path}`) }));
    const small = kernels()
      .filter(({ name }) => name.includes(only))
      .map(({ bytes, ...kernel }) => ({ ...kernel, url: `data:application/octet-stream;base64,${bytes.toString("base64")}` }));
    for (const { name, url, inputs, shapes } of [...own, ...small]) {
      files[name] = await inPage("measure.js", "measure", { ...setup, url, inputs, shapes });
      console.log(name, JSON.stringify(files[name]));
    }
    if ("beam".includes(only)) {
      const wanted = BEAM_FILES.map(([model, name]) => ({ model, name, url: at(`site/${site.models[model].files[name].url}`) }));
      const step = await readFile(path.join(root, "models/caption-soft/step.onnx"), "latin1");
      const penalty = Number(step.match(/length_penalty\x12[^]([\d.]+)/)[1]);
      beam = await inPage("beam.js", "beamOfFive", { ...setup, photo: at("agree/samples/surfer.jpg"), files: wanted, penalty });
      console.log("beam of five", JSON.stringify(beam));
    }
  } finally {
    await browser.close();
  }
  return { files, beam };
}
