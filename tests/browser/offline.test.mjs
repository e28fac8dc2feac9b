// In a lecture hall with bad wifi: what was opened once opens again without a network.
import assert from "node:assert/strict";
import { test } from "node:test";
import { EXHIBITS, PAGES } from "./support/addresses.mjs";
import { useBrowser } from "./support/browser.mjs";
import { Exhibit } from "./support/exhibit.mjs";

const visit = useBrowser();

const serviceWorkerReady = (page) =>
  page.evaluate(async () => {
    await navigator.serviceWorker.ready;
    if (!navigator.serviceWorker.controller) {
      await new Promise((resolve) => navigator.serviceWorker.addEventListener("controllerchange", resolve));
    }
  });

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
  visit("index.html", {}, async ({ page, context, base }) => {
    await serviceWorkerReady(page);
    await context.setOffline(true);
    for (const address of PAGES) {
      const response = await page.goto(base + address);
      assert.equal(response.status(), 200, address);
      await page.locator("h1").first().waitFor();
    }
  }));
