// From the navigation to the first frame, cold and warm: our pages, and pages that do the same with ONNX Runtime Web.
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { chromium } from "../tests/browser/node_modules/playwright-core/index.mjs";
import { summary } from "./summary.js";

/** What a visitor sees first of attention, by system: our pages live, as recorded, and the peer. */
const SYSTEMS = {
  captions: { page: "captions.html?model=soft", peer: "peer/captions.html", query: "?photo=../agree/samples/surfer.jpg", map: "alpha" },
  DRAW: { page: "draw.html", peer: "peer/draw.html", query: "", map: "write" },
};
const NETWORKS = {
  "this machine": null,
  "10 Mbit/s, 40 ms": { latency: 40, bytesPerSecond: 1.25e6 },
};
/** The first attention of both must be the same, on a picture that no decoder reads in its own way. */
const AGREED = 1e-3;
/** What a browser keeps of compiled code it writes a little later. */
const SETTLE = 2000;
const PATIENCE = 120_000;

/** In the page: notes when the first frame is shown, and what the worker tells of itself. */
function watch() {
  const note = () => {
    if (globalThis.firstFrame || !document.documentElement?.dataset.frame) return;
    const frames = globalThis.glimpse?.frames;
    if (frames && frames.length === 0) return;
    globalThis.firstFrame = performance.now();
  };
  new MutationObserver(note).observe(document, { attributes: true, subtree: true, attributeFilter: ["data-frame"] });
  globalThis.Worker = class extends Worker {
    constructor(...given) {
      super(...given);
      globalThis.workerAsked = performance.now();
      this.addEventListener("message", ({ data }) => {
        if (data.type === "marks") globalThis.workerMarks = data.marks;
      });
    }
  };
}

/** In the page: what was seen, once there is a first frame. */
function seen(map) {
  const found = globalThis.glimpse?.frames[0].maps.find(({ name }) => name === map);
  const ofWindow = ({ gx, gy, delta, sigma2, gamma }) => [gx, gy, delta, sigma2, gamma];
  return {
    at: globalThis.firstFrame,
    origin: performance.timeOrigin,
    map: globalThis.peer?.map ?? Array.from(found.weights ?? ofWindow(found)),
    state: document.documentElement.dataset.state,
    asked: globalThis.workerAsked,
    marks: globalThis.workerMarks,
  };
}

async function visit(context, server, address, map) {
  const page = await context.newPage();
  await page.goto(`${server.url}bench/page.html`);
  server.log.length = 0;
  await page.addInitScript(watch);
  await page.goto(server.url + address, { waitUntil: "commit" });
  await page.waitForFunction(() => globalThis.firstFrame, undefined, { timeout: PATIENCE, polling: 50 });
  const told = await page.evaluate(seen, map);
  const shown = told.origin + told.at;
  const before = server.log.filter(({ end }) => end <= shown);
  const bytes = before.reduce((sum, one) => sum + one.bytes, 0);
  return { ...told, page, bytes, requests: before.length, log: before.map((one) => ({ ...one })) };
}

/** A new profile, on the disk as a visitor's is. */
async function inProfile(options, act) {
  const profile = await mkdtemp(path.join(tmpdir(), "glimpse-visitor-"));
  const context = await chromium.launchPersistentContext(profile, options);
  try {
    return await act(context);
  } finally {
    await context.close();
    await rm(profile, { recursive: true, force: true });
  }
}

/** A visitor who has never been there, and comes back. */
const visitor = (options, server, address, map) =>
  inProfile(options, async (context) => {
    const cold = await visit(context, server, address, map);
    const { network } = server.line;
    server.line.network = null;
    await cold.page.evaluate(async () => {
      if (globalThis.glimpse) await navigator.serviceWorker.ready;
    });
    await cold.page.waitForTimeout(SETTLE);
    await cold.page.close();
    server.line.network = network;
    return { cold, warm: await visit(context, server, address, map) };
  });

const farthest = (ours, theirs) => Math.max(...theirs.map((value, i) => Math.abs(value - ours[i])));

/** How far the first attention of two pages is apart. */
const agreement = (options, server, ours, theirs, map) =>
  inProfile(options, async (context) => {
    const [one, other] = [await visit(context, server, ours, map), await visit(context, server, theirs, map)];
    return farthest(one.map, other.map);
  });

/** Medians of the visits to one address. */
function told(visits) {
  const of = (when) => {
    const all = visits.map((one) => one[when]);
    const { bytes, requests } = all[0];
    return { ...summary(all.map(({ at }) => at)), bytes, requests };
  };
  return { cold: of("cold"), warm: of("warm") };
}

/** @param {{server: object, options: object, rounds: number, only: string}} task */
export async function firstFrames({ server, options, rounds, only }) {
  const results = {};
  for (const [system, { page, peer, query, map }] of Object.entries(SYSTEMS)) {
    if (!system.toLowerCase().includes(only)) continue;
    const apart = await agreement(options, server, `agree/${page}`, peer + query, map);
    assert.ok(apart <= AGREED, `${system}: the first attention of both pages is ${apart} apart`);
    results[system] = { apart };
    const addresses = { live: `live/${page}`, peer, recorded: `site/${page}` };
    for (const [name, network] of Object.entries(NETWORKS)) {
      const visits = { live: [], peer: [], recorded: [] };
      for (let round = 0; round < rounds; round++) {
        const names = Object.keys(addresses);
        for (let turn = 0; turn < names.length; turn++) {
          const who = names[(turn + round) % names.length];
          server.line.network = network;
          visits[who].push(await visitor(options, server, addresses[who], map));
        }
        server.line.network = null;
      }
      const answer = Object.fromEntries(Object.entries(visits).map(([who, all]) => [who, told(all)]));
      results[system] = { ...results[system], [name]: answer };
      console.log(system, name, JSON.stringify(results[system][name]));
    }
  }
  return results;
}

export { SYSTEMS, visitor };
