// What a visitor does to an exhibit and sees of it, in the exhibit's own words.
import assert from "node:assert/strict";
import { PATIENCE } from "./browser.mjs";

const RESTING = ["cached", "done", "failed", "cancelled"];

/** Wraps a page that shows an exhibit. */
export class Exhibit {
  constructor(page) {
    this.page = page;
  }

  state() {
    return this.page.evaluate(() => document.documentElement.dataset.state);
  }

  /** Waits until the exhibit is in one of these states. */
  async until(...states) {
    const inState = (names) => names.includes(document.documentElement.dataset.state);
    await this.page.waitForFunction(inState, states, { timeout: PATIENCE });
  }

  /** Waits until a run begun by `act` is over, and fails with the page's own words when it went wrong. */
  async run(act) {
    // The run the page opened with must not end between the act and the wait: its end would be taken for the new one's.
    await this.until(...RESTING);
    const before = await this.page.evaluate(() => globalThis.seenStates.length);
    await act();
    await this.page.waitForFunction(
      ({ count, resting }) =>
        globalThis.seenStates.length > count && resting.includes(document.documentElement.dataset.state),
      { count: before, resting: RESTING },
      { timeout: PATIENCE },
    );
    const notice = await this.page.locator("#notice").textContent();
    assert.equal(await this.state(), "done", `the run ends well, not with: ${notice.trim()}`);
  }

  /** The frames of the run so far, typed arrays as plain ones. */
  async frames() {
    const text = await this.page.evaluate(() =>
      JSON.stringify(globalThis.glimpse.frames, (_key, value) => (ArrayBuffer.isView(value) ? Array.from(value) : value)),
    );
    return JSON.parse(text);
  }

  settings() {
    return this.page.evaluate(() => ({ ...globalThis.glimpse.settings }));
  }

  /** The step on the stage. */
  async step() {
    return Number(await this.page.evaluate(() => document.documentElement.dataset.frame));
  }

  async untilStep(step) {
    await this.page.waitForFunction((wanted) => document.documentElement.dataset.frame === wanted, String(step), {
      timeout: PATIENCE,
    });
  }

  words() {
    return this.page.locator("[data-word]").allInnerTexts();
  }

  press(id) {
    return this.page.locator(id).click();
  }

  /** Moves the scrubber to a step; a range input takes no typed text in every browser, so its value is set. */
  async scrub(step) {
    await this.page.locator("#scrub").fill(String(step));
    await this.untilStep(step);
  }

  /** Waits until a run of these settings is over, whichever runs a moving slider began before it. */
  async untilMadeOf(wanted) {
    await this.page.waitForFunction(
      (settings) => {
        const { frames, settings: present } = globalThis.glimpse;
        return frames.at(-1)?.ended && Object.entries(settings).every(([key, value]) => present[key] === value);
      },
      wanted,
      { timeout: PATIENCE },
    );
  }

  /** The kind of the refusal on screen, once there is one. */
  async refusal() {
    await this.page.locator("#notice[data-kind]:visible").waitFor();
    return this.page.locator("#notice").getAttribute("data-kind");
  }

  /** Drags the mouse through points given as fractions of an element's box. */
  async drag(selector, points) {
    const element = this.page.locator(selector);
    await element.scrollIntoViewIfNeeded();
    const box = await element.boundingBox();
    const at = ([x, y]) => [box.x + x * box.width, box.y + y * box.height];
    await this.page.mouse.move(...at(points[0]));
    await this.page.mouse.down();
    for (const point of points.slice(1)) await this.page.mouse.move(...at(point), { steps: 8 });
    await this.page.mouse.up();
  }
}

/** Opens an exhibit's page with settings in its address and acts on it as soon as it is in one of these states. */
export const opener =
  (visit, page, states = ["cached", "done"]) =>
  (settings, options, act) =>
    visit(`${page}?${new URLSearchParams(settings)}`, options, async (visited) => {
      const exhibit = new Exhibit(visited.page);
      await exhibit.until(...states);
      await act(exhibit, visited);
    });

/** A frame's map of this name. */
export function mapOf(frame, name) {
  const found = frame.maps.find((map) => map.name === name);
  assert.ok(found, `step ${frame.step} has a map "${name}"`);
  return found;
}

/** A frame's picture of this name. */
export function pictureOf(frame, name) {
  const found = frame.pictures.find((picture) => picture.name === name);
  assert.ok(found, `step ${frame.step} has a picture "${name}"`);
  return found;
}

/** A frame's number of this name. */
export function numberOf(frame, name) {
  const found = frame.numbers.find((number) => number.name === name);
  assert.ok(found, `step ${frame.step} has a number "${name}"`);
  return found.value;
}

/** A frame's likeliest choice. */
export const likeliest = (frame) => frame.choices.reduce((best, one) => (one.probability > best.probability ? one : best)).word;

/** Attention is a distribution: no weight below zero, all of them one together. */
export function assertDistribution(weights, what) {
  const sum = weights.reduce((total, weight) => total + weight, 0);
  assert.ok(Math.abs(sum - 1) <= 1e-4, `${what} sums to 1, not ${sum}`);
  assert.ok(Math.min(...weights) >= 0, `${what} has no negative weight`);
}

/** Two lists of numbers that differ by at most `tolerance` anywhere. */
export function assertClose(actual, expected, tolerance, what) {
  assert.equal(actual.length, expected.length, `${what} has ${expected.length} values`);
  let worst = 0;
  for (let i = 0; i < expected.length; i++) worst = Math.max(worst, Math.abs(actual[i] - expected[i]));
  assert.ok(worst <= tolerance, `${what} is off by ${worst}, more than ${tolerance}`);
}
