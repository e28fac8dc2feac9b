// Handwriting in the browser: a typed line, the window over its letters, a visitor's own hand, and what cannot be written.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { NARROW, WIDE, useBrowser } from "./support/browser.mjs";
import { assertClose, assertDistribution, mapOf, numberOf, opener } from "./support/exhibit.mjs";

const visit = useBrowser();

const handwriting = opener(visit, "handwriting.html");

const type = async (exhibit, text) => {
  await exhibit.page.locator("#text").fill(text);
  await exhibit.page.locator("#text").press("Enter");
};

for (const [name, viewport] of [["wide", WIDE], ["narrow", NARROW]]) {
  test(`a typed line is written under a window that moves on, ${name}`, () =>
    handwriting({}, { viewport, reducedMotion: "reduce" }, async (exhibit, { screenshot }) => {
      const text = "seen by the pen";
      await exhibit.run(() => type(exhibit, text));
      const frames = await exhibit.frames();
      assert.ok(frames.length > 5 * text.length, `${frames.length} points`);
      for (const frame of frames) {
        const phi = mapOf(frame, "phi");
        assert.equal(phi.tokens.join(""), text);
        assertDistribution(phi.weights, `phi at point ${frame.step}`);
      }
      const on = frames.map((frame) => mapOf(frame, "phi").weights.reduce((best, weight, i, all) => (weight > all[best] ? i : best), 0));
      assert.ok(on[0] <= 1 && on.at(-1) === text.length - 1, `from letter ${on[0]} to ${on.at(-1)}`);
      assert.ok(frames.at(-1).ended);
      await exhibit.page.locator("#plain-figure:visible").waitFor();
      await exhibit.scrub(Math.round(frames.length * 0.7));
      assert.equal(await exhibit.page.locator("#letters span").count(), text.length);
      await screenshot(`handwriting-${name}`);
    }));
}

test("a link opens on the same frame, line, bias and seed", () =>
  handwriting({ text: "again", bias: "100", seed: "5" }, { reducedMotion: "reduce" }, async (exhibit) => {
    await exhibit.scrub(20);
    const [settings, frames] = [await exhibit.settings(), await exhibit.frames()];
    await exhibit.page.reload();
    await exhibit.untilStep(20);
    await exhibit.until("done");
    assert.deepEqual(await exhibit.settings(), settings);
    const again = await exhibit.frames();
    assert.equal(again.length, frames.length);
    assertClose(mapOf(again[19], "phi").weights, mapOf(frames[19], "phi").weights, 1e-4, "phi");
  }));

test("a new seed writes otherwise, and a greater bias too", () =>
  handwriting({ text: "or so" }, { reducedMotion: "reduce" }, async (exhibit) => {
    const path = async () => (await exhibit.frames()).map((frame) => numberOf(frame, "x"));
    const first = await path();
    await exhibit.run(() => exhibit.press("#new-seed"));
    const second = await path();
    assert.notDeepEqual(second, first);
    await exhibit.run(() => exhibit.page.locator("#bias").fill("150"));
    assert.equal((await exhibit.settings()).bias, 1.5);
    assert.notDeepEqual(await path(), second);
  }));

test("primed with the visitor's hand it takes those points first, and the link keeps them", () =>
  handwriting({ text: "on" }, { reducedMotion: "reduce" }, async (exhibit, { screenshot }) => {
    await exhibit.page.locator("#primed").check();
    await exhibit.press("#use-hand");
    assert.equal(await exhibit.refusal(), "no-hand");
    await exhibit.drag("#hand", [[0.05, 0.6], [0.08, 0.45], [0.1, 0.65], [0.14, 0.45], [0.16, 0.65]]);
    await exhibit.drag("#hand", [[0.2, 0.5], [0.24, 0.45], [0.2, 0.65]]);
    await exhibit.page.locator("#written").fill("we");
    await exhibit.run(() => exhibit.press("#use-hand"));
    const frames = await exhibit.frames();
    const given = frames.filter((frame) => numberOf(frame, "given") === 1).length;
    assert.ok(given > 5 && given < frames.length, `${given} of ${frames.length} points are given`);
    assert.equal(mapOf(frames[0], "phi").tokens.join(""), "we on");
    await screenshot("handwriting-primed");
    await exhibit.page.reload();
    await exhibit.until("done");
    assert.deepEqual((await exhibit.frames()).map((frame) => numberOf(frame, "x")), frames.map((frame) => numberOf(frame, "x")));
  }));

test("the writing can be kept as an SVG", () =>
  handwriting({ text: "keep <this>".replace(/[<>]/g, "") }, { reducedMotion: "reduce" }, async (exhibit) => {
    const [download] = await Promise.all([exhibit.page.waitForEvent("download"), exhibit.press("#svg")]);
    assert.match(download.suggestedFilename(), /\.svg$/);
    const svg = await readFile(await download.path(), "utf8");
    assert.match(svg, /^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg"[^]*<path d="M[-\d. ]+L/);
  }));

for (const [what, text] of [["nothing", ""], ["ten thousand characters", "pen ".repeat(2500)], ["another script", "手写"], ["an emoji", "pen 🖊"]]) {
  test(`${what} cannot be written: that is said, and the line stays`, () =>
    handwriting({}, { reducedMotion: "reduce" }, async (exhibit) => {
      const before = (await exhibit.frames()).length;
      await type(exhibit, text);
      assert.equal(await exhibit.refusal(), "bad-text");
      assert.equal((await exhibit.frames()).length, before);
    }));
}
