// What a page takes once it has run: the largest that the memory of the WebAssembly became, which never shrinks, and the
// browser's own count of all else in the page and its worker.
import { chromium } from "../tests/browser/node_modules/playwright-core/index.mjs";
import { SYSTEMS } from "./visits.mjs";

const PATIENCE = 120_000;

/** In a page or a worker: keeps every memory that WebAssembly has, to be asked by a message to the worker, or by name in the page. */
function keepMemories() {
  const memories = (globalThis.wasmMemories = new Set());
  const { instantiate, instantiateStreaming, Memory } = WebAssembly;
  const keep = (made) => {
    const { exports } = made.instance ?? made;
    for (const one of Object.values(exports)) if (one instanceof Memory) memories.add(one);
    return made;
  };
  WebAssembly.instantiate = (...given) => instantiate.apply(WebAssembly, given).then(keep);
  WebAssembly.instantiateStreaming = (...given) => instantiateStreaming.apply(WebAssembly, given).then(keep);
  WebAssembly.Memory = class extends Memory {
    constructor(...given) {
      super(...given);
      memories.add(this);
    }
  };
}

const held = () => [...globalThis.wasmMemories].reduce((sum, { buffer }) => sum + buffer.byteLength, 0);

/** What a worker's script is to begin with. */
export const MEMORIES = `(${keepMemories})();\n`;

async function taken(browser, address) {
  const context = await browser.newContext();
  try {
    const page = await context.newPage();
    await page.addInitScript(keepMemories);
    await page.goto(address);
    const over = () => (globalThis.glimpse ? document.documentElement.dataset.state === "done" : globalThis.peer);
    await page.waitForFunction(over, undefined, { timeout: PATIENCE, polling: 100 });
    const [worker] = page.workers();
    const wasm = await (worker ?? page).evaluate(held);
    const { bytes } = await page.evaluate(() => performance.measureUserAgentSpecificMemory());
    // The browser counts the memory of WebAssembly in a page, not in its worker.
    return { wasm, rest: worker ? bytes : bytes - wasm };
  } finally {
    await context.close();
  }
}

/** @param {{server: object, options: object, only: string}} task */
export async function memory({ server, options, only }) {
  const eager = [...options.args, "--enable-blink-features=ForceEagerMeasureMemory"];
  const browser = await chromium.launch({ ...options, args: eager });
  const told = {};
  try {
    for (const [system, { page, peer }] of Object.entries(SYSTEMS).filter(([name]) => name.toLowerCase().includes(only))) {
      told[system] = { ours: await taken(browser, `${server.url}kept/${page}`), theirs: await taken(browser, server.url + peer) };
      console.log("memory", system, JSON.stringify(told[system]));
    }
  } finally {
    await browser.close();
  }
  return told;
}
