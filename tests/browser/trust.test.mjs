// How far to trust an exhibit, as a visitor meets it: folded beside the stage, opened by the keyboard, legible, with its cards.
import assert from "node:assert/strict";
import { test } from "node:test";
import { WIDE, useBrowser } from "./support/browser.mjs";
import { Exhibit } from "./support/exhibit.mjs";

const visit = useBrowser();
/** The least size of text, in pixels. */
const LEGIBLE = 17;

for (const address of ["captions.html", "birds.html", "draw.html"]) {
  test(`${address} fits the screen with its section on trust folded, which the keyboard opens`, () =>
    visit(address, { viewport: WIDE }, async ({ page, screenshot }) => {
      await new Exhibit(page).until("cached");
      for (const id of ["#stage", "#player", "#again"]) {
        const box = await page.locator(id).boundingBox();
        assert.ok(box.y + box.height <= WIDE.height, `${id} ends at ${box.y + box.height}`);
      }
      await page.locator("#trust summary").focus();
      assert.equal(await page.locator("#trust li").first().isVisible(), false);
      await page.keyboard.press("Enter");
      const lines = page.locator("#trust :is(li, p)");
      assert.ok((await lines.count()) > 2);
      for (const line of await lines.all()) {
        assert.ok(await line.isVisible());
        const size = await line.evaluate((element) => parseFloat(getComputedStyle(element).fontSize));
        assert.ok(size >= LEGIBLE, `${size} pixels`);
      }
      await screenshot(`trust-${address.replace(".html", "")}`);
      await page.locator("#trust a").first().click();
      await page.waitForURL(/data\.html#./);
      await page.locator(`tbody[id="${new URL(page.url()).hash.slice(1)}"]`).waitFor();
    }));
}
