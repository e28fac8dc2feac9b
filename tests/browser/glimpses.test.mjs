// Glimpses in the browser: a scene is read look by look, moved, drawn, guessed at and steered; what is no scene is said.
import assert from "node:assert/strict";
import { test } from "node:test";
import { NARROW, WIDE, useBrowser } from "./support/browser.mjs";
import { assertDistribution, likeliest, mapOf, numberOf, opener, pictureOf } from "./support/exhibit.mjs";
import { png, upload } from "./support/pictures.mjs";

const visit = useBrowser();
const glimpses = opener(visit, "glimpses.html");

const places = (frames) => frames.map((frame) => [numberOf(frame, "x"), numberOf(frame, "y")]);
/** A vertical bar in the pad: a one. */
const ONE = [[0.5, 0.1], [0.5, 0.9]];

for (const [name, viewport] of [["wide", WIDE], ["narrow", NARROW]]) {
  test(`a digit of one's own is put in the scene and read by both, ${name}`, () =>
    glimpses({}, { viewport }, async (exhibit, { screenshot }) => {
      await exhibit.drag("#pad", ONE);
      await exhibit.run(() => exhibit.press("#use-drawing"));
      const frames = await exhibit.frames();
      assert.equal(frames.length, 8);
      for (const frame of frames) {
        assertDistribution(frame.choices.map(({ probability }) => probability), `the ten digits at glimpse ${frame.step}`);
        for (const [box, side] of [["glimpse_12", 12], ["glimpse_24", 24], ["glimpse_48", 48]]) {
          assert.ok(Math.abs(mapOf(frame, box).theta[0] * 60 - side) < 1e-3, box);
          assert.equal(pictureOf(frame, box).values.length, 144);
        }
      }
      assert.equal(likeliest(frames.at(-1)), "1");
      await exhibit.page.locator("#other-figure:visible").waitFor();
      assert.match(await exhibit.page.locator("#other-says").innerText(), /says \d · \d+ %/);
      await exhibit.scrub(5);
      await screenshot(`glimpses-${name}`);
    }));
}

test("what is dragged is read anew, and the link keeps it", () =>
  glimpses({}, {}, async (exhibit) => {
    const before = pictureOf((await exhibit.frames())[0], "scene").values;
    const ink = before.map((value, at) => [value, at]).filter(([value]) => value > 0.9);
    const [, at] = ink[Math.floor(ink.length / 2)];
    const from = [((at % 60) + 0.5) / 60, (Math.floor(at / 60) + 0.5) / 60];
    await exhibit.run(() => exhibit.drag("#board", [from, [Math.min(0.95, from[0] + 0.15), from[1]]]));
    const frames = await exhibit.frames();
    assert.notDeepEqual(pictureOf(frames[0], "scene").values, before);
    await exhibit.scrub(6);
    await exhibit.page.reload();
    await exhibit.untilStep(6);
    await exhibit.until("done");
    assert.deepEqual(places(await exhibit.frames()), places(frames));
  }));

test("a seed draws the places, and another seed others", () =>
  glimpses({}, {}, async (exhibit) => {
    const first = places(await exhibit.frames());
    await exhibit.run(async () => {
      await exhibit.page.locator("#seed").fill("2");
      await exhibit.page.locator("#seed").press("Enter");
    });
    assert.notDeepEqual(places(await exhibit.frames()), first);
  }));

test("the soft reader shows its window and no crops", () =>
  glimpses({ model: "draw" }, {}, async (exhibit, { screenshot }) => {
    for (const frame of await exhibit.frames()) {
      const { delta, sigma2 } = mapOf(frame, "read");
      assert.ok(delta > 0 && sigma2 > 0);
      assert.ok(numberOf(frame, "multiply_adds") > 0);
    }
    await screenshot("glimpses-soft");
  }));

test("a guess is scored by its distance", () =>
  glimpses({}, {}, async (exhibit) => {
    await exhibit.scrub(1);
    await exhibit.press("#guess");
    const [x, y] = places(await exhibit.frames())[1];
    const board = await exhibit.page.locator("#board").boundingBox();
    const guesses = exhibit.page.locator("#guesses");
    await guesses.click({ position: { x: (x / 60) * board.width, y: (y / 60) * board.height } });
    await exhibit.untilStep(2);
    assert.match(await exhibit.page.locator("#score").innerText(), /^Off by [01] pixels/);
    await guesses.click({ position: { x: 5, y: 5 } });
    await exhibit.untilStep(3);
    assert.match(await exhibit.page.locator("#score").innerText(), /over 2 guesses/);
  }));

test("steered it looks where it was told, and the link keeps it", () =>
  glimpses({}, {}, async (exhibit) => {
    await exhibit.scrub(3);
    await exhibit.press("#steer");
    const board = await exhibit.page.locator("#board").boundingBox();
    await exhibit.run(() => exhibit.page.locator("#board").click({ position: { x: board.width / 4, y: board.height / 4 } }));
    const [x, y] = places(await exhibit.frames())[2];
    assert.ok(Math.abs(x - 15) <= 1 && Math.abs(y - 15) <= 1, `${x}, ${y}`);
    const steered = places(await exhibit.frames());
    await exhibit.page.reload();
    await exhibit.until("done");
    assert.deepEqual(places(await exhibit.frames()), steered);
  }));

test("a photo of a digit becomes one that can be moved", () =>
  glimpses({}, {}, async (exhibit) => {
    const photo = png(90, 120, (x, y) => (x > 40 && x < 52 && y > 20 && y < 100 ? [20, 20, 40] : [235, 230, 220]));
    await exhibit.run(() => exhibit.page.locator("#file").setInputFiles(upload("one.png", photo)));
    assert.equal(likeliest((await exhibit.frames()).at(-1)), "1");
    await exhibit.run(() => exhibit.drag("#board", [[0.5, 0.5], [0.7, 0.6]]));
    const ink = pictureOf((await exhibit.frames())[0], "scene").values;
    assert.ok(ink[36 * 60 + 42] > 0.5, "the stroke has moved");
  }));

for (const [what, act, kind] of [
  ["an empty pad", async ({ page }) => {
    await page.locator("#clear").click();
    await page.locator("#use-drawing").click();
  }, "no-digit"],
  ["a blank picture", async ({ page }) => page.locator("#file").setInputFiles(upload("blank.png", png(30, 30, () => [240, 240, 240]))), "blank-picture"],
  ["a text", async ({ page }) => page.locator("#file").setInputFiles(upload("digit.png", Buffer.from("seven"))), "bad-picture"],
]) {
  test(`${what} is no digit: that is said, and the frames stay`, () =>
    glimpses({}, {}, async (exhibit) => {
      const before = (await exhibit.frames()).length;
      await act(exhibit);
      assert.equal(await exhibit.refusal(), kind);
      assert.equal((await exhibit.frames()).length, before);
    }));
}
