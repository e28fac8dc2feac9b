// On a phone: the stage is in view when a model runs, everything can be touched, nothing slips away sideways.
import assert from "node:assert/strict";
import { test } from "node:test";
import { CAPTIONERS, EXHIBITS, PAGES } from "./support/addresses.mjs";
import { NARROW, useBrowser } from "./support/browser.mjs";
import { Exhibit } from "./support/exhibit.mjs";

const visit = useBrowser();
const PHONE = { viewport: NARROW, hasTouch: true, isMobile: true, permissions: ["camera"] };
/** Pixels that a finger needs. */
const FINGER = 44;
/** Settings with which a page shows all that it has to be touched. */
const OPENED = { "draw.html": "?mode=reconstruct&drawing=PXQfQnQvQtXpfmnixg5", "handwriting.html": "?primed=yes", "questions.html": "?mode=point" };

/** Controls that are seen and too small, with their sizes; of a box to tick its label is touched, and a word in a sentence is as wide as it is. */
const small = (page) =>
  page.evaluate((finger) => {
    const controls = [...document.querySelectorAll("button, select, textarea, input, summary, .way a, .home")];
    const seen = controls.filter((one) => one.checkVisibility({ visibilityProperty: true, opacityProperty: false }) && !one.closest(".skip, #trouble"));
    return seen.flatMap((one) => {
      const label = one.matches("[type=checkbox], [type=radio]") ? one.closest("label") : null;
      const { width, height } = (label ?? one).getBoundingClientRect();
      const isWord = one.matches("[data-word], [data-source], a, summary");
      return height < finger - 0.5 || (!isWord && width < finger - 0.5) ? [`${one.id || one.className || one.textContent.trim().slice(0, 30)}: ${Math.round(width)}×${Math.round(height)}`] : [];
    });
  }, FINGER);

const overhang = (page) => page.evaluate(() => document.documentElement.scrollWidth - innerWidth);

for (const name of EXHIBITS) {
  test(`${name}: a finger hits every control, the stage comes into view, play and step stay in reach`, () =>
    visit(name + (OPENED[name] ?? ""), PHONE, async ({ page, screenshot }) => {
      const exhibit = new Exhibit(page);
      await exhibit.until("cached", "done");
      assert.deepEqual(await small(page), [], "controls that are too small");
      assert.ok((await overhang(page)) <= 0, "nothing is wider than the phone");

      const canvases = await page.evaluate(() => [...document.querySelectorAll(".draggable, #pad, #hand, #guesses, [data-exhibit='soft-lab'] #board")].map((one) => [one.id, getComputedStyle(one).touchAction]));
      for (const [id, action] of canvases) assert.match(action, /^(none|pan-y|manipulation)$/, `#${id} does not zoom at a double tap`);

      if ((await page.locator("#camera").count()) > 0) {
        const [camera, ...others] = await page.evaluate(() => ["#camera", ".thumb", "#settings", "#file"].map((selector) => document.querySelector(selector).getBoundingClientRect()).map(({ left, top }) => ({ left, top })));
        assert.ok(others.every(({ left, top }) => camera.top < top || camera.left < left), "the camera comes first");
      }

      for (const scrolled of ["top", "bottom"]) {
        await page.evaluate((where) => scrollTo(0, where === "top" ? 0 : document.querySelector("main").getBoundingClientRect().bottom + scrollY - innerHeight), scrolled);
        for (const id of ["play", "step"]) {
          const box = await page.locator(`#${id}`).boundingBox();
          assert.ok(box.y > (2 / 3) * NARROW.height && box.y + box.height <= NARROW.height, `#${id} is in reach with the page at its ${scrolled}: ${box.y}`);
        }
      }

      await page.setViewportSize({ width: 320, height: 568 });
      assert.ok((await overhang(page)) <= 0, "nothing is wider than a small phone");
      const sticky = await page.locator("#player").boundingBox();
      assert.ok(sticky.height <= 568 / 4 + 1, `the player takes ${sticky.height} of 568 pixels`);
      await screenshot(`phone-${name.replace(".html", "")}-320`);
      await page.setViewportSize(NARROW);

      // Boxes are asked about once there are two of them.
      if (name === "questions.html") await page.locator("#mode").selectOption("open");
      if (name === "questions.html") await exhibit.until("cached", "done");
      await page.locator("#again").scrollIntoViewIfNeeded();
      await page.locator("#again").tap();
      const stage = await page.locator("#stage").boundingBox();
      const player = await page.locator("#player").boundingBox();
      assert.ok(stage.y >= -1 && stage.y < NARROW.height / 3, `the stage is in view: ${stage.y}`);
      assert.ok(player.y - stage.y >= Math.min(stage.height, 0.6 * NARROW.height), "most of it is above the player");
      await screenshot(`phone-${name.replace(".html", "")}-390`);
    }));
}

test("a long sentence and its matrix scroll in boxes of their own, and the piece on the stage is kept in view", () =>
  visit("translate.html", PHONE, async ({ page }) => {
    const exhibit = new Exhibit(page);
    await exhibit.until("cached");
    const boxes = await page.evaluate(() => ["#pair", ".matrix"].map((selector) => document.querySelector(selector)).map(({ scrollWidth, clientWidth }) => [scrollWidth, clientWidth]));
    for (const [whole, seen] of boxes) assert.ok(whole > seen && seen <= NARROW.width, `${whole} in ${seen}`);
    await exhibit.scrub(12);
    const place = await page.evaluate(() => {
      const [word, box] = ["#words [aria-current]", "#pair"].map((selector) => document.querySelector(selector).getBoundingClientRect());
      return word.left >= box.left - 1 && word.right <= box.right + 1;
    });
    assert.ok(place, "the piece is in view");
  }));

for (const address of PAGES.filter((page) => !EXHIBITS.includes(page))) {
  test(`${address}: a finger hits every control`, () =>
    visit(address, PHONE, async ({ page }) => {
      await page.locator("h1").first().waitFor();
      await page.waitForFunction(() => document.documentElement.dataset.started !== undefined);
      assert.deepEqual(await small(page), []);
      assert.ok((await overhang(page)) <= 0);
    }));
}

/** How far what is seen may jump by itself, as browsers measure it. */
const STILL = 0.05;

/** Adds up what jumps without a finger's doing, and notes what it was. */
function noteShifts() {
  globalThis.shifts = { sum: 0, why: [] };
  const told = ({ node, previousRect: from, currentRect: to }) => `${node?.id || node?.className || node?.nodeName} ${Math.round(from.top)} to ${Math.round(to.top)}`;
  new PerformanceObserver((list) => {
    for (const { value, hadRecentInput, sources } of list.getEntries()) {
      if (hadRecentInput) continue;
      globalThis.shifts.sum += value;
      if (value > 0.005) globalThis.shifts.why.push(`${value.toFixed(3)}: ${sources.map(told).join(", ")}`);
    }
  }).observe({ type: "layout-shift", buffered: true });
}

for (const address of [...EXHIBITS, ...CAPTIONERS, "index.html"]) {
  test(`${address} holds still while it opens on a slow phone`, (t) =>
    visit("teachers.html", {}, async ({ browser, base }) => {
      const context = await browser.newContext(PHONE);
      const page = await context.newPage();
      const session = await context.newCDPSession(page);
      await session.send("Emulation.setCPUThrottlingRate", { rate: 4 });
      await page.addInitScript(noteShifts);
      await page.goto(base + address);
      await page.waitForFunction(() => document.documentElement.dataset.state === "cached");
      await page.waitForTimeout(2500);
      const { sum, why } = await page.evaluate(() => globalThis.shifts);
      t.diagnostic(`layout shift ${sum.toFixed(3)}`);
      await context.close();
      assert.ok(sum < STILL, `layout shift ${sum.toFixed(3)}: ${why.join("; ")}`);
    }));
}
