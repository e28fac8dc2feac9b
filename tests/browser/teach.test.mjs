// What a teacher uses: plans, worksheets that print on one page, the glossary behind each term, and the guess of the next look.
import assert from "node:assert/strict";
import { test } from "node:test";
import decodeQR from "../../www/node_modules/qr/decode.js";
import { PLANS, WORKSHEETS } from "./support/addresses.mjs";
import { violations } from "./support/axe.mjs";
import { NARROW, WIDE, useBrowser } from "./support/browser.mjs";
import { Exhibit, opener } from "./support/exhibit.mjs";
import { serviceWorkerReady, untilQuiet } from "./support/site.mjs";

const visit = useBrowser();
const [PHONE, TINY] = [NARROW, { width: 320, height: 640 }];

const drawn = (page) => page.waitForFunction(() => document.documentElement.dataset.state === "cached");
/** Whether a canvas shows anything. */
const hasInk = (page, id) =>
  page.locator(id).evaluate((canvas) => {
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    return data.some((value, i) => i % 4 === 3 && value > 0);
  });
const pagesIn = (pdf) => pdf.toString("latin1").match(/\/Type\s*\/Page\b(?!s)/g).length;

/** What a camera reads of a QR code that is drawn as squares of one. */
function decoded(viewBox, path) {
  const side = Number(viewBox.split(" ")[2]);
  const scale = 4;
  const width = side * scale;
  const data = new Uint8Array(width * width * 4).fill(255);
  for (const [, x, y] of path.matchAll(/M(\d+) (\d+)h1v1h-1z/g)) {
    for (let i = 0; i < scale ** 2; i++) {
      const at = 4 * ((y * scale + Math.floor(i / scale)) * width + x * scale + (i % scale));
      data.fill(0, at, at + 3);
    }
  }
  return decodeQR({ width, height: width, data });
}

for (const address of PLANS) {
  test(`${address} is read by everyone, at any width`, () =>
    visit(address, {}, async ({ page, screenshot }) => {
      await page.waitForFunction(() => document.documentElement.dataset.started !== undefined);
      for (const viewport of [WIDE, TINY]) {
        await page.setViewportSize(viewport);
        assert.deepEqual(await violations(page), []);
        assert.ok((await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)) <= 0, "nothing scrolls sideways");
      }
      assert.equal(await page.locator("main h2").count(), 5);
      await screenshot(address.replace(/\W+/g, "-"));
    }));
}

for (const address of WORKSHEETS) {
  test(`${address} prints on one page of A4 and of US Letter, with its still and its QR code`, () =>
    visit(address, { viewport: PHONE, colorScheme: "dark" }, async ({ page, base }) => {
      await drawn(page);
      assert.deepEqual(await violations(page), []);
      assert.ok((await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)) <= 0, "nothing scrolls sideways");
      assert.ok(await hasInk(page, "#still"), "the still is drawn");
      const link = await page.locator("#qr-link").innerText();
      assert.ok(link.startsWith(base) && !link.includes("/teach/"), link);
      assert.equal(decoded(await page.locator("#qr").getAttribute("viewBox"), await page.locator("#qr path").getAttribute("d")), link);
      await page.emulateMedia({ media: "print" });
      for (const [format, [width, height]] of Object.entries({ A4: [703, 1032], Letter: [725, 965] })) {
        await page.setViewportSize({ width, height });
        const over = await page.evaluate(() => {
          const sheet = document.querySelector(".sheet");
          return { below: sheet.scrollHeight - sheet.clientHeight, beside: sheet.scrollWidth - sheet.clientWidth };
        });
        assert.deepEqual(over, { below: 0, beside: 0 }, `all of it is on ${format}`);
        assert.equal(pagesIn(await page.pdf({ format })), 1, format);
      }
    }));
}

test("an exhibit folds its questions away, and leads to its plan and worksheet", () =>
  visit("draw.html", {}, async ({ page }) => {
    await new Exhibit(page).until("cached");
    const answer = page.locator("#teach details p").first();
    assert.equal(await answer.isVisible(), false);
    await page.locator("#teach > summary").press("Enter");
    assert.equal(await page.locator("#teach details").count(), 3);
    assert.equal(await answer.isVisible(), false);
    await page.locator("#teach details summary").first().press("Enter");
    assert.equal(await answer.isVisible(), true);
    await page.locator("#teach a", { hasText: "plan" }).click();
    await page.locator("h1", { hasText: "Teaching: DRAW" }).waitFor();
    await page.locator("a", { hasText: "Worksheet to print" }).click();
    await drawn(page);
  }));

test("the page for teachers leads to every plan and worksheet", () =>
  visit("teachers.html", {}, async ({ page }) => {
    const links = await page.locator(".teachers a").evaluateAll((all) => all.map((a) => a.getAttribute("href")));
    for (const address of [...PLANS, ...WORKSHEETS]) assert.ok(links.includes(address), address);
  }));

test("a term's definition leads to its place in the glossary, by the keyboard alone", () =>
  visit("captions.html", {}, async ({ page }) => {
    await new Exhibit(page).until("cached");
    await page.locator(".term dfn").first().focus();
    const tooltip = page.locator(".term [role=tooltip]").first();
    await tooltip.waitFor();
    await page.keyboard.press("Tab");
    assert.equal(await page.evaluate(() => document.activeElement.textContent), "Glossary");
    await page.keyboard.press("Enter");
    await page.waitForURL(/glossary\.html#attention$/);
    await page.locator("#attention").waitFor();
  }));

test("a worksheet that was opened once opens without a network", () =>
  visit("teach/captions-worksheet.html", {}, async ({ page, context, requests }) => {
    await drawn(page);
    await serviceWorkerReady(page);
    await untilQuiet(page, requests);
    await context.setOffline(true);
    await page.reload();
    await drawn(page);
    assert.ok(await hasInk(page, "#still"));
    assert.match(await page.locator("#qr-link").innerText(), /captions\.html/);
  }));

const captions = opener(visit, "captions.html");
const score = (exhibit) => exhibit.page.locator("#score").innerText();

test("a guess by click: the next step is hidden, then shown with its score", () =>
  captions({ guess: "on", step: "1" }, {}, async (exhibit, { screenshot }) => {
    const { page } = exhibit;
    assert.match(await score(exhibit), /^Next it says “.+”\. Where will it look\? Click a place/);
    const shown = () => page.locator("#strip").evaluate((strip) => strip.getContext("2d").getImageData(0, 0, strip.width, strip.height).data.filter((value, i) => i % 4 === 3 && value > 0).length);
    const before = await shown();
    const [frame] = (await exhibit.frames()).slice(1);
    const { weights, cols, rows } = frame.maps.find(({ name }) => name === "alpha");
    const best = weights.indexOf(Math.max(...weights));
    const box = await page.locator("#guesses").boundingBox();
    const [x, y] = [((best % cols) + 0.5) / cols, (Math.floor(best / cols) + 0.5) / rows];
    await page.locator("#guesses").click({ position: { x: x * box.width, y: y * box.height } });
    await exhibit.untilStep(2);
    const [, share, even] = /^(\d+)\s% of the gaze was in your ring; spread evenly it would be (\d+)\s%\./.exec(await score(exhibit)).map(Number);
    const inside = weights.filter((_, i) => Math.hypot(((i % cols) + 0.5) / cols - x, (Math.floor(i / cols) + 0.5) / rows - y) <= 1 / 7);
    assert.ok(Math.abs(share - 100 * inside.reduce((sum, weight) => sum + weight, 0)) <= 1.5, `${share} %`);
    assert.ok(share > even);
    assert.ok(await page.locator("#guesses .ring-mark").isVisible());
    assert.ok((await shown()) > before, "a thumbnail more is shown");
    await screenshot("guess-captions");
    assert.deepEqual(await violations(page), []);
  }));

test("a guess by the keyboard goes through to the last step", () =>
  captions({}, { viewport: PHONE }, async (exhibit) => {
    const { page } = exhibit;
    await exhibit.scrub(1);
    await page.locator("#guess").press("Enter");
    assert.match(page.url(), /guess=on/);
    await page.locator("#guesses").focus();
    const count = (await exhibit.frames()).length;
    for (let step = 2; step <= count; step++) {
      await page.keyboard.press("ArrowLeft");
      if (step === 2) assert.equal(await page.locator("#announce").textContent(), "place 7 of 14 across, 8 of 14 down");
      await page.keyboard.press("Shift+ArrowDown");
      await page.keyboard.press("Enter");
      await exhibit.untilStep(step);
    }
    assert.match(await score(exhibit), new RegExp(`On average over ${count - 1} guesses: .* That was the last step\\.$`));
    assert.equal(await page.evaluate(() => document.activeElement.id), "guesses", "the focus stays");
    await page.locator("#guess").press("Enter");
    assert.equal(await page.locator("#guesses").isVisible(), false);
    assert.doesNotMatch(page.url(), /guess/);
    assert.equal(await page.locator("#score").isVisible(), false);
  }));

test("while a look is guessed, pointing at a word of the caption does not show it", () =>
  captions({ guess: "on", step: "1" }, {}, async (exhibit) => {
    await exhibit.page.locator("[data-word]").last().hover();
    assert.equal(await exhibit.step(), 1);
  }));

test("steering ends the guessing", () =>
  captions({ guess: "on", step: "2" }, {}, async (exhibit) => {
    await exhibit.press("#steer");
    assert.equal(await exhibit.page.locator("#guess").getAttribute("aria-pressed"), "false");
    assert.equal(await exhibit.page.locator("#guesses").isVisible(), false);
  }));

test("another photo keeps the guessing and stands at its first step; a model without a gaze ends it", () =>
  captions({ guess: "on", step: "2" }, {}, async (exhibit) => {
    const { page } = exhibit;
    await page.locator("[data-sample=dog]").click();
    await page.waitForFunction(() => globalThis.glimpse.settings.sample === "dog" && globalThis.glimpse.frames.length > 2);
    await page.waitForTimeout(1500);
    assert.equal(await exhibit.step(), 1, "it does not play on");
    assert.match(await score(exhibit), /^Next it says/);
    await page.locator("#model").selectOption("none");
    await page.waitForFunction(() => globalThis.glimpse.settings.model === "none");
    await page.locator("#guesses").waitFor({ state: "hidden" });
    assert.equal(await page.locator("#score").isVisible(), false);
  }));

test("a question is guessed word by word", () =>
  visit("questions.html?guess=on&step=1", {}, async ({ page }) => {
    const exhibit = new Exhibit(page);
    await exhibit.until("cached", "done");
    assert.match(await score(exhibit), /^Next it reads “.+”\. Where will it look\?/);
    await page.locator("[data-word]").last().hover();
    assert.equal(await exhibit.step(), 1);
    await page.locator("#guesses").press(" ");
    await exhibit.untilStep(2);
    assert.match(await score(exhibit), /% of the gaze was in your ring/);
  }));

test("in translation an English word is guessed, by click and by the keyboard", () =>
  visit("translate.html?guess=on&step=4", {}, async ({ page, screenshot }) => {
    const exhibit = new Exhibit(page);
    await exhibit.until("cached", "done");
    assert.match(await score(exhibit), /^Next it writes “.+”\. Which English word will it read\?/);
    const frames = await exhibit.frames();
    const { weights } = frames[4].maps.find(({ name }) => name === "alpha");
    const best = weights.indexOf(Math.max(...weights));
    await page.locator(`#source [data-source="${best}"]`).click();
    await exhibit.untilStep(5);
    const [, share, even] = /^(\d+)\s% of the gaze was on that word; spread evenly it would be (\d+)\s%\./.exec(await score(exhibit)).map(Number);
    assert.ok(share > even);
    assert.equal(await page.locator("#source .guessed").count(), 1);
    await page.locator("#words [data-word]").last().hover();
    assert.equal(await exhibit.step(), 5, "pointing at a French word shows nothing");
    await page.locator("#source button").first().press("Enter");
    await exhibit.untilStep(6);
    assert.match(await score(exhibit), /On average over 2 guesses/);
    await screenshot("guess-translate");
  }));

test("in a clip the curves end where the guess begins", () =>
  visit("actions.html?guess=on&step=3", { viewport: PHONE }, async ({ page, screenshot }) => {
    const exhibit = new Exhibit(page);
    await exhibit.until("cached", "done");
    assert.match(await score(exhibit), /^Where will it look in frame 4\?/);
    // The curves end left of the middle; a line across marks each quarter.
    const right = await page.locator("#curves").evaluate((canvas) => {
      const { width, height } = canvas;
      const { data } = canvas.getContext("2d").getImageData(width / 2, height / 4, width / 2, height / 8);
      return data.some((value, i) => i % 4 === 3 && value > 0);
    });
    assert.equal(right, false);
    await page.locator("#guesses").press("Enter");
    await exhibit.untilStep(4);
    assert.match(await score(exhibit), /% of the gaze was in your ring/);
    await screenshot("guess-actions");
  }));
