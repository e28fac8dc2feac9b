// In a lecture hall with bad wifi: what was opened once opens again without a network, whatever the host did meanwhile.
import assert from "node:assert/strict";
import { cp, readFile, readdir, rm, truncate } from "node:fs/promises";
import path from "node:path";
import { test } from "node:test";
import { EXHIBITS, PAGES } from "./support/addresses.mjs";
import { SITE, useBrowser } from "./support/browser.mjs";
import { Exhibit } from "./support/exhibit.mjs";
import { copiesOfSite, copyOfSite, serviceWorkerReady, untilQuiet } from "./support/site.mjs";

// The headless shell takes an icon that was removed out of a cache of its own.
const visit = useBrowser({ whole: true });

async function openAll(page, base) {
  for (const address of PAGES) {
    const response = await page.goto(base + address);
    assert.equal(response.status(), 200, address);
    await page.locator("h1").first().waitFor();
  }
}

for (const address of EXHIBITS) {
  test(`${address} runs without a network after its first use`, () =>
    visit(address, {}, async ({ page, context }) => {
      const exhibit = new Exhibit(page);
      await exhibit.until("cached");
      await serviceWorkerReady(page);
      await exhibit.run(() => exhibit.press("#again"));
      const online = await exhibit.frames();

      await context.setOffline(true);
      await page.reload();
      await exhibit.until("cached", "running", "done");
      await exhibit.run(() => exhibit.press("#again"));
      assert.deepEqual(await exhibit.frames(), online);
    }));
}

test("every page opens without a network after one visit to the first", () =>
  visit("index.html", {}, async ({ page, context, base, requests }) => {
    await serviceWorkerReady(page);
    await untilQuiet(page, requests);
    await context.setOffline(true);
    await openAll(page, base);
  }));

test("a first visit by a link to a run that is not recorded runs without a network afterwards", () =>
  visit("draw.html?seed=9", {}, async ({ page, context }) => {
    const exhibit = new Exhibit(page);
    await exhibit.until("done");
    await serviceWorkerReady(page);
    const online = await exhibit.frames();
    await context.setOffline(true);
    await page.reload();
    await exhibit.until("done");
    assert.deepEqual(await exhibit.frames(), online);
  }));

test("what a first visit shows is shown without a network, too", () =>
  visit("captions.html", {}, async ({ page, context, requests }) => {
    const exhibit = new Exhibit(page);
    await exhibit.until("cached");
    await serviceWorkerReady(page);
    await untilQuiet(page, requests);
    const online = await exhibit.frames();
    await context.setOffline(true);
    await page.reload();
    await exhibit.until("cached");
    assert.deepEqual(await exhibit.frames(), online);
  }));

test("two copies of the site below one origin leave each other's files alone", () =>
  copiesOfSite(["a", "b"], (root) =>
    visit("a/index.html", { root }, async ({ page, context, base, requests }) => {
      await serviceWorkerReady(page);
      await page.goto(`${base}b/index.html`);
      await serviceWorkerReady(page);
      await page.reload();
      await untilQuiet(page, requests);
      await context.setOffline(true);
      for (const copy of ["a/", "b/"]) await openAll(page, base + copy);
    }),
  ));

test("a file that cannot be had does not stop the others from being kept, and is kept once it can be had", () =>
  copyOfSite(["icon.svg", "data.html"], (root) => {
    const missing = ["icon.svg", "data.html"];
    const options = { root, mayLog: /404/ };
    return visit("index.html", options, async ({ page, context, base, requests }) => {
      await untilQuiet(page, requests);
      const kept = () => page.evaluate(async (names) => Promise.all(names.map(async (name) => Boolean(await caches.match(new URL(name, location.href), { ignoreSearch: true })))), missing);
      assert.deepEqual(await kept(), [true, true]);
      await Promise.all(missing.map((file) => rm(path.join(root, file))));
      await page.evaluate(async () => {
        for (const registration of await navigator.serviceWorker.getRegistrations()) await registration.unregister();
        for (const name of await caches.keys()) await caches.delete(name);
      });
      await page.reload();
      await serviceWorkerReady(page);
      await untilQuiet(page, requests);
      assert.deepEqual(await kept(), [false, false]);

      await context.setOffline(true);
      const response = await page.goto(`${base}captions.html`);
      assert.equal(response.status(), 200);
      await context.setOffline(false);

      await Promise.all(missing.map((file) => cp(path.join(SITE, file), path.join(root, file))));
      await page.goto(`${base}index.html`);
      await untilQuiet(page, requests);
      assert.deepEqual(await kept(), [true, true]);
      await context.setOffline(true);
      await openAll(page, base);
    });
  }));

test("half a core is not kept: the next visit has a whole one", () =>
  copyOfSite(["wasm"], async (root) => {
    const [wasm] = (await readdir(path.join(root, "wasm"))).filter((file) => /^glimpse_bg\..*\.wasm$/.test(file));
    const broken = path.join(root, "wasm", wasm);
    await truncate(broken, 100_000);
    await visit("draw.html", { root, mayLog: /wasm/i }, async ({ page }) => {
      const exhibit = new Exhibit(page);
      await exhibit.until("cached");
      await serviceWorkerReady(page);
      await exhibit.press("#again");
      await exhibit.until("failed");
      await cp(path.join(SITE, "wasm", wasm), broken);
      await page.reload();
      await exhibit.until("cached");
      await exhibit.run(() => exhibit.press("#again"));
    });
  }));

test("a damaged model is refused and not kept: the next run has a sound one", () =>
  copyOfSite(["models"], async (root) => {
    const site = JSON.parse(await readFile(path.join(SITE, "site.json"), "utf8"));
    const { url } = Object.values(site.models["draw-mnist"].files)[0];
    await truncate(path.join(root, url), 1000);
    await visit("draw.html", { root }, async ({ page }) => {
      const exhibit = new Exhibit(page);
      await exhibit.until("cached");
      await exhibit.press("#again");
      assert.equal(await exhibit.refusal(), "host");
      assert.match(await page.locator("#notice").textContent(), /sent only .* of \S+\.onnx/);
      await cp(path.join(SITE, url), path.join(root, url));
      await exhibit.run(() => exhibit.press("#again"));
    });
  }));

test("what a former version of the site kept is deleted, but not another copy's", () =>
  visit("data.html", {}, async ({ page, base, requests }) => {
    await page.evaluate(async (base) => {
      const origin = new URL("/elsewhere/", location.href).href;
      for (const name of ["glimpse-shell-abc", "glimpse-used", "glimpse-models"]) {
        const cache = await caches.open(name);
        await cache.put(`${base}file`, new Response("mine"));
        if (name === "glimpse-models") await cache.put(`${origin}file`, new Response("another's"));
      }
      for (const registration of await navigator.serviceWorker.getRegistrations()) await registration.unregister();
    }, base);
    await page.reload();
    await serviceWorkerReady(page);
    await untilQuiet(page, requests);
    const left = await page.evaluate(async () => {
      const former = (await caches.keys()).filter((name) => /^glimpse-(shell-.*|used|models)$/.test(name));
      return Promise.all(former.map(async (name) => [name, (await (await caches.open(name)).keys()).map(({ url }) => new URL(url).pathname)]));
    });
    assert.deepEqual(left, [["glimpse-models", ["/elsewhere/file"]]]);
  }));

/** The page that takes exhibits offline, once it has compared what is here. */
async function compared(page) {
  await page.waitForFunction(() => !/Comparing/.test(document.querySelector("#sum")?.textContent ?? "Comparing"), null, { timeout: 60_000 });
}

const line = (page, name) => page.locator(`[data-exhibit-line="${name}"]`);
const megabytes = async (locator) => {
  const [, number, unit] = /([\d.]+) (kB|MB)/.exec(await locator.textContent());
  return Number(number) * (unit === "MB" ? 1e6 : 1e3);
};

test("exhibits are taken offline by choice: megabytes before, progress, what is here, a damaged file, and away again", () =>
  visit("offline.html", {}, async ({ page, context, base }) => {
    const choose = async (...names) => {
      if (await page.locator("#every").isChecked()) await page.locator("#every").uncheck();
      for (const name of names) await page.locator(`[data-keep="${name}"]`).check();
    };
    await compared(page);
    await choose("birds", "saliency");
    const site = JSON.parse(await readFile(path.join(SITE, "site.json"), "utf8"));
    const wanted = ["stn-birds", "dense-encoder", "saliency"].flatMap((id) => Object.values(site.models[id].files)).reduce((sum, { bytes }) => sum + bytes, site.wasm.bytes.js + site.wasm.bytes.wasm);
    const said = await megabytes(page.locator("#sum"));
    assert.ok(said >= wanted - 1e5 && said < wanted + 1.5e6, `${said} bytes are said, of which ${wanted} are models and core`);
    await page.locator("#take-offline").click();
    await page.locator("#loading").waitFor();
    await page.locator("#told:has-text('opens without a network')").waitFor({ timeout: 60_000 });
    for (const name of ["birds", "saliency"]) assert.equal(await line(page, name).locator(".here").textContent(), "here");
    assert.match(await line(page, "scales").locator(".here").textContent(), /MB here/, "what it shares with others is here, too");

    // Without a network what was never opened runs, on every sample.
    await context.setOffline(true);
    const other = await context.newPage();
    await other.addInitScript(() => {
      globalThis.seenStates = [];
      new MutationObserver(() => globalThis.seenStates.push({ state: document.documentElement?.dataset.state })).observe(document, { attributes: true, subtree: true, attributeFilter: ["data-state"] });
    });
    await other.goto(`${base}birds.html?sample=towhee`);
    const exhibit = new Exhibit(other);
    await exhibit.until("cached", "done");
    await exhibit.run(() => exhibit.press("#again"));
    await other.locator("#save").click();
    await other.locator("dialog.export").waitFor();
    await other.close();

    // A file that was damaged on the device is found, and can be fetched again.
    await page.evaluate(async () => {
      const name = (await caches.keys()).find((one) => one.startsWith("glimpse-models"));
      const cache = await caches.open(name);
      const request = (await cache.keys()).find(({ url }) => url.includes("/stn-birds/") && url.endsWith(".onnx"));
      await cache.put(request, new Response("damaged"));
    });
    await page.reload();
    await compared(page);
    assert.match(await line(page, "birds").locator(".here").textContent(), /MB here/);
    assert.equal(await line(page, "saliency").locator(".here").textContent(), "here");
    await context.setOffline(false);
    await choose("birds");
    await page.locator("#take-offline").click();
    await page.locator("#told:has-text('opens without a network')").waitFor({ timeout: 60_000 });

    // What another exhibit needs stays when one is removed.
    await page.locator('[data-remove="birds"]').click();
    await page.locator("#told:has-text('removed')").waitFor();
    assert.equal(await line(page, "saliency").locator(".here").textContent(), "here");
    assert.match(await line(page, "birds").locator(".here").textContent(), /MB here/);
    assert.equal(await page.evaluate(() => document.activeElement.dataset.keep), "birds");
    await page.reload();
    await compared(page);
    assert.equal(await line(page, "saliency").locator(".here").textContent(), "here");
  }));

test("taking exhibits offline can be stopped, and says why a file cannot be had", () =>
  copyOfSite(["models"], async (root) => {
    const site = JSON.parse(await readFile(path.join(SITE, "site.json"), "utf8"));
    const { url } = Object.values(site.models["draw-mnist"].files)[0];
    await truncate(path.join(root, url), 1000);
    await visit("offline.html", { root }, async ({ page }) => {
      await compared(page);
      await page.locator("#every").uncheck();
      await page.locator('[data-keep="draw"]').check();
      await page.locator("#take-offline").click();
      await page.locator("#told:has-text('sent only')").waitFor({ timeout: 60_000 });
      assert.match(await page.locator("#told").textContent(), /What has come stays; try again\./);
      await page.route(/stn-birds/, (route) => setTimeout(() => route.continue().catch(() => {}), 3000));
      await page.locator('[data-keep="draw"]').uncheck();
      await page.locator('[data-keep="birds"]').check();
      await page.locator("#take-offline").click();
      await page.locator("#stop").click();
      await page.locator("#told:has-text('Stopped')").waitFor();
      assert.ok(await page.locator("#take-offline").isEnabled());
    });
  }));

test("the site can be installed: its manifest names a page, a folder and an icon that are there", () =>
  visit("index.html", {}, async ({ page, base }) => {
    const href = await page.locator("link[rel=manifest]").evaluate(({ href }) => href);
    assert.ok(href.startsWith(base));
    const manifest = JSON.parse(await readFile(path.join(SITE, href.slice(base.length)), "utf8"));
    assert.equal(new URL(manifest.scope, href).href, base);
    assert.equal(new URL(manifest.start_url, href).href, `${base}index.html`);
    for (const { src } of manifest.icons) assert.ok((await readFile(path.join(SITE, src))).length > 0);
    assert.equal(manifest.display, "standalone");
  }));
