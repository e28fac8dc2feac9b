// Measures the site in headless Chromium, ours against ONNX Runtime Web, and both natively; writes RESULTS.md and results.json.
// ROUNDS=3 tries it out; ONLY=caption takes only files and systems with that in their name; PARTS=visits,native takes only these.
import { execFileSync } from "node:child_process";
import { readFile, readdir, writeFile } from "node:fs/promises";
import { cpus } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { png } from "../tests/browser/support/pictures.mjs";
import { findChromium } from "../tests/browser/tools/chromium.mjs";
import { breakdowns } from "./breakdown.mjs";
import { inOnePage } from "./files.mjs";
import { MEMORIES, memory } from "./memory.mjs";
import { natively } from "./native.mjs";
import { report } from "./report.mjs";
import { serveFolders } from "./server.mjs";
import { firstFrames } from "./visits.mjs";

const here = path.dirname(fileURLToPath(import.meta.url));
const root = path.dirname(here);
const ort = path.join(here, "node_modules/onnxruntime-web/dist");
const ROUNDS = Number(process.env.ROUNDS ?? 30);
const ONLY = (process.env.ONLY ?? "").toLowerCase();
const PARTS = process.env.PARTS?.split(",") ?? ["visits", "memory", "page", "native"];
/** A visit takes seconds: fewer of them. */
const VISITS = Math.min(ROUNDS, 5);
const TAKEN_APART = Math.min(ROUNDS, 3);
const PHOTO = "samples/surfer.jpg";

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

/** The site in several guises: as it is, without its recorded runs (so that models run at once), with a photo that every decoder reads
 * alike, and with a worker that tells of itself. */
async function served() {
  const site = path.join(root, "site");
  const marks = await readFile(path.join(here, "marks.js"));
  const spot = (x, y) => ((x - 256) ** 2 + (y - 150) ** 2 < 9000 ? 255 : 40);
  const picture = png(512, 384, (x, y) => [x >> 1, y >> 1, spot(x, y)]);
  // Where the page's scripts list the recorded runs, each is moved to a page that there is none of.
  const live = (file, body) => (/^page\/.*\.js$/.test(file) ? Buffer.from(String(body).replace(/(file:[`"]recordings\/[^`"]*[`"],page:[`"])/g, "$1none/")) : body);
  const begun = (script) => (file, body) => (/^page\/worker-.*\.js$/.test(file) ? Buffer.concat([Buffer.from(script), body]) : live(file, body));
  return serveFolders({
    site,
    live: { folder: site, edit: live },
    agree: { folder: site, edit: (file, body) => (file === PHOTO ? picture : live(file, body)) },
    traced: { folder: site, edit: begun(marks) },
    kept: { folder: site, edit: begun(MEMORIES) },
    ort,
    weights: path.join(root, "models"),
    peer: path.join(here, "peer"),
    bench: here,
  });
}

const site = await json(path.join(root, "site/site.json"));
const { devDependencies } = await json(path.join(here, "package.json"));
const options = {
  executablePath: findChromium(),
  args: ["--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking"],
};
const server = await served();
const common = { server, options, site, root, only: ONLY };
const measured = {};
try {
  if (PARTS.includes("visits")) {
    measured.visits = await firstFrames({ ...common, rounds: VISITS });
    measured.breakdown = await breakdowns({ ...common, rounds: TAKEN_APART });
  }
  if (PARTS.includes("memory")) measured.memory = await memory(common);
  if (PARTS.includes("page")) Object.assign(measured, await inOnePage({ ...common, rounds: ROUNDS }));
  if (PARTS.includes("native")) measured.native = await natively({ root, rounds: ROUNDS, only: ONLY });
} finally {
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
    ...devDependencies,
  },
  sizes: await sizes(),
  ...measured,
};
const notes = await readFile(path.join(here, "NOTES.md"), "utf8").catch(() => "");
await writeFile(path.join(here, "results.json"), `${JSON.stringify(results, null, 1)}\n`);
await writeFile(path.join(here, "RESULTS.md"), report(results) + notes);
console.log("benches/RESULTS.md and benches/results.json are written");
// What the browser keeps of visits must not hold the process.
process.exit();
