// What is no picture is refused in plain words, and what was on screen stays.
import assert from "node:assert/strict";
import { test } from "node:test";
import { useBrowser } from "./support/browser.mjs";
import { Exhibit } from "./support/exhibit.mjs";
import { giantPng, samplePhoto, upload } from "./support/pictures.mjs";

const visit = useBrowser();

const REFUSED = [
  {
    what: "a photo broken off in the middle of its header",
    kind: "bad-picture",
    file: async () => upload("broken.jpg", (await samplePhoto("cat.jpg")).subarray(0, 200), "image/jpeg"),
  },
  {
    what: "a text that calls itself a photo",
    kind: "bad-picture",
    file: () => upload("letter.png", Buffer.from("Dear model, what do you see?")),
  },
  { what: "an empty file", kind: "bad-picture", file: () => upload("empty.png", Buffer.alloc(0)) },
  { what: "a picture of 144 megapixels", kind: "picture-too-large", file: () => upload("giant.png", giantPng()) },
];

for (const { what, kind, file } of REFUSED) {
  test(`${what} is refused as ${kind}, the frames stay`, () =>
    visit("captions.html", {}, async ({ page, screenshot }) => {
      const exhibit = new Exhibit(page);
      await exhibit.until("cached");
      const shown = await exhibit.words();
      await page.locator("#file").setInputFiles(await file());
      assert.equal(await exhibit.refusal(), kind);
      assert.ok((await page.locator("#notice").textContent()).trim().length > 20, "it says what to do");
      assert.deepEqual(await exhibit.words(), shown);
      await screenshot(`refused-${kind}`);

      await exhibit.run(async () =>
        page.locator("#file").setInputFiles(upload("cat.jpg", await samplePhoto("cat.jpg"), "image/jpeg")),
      );
      assert.equal(await page.locator("#notice:visible").count(), 0, "a good picture takes the notice away");
    }));
}
