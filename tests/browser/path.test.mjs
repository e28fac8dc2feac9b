// The lecture as a path: the start page, the way from exhibit to exhibit, the return to where one was, and the table of models.
import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { test } from "node:test";
import { EXHIBITS } from "./support/addresses.mjs";
import { violations } from "./support/axe.mjs";
import { NARROW, SITE, WIDE, useBrowser } from "./support/browser.mjs";
import { Exhibit } from "./support/exhibit.mjs";

const visit = useBrowser();
const manifest = JSON.parse(await readFile(new URL("../../models/manifest.json", import.meta.url), "utf8"));
const recordings = JSON.parse(await readFile(new URL("../../www/recordings/index.json", import.meta.url), "utf8"));
const MODELS = Object.keys(manifest.models);
const SMALL = { width: 320, height: 640 };
const START = "index.html";
const SLIDES = 31;
/** Of three screens. */
const TALLEST = 2400;
/** Milliseconds within which a still has come to its end. */
const SHORT = 5000;

const untilCached = (page) => page.waitForFunction(() => document.documentElement.dataset.state === "cached");
const focused = (page) => page.evaluate(() => ({ id: document.activeElement?.id, href: document.activeElement?.getAttribute("href") }));
/** The pictures on the page now, as text. */
const drawn = (page) => page.evaluate(() => [...document.querySelectorAll("canvas[data-still]")].map((canvas) => (canvas.closest("[data-shown]") ? canvas.toDataURL() : "still")).join());

/** Storage that answers every call with an error, as in a frame of another origin. */
const blockStorage = (page) => page.addInitScript(() => Object.defineProperty(window, "localStorage", { get: () => { throw new DOMException("blocked", "SecurityError"); } }));

/** How far the page's parts have moved by themselves. */
const shifts = (page) =>
  page.evaluate(
    () =>
      new Promise((resolve) => {
        let sum = 0;
        new PerformanceObserver((list) => list.getEntries().forEach((entry) => !entry.hadRecentInput && (sum += entry.value))).observe({ type: "layout-shift", buffered: true });
        setTimeout(() => resolve(sum), 1000);
      }),
  );

test("the start page names the lecture and has at most three screens", () =>
  visit(START, { viewport: WIDE }, async ({ page }) => {
    await untilCached(page);
    assert.equal(await page.locator("h1").innerText(), `The lecture Attention Models, ${SLIDES} slides, live`);
    const height = await page.evaluate(() => document.documentElement.scrollHeight);
    assert.ok(height <= TALLEST, `${height} pixels`);
    assert.equal(await page.locator("[id^='slide-']").count(), SLIDES);
    const missing = await page.locator(".card:not(:has(.still svg)) canvas").evaluateAll((all) => all.map((canvas) => canvas.dataset.still));
    assert.deepEqual(missing.filter((name) => recordings.some((run) => run.page.startsWith(`${name}.html`))), [], "each exhibit with a recorded run has its still");
  }));

test("without a script the start page has every exhibit, every slide and their links", () =>
  visit(START, { javaScriptEnabled: false }, async ({ page }) => {
    assert.ok((await page.locator(".card h3 a").count()) >= EXHIBITS.length);
    assert.equal(await page.locator("[id^='slide-']").count(), SLIDES);
    for (const address of EXHIBITS) assert.ok((await page.locator(`#path a[href^="${address}"]`).count()) > 0, address);
    assert.equal(await page.locator("search:visible").count(), 0);
  }));

test("every link of every page leads to a page of the site, and to a place that it has", async () => {
  const names = (await readdir(SITE, { recursive: true })).filter((name) => name.endsWith(".html"));
  const pages = new Map(await Promise.all(names.map(async (name) => [name, await readFile(path.join(SITE, name), "utf8")])));
  for (const [name, text] of pages) {
    for (const [, href] of text.matchAll(/<a\b[^>]*?\shref="([^":]+)"/g)) {
      const [, file, place] = /^([^?#]*)[^#]*(?:#(.*))?$/.exec(href);
      const target = pages.get(file ? path.posix.join(path.posix.dirname(name), file) : name);
      assert.ok(target, `${name}: ${href}`);
      if (place) assert.ok(target.includes(` id="${place}"`), `${name}: ${href}`);
    }
  }
});

for (const [what, viewport] of [["320 wide", SMALL], ["390 wide", NARROW], ["1280 wide", WIDE]]) {
  test(`nothing hangs over, nothing shifts, axe finds nothing, ${what}`, () =>
    visit(START, { viewport }, async ({ page, base }) => {
      await page.evaluate(() => localStorage.setItem("place", JSON.stringify({ address: "captions.html?step=4", system: "Soft attention captioning", step: 4 })));
      for (const address of [START, "data.html", "captions.html"]) {
        await page.goto(base + address);
        const moved = await shifts(page);
        assert.ok(moved < 0.05, `${address} shifts by ${moved}`);
        const overhang = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        assert.ok(overhang <= 0, `${address} is ${overhang} pixels too wide`);
      }
      await page.goto(base + START);
      await page.locator("#query").fill("attention");
      await page.locator("#found a").first().waitFor();
      assert.deepEqual(await violations(page), []);
    }));
}

test("a finger finds targets of 44 pixels on the path", () =>
  visit(START, { viewport: NARROW, hasTouch: true, isMobile: true }, async ({ page, base }) => {
    await untilCached(page);
    const sizes = (selector) => page.locator(selector).evaluateAll((all) => all.map((one) => Math.round(one.getBoundingClientRect().height)));
    for (const size of [...(await sizes(".play")), ...(await sizes(".map a"))]) assert.ok(size >= 44, `${size} pixels`);
    await page.goto(`${base}captions.html`);
    for (const size of await sizes(".way a:visible")) assert.ok(size >= 44, `${size} pixels`);
  }));

test("what moves by itself stops within five seconds; a still plays while it is pointed at, or in focus", () =>
  visit(START, {}, async ({ page }) => {
    await untilCached(page);
    await page.waitForTimeout(SHORT);
    const rest = await drawn(page);
    await page.waitForTimeout(1500);
    assert.equal(await drawn(page), rest, "nothing moves any more");

    const card = page.locator(".card").nth(1);
    await card.hover();
    await page.waitForFunction((before) => [...document.querySelectorAll("canvas[data-still]")].some((canvas, i) => i === 1 && canvas.closest("[data-shown]") && canvas.toDataURL() !== before), "");
    const first = await drawn(page);
    await page.waitForFunction((before) => [...document.querySelectorAll("canvas[data-still]")].map((canvas) => (canvas.closest("[data-shown]") ? canvas.toDataURL() : "still")).join() !== before, first);
    await page.waitForTimeout(SHORT);
    const end = await drawn(page);
    await page.waitForTimeout(1500);
    assert.equal(await drawn(page), end, "the run has come to its end");
    assert.match(await card.locator(".said").innerText(), /surfer/);
    await page.mouse.move(2, 2);
    await card.locator(".still:not([data-shown])").waitFor();

    await page.locator("#path").evaluate((all) => all.querySelectorAll(".card .play")[1].focus());
    await page.keyboard.press("Tab");
    await page.locator(".card").nth(1).locator(".still[data-shown]").waitFor();
  }));

test("a still is played and paused by its button", () =>
  visit(START, { viewport: NARROW, hasTouch: true, isMobile: true }, async ({ page }) => {
    await untilCached(page);
    await page.waitForTimeout(SHORT);
    const card = page.locator(".card").nth(4);
    const button = card.locator(".play");
    await button.tap();
    await card.locator(".play[aria-pressed=true]").waitFor();
    await button.tap();
    assert.equal(await button.getAttribute("aria-pressed"), "false");
    const held = await drawn(page);
    await page.waitForTimeout(1500);
    assert.equal(await drawn(page), held);
  }));

test("the search is used by the keyboard alone, and tells what it found", () =>
  visit(START, {}, async ({ page }) => {
    await untilCached(page);
    await page.keyboard.press("/");
    assert.equal((await focused(page)).id, "query");
    await page.keyboard.type("reinforce");
    await page.locator("#found a").first().waitFor();
    assert.match(await page.locator("#count").innerText(), /^(The first 8 of )?\d+ results$/);
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowDown");
    assert.equal((await focused(page)).href, await page.locator("#found a").nth(1).getAttribute("href"));
    await page.keyboard.press("ArrowUp");
    await page.keyboard.press("ArrowUp");
    assert.equal((await focused(page)).id, "query");
    await page.keyboard.press("Escape");
    assert.equal(await page.locator("#found a:visible").count(), 0);
    await page.keyboard.type("zebra");
    await page.locator("#count", { hasText: "Nothing is called “zebra”" }).waitFor();
    await page.keyboard.press("Escape");
    await page.keyboard.type("handwriting");
    await page.locator("#found a").first().waitFor();
    await page.keyboard.press("Enter");
    await page.waitForURL(/handwriting\.html/);
  }));

test("by the keyboard alone one goes from the first exhibit to the last", () =>
  visit("translate.html", {}, async ({ page, base }) => {
    const systems = [];
    for (;;) {
      const next = page.locator(".way:visible a[rel=next]");
      systems.push(await page.locator("#slides").innerText());
      if ((await next.count()) === 0) break;
      const target = await next.getAttribute("href");
      await next.focus();
      await page.keyboard.press("Enter");
      await page.waitForURL(base + target);
      await page.waitForFunction(() => document.documentElement.dataset.started === "");
    }
    assert.equal(new Set(systems).size, systems.length);
    assert.ok(systems.length > EXHIBITS.length, systems.join("; "));
    const first = systems.map((system) => Number(/(\d+)(–\d+)?$/.exec(system)[1]));
    assert.deepEqual(first, first.toSorted((a, b) => a - b));
    assert.equal(await page.locator(".onwards:visible a[href='index.html#slides']").count(), 1);
    await page.locator(".way:visible a[rel=prev]").click();
    await page.waitForURL((url) => url.href !== base + "scales.html");
  }));

test("an exhibit of several entries leads on from the one that is shown", () =>
  visit("captions.html", {}, async ({ page }) => {
    await new Exhibit(page).until("cached");
    const seen = async () => [await page.locator(".stop").innerText(), await page.locator(".way:visible a[rel=next]").getAttribute("href")];
    assert.deepEqual(await seen(), ["2 · Soft attention captioning, slides 8–18", "captions.html?model=hard&sample=soccer"]);
    await page.locator("#model").selectOption("hard");
    await page.waitForFunction(() => document.querySelector(".stop").innerText === "3 · Hard attention captioning, slides 14–19");
    assert.match((await seen())[1], /^soft-lab\.html/);
    assert.equal(await page.locator(".way:visible").count(), 1);
    assert.equal(await page.locator(".onwards:visible").count(), 1);
  }));

test("the start page leads back to the frame that was open last, and forgets it", () =>
  visit("captions.html?model=hard&sample=soccer", {}, async ({ page, base }) => {
    const exhibit = new Exhibit(page);
    await exhibit.until("cached");
    await exhibit.scrub(3);
    await page.goto(base + START);
    const back = page.locator("#continue a");
    await page.locator("#forget").waitFor();
    assert.equal(await back.innerText(), "Continue where you were: Hard attention captioning, step 3");
    await back.click();
    await exhibit.until("cached");
    await exhibit.untilStep(3);
    assert.match(page.url(), /model=hard/);
    await page.goto(base + START);
    await page.locator("#forget").click();
    assert.match(await back.innerText(), /^Begin with slides 6–7/);
    await page.reload();
    await untilCached(page);
    assert.match(await back.innerText(), /^Begin with slides 6–7/);
    assert.equal(await page.evaluate(() => localStorage.getItem("place")), null);
  }));

test("what stands in storage and is no place is not followed", () =>
  visit(START, {}, async ({ page }) => {
    for (const kept of ["{", "7", '{"address":"https://elsewhere.example/","system":"x","step":1}', '{"address":"javascript:alert(1)","system":"x","step":1}', '{"address":"captions.html"}']) {
      await page.evaluate((text) => localStorage.setItem("place", text), kept);
      await page.reload();
      await untilCached(page);
      assert.match(await page.locator("#continue a").innerText(), /^Begin with/);
    }
  }));

test("with storage blocked the path works, and remembers nothing", () =>
  visit(START, {}, async ({ page, base }) => {
    await blockStorage(page);
    await page.goto(`${base}captions.html`);
    await new Exhibit(page).until("cached");
    await page.goto(base + START);
    await untilCached(page);
    assert.match(await page.locator("#continue a").innerText(), /^Begin with/);
    await page.locator("#query").fill("softmax");
    await page.locator("#found a").first().waitFor();
  }));

test("a definition that opens lies inside the window, and Escape closes it", () =>
  visit("captions.html", { viewport: SMALL }, async ({ page, base }) => {
    for (const address of EXHIBITS) {
      await page.goto(base + address);
      await new Exhibit(page).until("cached", "done");
      await page.locator("#play[data-playing=false]").or(page.locator("#play")).first().waitFor();
      await page.evaluate(() => document.querySelector("#play[data-playing=true]")?.click());
      const terms = page.locator("#lesson .term dfn");
      for (let i = 0; i < (await terms.count()); i++) {
        await terms.nth(i).focus();
        const tip = page.locator("[role=tooltip]:visible");
        const box = await tip.boundingBox();
        assert.ok(box.x >= 0 && box.y >= 0 && box.x + box.width <= SMALL.width && box.y + box.height <= SMALL.height, `${address}: ${JSON.stringify(box)}`);
        await page.keyboard.press("Escape");
        assert.equal(await tip.count(), 0);
      }
    }
  }));

test("without a script the table of models has them all with their terms, data and figures", () =>
  visit("data.html", { javaScriptEnabled: false }, async ({ page }) => {
    for (const [id, { title, data, licence }] of Object.entries(manifest.models)) {
      const text = await page.locator(`tbody#${id}`).textContent();
      for (const part of [title, data, licence]) assert.ok(text.includes(part), `${id}: ${part}`);
    }
    const names = await page.locator("#models .figures th[scope=row]").allTextContents();
    assert.deepEqual(names.filter((name) => /_/.test(name)), [], "every figure has a name in words");
  }));

test("the table of models sorts and filters by the keyboard, and opens the model that a link names", () =>
  visit("data.html#caption-soft", {}, async ({ page, base }) => {
    await page.locator("tbody#caption-soft details[open]").waitFor();
    const order = () => page.locator("#models > tbody:visible").evaluateAll((all) => all.map((one) => one.id));
    const head = (name) => page.locator("#models > thead th", { hasText: name });
    await head("Size").locator("button").focus();
    await page.keyboard.press("Enter");
    assert.equal(await head("Size").getAttribute("aria-sort"), "ascending");
    const bytes = Object.fromEntries(Object.entries(manifest.models).map(([id, { files }]) => [id, files.reduce((sum, file) => sum + file.bytes, 0)]));
    const bySize = MODELS.toSorted((a, b) => bytes[a] - bytes[b]);
    assert.deepEqual(await order(), bySize);
    await page.keyboard.press("Enter");
    assert.equal(await head("Size").getAttribute("aria-sort"), "descending");
    assert.deepEqual(await order(), bySize.toReversed());
    await head("Model").locator("button").click();
    assert.equal(await head("Size").getAttribute("aria-sort"), null);
    assert.equal((await order())[0], MODELS.toSorted((a, b) => manifest.models[a].title.localeCompare(manifest.models[b].title, "en"))[0]);

    await page.locator("#filter").fill("mnist draw");
    assert.ok((await order()).includes("draw-mnist") && !(await order()).includes("caption-soft"));
    assert.match(await page.locator("#count").innerText(), new RegExp(`^\\d+ of ${MODELS.length} models$`));
    await page.locator("#filter").fill("zebra");
    assert.equal(await page.locator("#count").innerText(), `0 of ${MODELS.length} models`);
    await page.locator("#filter").fill("");
    assert.equal((await order()).length, MODELS.length);
    const height = await page.evaluate(() => {
      document.querySelectorAll("details").forEach((one) => (one.open = false));
      return document.documentElement.scrollHeight;
    });
    assert.ok(height <= 3600, `${height} pixels, not 12,600`);
    await page.goto(`${base}captions.html`);
    await page.locator("footer a[href='data.html#caption-hard']").click();
    await page.locator("tbody#caption-hard details[open]").waitFor();
  }));
