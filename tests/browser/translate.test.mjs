// Translation in the browser: words, alignment, a visitor's own sentence and what is no sentence.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
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
const tight = (text) => text.replace(/\s/gu, "");
/** Whether the translators that ship were trained to copy unknown words. */
const copies = readFileSync(new URL("../../models/translate-attention/vocabulary.txt", import.meta.url), "utf8").includes("<copy>");

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
      assert.equal(tight((await exhibit.words()).join("")), tight(joined(frames.at(-1))), "the words are the pieces, put together");
      await exhibit.scrub(1);
      await exhibit.press("#step");
      await exhibit.untilStep(2);
      const word = exhibit.page.locator("[data-word]").nth(3);
      await word.hover();
      await exhibit.untilStep(Number(await word.getAttribute("data-word")) + 1);
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
    const snow = exhibit.page.locator("[data-source]", { hasText: "snow" });
    const place = mapOf(free[1], "alpha").tokens.indexOf("▁snow");
    await exhibit.run(() => snow.click());
    const steered = await exhibit.frames();
    assert.equal(mapOf(steered[1], "alpha").weights[place], 1);
    assertClose(mapOf(steered[1], "own").weights, mapOf(free[1], "alpha").weights, 1e-4, "what it wanted");
    await exhibit.page.reload();
    await exhibit.until("done");
    assert.deepEqual((await exhibit.frames()).at(-1).words, steered.at(-1).words);
  }));

test("the sentence stands in words and French spaces, a word's pieces on hover and by keyboard", () =>
  translate({ text: "Why didn't you tell me that the man was coming?" }, {}, async (exhibit) => {
    await exhibit.run(() => exhibit.press("#again"));
    const shown = () => exhibit.page.locator("#words").evaluate((line) => {
      const text = (node) => (node.getAttribute?.("role") === "tooltip" ? "" : node.nodeType === Node.TEXT_NODE ? node.data : [...node.childNodes].map(text).join(""));
      return text(line).trim();
    });
    assert.match(await shown(), /\S\u202f\?$/u, "a narrow space before the question mark");
    assert.doesNotMatch(await shown(), /▁| '|' /u);
    const frames = await exhibit.frames();
    const many = exhibit.page.locator("[data-word]").filter({ hasText: "'" }).first();
    const place = Number(await many.getAttribute("data-word"));
    const told = exhibit.page.locator(`#word-${place}`);
    assert.equal(await told.isVisible(), false);
    await many.hover();
    await told.waitFor();
    assert.match(await told.textContent(), /^pieces: \S.* · .*\S/u);
    assert.ok((await told.textContent()).includes(frames[place].words.at(-1).replace("▁", "")));
    await exhibit.page.mouse.move(0, 0);
    const source = exhibit.page.locator("[data-source]").nth(1);
    assert.equal(await source.innerText(), "didn't");
    await exhibit.page.locator("[data-source]").first().focus();
    await exhibit.page.keyboard.press("Tab");
    const spelt = exhibit.page.locator(`#source-${await source.getAttribute("data-source")}`);
    await spelt.waitFor();
    assert.match(await spelt.textContent(), /^pieces: didn?.*t$/u);
  }));

if (copies) {
  test("a name and an emoji are copied", () =>
    translate({}, {}, async (exhibit) => {
      await exhibit.run(() => type(exhibit, "Zorblat has a dog 🐕."));
      assert.match(joined((await exhibit.frames()).at(-1)), /Zorblat.*chien.*🐕/u);
      assert.match(await exhibit.page.locator("[role=tooltip]", { hasText: "copied from the English" }).first().textContent(), /Zorblat/);
    }));
}

for (const [what, text] of [
  ["nothing", "   "],
  ["10,000 characters", "a dog and ".repeat(1000)],
  ["another script", "Собака бежит по пляжу."],
  ["emoji", copies ? "🐕 🐕" : "A dog 🐕 runs."],
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
