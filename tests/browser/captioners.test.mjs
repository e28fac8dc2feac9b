// Hard and semantic attention in the browser: one place a word, drawn anew; attributes taken away and added.
import assert from "node:assert/strict";
import { test } from "node:test";
import { NARROW, WIDE, useBrowser } from "./support/browser.mjs";
import { assertDistribution, mapOf, opener } from "./support/exhibit.mjs";
import { samplePhoto, upload } from "./support/pictures.mjs";

const visit = useBrowser();

const caption = opener(visit, "captions.html");

const uploadPhoto = async (exhibit, name) =>
  exhibit.page.locator("#file").setInputFiles(upload("photo.jpg", await samplePhoto(`${name}.jpg`), "image/jpeg"));
const sentence = async (exhibit) => (await exhibit.words()).map((word) => word.trim()).join(" ");

for (const [name, viewport] of [["wide", WIDE], ["narrow", NARROW]]) {
  test(`hard attention takes one place a word of an uploaded photo, ${name}`, () =>
    caption({ model: "hard" }, { viewport }, async (exhibit, { screenshot }) => {
      await exhibit.run(() => uploadPhoto(exhibit, "cat"));
      const frames = await exhibit.frames();
      assert.ok(frames.at(-1).words.length >= 3 && frames.at(-1).ended);
      for (const frame of frames) {
        assertDistribution(mapOf(frame, "alpha").weights, `alpha at word ${frame.step}`);
        const place = mapOf(frame, "place").weights;
        assert.deepEqual(place.filter((weight) => weight > 0), [1], `one place at word ${frame.step}`);
      }
      await exhibit.page.locator("#beside-figure:visible").waitFor();
      await exhibit.scrub(2);
      await screenshot(`hard-${name}`);
    }));

  test(`semantic attention shares itself among the words found in an uploaded photo, ${name}`, () =>
    caption({ model: "semantic" }, { viewport }, async (exhibit, { screenshot }) => {
      await exhibit.run(() => uploadPhoto(exhibit, "horse"));
      const frames = await exhibit.frames();
      for (const frame of frames) {
        for (const map of ["input", "output", "alpha"]) assertDistribution(mapOf(frame, map).weights, `${map} at word ${frame.step}`);
        assert.equal(frame.attributes.length, 10);
      }
      assert.equal(await exhibit.page.locator(".chip:visible").count(), 10);
      await exhibit.scrub(2);
      await exhibit.page.locator(".chip").first().hover();
      await screenshot(`semantic-${name}`);
    }));
}

test("sampled again, hard attention looks elsewhere; the link of a sample gives it again", () =>
  caption({ model: "hard", sample: "surfer" }, {}, async (exhibit) => {
    const places = async () => (await exhibit.frames()).map((frame) => mapOf(frame, "place").weights.indexOf(1));
    await exhibit.run(() => exhibit.press("#again"));
    const before = await places();
    await exhibit.run(() => exhibit.press("#another"));
    const [after, said] = [await places(), await sentence(exhibit)];
    assert.notDeepEqual(after, before);
    assert.equal((await exhibit.settings()).seed, 2);
    await exhibit.scrub(3);
    await exhibit.page.reload();
    await exhibit.untilStep(3);
    await exhibit.until("done");
    assert.deepEqual(await places(), after);
    assert.equal(await sentence(exhibit), said);

    await exhibit.run(() => exhibit.page.locator("#likeliest").check());
    for (const frame of await exhibit.frames()) {
      const alpha = mapOf(frame, "alpha").weights;
      assert.equal(alpha[mapOf(frame, "place").weights.indexOf(1)], Math.max(...alpha));
    }
  }));

test("an attribute taken away is out of the sentence's reach, one added is in it, and the link says so", () =>
  caption({ model: "semantic", sample: "dog" }, {}, async (exhibit, { screenshot }) => {
    const found = await sentence(exhibit);
    const present = async (word) => (await exhibit.frames())[0].attributes.find((one) => one.word === word)?.probability;
    assert.ok((await present("dog")) > 0);
    await exhibit.run(() => exhibit.press('.chip[data-attribute="dog"]'));
    assert.equal(await present("dog"), 0);
    assert.match(await exhibit.page.locator("#free").innerText(), new RegExp(found.split(" ")[0]));

    await exhibit.page.locator("#addition").fill("snow");
    await exhibit.run(() => exhibit.page.locator("#addition").press("Enter"));
    assert.equal(await present("snow"), 10);
    assert.ok((await exhibit.page.locator("#attribute-words option").count()) > 200, "all words are offered");
    const edited = await sentence(exhibit);
    await screenshot("semantic-edited");
    await exhibit.page.reload();
    await exhibit.until("done");
    assert.equal(await sentence(exhibit), edited);
    await exhibit.press("#reset");
    await exhibit.until("cached");
    assert.equal(await sentence(exhibit), found);
  }));

for (const word of ["quasar", "狗", "🐕", "x".repeat(30)]) {
  test(`“${word}” is no attribute: that is said, and the sentence stays`, () =>
    caption({ model: "semantic", sample: "dog" }, {}, async (exhibit) => {
      const before = await sentence(exhibit);
      await exhibit.page.locator("#addition").fill(word);
      await exhibit.page.locator("#addition").press("Enter");
      assert.equal(await exhibit.refusal(), "bad-word");
      assert.equal(await sentence(exhibit), before);
    }));
}
