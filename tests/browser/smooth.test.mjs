// The page stays smooth while a model runs: its longest task and its frames a second are told, not asserted, since a machine that
// tests may be busy.
import assert from "node:assert/strict";
import { test } from "node:test";
import { useBrowser } from "./support/browser.mjs";
import { Exhibit } from "./support/exhibit.mjs";

const visit = useBrowser();

/** In the page: notes long tasks and the times of frames from now on. */
function watch() {
  globalThis.tasks = [];
  globalThis.paints = [];
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) globalThis.tasks.push(duration);
  }).observe({ type: "longtask" });
  const paint = (at) => {
    globalThis.paints.push(at);
    requestAnimationFrame(paint);
  };
  requestAnimationFrame(paint);
}

test("the page's longest task and its frames a second while a caption is made", (t) =>
  visit("captions.html?model=soft", {}, async ({ page }) => {
    const exhibit = new Exhibit(page);
    await exhibit.until("cached", "done");
    await page.evaluate(watch);
    await exhibit.run(() => page.locator("#again").click());
    const { tasks, paints } = await page.evaluate(() => ({ tasks: globalThis.tasks, paints: globalThis.paints }));
    assert.ok(paints.length > 2, "frames were painted");
    const gaps = paints.slice(1).map((at, i) => at - paints[i]);
    const seconds = (paints.at(-1) - paints[0]) / 1000;
    t.diagnostic(`longest task of the main thread: ${tasks.length ? Math.max(...tasks).toFixed(0) : "below 50"} ms`);
    t.diagnostic(`${(gaps.length / seconds).toFixed(0)} frames a second, longest gap ${Math.max(...gaps).toFixed(0)} ms`);
  }));
