// What stands out, in the browser: a photo is refined look by look and cut out; what is no photo is said.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { NARROW, WIDE, useBrowser } from "./support/browser.mjs";
import { assertClose, mapOf, numberOf, opener, pictureOf } from "./support/exhibit.mjs";
import { png, samplePhoto, upload } from "./support/pictures.mjs";

const visit = useBrowser();
const saliency = opener(visit, "saliency.html");

for (const [name, viewport] of [["wide", WIDE], ["narrow", NARROW]]) {
  test(`an uploaded photo is refined look by look, ${name}`, () =>
    saliency({}, { viewport }, async (exhibit, { screenshot }) => {
      const photo = await samplePhoto("cat.jpg");
      await exhibit.run(() => exhibit.page.locator("#file").setInputFiles(upload("cat.jpg", photo)));
      const frames = await exhibit.frames();
      assert.equal(frames.length, 7);
      assert.equal(frames[0].maps.length, 0);
      for (const frame of frames.slice(1)) {
        assert.equal(mapOf(frame, "window").theta.length, 6);
        assert.ok(numberOf(frame, "changed") > 0);
      }
      assert.ok(numberOf(frames.at(-1), "area") > 0.2, "the cat stands out");
      await exhibit.scrub(4);
      assert.ok(await exhibit.page.locator("#beside").isVisible());
      await screenshot(`saliency-${name}`);
    }));
}

test("the cut-out is a picture with nothing around it", () =>
  saliency({ sample: "dog" }, {}, async (exhibit) => {
    const waiting = exhibit.page.waitForEvent("download");
    await exhibit.press("#cut-out");
    const download = await waiting;
    assert.equal(download.suggestedFilename(), "glimpse-cut-out-dog.png");
    const bytes = [...(await readFile(await download.path()))];
    const alpha = await exhibit.page.evaluate(async (bytes) => {
      const bitmap = await createImageBitmap(new Blob([new Uint8Array(bytes)]));
      const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
      const context = canvas.getContext("2d");
      context.drawImage(bitmap, 0, 0);
      const at = (x, y) => context.getImageData(Math.floor(x * bitmap.width), Math.floor(y * bitmap.height), 1, 1).data[3];
      return { corner: at(0.02, 0.5), dog: at(0.6, 0.35) };
    }, bytes);
    assert.ok(alpha.corner < 10 && alpha.dog > 245, JSON.stringify(alpha));
  }));

test("a click steers the next look, and the link keeps it", () =>
  saliency({ sample: "horse" }, {}, async (exhibit) => {
    await exhibit.scrub(3);
    await exhibit.press("#steer");
    const box = await exhibit.page.locator("#photo").boundingBox();
    await exhibit.run(() => exhibit.page.mouse.click(box.x + 0.3 * box.width, box.y + 0.6 * box.height));
    const frames = await exhibit.frames();
    assert.equal(frames.length, 7);
    const { theta } = mapOf(frames[2], "window");
    assertClose([theta[2], theta[5]], [Math.max(-0.4, theta[0] - 1), Math.min(0.2, 1 - theta[4])], 0.02, "the window's middle");
    await exhibit.page.reload();
    await exhibit.until("done");
    assertClose(mapOf((await exhibit.frames())[2], "window").theta, theta, 1e-6, "the window");
    await exhibit.press("#reset");
    await exhibit.untilMadeOf({ sample: "horse" });
  }));

test("more looks are taken where they are wanted", () =>
  saliency({ sample: "cat", looks: "2" }, {}, async (exhibit) => {
    assert.equal((await exhibit.frames()).length, 3);
    await exhibit.page.locator("#shown").selectOption("map");
    assert.match(exhibit.page.url(), /shown=map/);
    assert.equal(pictureOf((await exhibit.frames())[1], "change_patch").values.length, 1024);
  }));

test("a text is no picture: that is said, and the looks stay", () =>
  saliency({}, {}, async (exhibit) => {
    const before = (await exhibit.frames()).length;
    await exhibit.page.locator("#file").setInputFiles(upload("photo.png", Buffer.from("not a picture")));
    assert.equal(await exhibit.refusal(), "bad-picture");
    assert.equal((await exhibit.frames()).length, before);
  }));

test("a picture of one pixel is a picture", () =>
  saliency({}, {}, async (exhibit) => {
    await exhibit.run(() => exhibit.page.locator("#file").setInputFiles(upload("dot.png", png(1, 1, () => [90, 90, 90]))));
    assert.equal((await exhibit.frames()).length, 7);
  }));
