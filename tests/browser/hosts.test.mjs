// On whatever host and network the site lies: a file that is not the one that was built is never used or kept, what may pass is tried
// again, the rest is said in plain words, and what the host mends heals by itself.
import assert from "node:assert/strict";
import { readdir, readFile, rename, writeFile } from "node:fs/promises";
import path from "node:path";
import { test } from "node:test";
import { SITE } from "./support/browser.mjs";
import { useBadHosts } from "./support/hosts.mjs";
import { copyOfSite } from "./support/site.mjs";

const at = useBadHosts();
const allow = { serviceWorkers: "allow" };
/** The exhibit with the lightest models. */
const LIGHT = "draw.html";
const htmlPages = (await readdir(SITE)).filter((file) => file.endsWith(".html"));

const BROKEN = [
  ["a web page in place of the core", { files: /\.wasm$/, gone: true }, /sent a web page where glimpse_bg\.wasm should be/],
  ["half a core as if it were whole", { files: /\.wasm$/, short: true }, /sent only \S+ of \S+ MB of glimpse_bg\.wasm/],
  ["a core with another byte", { files: /\.wasm$/, flipped: true }, /glimpse_bg\.wasm arrived damaged/],
  ["a model with another byte", { files: /\.onnx$/, flipped: true }, /\S+\.onnx arrived damaged/],
  ["a web page in place of the core's glue", { files: /wasm\/glimpse\..*\.js$/, gone: true }, /sent a web page where glimpse\.js should be/],
  ["a web page in place of the worker", { files: /worker-.*\.js$/, gone: true }, /sent a web page where the script that runs the models should be/],
  ["a policy without 'wasm-unsafe-eval'", { headers: { "content-security-policy": "default-src 'self'; script-src 'self'; img-src 'self' blob: data:; worker-src 'self'" } }, /add 'wasm-unsafe-eval' to script-src/],
];

for (const [what, faults, words] of BROKEN) {
  test(`${what} is said, and heals when the host does`, () =>
    at(faults, LIGHT, async (visitor, { page, host }) => {
      await visitor.until(["cached"]);
      await visitor.kept();
      assert.equal(await visitor.run(), "failed");
      assert.match(await visitor.notice(), words);
      host.become();
      if (what.startsWith("a policy")) await page.reload();
      await visitor.until();
      assert.equal(await visitor.run(), "done");
    }, allow));
}

const GONE = [
  ["no model", { files: /\.onnx$/, missing: true }, /does not serve \S+\.onnx \(404\)/],
  ["no core", { files: /\.wasm$/, missing: true }, /does not serve glimpse_bg\.wasm \(404\)/],
];
for (const [what, faults, words] of GONE) {
  test(`a host that serves ${what} is not taken for a missing network`, () =>
    at(faults, LIGHT, async (visitor) => {
      await visitor.until(["cached"]);
      assert.equal(await visitor.run(), "failed");
      assert.match(await visitor.notice(), words);
    }));
}

test("without site.json the data page still has every model", () =>
  at({ files: /site\.json$/, missing: true }, "data.html", async (visitor, { page }) => {
    await page.locator("#filter").fill("captions without");
    assert.match(await visitor.seen("#models"), /Captions without attention/);
  }));

test("downloads that break off are told in bytes, with a way to try again", () =>
  at({ files: /\.onnx$/, brokenOff: 99 }, LIGHT, async (visitor, { page, host }) => {
    await visitor.until(["cached"]);
    assert.equal(await visitor.run(), "failed");
    assert.match(await visitor.notice(), /broke off after \S+ of \S+ [kM]B/);
    host.become();
    assert.equal(await visitor.run(() => page.locator("#notice button", { hasText: "Try again" }).click()), "done");
  }));

test("a download that breaks off once is tried again, and goes on where the host answers parts", async () => {
  for (const ranges of [false, true]) {
    await at({ files: /\.wasm$/, brokenOff: 1, ranges }, LIGHT, async (visitor, { host }) => {
      await visitor.until(["cached"]);
      assert.equal(await visitor.run(), "done");
      const parts = host.requests.filter(({ file, range }) => file.endsWith(".wasm") && range);
      assert.equal(parts.length, 1, JSON.stringify(parts));
    });
  }
});

/** The patience with a silent download, shortened. */
const hasty = (visitor) => visitor.beforeWorker("{ const wait = setTimeout; globalThis.setTimeout = (act, ms, ...rest) => wait(act, ms === 15000 ? 400 : ms, ...rest); }");

test("a download that stands still is tried again, then said", () =>
  at({ files: /\.onnx$/, stalled: 99 }, LIGHT, async (visitor, { page, host }) => {
    await visitor.until(["cached"]);
    assert.equal(await visitor.run(), "failed");
    assert.match(await visitor.notice(), /stands still after \S+ of \S+ [kM]B/);
    assert.ok(host.requests.filter(({ file }) => file.endsWith(".onnx")).length > 1);
    host.become({ files: /\.onnx$/, stalled: 1, ranges: true });
    assert.equal(await visitor.run(() => page.locator("#notice button").click()), "done");
  }, { prepare: hasty }));

test("answers of 503 are asked for again", () =>
  at({ files: /\.(onnx|wasm)$/, portal: 0, hook: twiceBusy() }, LIGHT, async (visitor) => {
    await visitor.until(["cached"]);
    assert.equal(await visitor.run(), "done");
  }));

/** Answers each model twice with 503. */
function twiceBusy() {
  const asked = new Map();
  return (file, response) => {
    const count = (asked.get(file) ?? 0) + 1;
    asked.set(file, count);
    if (!/\.(onnx|wasm)$/.test(file) || count > 2) return false;
    response.writeHead(503).end("try later");
    return true;
  };
}

const EMPTY = [
  ["scripts are web pages", { files: /\.js$/, gone: true }, /has not started/],
  ["scripts are plain text", { files: /\.js$/, type: "text/plain", headers: { "x-content-type-options": "nosniff" } }, /has not started/],
  ["four answers come from a sign-in page", { files: /\.(js|css)$/, portal: 4 }, /has not started|sign in/],
  ["the first module is missing", { files: /page\/main-.*\.js$/, missing: true }, /does not serve main-\S+\.js \(404\)/],
  ["a chunk is a web page", { files: /page\/exhibits-.*\.js$/, gone: true }, /sent a web page where exhibits-\S+\.js should be/],
  ["modules are called plain text", { files: /page\/.*\.js$/, type: "text/plain", headers: { "x-content-type-options": "nosniff" } }, /serves \S+\.js as “text\/plain”/],
];
for (const [what, faults, words] of EMPTY) {
  test(`where ${what} the page says so, and opens when the host is well`, () =>
    at(faults, LIGHT, async (visitor, { page, host }) => {
      assert.match(await visitor.trouble(), words);
      host.become();
      await page.locator("#trouble a").click();
      await visitor.until(["cached"]);
      assert.equal(await visitor.seen("#trouble"), "");
    }));
}

test("with a third of the answers 503 the page opens or says why not", async () => {
  for (const address of [LIGHT, "captions.html", "index.html"]) {
    await at({ files: /\.(?!html)\w+$/, errors: 0.3 }, address, async (visitor, { page }) => {
      // The start page has no state of its own while its first picture does not come.
      const opened = () => {
        const { started, exhibit, state } = document.documentElement.dataset;
        const isOpen = started !== undefined && (exhibit === undefined || ["cached", "done", "failed"].includes(state));
        return isOpen || !document.querySelector("#trouble").hidden;
      };
      await page.waitForFunction(opened, null, { timeout: 60_000 });
    });
  }
});

test("a module that fails once is fetched again, past every cache, and the page opens by itself", () => {
  let failed = false;
  const hook = (file, response) => {
    if (failed || !/page\/shell-.*\.js$/.test(file)) return false;
    failed = true;
    response.writeHead(503).end("try later");
    return true;
  };
  return at({ hook }, LIGHT, (visitor) => visitor.until(["cached"]));
});

test("a host that leads /x.html to /x serves the second visit like the first", () =>
  at({ cleanUrls: true }, `${LIGHT}?step=2`, async (visitor, { page, host, context }) => {
    await visitor.until(["cached"]);
    await visitor.kept();
    await page.goto(`${host.url}${LIGHT}`);
    await visitor.until(["cached"]);
    assert.equal(await visitor.run(), "done");
    await page.goto(`${host.url}translate`);
    await visitor.until(["cached"]);
    await context.setOffline(true);
    await page.goto(`${host.url}${LIGHT}?step=2`);
    await visitor.until(["cached"]);
  }, allow));

test("a missing sample is said, and the page opens", () =>
  at({ files: /samples\/.*\.jpg$/, missing: true }, null, async (visitor, { page, host }) => {
    for (const address of ["captions.html", "questions.html", "actions.html"]) {
      await page.goto(host.url + address);
      await visitor.until();
      assert.match(await visitor.notice(), /sample could not be fetched|clip could not be fetched/, address);
    }
  }));

// ---- what devices keep

test("what a former version kept damaged heals at the first visit of this one", async () => {
  // The former service worker answered with whatever it had kept.
  const former = `const of = (url) => url.replace(/[?#].*$/, "").replace(/\\/$/, "/index.html");
    self.addEventListener("install", () => self.skipWaiting());
    self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
    self.addEventListener("fetch", (event) => event.respondWith(caches.match(of(event.request.url)).then((kept) => kept ?? fetch(event.request))));`;
  const { wasm } = JSON.parse(await readFile(path.join(SITE, "site.json"), "utf8"));
  const scripts = (await readdir(path.join(SITE, "page"))).filter((file) => file.endsWith(".js")).map((file) => `page/${file}`);
  const hook = (file, response) => file === "service-worker.js" && response.writeHead(200, { "content-type": "text/javascript" }).end(former);
  await at({ hook }, "icon.svg", async (visitor, { page, host }) => {
    await page.goto(`${host.url}data.html`);
    await visitor.kept();
    await page.evaluate(async (files) => {
      const signIn = () => new Response("<!doctype html><h1>Sign in</h1>", { headers: { "content-type": "text/html" } });
      const [shell, used] = [await caches.open("glimpse-shell-abc"), await caches.open("glimpse-used")];
      for (const file of files) await (file.startsWith("page/") ? shell : used).put(new URL(file, location.href), signIn());
    }, [...scripts, wasm.js, wasm.wasm]);
    host.become();
    await page.goto(host.url + LIGHT);
    // The old worker gives it damaged; the new one takes over, and opens it anew.
    await visitor.until(["cached"]);
    assert.equal(await visitor.run(), "done");
  }, allow);
});

test("a kept model that was damaged is fetched again", () =>
  at({}, LIGHT, async (visitor, { page, host }) => {
    await visitor.until(["cached"]);
    assert.equal(await visitor.run(), "done");
    const damaged = await page.evaluate(async (base) => {
      let count = 0;
      for (const name of [`glimpse-models ${base}`, `glimpse-core ${base}`]) {
        const cache = await caches.open(name);
        for (const request of await cache.keys()) {
          const bytes = new Uint8Array(await (await cache.match(request)).arrayBuffer());
          bytes[bytes.length >> 1] ^= 32;
          await cache.put(request, new Response(bytes));
          count++;
        }
      }
      return count;
    }, host.url);
    assert.ok(damaged > 2, `${damaged} files are kept`);
    await page.reload();
    await visitor.until(["cached"]);
    assert.equal(await visitor.run(), "done");
  }));

/** A later build of the site: its first module is another one, and so are the pages and the models' names. */
async function laterBuild(folder) {
  const [main] = (await readdir(path.join(folder, "page"))).filter((file) => /^main-.*\.js$/.test(file));
  const later = main.replace("main-", "main-L");
  await rename(path.join(folder, "page", main), path.join(folder, "page", later));
  const change = async (file, changed) => writeFile(path.join(folder, file), changed((await readFile(path.join(folder, file), "utf8")).replaceAll(main, later)));
  for (const file of htmlPages) await change(file, (text) => text);
  await change("site.json", (text) => text.replace(/\.([0-9a-f]{12})\.onnx/g, (_, hash) => `.${[...hash].reverse().join("")}.onnx`));
  await change("service-worker.js", (text) => text.replace(/"revision":"([0-9a-f]+)","url":"[^"]+\.html"/g, (entry, revision) => entry.replace(revision, [...revision].reverse().join(""))));
  return later;
}

test("a new version is offered, the open tab goes on with the old one, and Reload brings the new", () =>
  copyOfSite(["page", "service-worker.js", "site.json", ...htmlPages], async (folder) => {
    const later = await laterBuild(folder);
    await at({}, LIGHT, async (visitor, { page, host }) => {
      await visitor.until(["cached"]);
      await visitor.kept();
      assert.equal(await visitor.seen("#new-version"), "", "the first visit is of the present version");
      host.become({ folder });
      await page.goto(`${host.url}data.html`);
      await page.locator("#new-version:visible", { hasText: "A new version is ready." }).waitFor();
      assert.ok(!(await page.content()).includes(later), "this page is of the old version");
      await page.locator("#new-version button").click();
      await page.waitForFunction((name) => document.documentElement.outerHTML.includes(name), later);
      await page.goto(host.url + LIGHT);
      await visitor.until(["cached"]);
      assert.equal(await visitor.seen("#new-version"), "");
      assert.equal(await visitor.run(), "done");
    }, allow);
  }));

test("an open tab whose files the host has no longer offers the new version", () =>
  copyOfSite(["page", "service-worker.js", "site.json", ...htmlPages], async (folder) => {
    await laterBuild(folder);
    await at({}, LIGHT, async (visitor, { page, host }) => {
      await visitor.until(["cached"]);
      host.become({ folder, files: /\.onnx$/, missing: true });
      assert.equal(await visitor.run(), "failed");
      assert.match(await visitor.notice(), /A new version is ready\..* Reload/);
      await page.locator("#notice button", { hasText: "Reload" }).click();
      await visitor.until(["cached"]);
    });
  }));
