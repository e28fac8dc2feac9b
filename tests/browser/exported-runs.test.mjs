// What leaves the page of a whole run: films and the page that plays by itself.
import assert from "node:assert/strict";
import { copyFile, mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { violations } from "./support/axe.mjs";
import { PATIENCE, WIDE, useBrowser } from "./support/browser.mjs";
import { Exhibit, opener } from "./support/exhibit.mjs";
import { choose, ffprobe, openExports, save, shown } from "./support/exports.mjs";

const visit = useBrowser();
const caption = opener(visit, "captions.html");

/** Plays a film in the browser: its size, its length, and how far two of its moments are apart, in levels of 255. */
const played = (page, bytes, type, moments) =>
  page.evaluate(
    async ({ data, type, moments }) => {
      const film = document.createElement("video");
      film.muted = true;
      film.src = URL.createObjectURL(new Blob([Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0))], { type }));
      await new Promise((resolve, reject) => {
        film.onloadeddata = resolve;
        film.onerror = () => reject(new Error(film.error.message));
      });
      const pictures = [];
      for (const moment of moments) {
        film.currentTime = moment;
        await new Promise((resolve) => (film.onseeked = resolve));
        const sheet = new OffscreenCanvas(64, 64).getContext("2d");
        sheet.drawImage(film, 0, 0, 64, 64);
        pictures.push(sheet.getImageData(0, 0, 64, 64).data);
      }
      const [first, second] = pictures;
      return { width: film.videoWidth, height: film.videoHeight, seconds: film.duration, apart: first.reduce((most, value, i) => Math.max(most, Math.abs(value - second[i])), 0) };
    },
    { data: bytes.toString("base64"), type, moments },
  );

test("a film in each kind that the browser writes has every step, at its pace and size", (t) =>
  caption({ step: "2" }, {}, async (exhibit, { page }) => {
    const before = await shown(page);
    const steps = (await exhibit.frames()).length;
    await openExports(page, "film");
    await page.locator(".export .about", { hasText: "256 colours" }).waitFor();
    const kinds = await page.locator("[data-choice=film] option").evaluateAll((all) => all.map(({ value }) => value));
    t.diagnostic(`this browser writes ${kinds.join(", ")}`);
    assert.ok(kinds.includes("gif"));
    await choose(page, { size: "640", pace: "0.5" });
    for (const kind of kinds) {
      await choose(page, { film: kind });
      const { file, name, bytes } = await save(page);
      assert.equal(name, `glimpse-captions-run.${kind}`);
      const probed = ffprobe(file);
      // The last step stays for two seconds.
      const seconds = 0.5 * (steps - 1) + 2;
      if (probed) {
        const [stream] = probed.streams;
        assert.deepEqual([stream.width, stream.codec_type], [640, "video"]);
        assert.ok(Math.abs(Number(probed.format.duration) - seconds) < 0.11, `${kind}: ${probed.format.duration} s`);
        if (kind === "gif") assert.equal(Number(stream.nb_read_frames), steps);
      }
      if (kind === "gif") {
        const decoded = await page.evaluate(async (data) => {
          const decoder = new ImageDecoder({ data: Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0)), type: "image/gif" });
          await decoder.tracks.ready;
          await decoder.completed;
          const { frameCount, repetitionCount } = decoder.tracks.selectedTrack;
          const { image } = await decoder.decode({ frameIndex: 1 });
          return { frameCount, repeats: repetitionCount === Infinity, width: image.displayWidth, seconds: image.duration / 1e6 };
        }, bytes.toString("base64"));
        assert.deepEqual(decoded, { frameCount: steps, repeats: true, width: 640, seconds: 0.5 });
      } else {
        const film = await played(page, bytes, `video/${kind}`, [0.1, 0.7]);
        assert.equal(film.width, 640);
        assert.ok(film.height % 2 === 0 && Math.abs(film.seconds - seconds) < 0.11, `${film.seconds} s`);
        assert.ok(film.apart > 40, `the second step looks otherwise: ${film.apart}`);
      }
    }
    assert.deepEqual(await shown(page), before, "the page is as it was");
  }));

test("a browser without WebCodecs says what it cannot write, and writes GIF", () =>
  caption({ step: "2" }, {}, async (exhibit, { page }) => {
    await page.addInitScript(() => delete globalThis.VideoEncoder);
    await page.reload();
    await exhibit.until("cached");
    await openExports(page, "film");
    await page.locator(".export .about", { hasText: "This browser cannot write MP4 or WebM. GIF plays everywhere" }).waitFor();
    assert.deepEqual(await page.locator("[data-choice=film] option").allInnerTexts(), ["GIF"]);
    const { bytes } = await save(page);
    assert.equal(bytes.toString("latin1", 0, 6), "GIF89a");
  }));

for (const [kind, choices] of [["film", { film: "gif", stride: "2" }], ["page", { stride: "2" }]]) {
  test(`Cancel ends a ${kind} of many steps, and nothing is lost`, () =>
    visit("handwriting.html?step=40", {}, async ({ page }) => {
      const exhibit = new Exhibit(page);
      await exhibit.until("cached");
      await exhibit.untilStep(40);
      const before = await shown(page);
      await openExports(page, kind);
      if (kind === "film") await page.locator(".export .about", { hasText: "256 colours" }).waitFor();
      await choose(page, choices);
      const downloads = [];
      page.on("download", (download) => downloads.push(download.suggestedFilename()));
      await page.locator(".export-save").click();
      await page.waitForFunction(() => document.querySelector(".export progress")?.value >= 2, null, { timeout: PATIENCE });
      await page.locator(".export-cancel").click();
      await page.locator(".export [role=status]", { hasText: "Cancelled. Nothing was saved, and your run is as it was." }).waitFor();
      assert.equal(await page.locator("[data-choice=stride]").inputValue(), "2", "the choices stay");
      assert.ok(await page.locator(".export-save").evaluate((button) => button === document.activeElement));
      await page.keyboard.press("Escape");
      assert.deepEqual(await shown(page), before);
      assert.deepEqual(downloads, []);
    }));
}

/** Opens a saved page as a file, without a network, in a browser window of its own; `asked` is all that it asked for. */
async function openFile(browser, { file }, act) {
  const folder = await mkdtemp(path.join(os.tmpdir(), "glimpse-"));
  const context = await browser.newContext({ offline: true, viewport: WIDE });
  try {
    const copy = path.join(folder, "run.html");
    await copyFile(file, copy);
    const page = await context.newPage();
    const [asked, faults] = [[], []];
    page.on("request", (request) => asked.push(request.url()));
    page.on("pageerror", (error) => faults.push(String(error)));
    page.on("console", (message) => message.type() === "error" && faults.push(message.text()));
    page.on("dialog", (dialog) => faults.push(dialog.message()));
    const address = pathToFileURL(copy).href;
    await page.goto(address);
    await act(page);
    assert.deepEqual(faults, []);
    assert.deepEqual(asked.filter((url) => url !== address && !url.startsWith("data:image/")), []);
  } finally {
    await context.close();
    await rm(folder, { recursive: true });
  }
}

test("a stand-alone page plays from a file, without a network, by buttons and by keys", () =>
  caption({ step: "2" }, {}, async (exhibit, { page, browser }) => {
    const steps = (await exhibit.frames()).length;
    await openExports(page, "page");
    await choose(page, { pace: "0.2" });
    const saved = await save(page);
    await openFile(browser, saved, async (file) => {
      const at = () => file.locator("#step").innerText();
      assert.equal(await at(), `Word 1 of ${steps}: a`);
      await file.getByRole("button", { name: "Next" }).click();
      assert.equal(await at(), `Word 2 of ${steps}: surfer`);
      await file.keyboard.press("ArrowRight");
      assert.equal(await at(), `Word 3 of ${steps}: is`);
      await file.keyboard.press("ArrowLeft");
      await file.getByRole("button", { name: "Previous" }).click();
      assert.equal(await at(), `Word 1 of ${steps}: a`);
      await file.keyboard.press("End");
      assert.match(await at(), new RegExp(`^Word ${steps} of`));
      await file.locator("h1").click();
      await file.keyboard.press("Space");
      await file.waitForFunction(() => document.querySelector("#step").textContent.startsWith("Word 3"));
      await file.keyboard.press("Space");
      assert.equal(await file.getByRole("button", { name: "Play" }).count(), 1);
      const words = await file.locator("#stage text").allTextContents();
      for (const word of ["surfer", "riding", "wave"]) assert.ok(words.includes(word), words.join("|"));
      const picture = await file.locator("#stage image").getAttribute("href");
      assert.match(picture, /^data:image\//);
      assert.deepEqual(await violations(file), []);
      await file.setViewportSize({ width: 320, height: 640 });
      assert.ok((await file.evaluate(() => document.documentElement.scrollWidth)) <= 320);
      await file.locator("footer a").waitFor();
      // The page's own policy lets nothing else run or be fetched.
      const policy = await file.locator("meta[http-equiv]").getAttribute("content");
      assert.match(policy, /^default-src 'none'; img-src data:; script-src 'sha256-[^ ]+'; style-src 'sha256-[^ ]+'/);
    });
  }));

test("what a visitor gave stays text in the stand-alone page", () =>
  visit("your-model.html", {}, async ({ page, browser }) => {
    const exhibit = new Exhibit(page);
    await exhibit.until("cached");
    const hostile = `</script><script>alert(1)</script><img src=x onerror=alert(2)>`;
    const labels = Array.from({ length: 10 }, (_, i) => `${i} ${hostile}`).join("\n");
    await exhibit.run(() => page.locator("#file").setInputFiles({ name: "labels.txt", mimeType: "text/plain", buffer: Buffer.from(labels) }));
    assert.ok((await page.locator("#answers").innerText()).includes(hostile));
    await openExports(page, "page");
    const saved = await save(page);
    assert.equal(saved.bytes.toString().match(/<script/g).length, 2);
    await openFile(browser, saved, async (file) => {
      await file.keyboard.press("End");
      assert.equal(await file.locator("img, [onerror]").count(), 0);
      const words = (await file.locator("#stage text").allTextContents()).join("").replace(/\s/g, "");
      assert.ok(words.includes(hostile.replace(/\s/g, "")), words);
      assert.equal(await file.locator("footer a").count(), 0, "no link leads to another run");
    });
  }));
