// Every odd and broken picture of tests/data/pictures: shown as the browser itself shows it, or refused in words that name the format and
// the limit. A file that is cut is shown with a note that it is.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { mkdtemp, rm, truncate, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { useBrowser } from "./support/browser.mjs";
import { Exhibit } from "./support/exhibit.mjs";
import { upload } from "./support/pictures.mjs";

const visit = useBrowser();
const FOLDER = fileURLToPath(new URL("../data/pictures/", import.meta.url));
const REFUSED = {
  "59mp.jpg": ["picture-too-large", /59 megapixels, and at most 50/],
  "bomb-60000x60000.png": ["picture-too-large", /60000×60000 is 3600 megapixels, and at most 50/],
  "empty.png": ["bad-picture", /the file is empty/],
  "page-named.png": ["bad-picture", /JPEG or PNG/],
  "scene.tiff": ["bad-picture", /a TIFF or raw picture/],
  "photo.heic": ["bad-picture", /an HEIC picture/],
};
/** Too long for the browser to draw beside ours: that they are read is all that is looked at. */
const LONG = ["48mp.jpg", "thin-1x1000000.png", "thin-1x5000000.png", "wide-3000000x1.png"];

const files = readdirSync(FOLDER).map((name) => {
  const bytes = readFileSync(path.join(FOLDER, name));
  return name.endsWith(".gz") ? [name.slice(0, -3), gunzipSync(bytes)] : [name, bytes];
});
files.push(["photo.heic", Buffer.from("\0\0\0\x18ftypheic\0\0\0\0mif1heic", "latin1")]);

/** How far the picture on the stage is from what the browser makes of the file, in the mean of all channels, of 255. */
const apart = (page, name, bytes) =>
  page.evaluate(
    async ({ base64, type }) => {
      const data = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
      const image = new Image();
      const ready = new Promise((done, failed) => image.addEventListener("load", done) ?? image.addEventListener("error", () => failed(new Error("not shown"))));
      image.src = URL.createObjectURL(new Blob([data], { type }));
      await ready;
      const ours = globalThis.glimpse.picture;
      const canvas = document.createElement("canvas");
      [canvas.width, canvas.height] = [ours.width, ours.height];
      const context = canvas.getContext("2d");
      context.fillStyle = "white";
      context.fillRect(0, 0, canvas.width, canvas.height);
      context.imageSmoothingQuality = "high";
      context.drawImage(image, 0, 0, canvas.width, canvas.height);
      const theirs = context.getImageData(0, 0, canvas.width, canvas.height).data;
      return theirs.reduce((sum, value, i) => sum + Math.abs(value - ours.data[i]), 0) / theirs.length;
    },
    { base64: bytes.toString("base64"), type: name.endsWith(".svg") ? "image/svg+xml" : "" },
  );

const notice = (page) => page.locator("#notice").textContent();

test("every picture is shown as the browser shows it, or refused by name", (suite) =>
  visit("soft-lab.html", {}, async ({ page }) => {
    const exhibit = new Exhibit(page);
    await exhibit.until("cached", "done");
    for (const [name, bytes] of files) {
      const what = REFUSED[name] ? "is refused by name" : name.startsWith("cut") ? "is shown, and said to be cut" : "is shown as the browser shows it";
      await suite.test(`${name} ${what}`, async () => {
        const give = () => page.locator("#file").setInputFiles(upload(name, bytes, ""));
        if (REFUSED[name]) {
          const [kind, words] = REFUSED[name];
          await give();
          await page.waitForFunction((words) => new RegExp(words).test(document.querySelector("#notice:not([hidden])")?.textContent ?? ""), words.source);
          assert.equal(await exhibit.refusal(), kind);
          return;
        }
        await exhibit.run(give);
        if (!LONG.includes(name)) {
          const mean = await apart(page, name, bytes);
          assert.ok(mean <= 3, `${mean.toFixed(2)} of 255 apart`);
        }
        assert.equal(/cut/.test(await notice(page)), name.startsWith("cut"));
      });
    }
  }));

test("a file of 3 GB, a folder and a link are refused in words", () =>
  visit("captions.html", {}, async ({ page }) => {
    const exhibit = new Exhibit(page);
    await exhibit.until("cached");
    const room = await mkdtemp(path.join(os.tmpdir(), "glimpse-"));
    const huge = path.join(room, "huge.png");
    await writeFile(huge, "");
    await truncate(huge, 3 * 2 ** 30);
    try {
      await page.locator("#file").setInputFiles(huge);
      assert.equal(await exhibit.refusal(), "file-too-large");
      assert.match(await notice(page), /3221 MB, and files of up to 200 MB are read/);
      const drag = await page.context().newCDPSession(page);
      for (const type of ["dragEnter", "dragOver", "drop"]) {
        await drag.send("Input.dispatchDragEvent", { type, x: 400, y: 300, data: { items: [], files: [room], dragOperationsMask: 1 } });
      }
      await page.waitForFunction(() => document.querySelector("#notice").dataset.kind === "dropped-folder");
      await page.evaluate(() => {
        const data = new DataTransfer();
        data.setData("text/uri-list", "https://example.org/a.jpg");
        for (const type of ["dragover", "drop"]) document.body.dispatchEvent(new DragEvent(type, { dataTransfer: data, bubbles: true, cancelable: true }));
      });
      assert.equal(await page.locator("#notice").getAttribute("data-kind"), "dropped-link");
    } finally {
      await rm(room, { recursive: true });
    }
  }));

test("a refused picture leaves what is on the stage in force", () =>
  visit("captions.html", {}, async ({ page }) => {
    const exhibit = new Exhibit(page);
    await exhibit.until("cached");
    await page.locator("#file").setInputFiles(upload("letter.png", Buffer.from("this is no picture at all")));
    assert.equal(await exhibit.refusal(), "bad-picture");
    await exhibit.run(() => exhibit.press("#again"));
  }));
