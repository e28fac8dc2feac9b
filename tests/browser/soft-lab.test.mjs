// The soft mix in the browser: scores and temperature weigh, the gradient leads to a target, pictures are mixed too.
import assert from "node:assert/strict";
import { test } from "node:test";
import { NARROW, WIDE, useBrowser } from "./support/browser.mjs";
import { assertClose, assertDistribution, mapOf, numberOf, opener, pictureOf } from "./support/exhibit.mjs";
import { png, upload } from "./support/pictures.mjs";

const visit = useBrowser();
const soft = opener(visit, "soft-lab.html");

const weights = async (exhibit, at = -1) => mapOf((await exhibit.frames()).at(at), "p").weights;

for (const [name, viewport] of [["wide", WIDE], ["narrow", NARROW]]) {
  test(`a score that is raised weighs more, and the temperature levels the weights, ${name}`, () =>
    soft({ scores: "0.0.0.0" }, { viewport }, async (exhibit, { screenshot }) => {
      assertClose(await weights(exhibit), [0.25, 0.25, 0.25, 0.25], 1e-4, "even weights");
      await exhibit.page.locator("[data-score='1']").fill("20");
      await exhibit.untilMadeOf({ scores: "0.20.0.0" });
      const sharp = await weights(exhibit);
      assertDistribution(sharp, "the weights");
      assert.ok(sharp[1] > 0.65);
      const [z, p] = [(await exhibit.frames())[0], sharp];
      const greens = [0x32, 0x8f, 0x5f, 0xc2].map((level) => level / 255);
      assertClose(pictureOf(z, "z_g").values, [p.reduce((sum, weight, i) => sum + weight * greens[i], 0)], 1e-3, "z");
      await exhibit.page.locator("#temperature").fill("8");
      await exhibit.untilMadeOf({ temperature: 8 });
      assert.ok((await weights(exhibit))[1] < 0.3);
      await screenshot(`soft-lab-${name}`);
    }));
}

test("the gradient leads to a colour, step by step, and the link keeps it", () =>
  soft({ scores: "0.0.0.0" }, {}, async (exhibit, { screenshot }) => {
    await exhibit.page.locator("#colour").fill("#6a7350");
    await exhibit.untilMadeOf({ target: "6a7350" });
    const frames = await exhibit.frames();
    const losses = frames.map((frame) => numberOf(frame, "loss"));
    assert.equal(frames.length, 60);
    assert.ok(losses.every((loss, i) => i === 0 || loss <= losses[i - 1] + 1e-6), "the loss never rises");
    assert.ok(losses.at(-1) < 0.2 * losses[0], `${losses[0]} to ${losses.at(-1)}`);
    await exhibit.scrub(30);
    await screenshot("soft-lab-followed");
    await exhibit.page.reload();
    await exhibit.untilStep(30);
    await exhibit.until("done");
    assert.deepEqual((await exhibit.frames()).map((frame) => numberOf(frame, "loss")), losses);
  }));

test("pieces of one's own picture are mixed, and a piece that is clicked is reached", () =>
  soft({ side: "2" }, {}, async (exhibit) => {
    const four = png(64, 64, (x, y) => [x < 32 ? 230 : 20, y < 32 ? 230 : 20, (x * 7 + y * 3) % 200]);
    await exhibit.run(() => exhibit.page.locator("#file").setInputFiles(upload("four.png", four)));
    assert.equal(pictureOf((await exhibit.frames())[0], "z_r").values.length, 576);
    const board = await exhibit.page.locator("#board").boundingBox();
    await exhibit.run(() => exhibit.page.locator("#board").click({ position: { x: 0.75 * board.width, y: 0.75 * board.height } }));
    assert.ok((await weights(exhibit))[3] > 0.8);
  }));

test("a larger grid has a score for each place", () =>
  soft({ side: "4", what: "cat" }, {}, async (exhibit) => {
    assert.equal(await exhibit.page.locator("[data-score]").count(), 16);
    assertDistribution(await weights(exhibit), "sixteen weights");
  }));

for (const [what, file, kind] of [
  ["a text", () => upload("photo.png", Buffer.from("a picture, honestly")), "bad-picture"],
  ["an empty file", () => upload("photo.png", Buffer.alloc(0)), "bad-picture"],
]) {
  test(`${what} is no picture: that is said, and the mix stays`, () =>
    soft({}, {}, async (exhibit) => {
      await exhibit.page.locator("#file").setInputFiles(file());
      assert.equal(await exhibit.refusal(), kind);
      assert.equal((await exhibit.frames()).length, 1);
      await exhibit.page.locator("[data-score='1']").fill("20");
      await exhibit.untilMadeOf({ what: "colours", scores: "10.20.-5.0" });
    }));
}
