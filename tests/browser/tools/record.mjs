// Records the runs of www/recordings/ from the real page and the shipped models: opens each address below on site/,
// runs it live, and keeps what the page says it has seen.
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { chromium } from "playwright-core";
import { findChromium } from "./chromium.mjs";
import { serve } from "./server.mjs";

const [site = "site", out = "www/recordings"] = process.argv.slice(2);
const PATIENCE = 180_000;
const SAMPLES = ["dog", "soccer", "surfer", "horse", "cat", "astronaut"];
const RUNS = {
  "translate.json": "translate.html",
  "translate-fixed.json": "translate.html?model=fixed",
  "draw-generate.json": "draw.html",
  "draw-noattention.json": "draw.html?model=draw-mnist-noattention",
  "draw-reconstruct.json": "draw.html?mode=reconstruct",
  "handwriting.json": "handwriting.html",
  "glimpses.json": "glimpses.html",
  "spatial.json": "spatial.html",
  "birds.json": "birds.html",
  "actions.json": "actions.html",
  "actions-run.json": "actions.html?sample=run",
  "saliency.json": "saliency.html",
  "scales.json": "scales.html",
  "soft-lab.json": "soft-lab.html",
  "soft-lab-follow.json": "soft-lab.html?follow=yes&target=colour",
  "crop-lab.json": "crop-lab.html",
  "your-model.json": "your-model.html",
  "questions.json": "questions.html",
  "questions-surfer.json": "questions.html?sample=surfer&question=what+is+the+man+doing",
  ...Object.fromEntries(SAMPLES.map((name) => [`captions-${name}.json`, `captions.html?sample=${name}`])),
  "captions-hard.json": "captions.html?model=hard&sample=soccer",
  "captions-hard-surfer.json": "captions.html?model=hard&sample=surfer",
  "captions-semantic.json": "captions.html?model=semantic&sample=dog",
  "captions-semantic-surfer.json": "captions.html?model=semantic&sample=surfer",
};

const server = await serve({ root: site });
const browser = await chromium.launch({ executablePath: findChromium(), args: ["--no-sandbox", "--disable-quic"] });
try {
  await mkdir(out, { recursive: true });
  const index = [];
  for (const [file, address] of Object.entries(RUNS)) {
    const page = await browser.newPage({ reducedMotion: "reduce" });
    page.setDefaultTimeout(PATIENCE);
    // What was recorded before must not be shown, but run anew.
    await page.goto(`${server.url}${address}${address.includes("?") ? "&" : "?"}live`);
    await page.waitForFunction(() => ["done", "failed"].includes(document.documentElement.dataset.state));
    const notice = await page.locator("#notice:visible").allTextContents();
    if (notice.length > 0) throw new Error(`${address}: ${notice[0]}`);
    await writeFile(path.join(out, file), await page.evaluate(() => globalThis.glimpse.recording()));
    index.push({ file, page: address, settings: await page.evaluate(() => ({ ...globalThis.glimpse.settings })) });
    await page.close();
    console.log(file);
  }
  await writeFile(`${out}/index.json`, `${JSON.stringify(index, null, 1)}\n`);
} finally {
  await browser.close();
  await server.close();
}
