// Spatial transformers in the browser: a digit is warped and straightened as it moves; what is no digit is said.
import assert from "node:assert/strict";
import { test } from "node:test";
import { NARROW, WIDE, useBrowser } from "./support/browser.mjs";
import { assertClose, assertDistribution, likeliest, mapOf, opener, pictureOf } from "./support/exhibit.mjs";
import { png, upload } from "./support/pictures.mjs";

const visit = useBrowser();
const spatial = opener(visit, "spatial.html");

const slide = (exhibit, id, value) => exhibit.page.locator(`#${id}`).fill(String(value));
const ONE = [[0.5, 0.1], [0.5, 0.9]];

for (const [name, viewport] of [["wide", WIDE], ["narrow", NARROW]]) {
  test(`a digit of one's own is straightened and named, ${name}`, () =>
    spatial({}, { viewport }, async (exhibit, { screenshot }) => {
      await exhibit.press("#upright");
      await exhibit.untilMadeOf({ turn: 0 });
      await exhibit.drag("#pad", ONE);
      await exhibit.run(() => exhibit.press("#use-drawing"));
      await slide(exhibit, "turn", 40);
      await exhibit.untilMadeOf({ turn: 40, digit: "own" });
      const frames = await exhibit.frames();
      assert.deepEqual(frames.map(({ step, ended }) => [step, ended]), [[1, false], [2, false], [3, true]]);
      assert.equal(mapOf(frames[0], "theta").theta.length, 6);
      assert.equal(pictureOf(frames[0], "grid_x").values.length, 784);
      assert.equal(pictureOf(frames[1], "straight").values.length, 784);
      assertDistribution(frames[2].choices.map(({ probability }) => probability), "the ten digits");
      assert.equal(likeliest(frames[2]), "1");
      await exhibit.page.locator("#other:visible").waitFor();
      assert.match(await exhibit.page.locator("#says").innerText(), /says \d · \d+ %/);
      await exhibit.scrub(1);
      await screenshot(`spatial-${name}`);
    }));
}

for (const model of ["affine", "tps"]) {
  test(`the grid follows the digit that is dragged, ${model}`, () =>
    spatial({ model, digit: "3", turn: "0", shear: "0", scale: "90", x: "-8", y: "0" }, {}, async (exhibit, { screenshot }) => {
      const middle = (frame) => {
        const { values } = pictureOf(frame, "grid_x");
        return values.reduce((sum, value) => sum + value, 0) / values.length;
      };
      const left = middle((await exhibit.frames())[0]);
      await exhibit.drag("#board", [[0.4, 0.5], [0.75, 0.5]]);
      await exhibit.untilMadeOf({ x: (await exhibit.settings()).x });
      const frames = await exhibit.frames();
      assert.ok((await exhibit.settings()).x > 2, "it was dragged to the right");
      assert.ok(middle(frames[0]) > left + 0.1, `${left} to ${middle(frames[0])}`);
      assert.equal(likeliest(frames.at(-1)), "3");
      await screenshot(`spatial-dragged-${model}`);
    }));
}

test("a link opens on the same step and warp", () =>
  spatial({ digit: "7", turn: "-30", bend: "20", model: "tps" }, {}, async (exhibit) => {
    await exhibit.scrub(2);
    const [settings, frames] = [await exhibit.settings(), await exhibit.frames()];
    await exhibit.page.reload();
    await exhibit.untilStep(2);
    await exhibit.until("done");
    assert.deepEqual(await exhibit.settings(), settings);
    assertClose(pictureOf((await exhibit.frames())[1], "straight").values, pictureOf(frames[1], "straight").values, 1e-5, "straight");
  }));

test("without a transformer there is one step and no grid", () =>
  spatial({ model: "cnn" }, {}, async (exhibit) => {
    const frames = await exhibit.frames();
    assert.deepEqual([frames.length, frames[0].maps.length, frames[0].choices.length], [1, 0, 10]);
    await exhibit.page.locator("#straight-figure").waitFor({ state: "hidden" });
  }));

test("a slider is answered while it moves", (t) =>
  spatial({}, {}, async (exhibit) => {
    await exhibit.run(() => exhibit.press("#again"));
    const waits = [];
    for (const turn of [-60, -20, 10, 35, 70]) {
      const before = Date.now();
      await slide(exhibit, "turn", turn);
      await exhibit.untilMadeOf({ turn });
      waits.push(Date.now() - before);
    }
    t.diagnostic(`from the slider to the answer, driver and all: ${waits.join(", ")} ms`);
    assert.equal(await exhibit.step(), 3);
  }));

test("a photo of a digit becomes one that can be warped", () =>
  spatial({}, {}, async (exhibit) => {
    const photo = png(90, 120, (x, y) => (x > 40 && x < 52 && y > 20 && y < 100 ? [20, 20, 40] : [235, 230, 220]));
    await exhibit.run(() => exhibit.page.locator("#file").setInputFiles(upload("one.png", photo)));
    assert.equal(likeliest((await exhibit.frames()).at(-1)), "1");
    await slide(exhibit, "turn", 20);
    await exhibit.untilMadeOf({ turn: 20, digit: "own" });
    assert.equal(likeliest((await exhibit.frames()).at(-1)), "1");
  }));

for (const [what, act, kind] of [
  ["an empty pad", async ({ page }) => {
    await page.locator("#clear").click();
    await page.locator("#use-drawing").click();
  }, "no-digit"],
  ["a blank picture", async ({ page }) => page.locator("#file").setInputFiles(upload("blank.png", png(30, 30, () => [240, 240, 240]))), "blank-picture"],
  ["a text", async ({ page }) => page.locator("#file").setInputFiles(upload("digit.png", Buffer.from("seven"))), "bad-picture"],
]) {
  test(`${what} is no digit: that is said, and the steps stay`, () =>
    spatial({}, {}, async (exhibit) => {
      const before = (await exhibit.frames()).length;
      await act(exhibit);
      assert.equal(await exhibit.refusal(), kind);
      assert.equal((await exhibit.frames()).length, before);
    }));
}
