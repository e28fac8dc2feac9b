// Translation in the browser: words, alignment, a visitor's own sentence and what is no sentence.
import assert from "node:assert/strict";
import { test } from "node:test";
import { NARROW, WIDE, useBrowser } from "./support/browser.mjs";
import { assertClose, assertDistribution, mapOf, opener } from "./support/exhibit.mjs";

const visit = useBrowser();

const translate = opener(visit, "translate.html");

const type = async (exhibit, text) => {
  await exhibit.page.locator("#text").fill(text);
  await exhibit.page.locator("#text").press("Enter");
};
const joined = (frame) => frame.words.join("").replaceAll("▁", " ").trim();

for (const [name, viewport] of [["wide", WIDE], ["narrow", NARROW]]) {
  test(`a typed sentence is translated and aligned, ${name}`, () =>
    translate({}, { viewport }, async (exhibit, { screenshot }) => {
      await exhibit.run(() => type(exhibit, "A man is riding a horse on the beach."));
      const frames = await exhibit.frames();
      assert.match(joined(frames.at(-1)), /homme.*cheval/);
      for (const frame of frames) {
        const map = mapOf(frame, "alpha");
        assert.equal(map.tokens.length, map.weights.length);
        assertDistribution(map.weights, `alpha at piece ${frame.step}`);
        assert.equal(frame.choices.length, 5);
      }
      assert.ok(frames.at(-1).ended);
      assert.equal((await exhibit.words()).length, frames.at(-1).words.length);
      await exhibit.scrub(1);
      await exhibit.press("#step");
      await exhibit.untilStep(2);
      await exhibit.page.locator("[data-word]").nth(3).hover();
      await exhibit.untilStep(4);
      await exhibit.page.locator("#other").waitFor();
      await screenshot(`translate-${name}`);
    }));
}

test("a link opens on the same frame, sentence and settings", () =>
  translate({ text: "Two dogs are playing in the snow.", beam: "2" }, {}, async (exhibit) => {
    await exhibit.run(() => exhibit.press("#again"));
    await exhibit.scrub(3);
    const [settings, frames] = [await exhibit.settings(), await exhibit.frames()];
    await exhibit.page.reload();
    await exhibit.untilStep(3);
    assert.deepEqual(await exhibit.settings(), settings);
    assertClose(mapOf((await exhibit.frames())[2], "alpha").weights, mapOf(frames[2], "alpha").weights, 1e-4, "alpha");
  }));

test("through one vector it has no alignment", () =>
  translate({ model: "fixed", text: "A dog runs." }, {}, async (exhibit) => {
    await exhibit.run(() => exhibit.press("#again"));
    const last = (await exhibit.frames()).at(-1);
    assert.ok(last.words.length >= 2);
    assert.deepEqual(last.maps, []);
  }));

test("steered by a click it looks where it must, and the link keeps it", () =>
  translate({ text: "Two dogs are playing in the snow." }, {}, async (exhibit) => {
    await exhibit.run(() => exhibit.press("#again"));
    const free = await exhibit.frames();
    await exhibit.scrub(2);
    await exhibit.press("#steer");
    await exhibit.run(() => exhibit.page.locator("[data-source]").nth(6).click());
    const steered = await exhibit.frames();
    assert.equal(mapOf(steered[1], "alpha").weights[6], 1);
    assertClose(mapOf(steered[1], "own").weights, mapOf(free[1], "alpha").weights, 1e-4, "what it wanted");
    await exhibit.page.reload();
    await exhibit.until("done");
    assert.deepEqual((await exhibit.frames()).at(-1).words, steered.at(-1).words);
  }));

for (const [what, text] of [
  ["nothing", "   "],
  ["10,000 characters", "a dog and ".repeat(1000)],
  ["another script", "Собака бежит по пляжу."],
  ["emoji", "A dog 🐕 runs."],
]) {
  test(`${what} is refused in plain words, the frames stay`, () =>
    translate({}, {}, async (exhibit) => {
      const shown = await exhibit.words();
      await type(exhibit, text);
      assert.equal(await exhibit.refusal(), "bad-text");
      assert.ok((await exhibit.page.locator("#notice").textContent()).length > 40);
      assert.deepEqual(await exhibit.words(), shown);
    }));
}
