// Every page for every reader: axe-core, light and dark, wide and narrow, keyboard alone, reduced motion.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { CAPTIONERS, EXHIBITS, PAGES } from "./support/addresses.mjs";
import { violations } from "./support/axe.mjs";
import { NARROW, WIDE, useBrowser } from "./support/browser.mjs";
import { Exhibit } from "./support/exhibit.mjs";

const visit = useBrowser();

const LOOKS = [
  ["wide, light", WIDE, "light"],
  ["wide, dark", WIDE, "dark"],
  ["narrow, dark", NARROW, "dark"],
  ["narrow, light", NARROW, "light"],
];

// One visit a page: its window and the system's colours change under it, as when a phone is turned and night falls.
for (const address of [...PAGES, ...CAPTIONERS]) {
  test(`${address}: axe finds nothing and nothing scrolls sideways, light and dark, wide and narrow`, () =>
    visit(address, { viewport: WIDE, colorScheme: "light" }, async ({ page, screenshot }) => {
      if (EXHIBITS.includes(address.split("?")[0])) await new Exhibit(page).until("cached", "done");
      await page.locator("#trust, #teach, #teach details").evaluateAll((all) => all.forEach((details) => (details.open = true)));
      for (const [look, viewport, colorScheme] of LOOKS) {
        await page.setViewportSize(viewport);
        await page.emulateMedia({ colorScheme });
        assert.deepEqual(await violations(page), [], look);
        const overhang = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        assert.ok(overhang <= 0, `${look}: ${overhang} pixels too wide`);
        await screenshot(`${address.replace(".html", "").replace(/\W+/g, "-")}-${look.replace(", ", "-")}`);
      }
    }));
}

test("the keyboard alone reaches the controls and runs an exhibit", () =>
  visit("draw.html", {}, async ({ page }) => {
    const exhibit = new Exhibit(page);
    await exhibit.until("cached");
    const reached = new Set();
    for (let presses = 0; presses < 80; presses++) {
      await page.keyboard.press("Tab");
      reached.add(await page.evaluate(() => document.activeElement?.id ?? ""));
    }
    for (const id of ["play", "back", "step", "scrub", "speed", "loop", "seed", "new-seed", "again", "share", "theme"]) {
      assert.ok(reached.has(id), `Tab reaches #${id}`);
    }
    await page.locator("#again").focus();
    await exhibit.run(() => page.keyboard.press("Enter"));
  }));

test("the theme button changes the theme and the choice survives a reload", () =>
  visit("draw.html", { colorScheme: "light" }, async ({ page }) => {
    const paper = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const light = await paper();
    await page.locator("#theme").click();
    const dark = await paper();
    assert.notEqual(dark, light);
    await page.reload();
    assert.equal(await paper(), dark);
  }));

// Several at a time: nearly all of it is waiting.
describe("motion is unwanted", { concurrency: 4 }, () => {
  for (const address of ["index.html", ...EXHIBITS]) {
    test(`${address} holds still`, () =>
      visit(address, { reducedMotion: "reduce" }, async ({ page }) => {
        await page.waitForFunction(() => globalThis.seenStates.some(({ state }) => state === "cached"));
        const first = await page.evaluate(() => document.documentElement.dataset.frame);
        await page.waitForTimeout(2500);
        assert.equal(await page.evaluate(() => document.documentElement.dataset.frame), first);
        const moving = await page.evaluate(() => document.getAnimations().filter((one) => one.playState === "running").length);
        assert.equal(moving, 0);
      }));
  }
});
