// Attention to scale in the browser: three scales and their weights, a forced one; what is no photo is said.
import assert from "node:assert/strict";
import { test } from "node:test";
import { NARROW, WIDE, useBrowser } from "./support/browser.mjs";
import { assertClose, numberOf, opener, pictureOf } from "./support/exhibit.mjs";
import { png, samplePhoto, upload } from "./support/pictures.mjs";

const visit = useBrowser();
const scales = opener(visit, "scales.html");
const classes = (frame) => pictureOf(frame, "classes").values;

for (const [name, viewport] of [["wide", WIDE], ["narrow", NARROW]]) {
  test(`an uploaded photo is seen at three scales, weighed at every place, ${name}`, () =>
    scales({}, { viewport }, async (exhibit, { screenshot }) => {
      const photo = await samplePhoto("cat.jpg");
      await exhibit.run(() => exhibit.page.locator("#file").setInputFiles(upload("cat.jpg", photo)));
      const frames = await exhibit.frames();
      assert.equal(frames.length, 4);
      const weights = [1, 2, 3].map((scale) => pictureOf(frames[3], `weight_${scale}`).values);
      const sums = weights[0].map((weight, at) => weight + weights[1][at] + weights[2][at]);
      assertClose(sums, sums.map(() => 1), 1e-4, "the weights of every place");
      assert.equal(frames[3].choices.find(({ word }) => word !== "background")?.word, "cat");
      await exhibit.page.locator("#legend", { hasText: "cat" }).waitFor();
      await exhibit.page.locator("#other:visible").waitFor();
      await exhibit.scrub(4);
      await screenshot(`scales-${name}`);
    }));
}

test("a forced scale says what it said alone, and the link keeps it", () =>
  scales({ sample: "horse" }, {}, async (exhibit) => {
    await exhibit.page.locator("#force").selectOption("3");
    await exhibit.page.locator("#by").fill("100");
    const forced = () =>
      exhibit.page.waitForFunction(() => {
        const last = globalThis.glimpse.frames.at(-1);
        return last?.ended && last.numbers.some(({ name, value }) => name === "mean_3" && value > 0.999);
      });
    await forced();
    const frames = await exhibit.frames();
    assert.deepEqual(classes(frames[3]), classes(frames[2]));
    await exhibit.page.reload();
    await forced();
    assert.deepEqual(classes((await exhibit.frames())[3]), classes(frames[3]));
    await exhibit.page.locator("#by").fill("0");
    await exhibit.page.waitForFunction(() => globalThis.glimpse.frames.at(-1)?.numbers.some(({ name, value }) => name === "mean_3" && value < 0.9));
  }));

test("averaged there are no weights, alone there is one scale", () =>
  scales({ merge: "average" }, {}, async (exhibit) => {
    const averaged = await exhibit.frames();
    assert.deepEqual([averaged.length, averaged[3].pictures.length], [4, 1]);
    for (const id of ["#force", "#by"]) assert.ok(await exhibit.page.locator(id).isHidden(), `${id} forces nothing`);
    await exhibit.run(() => exhibit.page.locator("#merge").selectOption("single"));
    const [only] = await exhibit.frames();
    assert.ok(only.ended);
    assert.equal(numberOf(only, "side"), 320);
  }));

test("a text is no picture: that is said, and the scales stay", () =>
  scales({}, {}, async (exhibit) => {
    const before = (await exhibit.frames()).length;
    await exhibit.page.locator("#file").setInputFiles(upload("photo.png", Buffer.from("not a picture")));
    assert.equal(await exhibit.refusal(), "bad-picture");
    assert.equal((await exhibit.frames()).length, before);
  }));

test("a picture of one pixel is a picture", () =>
  scales({}, {}, async (exhibit) => {
    await exhibit.run(() => exhibit.page.locator("#file").setInputFiles(upload("dot.png", png(1, 1, () => [90, 90, 90]))));
    assert.equal((await exhibit.frames()).length, 4);
  }));
