// Lays out site/: the page as it is, the wasm and the models under names that carry their hash, and site.json that
// tells the page and its service worker those names.  Usage: site.mjs WWW MODELS WASM_FOLDER OUT
import { createHash } from "node:crypto";
import { copyFile, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";

const sha256 = (bytes) => createHash("sha256").update(bytes).digest("hex");
/** What the page shares with the core, by its place in the page: there is one text of it. */
const SHARED = { "js/stage/heat.wgsl": fileURLToPath(new URL("../../../src/picture/heat.wgsl", import.meta.url)) };
/** Enough of a hash to tell two builds apart. */
const short = (hash) => hash.slice(0, 12);

async function filesBelow(folder) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && !entry.name.endsWith(".d.ts"))
    .map((entry) => path.relative(folder, path.join(entry.parentPath ?? entry.path, entry.name)))
    .sort();
}

async function write(file, bytes) {
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, bytes);
}

/** glimpse.js and glimpse_bg.wasm, as wasm-bindgen names them, under hashed names; the glue is told the wasm's. */
async function layOutWasm(folder, out) {
  const wasm = await readFile(path.join(folder, "glimpse_bg.wasm"));
  const wasmName = `wasm/glimpse_bg.${short(sha256(wasm))}.wasm`;
  const glue = (await readFile(path.join(folder, "glimpse.js"), "utf8")).replaceAll(
    "glimpse_bg.wasm",
    path.posix.basename(wasmName),
  );
  const glueName = `wasm/glimpse.${short(sha256(glue))}.js`;
  await write(path.join(out, wasmName), wasm);
  await write(path.join(out, glueName), glue);
  return { js: glueName, wasm: wasmName, bytes: wasm.length };
}

async function layOutModel(id, model, models, out) {
  const files = {};
  for (const { name, path: source, sha256: expected, bytes } of model.files) {
    const content = await readFile(path.join(models, source));
    if (sha256(content) !== expected || content.length !== bytes) {
      throw new Error(`models/${source} is not the file models/manifest.json describes: run python -m train.common.manifest in models/`);
    }
    const { name: stem, ext } = path.posix.parse(source);
    const url = `models/${id}/${stem}.${short(expected)}${ext}`;
    await write(path.join(out, url), content);
    files[name] = { url, bytes };
  }
  const { title, licence, data, paper, opset, metrics } = model;
  return { title, licence, data, paper, opset, metrics, files };
}

/** A module and all that it imports, as addresses from the site's root: a browser that is told of them need not find them one
 * behind the other. */
async function modulesFrom(module, root, found = new Set()) {
  if (found.has(module)) return found;
  found.add(module);
  const source = await readFile(path.join(root, module), "utf8");
  for (const [, imported] of source.matchAll(/^(?:import|export)\b[^;"]*"(\.[^"]+)";/gm)) {
    await modulesFrom(path.posix.join(path.posix.dirname(module), imported), root, found);
  }
  return found;
}

/** Puts what is known only now where a script says "development". */
async function bake(script, value, out) {
  const file = path.join(out, script);
  const source = await readFile(file, "utf8");
  if (!source.includes('"development"')) throw new Error(`www/${script} has no "development" to replace`);
  await writeFile(file, source.replace('"development"', JSON.stringify(value)));
}

/** Tells a page's head of all that its first frame needs; what begins the core comes first. */
async function preload(page, out) {
  const html = await readFile(path.join(out, page), "utf8");
  const scripts = [...html.matchAll(/<script type="module" (?:async )?src="([^"]+)"><\/script>\n/g)];
  const found = new Set();
  for (const [, module] of scripts) await modulesFrom(module, out, found);
  const links = [...found].map((module) => `<link rel="modulepreload" href="${module}">\n`);
  if (found.has("js/cached.js")) links.unshift('<link rel="preload" as="fetch" crossorigin href="cached/index.json">\n');
  const [first] = scripts;
  if (first) await writeFile(path.join(out, page), html.replace(first[0], links.join("") + first[0]));
}

const [www, models, wasmFolder, out] = process.argv.slice(2);
try {
  const manifest = JSON.parse(await readFile(path.join(models, "manifest.json"), "utf8"));
  await rm(out, { recursive: true, force: true });

  const pages = [...(await filesBelow(www)), ...Object.keys(SHARED)];
  for (const page of pages) {
    await mkdir(path.dirname(path.join(out, page)), { recursive: true });
    await copyFile(SHARED[page] ?? path.join(www, page), path.join(out, page));
  }
  for (const page of pages.filter((page) => page.endsWith(".html"))) await preload(page, out);
  const wasm = await layOutWasm(wasmFolder, out);
  const laidOut = {};
  for (const [id, model] of Object.entries(manifest.models)) {
    laidOut[id] = await layOutModel(id, model, models, out);
  }

  const contents = await Promise.all(pages.map((page) => readFile(path.join(out, page))));
  const version = short(sha256(JSON.stringify([contents.map(sha256), wasm, laidOut])));
  // A browser takes a new service worker only when its bytes change, so the version stands in the worker itself.
  await bake("service-worker.js", version, out);
  await bake("worker.js", wasm, out);

  const shell = pages.filter((page) => page !== "service-worker.js").map((page) => page.split(path.sep).join("/"));
  await writeFile(path.join(out, "site.json"), JSON.stringify({ version, wasm, models: laidOut, shell }));
} catch (error) {
  console.error(`site: ${error.message}`);
  process.exitCode = 1;
}
