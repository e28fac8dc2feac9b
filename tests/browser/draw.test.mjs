// DRAW in the browser: it writes, it copies, and the player moves through what it did.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { NARROW, WIDE, useBrowser } from "./support/browser.mjs";
import { assertClose, mapOf, numberOf, pictureOf, opener } from "./support/exhibit.mjs";

const visit = useBrowser();
const golden = JSON.parse(await readFile(new URL("../data/draw-generate.json", import.meta.url), "utf8"));

const draw = opener(visit, "draw.html", ["cached", "running", "done"]);

const sigmoidRange = (values) => values.every((value) => value >= 0 && value <= 1);

test("a seed draws the same canvas as the native core", () =>
  draw({ mode: "generate", model: golden.model, seed: golden.seed }, {}, async (exhibit) => {
    await exhibit.run(() => exhibit.press("#again"));
    const last = (await exhibit.frames()).at(-1);
    assertClose(pictureOf(last, "canvas").values, golden.canvas, 1e-4, "the canvas");
  }));

test("each step shows canvas, patch, filterbanks and window with their numbers", () =>
  draw({ mode: "generate", model: "draw-mnist", seed: "1" }, {}, async (exhibit, { screenshot }) => {
    await exhibit.run(() => exhibit.press("#again"));
    const frames = await exhibit.frames();
    assert.equal(frames.length, frames[0].steps);
    assert.ok(frames.length >= 32, "at least 32 glimpses");
    for (const frame of frames) {
      const canvas = pictureOf(frame, "canvas");
      assert.ok(sigmoidRange(canvas.values) && canvas.values.length === 28 * 28);
      assert.equal(pictureOf(frame, "patch").values.length, 25);
      assert.equal(pictureOf(frame, "filter_x").values.length, 5 * 28);
      assert.equal(pictureOf(frame, "filter_y").values.length, 5 * 28);
      const window = mapOf(frame, "write");
      for (const key of ["delta", "sigma2", "gamma"]) assert.ok(window[key] > 0, key);
      assert.equal(numberOf(frame, "delta"), window.delta);
    }
    await screenshot("draw-generate");
  }));

test("step, back, scrub, play, loop and keys move through the frames", () =>
  draw({ mode: "generate", model: "draw-mnist", seed: "1" }, {}, async (exhibit) => {
    await exhibit.run(() => exhibit.press("#again"));
    await exhibit.scrub(10);
    await exhibit.press("#step");
    await exhibit.untilStep(11);
    await exhibit.press("#back");
    await exhibit.press("#back");
    await exhibit.untilStep(9);

    const last = (await exhibit.frames()).length;
    await exhibit.scrub(last - 1);
    await exhibit.press("#loop");
    await exhibit.press("#play");
    await exhibit.page.waitForFunction((end) => Number(document.documentElement.dataset.frame) < end - 1, last);
    await exhibit.press("#play");
    const stopped = await exhibit.step();
    await exhibit.page.waitForTimeout(800);
    assert.equal(await exhibit.step(), stopped, "pause holds the frame");

    await exhibit.scrub(5);
    await exhibit.page.locator("#stage").click();
    await exhibit.page.keyboard.press("ArrowRight");
    await exhibit.untilStep(6);
    await exhibit.page.keyboard.press("ArrowLeft");
    await exhibit.untilStep(5);
    await exhibit.page.keyboard.press("Space");
    await exhibit.untilStep(7);
    await exhibit.page.keyboard.press("Space");
  }));

test("a new seed draws something else, the old seed the same again", () =>
  draw({ mode: "generate", model: "draw-mnist", seed: "1" }, {}, async (exhibit) => {
    const lastCanvas = async () => pictureOf((await exhibit.frames()).at(-1), "canvas").values;
    await exhibit.run(() => exhibit.press("#again"));
    const first = await lastCanvas();
    await exhibit.run(() => exhibit.press("#new-seed"));
    assert.notEqual((await exhibit.settings()).seed, 1);
    assert.notDeepEqual(await lastCanvas(), first);
    await exhibit.run(async () => {
      await exhibit.page.locator("#seed").fill("1");
      await exhibit.page.locator("#seed").press("Enter");
    });
    assert.deepEqual(await lastCanvas(), first);
  }));

test("a link opens on the same frame and settings", () =>
  draw({ mode: "generate", model: "draw-mnist", seed: "77" }, {}, async (exhibit) => {
    await exhibit.run(() => exhibit.press("#again"));
    await exhibit.scrub(13);
    const settings = await exhibit.settings();
    const canvas = pictureOf((await exhibit.frames())[12], "canvas").values;
    await exhibit.page.reload();
    await exhibit.untilStep(13);
    assert.deepEqual(await exhibit.settings(), settings);
    assert.deepEqual(pictureOf((await exhibit.frames())[12], "canvas").values, canvas);
  }));

test("without attention it writes the whole canvas, on the same seed", () =>
  draw({ mode: "generate", model: "draw-mnist", seed: "1" }, {}, async (exhibit, { screenshot }) => {
    await exhibit.run(() => exhibit.page.locator("#model").selectOption("draw-mnist-noattention"));
    const frames = await exhibit.frames();
    assert.equal((await exhibit.settings()).seed, 1);
    assert.deepEqual(frames.at(-1).maps, [], "no window");
    assert.equal(pictureOf(frames.at(-1), "canvas").values.length, 28 * 28);
    await screenshot("draw-noattention");
  }));

test("two digits on a 60 by 60 canvas", () =>
  draw({ mode: "generate", model: "draw-2digits", seed: "1" }, {}, async (exhibit, { screenshot }) => {
    await exhibit.run(() => exhibit.press("#again"));
    const last = (await exhibit.frames()).at(-1);
    assert.equal(pictureOf(last, "canvas").values.length, 60 * 60);
    assert.equal(mapOf(last, "write").side, 60);
    await screenshot("draw-2digits");
  }));

test("a wall of 64 samples", () =>
  draw({ mode: "wall", model: "draw-mnist", seed: "1" }, {}, async (exhibit, { screenshot }) => {
    await exhibit.run(() => exhibit.press("#again"));
    const wall = pictureOf((await exhibit.frames()).at(-1), "wall");
    assert.deepEqual([wall.width, wall.height], [8 * 28, 8 * 28]);
    await screenshot("draw-wall");
  }));

for (const [name, viewport] of [["wide", WIDE], ["narrow", NARROW]]) {
  test(`a digit drawn by hand is copied glimpse by glimpse, ${name}`, () =>
    draw({ mode: "reconstruct", model: "draw-mnist", seed: "1" }, { viewport }, async (exhibit, { screenshot }) => {
      await exhibit.drag("#pad", [[0.5, 0.15], [0.5, 0.5], [0.52, 0.85]]);
      await exhibit.run(() => exhibit.press("#use-drawing"));
      const frames = await exhibit.frames();
      const target = pictureOf(frames[0], "target").values;
      const ink = target.reduce((sum, value) => sum + value, 0);
      assert.ok(ink > 20 && ink < 300, `a stroke has ${ink} bright pixels`);
      const bound = (frame) => numberOf(frame, "kl");
      for (const frame of frames) {
        assert.ok(bound(frame) >= 0, "KL is never negative");
        assert.ok(pictureOf(frame, "glimpse").values.length > 0);
        mapOf(frame, "read");
        mapOf(frame, "write");
      }
      const error = (frame) =>
        pictureOf(frame, "canvas").values.reduce((sum, value, i) => sum + Math.abs(value - target[i]), 0);
      assert.ok(error(frames.at(-1)) < error(frames[0]), "the copy comes closer to the drawing");
      await screenshot(`draw-reconstruct-${name}`);
    }));
}
