// For a class: an exhibit on a projector, in a frame of another site, locked by its link, and shared.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { test } from "node:test";
import jsQR from "jsqr";
import { CAPTIONERS, EXHIBITS } from "./support/addresses.mjs";
import { violations } from "./support/axe.mjs";
import { PATIENCE, useBrowser } from "./support/browser.mjs";
import { Exhibit } from "./support/exhibit.mjs";
import { useBadHosts } from "./support/hosts.mjs";
import { png, samplePhoto, upload } from "./support/pictures.mjs";

const visit = useBrowser();
const at = useBadHosts();
const PROJECTOR = { width: 1920, height: 1080 };
const LEAST_STAGE = 0.7;
const LEAST_LETTERS = 28;
/** Of the width or height without anything on it, at an edge. */
const MOST_BLANK = 0.25;
const withQuery = (address, query) => `${address}${address.includes("?") ? "&" : "?"}${query}`;
const steady = (page) => new Exhibit(page).until("cached", "done", "failed");
const presents = (page) => page.locator("#present-bar").waitFor();

/** In the page: what a class sees of the presented exhibit. */
function measured() {
  const seen = (element) => element.checkVisibility({ visibilityProperty: true }) && !element.closest(".unseen, option, [role=tooltip], #trouble");
  const small = new Set();
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  let least = Infinity;
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (!walker.currentNode.textContent.trim() || !seen(element) || element.closest("script, style, noscript")) continue;
    const size = parseFloat(getComputedStyle(element).fontSize);
    least = Math.min(least, size);
    if (size < 28) small.add(`${element.tagName}#${element.id}.${element.className}`);
  }
  const boxes = [...document.querySelectorAll(".stage-area canvas, .stage-area > p, #stage p")].filter((one) => seen(one) && one.clientWidth > 4 && (one.tagName === "CANVAS" || one.textContent.trim())).map((one) => one.getBoundingClientRect());
  const { scrollWidth, scrollHeight } = document.documentElement;
  return {
    stage: document.querySelector("#stage").getBoundingClientRect().height / innerHeight,
    least, small: [...small],
    left: Math.min(...boxes.map((box) => box.left)) / innerWidth,
    right: 1 - Math.max(...boxes.map((box) => box.right)) / innerWidth,
    over: [scrollWidth - innerWidth, scrollHeight - innerHeight],
    line: document.querySelector("#line").textContent,
  };
}

for (const address of [...EXHIBITS, ...CAPTIONERS]) {
  test(`${address} fills a projector`, () =>
    visit(withQuery(address, "present"), { viewport: PROJECTOR }, async ({ page }) => {
      await steady(page);
      await presents(page);
      await page.keyboard.press("End");
      const { stage, least, small, left, right, over, line } = await page.evaluate(measured);
      assert.ok(stage >= LEAST_STAGE, `the stage has ${stage} of the height`);
      assert.ok(least >= LEAST_LETTERS, `letters of ${least} pixels: ${small.join(" ")}`);
      assert.ok(left <= MOST_BLANK && right <= MOST_BLANK, `blank: ${left} at the left, ${right} at the right`);
      assert.ok(over[0] <= 0 && over[1] <= 0, `${over} pixels too large`);
      assert.ok(line.length > 3, "there is a line of the lesson");
      assert.deepEqual(await violations(page), []);
    }));
}

test("presenting begins by its button and p, goes on by Page Down, blanks by b, and ends by Escape", () =>
  visit("draw.html", { viewport: PROJECTOR }, async ({ page }) => {
    await steady(page);
    await page.locator("#present").click();
    await presents(page);
    assert.ok(await page.evaluate(() => document.fullscreenElement !== null), "the screen is full");
    await page.keyboard.press("Home");
    const exhibit = new Exhibit(page);
    await page.keyboard.press("ArrowRight");
    await exhibit.untilStep(2);
    await page.evaluate(() => document.body.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowRight", repeat: true, bubbles: true })));
    assert.equal(await exhibit.step(), 2, "a key that is held down acts once");
    await page.keyboard.press("b");
    await page.locator("#blank:visible").waitFor();
    await page.keyboard.press("b");
    await page.locator("#blank").waitFor({ state: "hidden" });
    await page.locator("#stage").hover();
    await page.locator("#spot:visible").waitFor();
    const before = page.url();
    await page.keyboard.press("PageDown");
    await page.waitForURL((url) => url.pathname !== new URL(before).pathname);
    await steady(page);
    await presents(page);
    assert.match(page.url(), /[?&]present/);
    await page.locator("#present-full").waitFor();
    await page.keyboard.press("f");
    await page.waitForFunction(() => document.fullscreenElement !== null);
    await page.evaluate(() => document.exitFullscreen());
    await page.waitForFunction(() => document.documentElement.dataset.presenting === undefined);
    await page.keyboard.press("p");
    await presents(page);
    await page.keyboard.press("Escape");
    await page.waitForFunction(() => document.documentElement.dataset.presenting === undefined);
    assert.doesNotMatch(page.url(), /present/);
  }));

test("without a full screen to have, presenting has the same layout", () =>
  visit("draw.html", { viewport: { width: 320, height: 640 } }, async ({ page }) => {
    await steady(page);
    await page.evaluate(() => (Element.prototype.requestFullscreen = () => Promise.reject(new Error("refused"))));
    await page.keyboard.press("p");
    await presents(page);
    assert.ok((await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)) <= 0);
  }));

test("hidden parts leave no gap, locked controls show their value and say why, and stay so through every link", () =>
  visit("captions.html?hide=panel,title&lock=model,seed,sample&start=paused&model=hard&sample=soccer", { mayLog: /nothing/ }, async ({ page }) => {
    await steady(page);
    const model = page.locator("#model");
    assert.ok(await model.isDisabled());
    assert.equal(await model.inputValue(), "hard");
    assert.match(await page.locator("#locked").innerText(), /^Locked by the link: Model, Sample again, Seed\.$/);
    assert.ok(await page.locator("#another").isDisabled(), "what would change the seed is locked, too");
    assert.ok(await page.locator("#file").isDisabled());
    assert.equal(await page.locator(".panel").isVisible(), false);
    const [stage, main] = await page.evaluate(() => [".stage-area", "main"].map((name) => document.querySelector(name).getBoundingClientRect().width));
    assert.ok(main - stage < 2, "the stage takes the panel's place");
    await page.waitForTimeout(1200);
    assert.equal(await new Exhibit(page).step(), 1, "it stands still");
    assert.deepEqual(await violations(page), []);
    await page.locator(".home").click();
    await page.waitForURL(/index\.html\?/);
    assert.match(page.url(), /hide=panel,title.*lock=model,seed,sample/);
    await page.locator('a[href*="captions.html"]').first().click();
    await page.waitForURL(/captions\.html/);
    await steady(page);
    assert.ok(await page.locator("#model").isDisabled());
  }));

test("an answer stays hidden until it is revealed", () =>
  visit("captions.html?reveal=words,panel&start=paused", {}, async ({ page }) => {
    await steady(page);
    const words = page.locator("#words");
    assert.equal(await words.isVisible(), false);
    assert.doesNotMatch(await page.locator("#headline").innerText(), /surfer/);
    await page.locator("#reveal").click();
    assert.match(await words.innerText(), /surfer/);
    assert.deepEqual(await violations(page), []);
  }));

test("a frame of another site holds an exhibit, without storage, and learns its height", () =>
  at({}, "data.html", async (_visitor, { page, host, context }) => {
    await context.addInitScript(() => {
      if (parent === window) return;
      const blocked = { get: () => { throw new DOMException("blocked", "SecurityError"); } };
      for (const name of ["localStorage", "sessionStorage", "indexedDB", "caches"]) Object.defineProperty(window, name, blocked);
    });
    const html = `<!doctype html><iframe src="${host.url}draw.html?embed&hide=panel" width="700" height="300"></iframe><script>addEventListener("message", ({ data }) => data.glimpse === "height" && (document.querySelector("iframe").height = data.height))</script>`;
    // Another port is another origin.
    const outer = createServer((_request, response) => response.writeHead(200, { "content-type": "text/html" }).end(html));
    await new Promise((resolve) => outer.listen(0, resolve));
    try {
      await page.goto(`http://localhost:${outer.address().port}/`);
      const frame = page.frameLocator("iframe");
      await frame.locator("html[data-state=cached]").waitFor();
      assert.equal(await frame.locator(".tools").isVisible(), false);
      await page.waitForFunction(() => Number(document.querySelector("iframe").height) > 320);
      await page.waitForTimeout(800);
      const rest = await page.locator("iframe").getAttribute("height");
      await page.waitForTimeout(800);
      assert.equal(await page.locator("iframe").getAttribute("height"), rest, "its height comes to rest");
      await frame.locator("#step").click();
      await frame.locator("#again").click();
      await frame.locator("html[data-state=done]").waitFor({ timeout: PATIENCE });
    } finally {
      outer.close();
    }
  }));

/** The squares of the QR code on the page, as a picture of grey levels. */
const codeOnPage = (page) =>
  page.locator("#share-qr").evaluate((svg) => {
    const side = svg.viewBox.baseVal.width;
    const dark = new Set([...svg.querySelector("path").getAttribute("d").matchAll(/M(\d+) (\d+)/g)].map(([, x, y]) => `${x} ${y}`));
    return { side, dark: [...dark] };
  });

test("Share builds a link, a code and a QR code that leads there", () =>
  visit("captions.html?sample=dog", {}, async ({ page }) => {
    await steady(page);
    await page.locator("#share").click();
    await page.locator("#share-preset").selectOption({ label: "Prediction first" });
    const link = await page.locator("#share-link").inputValue();
    assert.match(link, /captions\.html\?sample=dog.*reveal=words,panel/);
    assert.match(await page.locator("#share-embed").inputValue(), /<iframe src="[^"]*embed/);
    const { side, dark } = await codeOnPage(page);
    const scale = 4;
    const width = side * scale;
    const pixels = new Uint8ClampedArray(width * width * 4).fill(255);
    for (const square of dark) {
      const [x, y] = square.split(" ").map(Number);
      for (let i = 0; i < scale * scale; i++) pixels.fill(0, 4 * ((y * scale + Math.floor(i / scale)) * width + x * scale + (i % scale)), 4 * ((y * scale + Math.floor(i / scale)) * width + x * scale + (i % scale)) + 3);
    }
    assert.equal(jsQR(pixels, width, width)?.data, link);
    assert.deepEqual(await violations(page), []);
    await page.locator("#share-list").setInputFiles({ name: "mine.json", mimeType: "application/json", buffer: Buffer.from('{ "title": "x", "presets": [ { "title": "A", "exhibit": "captions", "lock": ["modle"] } ] }') });
    assert.match(await page.locator(".faults").innerText(), /Preset 1 \(“A”\) says "lock" of "modle"/);
    for (const width of [320, 390]) {
      await page.setViewportSize({ width, height: 844 });
      assert.ok((await page.evaluate(() => document.querySelector("dialog").scrollWidth - document.querySelector("dialog").clientWidth)) <= 0, `${width} pixels are enough`);
    }
  }));

/** Letters that a photo may have in a link. */
const MOST_PHOTO = 40_000;
const give = (exhibit, file) => exhibit.run(() => exhibit.page.locator("#file").setInputFiles(file));
/** In the page: what is looked at, as 8 × 8 colours. */
const lookedAt = () => {
  const { picture } = globalThis.glimpse;
  const [whole, small] = [picture, { width: 8, height: 8 }].map(({ width, height }) => Object.assign(document.createElement("canvas"), { width, height }));
  whole.getContext("2d").putImageData(picture, 0, 0);
  const context = small.getContext("2d");
  context.imageSmoothingQuality = "high";
  context.drawImage(whole, 0, 0, 8, 8);
  return { colours: [...context.getImageData(0, 0, 8, 8).data], size: [picture.width, picture.height] };
};

test("a photo of one's own goes into the link only when it is asked for, and the link opens on it", () =>
  visit("captions.html", {}, async ({ page }) => {
    const exhibit = new Exhibit(page);
    await exhibit.until("cached");
    await give(exhibit, upload("dog.jpg", await samplePhoto("dog.jpg"), "image/jpeg"));
    const given = await page.evaluate(lookedAt);
    const said = await exhibit.words();
    await page.locator("#share").click();
    const about = page.locator(".about-photo");
    assert.match(await about.innerText(), /Your photo is not in the link\. It opens a sample in its place\./);
    assert.doesNotMatch(await page.locator("#share-link").inputValue(), /photo/);
    assert.equal(await page.locator("#share-qr").count(), 1);
    await page.locator("[data-name=photo]").check();
    assert.match(await about.innerText(), /A small copy of your photo is in the link\. Whoever has the link sees it; no server does\./);
    assert.match(await about.innerText(), /\(\d+ × \d+, \d+ kB\)/);
    assert.equal(await page.locator("#share-qr").count(), 0, "no QR code holds a photo");
    assert.match(await page.locator(".qr-none").innerText(), /too long for a QR code/);
    assert.deepEqual(await violations(page), []);
    const link = await page.locator("#share-link").inputValue();
    const [, photo] = link.split("#photo=");
    assert.ok(photo.length > 4000 && photo.length <= MOST_PHOTO, `${photo.length} letters`);
    assert.ok((await page.locator("#share-embed").inputValue()).includes(photo), "the frame has it, too");

    await page.goto("about:blank");
    await page.goto(link);
    await exhibit.until("done");
    const opened = await page.evaluate(lookedAt);
    const apart = given.colours.reduce((sum, value, i) => sum + Math.abs(value - opened.colours[i]), 0) / given.colours.length;
    assert.ok(apart < 6, `the small copy is ${apart} levels from the photo`);
    assert.ok(Math.abs(given.size[0] / given.size[1] - opened.size[0] / opened.size[1]) < 0.02, "it keeps its shape");
    assert.equal((await exhibit.words()).length > 0 && said.length > 0, true);
    await page.locator("[data-sample=horse]").click();
    await exhibit.until("cached");
    assert.doesNotMatch(page.url(), /photo/, "another photo takes it out of the address");
  }));

test("a link with half a photo says so, and shows the sample", () =>
  visit(`captions.html#photo=${Buffer.from("not a picture").toString("base64url")}`, {}, async ({ page }) => {
    const exhibit = new Exhibit(page);
    assert.equal(await exhibit.refusal(), "bad-picture");
    await exhibit.until("cached");
    assert.ok(await page.locator("#notice").isVisible(), "what is wrong stays on the page");
    assert.doesNotMatch(page.url(), /photo/);
  }));

test("what no link can carry is said not to be in it", () =>
  visit("glimpses.html", {}, async ({ page }) => {
    const exhibit = new Exhibit(page);
    await exhibit.until("cached");
    await give(exhibit, upload("one.png", png(30, 30, (x, y) => Array(3).fill(x > 12 && x < 17 && y > 4 && y < 26 ? 20 : 240))));
    await page.locator("#share").click();
    assert.match(await page.locator(".about-photo").innerText(), /What you gave is not in the link\. It opens a sample in its place\./);
    assert.equal(await page.locator("[data-name=photo]").count(), 0);
  }));

test("the activities of the course open as they are written", () =>
  visit("course.html", {}, async ({ page }) => {
    const hrefs = await page.locator(".activities a").evaluateAll((all) => all.map(({ href }) => href));
    assert.equal(hrefs.length, 8);
    await page.locator("#begin").focus();
    await page.keyboard.press("Enter");
    for (let activity = 1; activity <= 3; activity++) {
      await page.waitForURL((url) => url.searchParams.get("activity") === String(activity));
      await steady(page);
      await presents(page);
      await page.keyboard.press("PageDown");
    }
  }));
