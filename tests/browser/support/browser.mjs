// One Chromium a test file, one fresh profile a visit. A visit serves site/ below a sub-path, as a forgotten corner of
// somebody's web server, and fails when the page asks any other origin, logs an error, or throws.
import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import { after, before } from "node:test";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import { findChromium, findShell } from "../tools/chromium.mjs";
import { serve } from "../tools/server.mjs";

/** The built site that is tested; SITE=… tests another one. */
export const SITE = process.env.SITE ?? fileURLToPath(new URL("../../../site/", import.meta.url));
const SCREENSHOTS = fileURLToPath(new URL("../screenshots/", import.meta.url));
const SUB_PATH = "/some/where/glimpse/";
export const FLAGS = [
  "--no-sandbox",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--use-fake-device-for-media-stream",
  "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost",
];
const COMPUTES = ["--enable-unsafe-webgpu"];
const DRAWS = ["--enable-features=Vulkan", "--use-vulkan=swiftshader", "--use-angle=swiftshader"];

export const WIDE = { width: 1280, height: 800 };
export const NARROW = { width: 390, height: 844 };
/** Milliseconds for a click to land, and for a run to be over: a small machine is slow, yet a hung page must end. */
const CLICK_PATIENCE = 20_000;
export const PATIENCE = 120_000;
/** The same for a whole visit, and for a browser or one of its profiles to close: both have no time limit of their own. */
const VISIT_PATIENCE = 300_000;
const CLOSE_PATIENCE = 20_000;

/** Keeps the times at which the page changed its state, for tests that ask what came before what. */
function recordStates() {
  globalThis.seenStates = [];
  const note = () => {
    const { state } = document.documentElement?.dataset ?? {};
    if (state && state !== globalThis.seenStates.at(-1)?.state) globalThis.seenStates.push({ state, at: Date.now() });
  };
  new MutationObserver(note).observe(document, { attributes: true, subtree: true, attributeFilter: ["data-state"] });
}

/** The promise, which fails after so many milliseconds. */
function within(milliseconds, what, promise) {
  let timer;
  const late = new Promise((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} took longer than ${milliseconds / 1000} s`)), milliseconds);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

/** Closes a test file's browser. One that does not close would keep the file's process alive for ever: the end of the process kills it. */
export async function close(browser) {
  if (!browser) return;
  await within(CLOSE_PATIENCE, "closing the browser", browser.close()).catch((error) => console.error(error.message));
  setTimeout(() => process.exit(), CLOSE_PATIENCE).unref();
}

/** What a visit does in its profile, and then the profile's end, neither for ever. */
export async function withContext(context, act) {
  try {
    await within(VISIT_PATIENCE, "the visit", act());
  } finally {
    await within(CLOSE_PATIENCE, "closing the profile", context.close());
  }
}

/**
 * Starts the browser for a test file. The answer, `visit(address, options, act)`, opens a page of the site, runs
 * `act({page, requests, base, screenshot})`, and then holds the page to the rules above.
 *
 * Options besides Playwright's for a context: `mayLog` (a RegExp of console errors the test provokes on purpose), `onRequest` (see
 * tools/server.mjs) and `root` (a folder to serve in place of site/). With `webgpu`, the browser has an adapter, if only one in software; with `canvas`, that
 * adapter also draws to canvases; with `whole`, it has a camera and a back/forward cache.
 */
export function useBrowser({ webgpu = false, canvas = false, whole = false } = {}) {
  let browser;
  before(async () => {
    const executablePath = whole ? findChromium() : findShell();
    assert.ok(executablePath, "no Chromium found: node tests/browser/tools/chromium.mjs installs one");
    browser = await chromium.launch({ executablePath, args: [...FLAGS, ...(webgpu || canvas ? COMPUTES : []), ...(canvas ? DRAWS : [])] });
  });
  after(() => close(browser));

  return async function visit(address, { mayLog, onRequest, root = SITE, ...options }, act) {
    const requests = [];
    const faults = [];
    const server = await serve({
      root,
      prefix: SUB_PATH,
      onRequest: (request) => {
        requests.push({ ...request, path: request.path.slice(SUB_PATH.length) });
        return onRequest?.(request);
      },
    });
    const context = await browser.newContext({ viewport: WIDE, ...options });
    context.setDefaultTimeout(CLICK_PATIENCE);
    context.on("request", (request) => {
      const local = [server.url, "blob:", "data:"].some((start) => request.url().startsWith(start));
      if (!local) faults.push(`asked for ${request.url()}`);
    });
    context.on("weberror", (event) => faults.push(`threw ${event.error()}`));
    context.on("console", (message) => {
      if (message.type() === "error" && !mayLog?.test(message.text())) faults.push(`logged ${message.text()}`);
    });
    try {
      await withContext(context, async () => {
        const page = await context.newPage();
        await page.addInitScript(recordStates);
        const response = await page.goto(server.url + address);
        assert.equal(response.status(), 200, `${address} is served`);
        const screenshot = async (name) => {
          await mkdir(SCREENSHOTS, { recursive: true });
          await page.screenshot({ path: `${SCREENSHOTS}${name}.png`, fullPage: true });
        };
        await act({ page, context, browser, requests, base: server.url, screenshot });
      });
    } finally {
      await server.close();
    }
    assert.deepEqual(faults, [], "the page keeps to its origin and its console stays silent");
  };
}
