// An outsider teaches the course that ships with the site, by the keyboard alone: Tab, Enter, Page Down, arrows, p, b and Escape.
import assert from "node:assert/strict";
import { test } from "node:test";
import { useBrowser } from "./support/browser.mjs";
import { Exhibit } from "./support/exhibit.mjs";

const visit = useBrowser();
/** Milliseconds that the whole lesson may take, apart from what a class thinks and says. */
const MOST = 60_000;
/** Presses of Tab until something must have been reached. */
const FAR = 60;

class Teacher {
  constructor(page) {
    this.page = page;
    this.exhibit = new Exhibit(page);
  }

  press(...keys) {
    return keys.reduce((before, key) => before.then(() => this.page.keyboard.press(key)), Promise.resolve());
  }

  /** Goes on by Tab until this has the focus. */
  async tabTo(selector) {
    for (let i = 0; i < FAR; i++) {
      if (await this.page.evaluate((wanted) => document.activeElement.matches(wanted), selector)) return;
      await this.press("Tab");
    }
    assert.fail(`Tab does not lead to ${selector}`);
  }

  async enter(selector) {
    await this.tabTo(selector);
    await this.press("Enter");
  }

  /** Waits for an activity to stand on the projector. */
  async arrives(activity) {
    await this.page.waitForURL((url) => url.searchParams.get("activity") === String(activity));
    await this.exhibit.until("cached", "done");
    await this.page.locator("#present-bar").waitFor();
  }

  async goesOn(activity) {
    await this.press("PageDown");
    await this.arrives(activity);
  }

  async steps(count) {
    const before = await this.exhibit.step();
    for (let i = 1; i <= count; i++) {
      await this.press("ArrowRight");
      await this.exhibit.untilStep(before + i);
    }
  }

  async reveals() {
    const words = this.page.locator("#words, #answer").first();
    assert.equal(await words.isVisible(), false, "what it says is hidden");
    await this.enter("#reveal");
    await words.filter({ visible: true }).waitFor();
    assert.ok((await words.innerText()).length > 1, "what it says is revealed");
  }

  /** Moves the ring and sets it: the step comes, with a score. */
  async guesses() {
    const before = await this.exhibit.step();
    await this.tabTo("#guesses");
    await this.press("ArrowRight", "ArrowRight", "ArrowUp", "Enter");
    await this.exhibit.untilStep(before + 1);
    assert.match(await this.page.locator("#score").innerText(), /\d/);
  }
}

test("a lesson of eight activities is taught without a mouse", (t) =>
  visit("course.html", { viewport: { width: 1920, height: 1080 } }, async ({ page }) => {
    const began = Date.now();
    const teacher = new Teacher(page);
    const { exhibit } = teacher;
    await teacher.enter("#begin");

    await teacher.arrives(1);
    await teacher.steps(3);
    await teacher.reveals();

    await teacher.goesOn(2);
    await teacher.guesses();
    await teacher.guesses();

    await teacher.goesOn(3);
    await teacher.enter("#present-settings");
    await exhibit.run(() => teacher.enter("#another"));
    assert.equal(await page.locator(".input").isVisible(), false, "the settings give way to what they began");

    await teacher.goesOn(4);
    await teacher.guesses();
    await teacher.press("b");
    await page.locator("#blank:visible").waitFor();
    await teacher.press("b");
    await page.locator("#blank").waitFor({ state: "hidden" });

    await teacher.goesOn(5);
    await teacher.enter("#present-settings");
    await teacher.tabTo("#turn");
    await exhibit.run(() => teacher.press("ArrowRight", "ArrowRight"));
    await teacher.press("Escape");

    await teacher.goesOn(6);
    await teacher.enter("#present-settings");
    await teacher.tabTo("#model");
    await teacher.press("ArrowDown");
    await page.waitForFunction(() => globalThis.glimpse.settings.model === "draw-mnist-noattention");
    await teacher.press("Escape");
    await exhibit.until("cached", "done");
    await page.locator("#present-bar").waitFor();

    await teacher.goesOn(7);
    await teacher.steps(2);
    await teacher.reveals();

    await teacher.goesOn(8);
    await teacher.steps(2);
    await teacher.press("p");
    await page.locator("#trust:visible").waitFor();
    await teacher.press("p");
    await page.locator("#present-bar").waitFor();
    await teacher.press("PageDown");
    await page.waitForURL(/course\.html/);

    await teacher.enter(".activities li:nth-child(4) a");
    await page.waitForURL(/glimpses\.html/);
    await exhibit.until("cached");
    await teacher.press("p");
    await page.locator("#present-bar").waitFor();
    const took = Date.now() - began;
    t.diagnostic(`${(took / 1000).toFixed(1)} s`);
    assert.ok(took <= MOST, `${took} ms`);
  }));
