// What ./build.sh site wrote: complete, relative, hashed, small, and locked to its own origin.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readdir, readFile, stat } from "node:fs/promises";
import path from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import { brotliCompress, constants } from "node:zlib";
import { EXHIBITS, MOVED, PAGES, PLANS, WORKSHEETS } from "./support/addresses.mjs";
import { SITE } from "./support/browser.mjs";
import { keptAtInstall } from "./support/site.mjs";

const MEGABYTE = 1e6;
const read = (file, encoding) => readFile(path.join(SITE, file), encoding);
const site = JSON.parse(await read("site.json", "utf8"));
const manifest = JSON.parse(await readFile(new URL("../../models/manifest.json", import.meta.url), "utf8"));
const entries = await readdir(SITE, { recursive: true, withFileTypes: true });
const files = entries
  .filter((entry) => entry.isFile())
  .map((entry) => path.relative(SITE, path.join(entry.parentPath ?? entry.path, entry.name)).split(path.sep).join("/"));
const pages = files.filter((file) => file.endsWith(".html"));
const modelFiles = Object.entries(site.models).flatMap(([id, model]) =>
  Object.entries(model.files).map(([name, file]) => ({ id, name, ...file })),
);

const sha256 = async (file) => createHash("sha256").update(await read(file)).digest("hex");

test("a file with a hash in its name carries the hash of its bytes", async () => {
  const recordings = files.filter((file) => file.startsWith("recordings/"));
  assert.ok(recordings.length > 20);
  const hashed = [site.wasm.js, site.wasm.wasm, site.onnx.js, site.onnx.wasm, ...modelFiles.map((file) => file.url), ...recordings];
  for (const file of hashed) {
    const hash = await sha256(file);
    assert.ok(file.includes(`.${hash.slice(0, 12)}.`), `${file} has the hash ${hash}`);
  }
});

test("site.json states the digest of both cores and of every model's file", async () => {
  for (const { js, wasm, sha256: digests } of [site.wasm, site.onnx]) assert.deepEqual(digests, { js: await sha256(js), wasm: await sha256(wasm) });
  for (const { url, sha256: digest } of modelFiles) assert.equal(digest, await sha256(url), url);
});

test("every page is there, and what stands at a former address leads on", async () => {
  assert.deepEqual([...pages].sort(), [...PAGES, ...PLANS, ...WORKSHEETS, ...Object.keys(MOVED)].sort());
  for (const [old, present] of Object.entries(MOVED)) assert.ok((await read(old, "utf8")).includes(`href="${present}"`), old);
});

test("every model of the manifest ships, byte for byte, with its figures and terms", async () => {
  assert.deepEqual(Object.keys(site.models), Object.keys(manifest.models));
  for (const [id, model] of Object.entries(manifest.models)) {
    const shipped = site.models[id];
    assert.deepEqual(shipped.metrics, model.metrics, id);
    for (const term of ["title", "licence", "data", "paper"]) {
      assert.ok(model[term], `${id} states its ${term}`);
      assert.equal(shipped[term], model[term]);
    }
    for (const { name, sha256, bytes } of model.files) {
      const content = await read(shipped.files[name].url);
      assert.equal(content.length, bytes);
      assert.equal(createHash("sha256").update(content).digest("hex"), sha256);
    }
  }
});

test("no page, style or script names an absolute address of the site or loads from another origin", async () => {
  for (const file of files.filter((name) => /\.(html|css|js)$/.test(name))) {
    const text = await read(file, "utf8");
    const loads = [
      ...text.matchAll(/<(?!a\b)[a-z]+\b[^>]*?\s(?:src|href|srcset|poster|data)="([^"]*)"/g),
      ...text.matchAll(/url\(\s*["']?([^"')]+)/g),
      ...text.matchAll(/(?:\bfrom\s*|\bimport\s*\(?\s*)["'`]([^"'`]+)["'`]/g),
    ].map((match) => match[1]);
    for (const url of loads) assert.doesNotMatch(url, /^(\/|https?:)/, `${file} loads ${url}`);
    const links = [...text.matchAll(/<a\b[^>]*?\shref="([^"]*)"/g)].map((match) => match[1]);
    for (const url of links) assert.doesNotMatch(url, /^\/|^http:/, `${file} links ${url}`);
  }
});

test("every exhibit says what it knows where its input is, and how far to trust it where models were trained for it", async () => {
  for (const page of EXHIBITS) {
    const text = await read(page, "utf8");
    const input = text.slice(text.indexOf('<section class="input"'));
    assert.match(input, /<p class="knows"><strong>What it knows\.<\/strong> [A-Z][^<]+\.<\/p>/, page);
    const isLab = page.includes("lab");
    assert.equal(/<details id="trust">/.test(text), !isLab, page);
    if (isLab) continue;
    const trust = text.slice(text.indexOf('<details id="trust">'), text.indexOf("</details>"));
    assert.match(trust, /<li>[^<]*\d/, `${page} tells a figure`);
    assert.match(trust, /<a href="data\.html#[a-z0-9-]+">/, `${page} links a model's card`);
    // A comparison says whether its difference is real, and by how many standard errors.
    for (const [, difference] of trust.matchAll(/<strong>(?:a real|no measurable) difference<\/strong> \(<span class="number">([^<]*)<\/span>\)/g)) assert.match(difference, /±/, page);
  }
});

test("every link between the pages leads somewhere", async () => {
  for (const page of pages) {
    const text = await read(page, "utf8");
    const targets = [...text.matchAll(/\s(?:src|href)="([^"#?:]+)[^":]*"/g)].map((match) => match[1]);
    for (const target of targets) {
      const file = path.posix.join(path.posix.dirname(page), target.replace(/(^|\/)\.?\/?$/, "$1index.html"));
      assert.ok(files.includes(file), `${page} leads to ${target}`);
    }
  }
});

test("every page locks itself to its own origin", async () => {
  for (const page of pages) {
    const policy = (await read(page, "utf8")).match(/http-equiv="Content-Security-Policy"\s+content="([^"]*)"/)?.[1];
    assert.ok(policy, `${page} has a policy`);
    const rules = Object.fromEntries(
      policy.split(";").map((rule) => rule.trim().split(/\s+/)).map(([name, ...sources]) => [name, sources.join(" ")]),
    );
    assert.equal(rules["default-src"], "'self'", page);
    assert.equal(rules["script-src"], "'self' 'wasm-unsafe-eval'", page);
    assert.equal(rules["connect-src"], "'self'", page);
    assert.doesNotMatch(policy, /'unsafe-inline'|'unsafe-eval'|https?:|\*/, page);
  }
});

test("the service worker keeps all that the pages are made of, and nothing heavy", async () => {
  const kept = await keptAtInstall();
  const urls = kept.map(({ url }) => url);
  assert.equal(new Set(urls).size, urls.length);
  // Former addresses, plans and worksheets are kept when they are opened.
  const made = files.filter((name) => /^[^/]*\.(html|js|svg)$|^page\//.test(name) && name !== "service-worker.js" && !(name in MOVED));
  assert.deepEqual([...urls].sort(), [...made, "site.json", "samples/digits.png"].sort());
  for (const { url, revision, integrity } of kept) {
    assert.equal(revision === null, url.startsWith("page/"), `${url} has a hash in its name, or a revision`);
    assert.equal(integrity, url.endsWith(".html") ? undefined : await sha256(url), url);
  }
});

test("the shader of the heatmaps is the core's, in one of the page's scripts", async () => {
  const shader = await readFile(new URL("../../src/picture/heat.wgsl", import.meta.url), "utf8");
  const scripts = await Promise.all(files.filter((file) => /^page\/.*\.js$/.test(file)).map((file) => read(file, "utf8")));
  // The text stands there as a string, with its quotes and perhaps its line ends escaped.
  const plain = scripts.map((script) => script.replace(/\\([`"'])/g, "$1").replaceAll("\\n", "\n"));
  assert.ok(plain.some((script) => script.includes(shader.trim())));
});

test("the downloads keep to their budgets", async (t) => {
  // At less than the best quality a file is a little larger, and takes a tenth of the time.
  const brotli = async (file, quality) => (await promisify(brotliCompress)(await read(file), { params: { [constants.BROTLI_PARAM_QUALITY]: quality } })).length;
  const [wasm, second] = await Promise.all([brotli(site.wasm.wasm, 11), brotli(site.onnx.wasm, 9)]);
  const sumOf = (pattern) =>
    modelFiles.filter(({ id }) => pattern.test(id)).reduce((sum, { bytes }) => sum + bytes, 0);
  const budgets = [
    ["wasm, brotli", wasm, 1.2],
    ["the second core, brotli", second, 2.2],
    ["the tiny vision transformer", sumOf(/^vit-/), 0.3],
    ["caption models", sumOf(/^caption-(encoder|soft|none)$/), 16],
    ["hard attention beyond them", sumOf(/^caption-hard$/), 12],
    ["semantic attention beyond them", sumOf(/^caption-semantic$/), 12],
    ["translation models", sumOf(/^translate-/), 12],
    ["handwriting models", sumOf(/^handwriting/), 12],
    ["question models beyond the encoder", sumOf(/^vqa/), 12],
    ["glimpse models", sumOf(/^(ram|draw-read)-/), 12],
    ["spatial transformers", sumOf(/^stn-mnist$/), 12],
    ["models of the birds", sumOf(/^(stn-birds|dense-encoder)$/), 12],
    ["action models beyond the encoder", sumOf(/^action/), 12],
    ["saliency models", sumOf(/^(saliency|dense-encoder)$/), 12],
    ["models of the scales", sumOf(/^(scale|dense-encoder)$/), 12],
    ["DRAW models", sumOf(/^draw-(?!read)/), 3],
  ];
  for (const [what, bytes, limit] of budgets) {
    t.diagnostic(`${what}: ${(bytes / MEGABYTE).toFixed(2)} of ${limit} MB`);
    assert.ok(bytes <= limit * MEGABYTE, `${what}: ${bytes} bytes, at most ${limit} MB`);
  }
  for (const file of files) {
    const { size } = await stat(path.join(SITE, file));
    assert.ok(size <= 20 * MEGABYTE, `${file} has ${size} bytes, at most 20 MB`);
  }
});
