// Measures the shipped files in headless Chromium, ours against ONNX Runtime Web, and writes RESULTS.md and results.json.
// ROUNDS=3 tries it out; ONLY=caption takes only files with that in their name.
import { execFileSync } from "node:child_process";
import { readFile, readdir, writeFile } from "node:fs/promises";
import { cpus } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { chromium } from "../tests/browser/node_modules/playwright-core/index.mjs";
import { findChromium } from "../tests/browser/tools/chromium.mjs";
import { report } from "./report.mjs";
import { serveFolders } from "./server.mjs";

const here = path.dirname(fileURLToPath(import.meta.url));
const root = path.dirname(here);
const ort = path.join(here, "node_modules/onnxruntime-web/dist");
const ROUNDS = Number(process.env.ROUNDS ?? 30);
const ONLY = process.env.ONLY ?? "";
/** Milliseconds that a contender on the GPU may take for one file: an adapter in software is slow. */
const GPU_BUDGET = 1500;

const command = (...words) => execFileSync(words[0], words.slice(1), { encoding: "utf8" }).trim();
const json = async (file) => JSON.parse(await readFile(file, "utf8"));

async function weighed(files) {
  const contents = await Promise.all(files.map((file) => readFile(file)));
  const sum = (pack) => contents.reduce((total, content) => total + pack(content).length, 0);
  return { raw: sum((content) => content), gzip: sum((content) => gzipSync(content, { level: 9 })), brotli: sum((content) => brotliCompressSync(content)) };
}

async function sizes() {
  const wasm = path.join(root, "site/wasm");
  const own = (await readdir(wasm)).map((file) => path.join(wasm, file));
  const of = (...files) => weighed(files.map((file) => path.join(ort, file)));
  return {
    Glimpse: await weighed(own),
    "onnxruntime-web, wasm only": await of("ort.wasm.min.mjs", "ort-wasm-simd-threaded.mjs", "ort-wasm-simd-threaded.wasm"),
    "onnxruntime-web, WebGPU": await of("ort.webgpu.min.mjs", "ort-wasm-simd-threaded.asyncify.mjs", "ort-wasm-simd-threaded.asyncify.wasm"),
  };
}

const site = await json(path.join(root, "site/site.json"));
const server = await serveFolders({ site: path.join(root, "site"), ort, bench: here });
const browser = await chromium.launch({
  executablePath: findChromium(),
  args: ["--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking", "--enable-unsafe-webgpu"],
});
const files = {};
try {
  const page = await browser.newPage();
  await page.goto(`${server.url}bench/page.html`);
  const webgpu = await page.evaluate(async () => Boolean(await navigator.gpu?.requestAdapter()));
  for (const [id, model] of Object.entries(site.models)) {
    const golden = await json(path.join(root, "models", id, "golden.json"));
    for (const [name, { url }] of Object.entries(model.files).filter(([name]) => golden[name])) {
      if (!`${id}/${name}`.includes(ONLY)) continue;
      const task = { url: `${server.url}site/${url}`, inputs: golden[name].inputs, rounds: ROUNDS, budget: GPU_BUDGET, webgpu, glue: `${server.url}site/${site.wasm.js}`, ort: `${server.url}ort/` };
      files[`${id}/${name}`] = await page.evaluate(async ({ module, task }) => (await import(module)).measure(task), { module: `${server.url}bench/measure.js`, task });
      console.log(`${id}/${name}`, JSON.stringify(files[`${id}/${name}`]));
    }
  }
} finally {
  await browser.close();
  server.close();
}
const results = {
  date: new Date().toISOString().slice(0, 10),
  rounds: ROUNDS,
  machine: `${cpus()[0].model.trim()}, ${cpus().length} cores`,
  versions: {
    Chromium: command(findChromium(), "--version").match(/[\d.]+/)[0],
    Node: process.version,
    rustc: command("rustc", "--version").split(" ")[1],
    tract: (await readFile(path.join(root, "Cargo.lock"), "utf8")).match(/name = "tract-core"\nversion = "(.*)"/)[1],
    "onnxruntime-web": (await json(path.join(here, "package.json"))).devDependencies["onnxruntime-web"],
  },
  sizes: await sizes(),
  files,
};
const notes = await readFile(path.join(here, "NOTES.md"), "utf8").catch(() => "");
await writeFile(path.join(here, "results.json"), `${JSON.stringify(results, null, 1)}\n`);
await writeFile(path.join(here, "RESULTS.md"), report(results) + notes);
console.log("benches/RESULTS.md and benches/results.json are written");
