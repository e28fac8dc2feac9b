// Every page for every reader: axe-core, light and dark, wide and narrow, keyboard alone, reduced motion.
import assert from "node:assert/strict";
import { test } from "node:test";
import { CAPTIONERS, EXHIBITS, PAGES } from "./support/addresses.mjs";
import { violations } from "./support/axe.mjs";
import { NARROW, WIDE, useBrowser } from "./support/browser.mjs";
import { Exhibit } from "./support/exhibit.mjs";

const visit = useBrowser();

const LOOKS = [
  ["wide, light", { viewport: WIDE, colorScheme: "light" }],
  ["wide, dark", { viewport: WIDE, colorScheme: "dark" }],
  ["narrow, light", { viewport: NARROW, colorScheme: "light" }],
  ["narrow, dark", { viewport: NARROW, colorScheme: "dark" }],
];

for (const address of [...PAGES, ...CAPTIONERS]) {
  for (const [look, options] of LOOKS) {
    test(`${address}, ${look}: axe finds nothing, nothing scrolls sideways`, () =>
      visit(address, options, async ({ page, screenshot }) => {
        if (EXHIBITS.includes(address.split("?")[0])) await new Exhibit(page).until("cached", "done");
        await page.locator("#trust, #teach, #teach details").evaluateAll((all) => all.forEach((details) => (details.open = true)));
        assert.deepEqual(await violations(page), []);
        const overhang = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        assert.ok(overhang <= 0, `${overhang} pixels too wide`);
        await screenshot(`${address.replace(".html", "").replace(/\W+/g, "-")}-${look.replace(", ", "-")}`);
      }));
  }
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

for (const address of ["index.html", ...EXHIBITS]) {
  test(`${address} holds still where motion is unwanted`, () =>
    visit(address, { reducedMotion: "reduce" }, async ({ page }) => {
      await page.waitForFunction(() => globalThis.seenStates.some(({ state }) => state === "cached"));
      const first = await page.evaluate(() => document.documentElement.dataset.frame);
      await page.waitForTimeout(2500);
      assert.equal(await page.evaluate(() => document.documentElement.dataset.frame), first);
      const moving = await page.evaluate(() => document.getAnimations().filter((one) => one.playState === "running").length);
      assert.equal(moving, 0);
    }));
}
