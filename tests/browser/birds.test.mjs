// Birds in the browser: windows are laid on a photo and named, moved by a click; what is no photo is said.
import assert from "node:assert/strict";
import { test } from "node:test";
import { NARROW, WIDE, useBrowser } from "./support/browser.mjs";
import { assertClose, mapOf, numberOf, opener } from "./support/exhibit.mjs";
import { png, samplePhoto, upload } from "./support/pictures.mjs";

const visit = useBrowser();
const birds = opener(visit, "birds.html");

for (const [name, viewport] of [["wide", WIDE], ["narrow", NARROW]]) {
  test(`an uploaded bird is named by three views, ${name}`, () =>
    birds({}, { viewport }, async (exhibit, { screenshot }) => {
      const photo = await samplePhoto("towhee.jpg");
      await exhibit.run(() => exhibit.page.locator("#file").setInputFiles(upload("bird.jpg", photo)));
      const frames = await exhibit.frames();
      assert.equal(frames.length, 3);
      assert.equal(frames[0].maps.length, 0);
      const [larger, smaller] = frames.slice(1).map((frame) => mapOf(frame, "window").theta);
      assert.ok(larger[0] > smaller[0] && smaller[0] > 0);
      assert.deepEqual(frames[2].words, ["Eastern towhee"]);
      assert.ok(numberOf(frames[2], "share") > 0.5);
      await exhibit.scrub(2);
      assert.ok(await exhibit.page.locator("#first").isVisible());
      assert.equal(await exhibit.page.locator("#second").isVisible(), false, "not laid yet");
      await exhibit.scrub(3);
      assert.ok(await exhibit.page.locator("#second").isVisible());
      assert.match(await exhibit.page.locator("#lesson").innerText(), /together.*“Eastern towhee”/s);
      assert.match(await exhibit.page.locator("#answer").innerText(), /^Eastern towhee · \d+ %$/);
      await screenshot(`birds-${name}`);
    }));
}

test("a click moves the window, and the link keeps it", () =>
  birds({ sample: "blackbird" }, {}, async (exhibit) => {
    await exhibit.scrub(3);
    await exhibit.press("#steer");
    const box = await exhibit.page.locator("#photo").boundingBox();
    await exhibit.run(() => exhibit.page.mouse.click(box.x + 0.4 * box.width, box.y + 0.6 * box.height));
    const frames = await exhibit.frames();
    assert.equal(frames.length, 3);
    const { theta } = mapOf(frames[2], "window");
    assertClose([theta[2], theta[5]], [-0.2, 0.2], 0.02, "the window's middle");
    await exhibit.page.reload();
    await exhibit.until("done");
    assertClose(mapOf((await exhibit.frames())[2], "window").theta, theta, 1e-6, "the window");
    await exhibit.press("#reset");
    await exhibit.untilMadeOf({ sample: "blackbird" });
  }));

test("each training lays its own windows", () =>
  birds({ sample: "bunting" }, {}, async (exhibit) => {
    const before = mapOf((await exhibit.frames())[2], "window").theta;
    await exhibit.run(() => exhibit.page.locator("#fold").selectOption("3"));
    assert.match(exhibit.page.url(), /fold=3/);
    assert.notDeepEqual(mapOf((await exhibit.frames())[2], "window").theta, before);
  }));

test("a text is no picture: that is said, and the views stay", () =>
  birds({}, {}, async (exhibit) => {
    const before = (await exhibit.frames()).length;
    await exhibit.page.locator("#file").setInputFiles(upload("photo.png", Buffer.from("not a picture")));
    assert.equal(await exhibit.refusal(), "bad-picture");
    assert.equal((await exhibit.frames()).length, before);
  }));

test("a picture of one pixel is a picture", () =>
  birds({}, {}, async (exhibit) => {
    await exhibit.run(() => exhibit.page.locator("#file").setInputFiles(upload("dot.png", png(1, 1, () => [90, 90, 90]))));
    assert.equal((await exhibit.frames()).length, 3);
  }));
