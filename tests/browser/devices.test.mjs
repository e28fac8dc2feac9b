// In whatever browser, frame and device the page opens: what does not answer holds nothing up, what is missing is said, and a core that
// stops takes nothing along.
import assert from "node:assert/strict";
import { test } from "node:test";
import path from "node:path";
import { createServer } from "node:http";
import { pathToFileURL } from "node:url";
import { SITE } from "./support/browser.mjs";
import { useBadHosts } from "./support/hosts.mjs";

const at = useBadHosts({ args: ["--enable-unsafe-webgpu"] });
const atWhole = useBadHosts({ whole: true, ignoreDefaultArgs: ["--disable-back-forward-cache"] });
const LIGHT = "draw.html";

/** Opens the exhibit with a script that each worker runs first. */
const withWorker = (script, act, address = LIGHT) =>
  at({}, address, async (visitor, more) => {
    await visitor.until(["cached"]);
    await act(visitor, more);
  }, { prepare: (visitor) => visitor.beforeWorker(script) });

const never = "() => new Promise(() => {})";
const hidesSoftware = `Object.defineProperty(GPUAdapterInfo.prototype, "isFallbackAdapter", { get: () => false });`;

const SILENT = [
  ["a GPU that never answers", `Object.defineProperty(navigator, "gpu", { value: { requestAdapter: ${never} } });`, LIGHT],
  ["a GPU that never gives a device", `GPUAdapter.prototype.requestDevice = ${never};`, `${LIGHT}?gpu=force`],
  ["a storage that never opens", `CacheStorage.prototype.open = ${never};`, LIGHT],
  ["a storage that never finds", `Cache.prototype.match = Cache.prototype.keys = ${never};`, LIGHT],
  ["a storage that never keeps", `Cache.prototype.put = ${never};`, LIGHT],
];
for (const [what, script, address] of SILENT) {
  test(`${what} holds up no run`, () =>
    withWorker(script, async (visitor, { page }) => {
      const begun = Date.now();
      await page.evaluate(() => {
        document.documentElement.dataset.state = "before";
        document.querySelector("#again").click();
      });
      await page.waitForFunction(() => ["running", "done"].includes(document.documentElement.dataset.state));
      assert.ok(Date.now() - begun < 15_000, `${Date.now() - begun} ms until it runs`);
      assert.equal(await visitor.until(["done", "failed"]), "done");
      assert.equal(await page.evaluate(() => document.documentElement.dataset.engine), "cpu");
    }, address));
}

test("a GPU that hangs while it computes is left alone, and the run begins again on the CPU", () => {
  const impatient = `{ const wait = setTimeout; globalThis.setTimeout = (act, ms, ...rest) => wait(act, ms === 30000 ? 800 : ms, ...rest); }`;
  const hangs = `${hidesSoftware} ${impatient} GPUBuffer.prototype.mapAsync = ${never};`;
  return at({}, "draw.html?mode=wall&gpu=force", async (visitor) => {
    assert.equal(await visitor.until(["done", "failed"]), "done");
    assert.match(await visitor.notice(), /The GPU does not answer.*began again on the CPU/);
  }, { prepare: (visitor) => visitor.beforeWorker(hangs) });
});

test("a worker whose script does not come is started again", () =>
  at({ files: /page\/worker-.*\.js$/, stalled: 1 }, LIGHT, async (visitor) => {
    await visitor.until(["cached"]);
    assert.equal(await visitor.run(), "done");
  }, {
    prepare: ({ page }) =>
      page.addInitScript(() => {
        const wait = setTimeout;
        window.setTimeout = (act, ms, ...rest) => wait(act, ms === 20000 ? 1500 : ms, ...rest);
      }),
  }));

// ---- the core stops

/** Has a function of the core trap after so many sound calls, as Rust's panics (with a word on the console) and aborts (without one) do. */
const trap = (panic, name = "session_step", sound = 2) => `
  const instantiate = WebAssembly.instantiate;
  WebAssembly.instantiate = async (...all) => {
    const instance = await instantiate(...all);
    let calls = 0;
    const exports = { ...instance.exports, ${name}(...args) {
      if (++calls <= ${sound}) return instance.exports.${name}(...args);
      ${panic ? `console.error("panicked at src/exhibits/draw.rs:1:1:\\nindex out of bounds");` : ""}
      throw new WebAssembly.RuntimeError("unreachable");
    } };
    return new Proxy(instance, { get: (target, name) => (name === "exports" ? exports : target[name]) });
  };`;

test("a panic of the core ends its worker: said once, and the next run has another with the same input and settings", () =>
  withWorker(trap(true), async (visitor, { page }) => {
    assert.equal(await visitor.run(async () => {
      await page.locator("#seed").fill("9");
      await page.locator("#seed").press("Tab");
    }), "failed");
    assert.match(await visitor.notice(), /stopped on an error of its own.*started again.*index out of bounds/);
    await page.unroute("**/worker-*.js");
    assert.equal(await page.locator("#seed").inputValue(), "9");
    // The second worker began while the page still had the broken script: it traps again, the third does not.
    await visitor.run();
    assert.equal(await visitor.run(), "done");
    assert.equal(await visitor.notice(), "");
    assert.equal(await page.evaluate(() => window.glimpse.settings.seed), 9);
  }));

test("an abort of the core is taken for a lack of memory, and the next run begins in a new worker", () =>
  withWorker(trap(false), async (visitor, { page }) => {
    assert.equal(await visitor.run(), "failed");
    assert.match(await visitor.notice(), /not enough memory/);
    await page.unroute("**/worker-*.js");
    assert.equal(await visitor.run(), "done");
  }));

test("a core that stops while it measures is told there, and the next run has another", () =>
  withWorker(trap(true, "session_examine", 0), async (visitor, { page }) => {
    assert.equal(await visitor.run(), "done");
    await page.locator("#engine > summary").click();
    await page.locator("#measure").click();
    await page.locator("#engine[data-measure=failed]").waitFor();
    assert.equal(await visitor.run(), "done");
    assert.equal(await visitor.notice(), "");
  }));

const SMALL = [
  ["a browser without SIMD", "--js-flags=--no-enable-sse3 --no-enable-ssse3 --no-enable-sse4-1 --no-enable-sse4-2 --no-enable-avx --no-enable-avx2", /too old for the models/],
  ["25 MB for the core", "--js-flags=--wasm-max-mem-pages=400", /not enough memory/],
];
for (const [what, flag, words] of SMALL) {
  const small = useBadHosts({ args: [flag] });
  test(`${what} is said, without a Reload that does not help`, () =>
    small({}, "captions.html", async (visitor, { page }) => {
      await visitor.until(["cached"]);
      assert.equal(await visitor.run(), "failed");
      assert.match(await visitor.notice(), words);
      assert.equal(await page.locator("#notice button:visible").count(), 0);
      assert.doesNotMatch(await visitor.notice(), /reload/i);
    }));
}

// ---- the page in its browser

test("a page from the back/forward cache goes on, and so does one that was frozen", () =>
  atWhole({}, LIGHT, async (visitor, { page, host, context }) => {
    await visitor.until(["cached"]);
    assert.equal(await visitor.run(), "done");
    await page.evaluate(() => addEventListener("pageshow", (event) => (window.persisted = event.persisted)));
    await page.goto(`${host.url}data.html`);
    await page.evaluate(() => history.back());
    await page.waitForURL(`${host.url}${LIGHT}*`, { waitUntil: "commit" });
    await page.waitForFunction(() => window.persisted);
    assert.equal(await visitor.run(), "done");
    const devtools = await context.newCDPSession(page);
    await devtools.send("Page.setWebLifecycleState", { state: "frozen" });
    await devtools.send("Page.setWebLifecycleState", { state: "active" });
    assert.equal(await visitor.run(), "done");
  }));

test("what is drawn is sharp at once on a screen of another density, and playing goes on while the window changes", () =>
  at({}, `${LIGHT}?step=2`, async (visitor, { page, context }) => {
    await visitor.until(["cached"]);
    const devtools = await context.newCDPSession(page);
    await devtools.send("Emulation.setDeviceMetricsOverride", { width: 1000, height: 800, deviceScaleFactor: 3, mobile: false });
    await page.waitForFunction(() => {
      const strip = document.querySelector("#strip");
      return devicePixelRatio === 3 && Math.abs(strip.width - strip.clientWidth * 3) < 4;
    });
    await page.locator("#play").click();
    for (const width of [600, 390, 900]) {
      const before = await page.evaluate(() => document.documentElement.dataset.frame);
      await devtools.send("Emulation.setDeviceMetricsOverride", { width, height: 700, deviceScaleFactor: 1, mobile: false });
      await page.waitForFunction((frame) => document.documentElement.dataset.frame !== frame, before);
    }
  }));

test("a key that is held down acts once", () =>
  at({}, LIGHT, async (visitor, { page }) => {
    await visitor.until(["cached"]);
    const changes = await page.evaluate(() => {
      const count = (element, name) => {
        let seen = 0;
        new MutationObserver((all) => (seen += all.length)).observe(element, { attributes: true, attributeFilter: [name] });
        return () => seen;
      };
      const counts = [count(document.querySelector("#play"), "data-playing"), count(document.documentElement, "data-presenting")];
      for (const key of [" ", "p"]) for (let i = 0; i < 12; i++) document.body.dispatchEvent(new KeyboardEvent("keydown", { key, repeat: i > 0, bubbles: true, cancelable: true }));
      return Promise.resolve().then(() => counts.map((seen) => seen()));
    });
    assert.ok(changes[0] <= 2 && changes[1] === 1, `play changed ${changes[0]} times, presenting ${changes[1]} times`);
    const runs = await page.evaluate(async () => {
      let begun = 0;
      new MutationObserver(() => (begun += document.documentElement.dataset.state === "asked")).observe(document.documentElement, { attributes: true, attributeFilter: ["data-state"] });
      const button = document.querySelector("#again");
      for (let i = 0; i < 6; i++) {
        const event = new KeyboardEvent("keydown", { key: "Enter", repeat: i > 0, bubbles: true, cancelable: true });
        // What a browser does with Enter on a button.
        if (button.dispatchEvent(event)) button.click();
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      return begun;
    });
    assert.equal(runs, 1);
  }));

test("a finger that moves up or down over a board scrolls the page and changes nothing; sideways, or with one tap, it drags", () =>
  at({}, "crop-lab.html", async (visitor, { page }) => {
    await visitor.until(["cached"]);
    await page.locator("#play[data-playing=false]").waitFor();
    const swipe = (moves, end) =>
      page.evaluate(([moves, end]) => {
        const canvas = document.querySelector("#photo");
        const box = canvas.getBoundingClientRect();
        canvas.setPointerCapture = () => {};
        const send = (type, [x, y]) => canvas.dispatchEvent(new PointerEvent(type, { pointerType: "touch", isPrimary: true, clientX: box.x + x, clientY: box.y + y, bubbles: true }));
        send("pointerdown", moves[0]);
        for (const to of moves.slice(1)) send("pointermove", to);
        send(end, moves.at(-1));
      }, [moves, end]);
    assert.equal(await page.evaluate(() => getComputedStyle(document.querySelector("#photo")).touchAction), "pan-y");
    assert.equal(await page.evaluate(() => getComputedStyle(document.querySelector("#surface")).touchAction), "auto");
    const box = () => page.evaluate(() => window.glimpse.settings.box);
    const before = await box();
    for (const end of ["pointercancel", "pointerup"]) await swipe([[60, 60], [61, 70], [62, 140]], end);
    assert.equal(await box(), before);
    await visitor.run(() => swipe([[60, 60], [80, 61], [100, 90]], "pointerup"));
    assert.notEqual(await box(), before);
    const dragged = await box();
    await visitor.run(() => swipe([[150, 150]], "pointerup"));
    assert.notEqual(await box(), dragged);
  }));

// ---- how it is looked at

test("at 400 % zoom the player does not stand over the page", () =>
  at({}, "captions.html", async (visitor, { page }) => {
    await visitor.until(["cached"]);
    assert.notEqual(await page.evaluate(() => getComputedStyle(document.querySelector("#player")).position), "sticky");
  }, { viewport: { width: 320, height: 256 } }));

test("borders of controls have a contrast of 3:1 for those who ask for more, in both themes", async () => {
  for (const colorScheme of ["light", "dark"]) {
    await at({}, "captions.html", async (_, { page }) => {
      const ratio = await page.evaluate(() => {
        const light = (colour) => colour.match(/[\d.]+/g).slice(0, 3).map((value) => value / 255).map((value) => (value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4)).reduce((sum, value, i) => sum + value * [0.2126, 0.7152, 0.0722][i], 0);
        const [high, low] = [getComputedStyle(document.querySelector("#save")).borderTopColor, getComputedStyle(document.body).backgroundColor].map(light).sort((a, b) => b - a);
        return (high + 0.05) / (low + 0.05);
      });
      assert.ok(ratio >= 3, `${colorScheme}: ${ratio}`);
    }, { colorScheme, contrast: "more" });
  }
});

test("in forced colours bars, the current word and marked words can be told apart", () =>
  at({}, "captions.html?step=3", async (visitor, { page }) => {
    await visitor.until(["cached"]);
    await page.locator("#words [aria-current]").waitFor();
    const seen = await page.evaluate(() => {
      const colour = (selector, name) => getComputedStyle(document.querySelector(selector))[name];
      const ground = colour("body", "backgroundColor");
      return [colour(".bars .bar", "backgroundColor") !== ground, colour(".other mark", "color") !== ground, colour("#words [aria-current]", "color") !== colour("#words button:not([aria-current])", "color")];
    });
    assert.deepEqual(seen, [true, true, true]);
  }, { forcedColors: "active", colorScheme: "dark" }));

test("it is printed in dark ink and without its controls", () =>
  at({}, "captions.html", async (visitor, { page }) => {
    await visitor.until(["cached"]);
    await page.emulateMedia({ media: "print" });
    assert.match(await page.evaluate(() => getComputedStyle(document.body).color), /^rgb\((\d{1,2}), (\d{1,2}), (\d{1,2})\)$/);
    assert.equal(await page.locator("select:visible, input:visible, #again:visible, #play:visible, #share:visible").count(), 0);
  }, { colorScheme: "dark" }));

test("a still on the start page can be paused, and goes on when it is asked to", () =>
  at({}, "index.html", async (_, { page }) => {
    await page.waitForFunction(() => document.documentElement.dataset.state === "cached");
    const button = page.locator(".card").first().locator(".play");
    const drawn = () => page.evaluate(() => document.querySelector("canvas[data-still]").toDataURL());
    // It plays by itself at first.
    if ((await button.getAttribute("aria-pressed")) === "true") await button.focus().then(() => page.keyboard.press("Enter"));
    assert.equal(await button.getAttribute("aria-pressed"), "false");
    const before = await drawn();
    await page.waitForTimeout(2500);
    assert.equal(await drawn(), before);
    await button.focus();
    await page.keyboard.press("Enter");
    await page.waitForFunction((picture) => document.querySelector("canvas[data-still]").toDataURL() !== picture, before);
  }));

test("a page that the browser translates runs on", () =>
  at({}, "captions.html?model=semantic&sample=dog", async (visitor, { page }) => {
    await visitor.until(["cached"]);
    const faults = [];
    page.on("pageerror", (error) => faults.push(error.message));
    await page.evaluate(() => {
      const done = new WeakSet();
      const wrap = (root) => {
        const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
        const texts = [];
        while (walker.nextNode()) texts.push(walker.currentNode);
        for (const text of texts) {
          if (!text.data.trim() || done.has(text) || text.parentNode?.closest?.("script, style, [translate=no], .notranslate")) continue;
          const said = document.createTextNode(`T:${text.data}`);
          done.add(said);
          const font = document.createElement("font");
          if (text.parentNode.nodeName !== "OPTION") font.append(said);
          text.replaceWith(text.parentNode.nodeName === "OPTION" ? said : font);
        }
      };
      wrap(document.body);
      new MutationObserver((all) => all.forEach((one) => one.addedNodes.forEach((node) => node.isConnected && !done.has(node) && wrap(node.nodeType === 3 ? node.parentNode : node)))).observe(document.body, { childList: true, subtree: true });
    });
    assert.equal(await visitor.run(), "done");
    assert.deepEqual(faults, []);
  }));

test("a browser that gives noise in place of a drawing is noticed", () =>
  at({}, "draw.html?mode=reconstruct", async (visitor, { page }) => {
    await visitor.until(["cached"]);
    await page.locator("#use-drawing").click();
    await page.locator("#notice", { hasText: "noise in place of your drawing" }).waitFor();
  }, {
    prepare: ({ page }) =>
      page.addInitScript(() => {
        const read = CanvasRenderingContext2D.prototype.getImageData;
        CanvasRenderingContext2D.prototype.getImageData = function (...all) {
          const image = read.apply(this, all);
          for (let i = 0; i < image.data.length; i++) image.data[i] = i % 4 === 3 ? 255 : Math.random() * 256;
          return image;
        };
      }),
  }));

// ---- places where the page cannot start

test("a sandboxed frame says so, with a link to the page in its own tab", async () => {
  await at({}, null, async (visitor, { page, host }) => {
    const outer = createServer((_, response) => response.writeHead(200, { "content-type": "text/html" }).end(`<iframe sandbox="allow-scripts" width="900" height="700" src="${host.url}${LIGHT}"></iframe>`));
    await new Promise((resolve) => outer.listen(0, resolve));
    try {
      await page.goto(`http://localhost:${outer.address().port}/`);
      const inner = page.frameLocator("iframe").locator("#trouble");
      await inner.filter({ hasText: "This frame does not let the page start" }).waitFor();
      assert.equal(await inner.locator("a:visible").getAttribute("href"), host.url + LIGHT);
    } finally {
      outer.close();
    }
  });
});

test("opened as a file the page says how to open it through a server", () =>
  at({}, null, async (visitor, { page }) => {
    for (const name of [LIGHT, "index.html"]) {
      await page.goto(pathToFileURL(path.join(SITE, name)).href);
      assert.match(await visitor.trouble(), /through a server.*python3 -m http\.server|python3 -m http\.server/);
    }
  }));

test("without JavaScript every page says that it needs it", () =>
  at({}, null, async (_, { page, host }) => {
    for (const name of [LIGHT, "index.html", "data.html"]) {
      await page.goto(host.url + name);
      await page.locator("noscript p, p.trouble", { hasText: "needs JavaScript" }).waitFor();
      assert.equal(await page.locator("#trouble:visible").count(), 0);
    }
  }, { javaScriptEnabled: false }));
