// Questions in the browser: a photo is asked for any answer, with four choices and by boxes; unknown words are read as known ones, and
// what is no question is refused.
import assert from "node:assert/strict";
import { test } from "node:test";
import { NARROW, WIDE, useBrowser } from "./support/browser.mjs";
import { assertClose, assertDistribution, mapOf, opener } from "./support/exhibit.mjs";
import { samplePhoto, upload } from "./support/pictures.mjs";

const visit = useBrowser();

const ask = opener(visit, "questions.html", ["cached", "done", "failed"]);

const type = async (exhibit, text) => {
  await exhibit.page.locator("#question").fill(text);
  await exhibit.page.locator("#question").press("Enter");
};
const answersOf = (frame) => frame.choices.map(({ word }) => word);

for (const [name, viewport] of [["wide", WIDE], ["narrow", NARROW]]) {
  test(`an uploaded photo answers a typed question, a gaze for each word, ${name}`, () =>
    ask({}, { viewport }, async (exhibit, { screenshot }) => {
      await exhibit.run(async () =>
        exhibit.page.locator("#file").setInputFiles(upload("photo.jpg", await samplePhoto("dog.jpg"), "image/jpeg")),
      );
      await exhibit.run(() => type(exhibit, "What is the dog doing?"));
      const frames = await exhibit.frames();
      assert.equal(frames.length, 5);
      for (const frame of frames) {
        assertDistribution(mapOf(frame, "alpha").weights, `alpha at word ${frame.step}`);
        assert.equal(frame.choices.length, 5);
      }
      assert.deepEqual((await exhibit.words()).map((word) => word.trim()), "what is the dog doing".split(" "));
      await exhibit.page.locator("#other:visible").waitFor();
      assert.match(await exhibit.page.locator("#answer").innerText(), /\w+ · \d+ %/);
      await exhibit.scrub(4);
      await screenshot(`questions-${name}`);
    }));
}

test("among four choices the shares are of those four", () =>
  ask({ mode: "choose", sample: "dog", question: "what color is the dog", choices: "white, brown, black, red" }, {}, async (exhibit) => {
    for (const frame of await exhibit.frames()) {
      assert.deepEqual(answersOf(frame), ["white", "brown", "black", "red"]);
      assertDistribution(frame.choices.map(({ probability }) => probability), "the four shares");
    }
    await exhibit.page.locator("#choices").fill("white, ultraviolet");
    await exhibit.press("#again");
    assert.equal(await exhibit.refusal(), "bad-text");
  }));

test("boxes are drawn, pointed at, and kept by the link", () =>
  ask({ sample: "horse", question: "where is the horse" }, {}, async (exhibit, { screenshot }) => {
    await exhibit.page.locator("#mode").selectOption("point");
    await exhibit.press("#again");
    assert.equal(await exhibit.refusal(), "no-boxes");
    await exhibit.drag("#photo", [[0.1, 0.1], [0.3, 0.3]]);
    await exhibit.run(() => exhibit.drag("#photo", [[0.3, 0.3], [0.9, 0.9]]));
    const frames = await exhibit.frames();
    assert.deepEqual(answersOf(frames.at(-1)), ["box 1", "box 2"]);
    assertDistribution(frames.at(-1).choices.map(({ probability }) => probability), "the boxes' shares");
    await screenshot("questions-pointing");
    await exhibit.page.reload();
    await exhibit.until("done");
    assert.deepEqual((await exhibit.frames()).at(-1).choices.length, 2);
  }));

test("a link opens on the same frame, question and answer", () =>
  ask({ sample: "surfer", question: "what is the man doing" }, {}, async (exhibit) => {
    await exhibit.scrub(3);
    const [settings, frames] = [await exhibit.settings(), await exhibit.frames()];
    await exhibit.page.reload();
    await exhibit.untilStep(3);
    await exhibit.until("cached", "done");
    assert.deepEqual(await exhibit.settings(), settings);
    const again = await exhibit.frames();
    assertClose(mapOf(again[2], "alpha").weights, mapOf(frames[2], "alpha").weights, 1e-4, "alpha");
    assert.deepEqual(answersOf(again.at(-1)), answersOf(frames.at(-1)));
  }));

test("steered, it looks where it was painted", () =>
  ask({ sample: "dog", question: "what color is the dog" }, {}, async (exhibit) => {
    await exhibit.scrub(5);
    await exhibit.press("#steer");
    await exhibit.run(() => exhibit.drag("#photo", [[0.05, 0.05], [0.15, 0.1]]));
    const frame = (await exhibit.frames())[4];
    const { weights } = mapOf(frame, "alpha");
    assertDistribution(weights, "the painted weights");
    assert.ok(weights.filter((_, i) => i % 14 < 7 && i < 98).reduce((sum, weight) => sum + weight, 0) > 0.99);
    assertDistribution(mapOf(frame, "own").weights, "what it wanted");
  }));

test("typing offers words that go on", () =>
  ask({}, {}, async (exhibit) => {
    await exhibit.page.locator("#question").fill("what col");
    await exhibit.page.locator("#completions button", { hasText: "color" }).first().click();
    assert.match(await exhibit.page.locator("#question").inputValue(), /^what color /);
  }));

for (const [name, viewport] of [["wide", WIDE], ["narrow", NARROW]]) {
  test(`an unknown word is read as its nearest, which is said, and another can be chosen, ${name}`, () =>
    ask({ sample: "dog", question: "what color is the dog" }, { viewport }, async (exhibit, { screenshot }) => {
      await exhibit.run(() => type(exhibit, "What’s the labrador doing, wombat?"));
      const frames = await exhibit.frames();
      assert.equal(frames.at(-1).words.join(" "), "what is the dog doing wombat");
      assert.deepEqual(
        frames.at(-1).replaced.map(({ typed, read, how }) => [typed, read, how]),
        [["what's", "what is", "contraction"], ["labrador", "dog", "synonym"], ["wombat", null, "unknown"]],
      );
      const said = exhibit.page.locator("#replaced");
      assert.match(await said.innerText(), /The model doesn't know “labrador”\. It read “dog”\./);
      assert.match(await said.innerText(), /It read “what's” as “what is”\./);
      assert.match(await said.innerText(), /doesn't know “wombat”/);
      await screenshot(`questions-replaced-${name}`);
      await exhibit.run(() => type(exhibit, "where are the glases"));
      await said.locator("summary").first().click();
      const other = said.locator("button").first();
      const word = (await other.innerText()).trim();
      await exhibit.run(() => other.click());
      assert.equal(await exhibit.page.locator("#question").inputValue(), `where are the ${word}`);
      assert.deepEqual((await exhibit.frames()).at(-1).replaced, []);
      assert.ok(await said.isHidden());
    }));
}

for (const [what, text] of [["a question with an emoji", "what is 🐕"], ["a question with a strange word", "where is the wombat"]]) {
  test(`${what} is asked with that word left open, which is said`, () =>
    ask({ sample: "dog" }, {}, async (exhibit) => {
      await exhibit.run(() => type(exhibit, text));
      const frame = (await exhibit.frames()).at(-1);
      assert.equal(frame.words.join(" "), text);
      assert.deepEqual(frame.replaced.map(({ read, how }) => [read, how]), [[null, "unknown"]]);
      assert.equal(frame.choices.length, 5);
      assert.match(await exhibit.page.locator("#replaced").innerText(), /It left that word open\./);
    }));
}

for (const [what, text] of [["nothing", " ? "], ["10,000 characters", "dog ".repeat(2500)], ["another script", "что это"], ["an emoji", "🐕"], ["a word that is near none", "wombat"]]) {
  test(`${what} is no question: that is said, and the frames stay`, () =>
    ask({}, {}, async (exhibit) => {
      const before = (await exhibit.frames()).length;
      await type(exhibit, text);
      assert.equal(await exhibit.refusal(), "bad-text");
      assert.equal((await exhibit.frames()).length, before);
    }));
}
