// Captions in the browser: what it says, where it looks, and a visitor who makes it look elsewhere.
import assert from "node:assert/strict";
import { test } from "node:test";
import { NARROW, WIDE, useBrowser } from "./support/browser.mjs";
import { assertClose, assertDistribution, mapOf, numberOf, opener } from "./support/exhibit.mjs";
import { bmp, gif, png, samplePhoto, turnedJpeg, upload } from "./support/pictures.mjs";

const visit = useBrowser();
const PLACES = 14 * 14;

const caption = opener(visit, "captions.html");

const uploadPhoto = async (exhibit, file) =>
  exhibit.page.locator("#file").setInputFiles(upload("photo.jpg", file, "image/jpeg"));

for (const [name, viewport] of [["wide", WIDE], ["narrow", NARROW]]) {
  test(`an uploaded photo gets words, and a map for each word, ${name}`, () =>
    caption({}, { viewport }, async (exhibit, { screenshot }) => {
      const photo = await samplePhoto("cat.jpg");
      await exhibit.run(() => uploadPhoto(exhibit, photo));
      const frames = await exhibit.frames();
      const words = frames.at(-1).words;
      assert.ok(words.length >= 3, `it says "${words.join(" ")}"`);
      assert.deepEqual((await exhibit.words()).map((word) => word.trim()), words);
      for (const frame of frames) {
        const map = mapOf(frame, "alpha");
        assert.equal(map.rows * map.cols, PLACES);
        assertDistribution(map.weights, `alpha at word ${frame.step}`);
        assert.equal(frame.choices.length, 5);
        assert.ok(frame.choices.every(({ probability }) => probability > 0 && probability <= 1));
        const entropy = numberOf(frame, "entropy_bits");
        assert.ok(entropy >= 0 && entropy <= Math.log2(PLACES) + 1e-3);
      }
      assert.ok(frames.at(-1).ended);

      await exhibit.scrub(1);
      await exhibit.press("#step");
      await exhibit.untilStep(2);
      await exhibit.page.locator("[data-word]").nth(2).hover();
      await exhibit.untilStep(3);
      await screenshot(`captions-${name}`);
    }));
}

test("a link opens on the same frame and settings", () =>
  caption({ sample: "soccer", model: "soft", beam: "1" }, {}, async (exhibit) => {
    await exhibit.run(() => exhibit.press("#again"));
    await exhibit.scrub(3);
    const [settings, words, frames] = [await exhibit.settings(), await exhibit.words(), await exhibit.frames()];
    await exhibit.page.reload();
    await exhibit.untilStep(3);
    assert.deepEqual(await exhibit.settings(), settings);
    assert.deepEqual(await exhibit.words(), words);
    assertClose(
      mapOf((await exhibit.frames())[2], "alpha").weights,
      mapOf(frames[2], "alpha").weights,
      1e-4,
      "the map of word 3",
    );
  }));

test("a beam finds a sentence at least as likely as the greedy one", () =>
  caption({ sample: "cat", model: "soft", beam: "1" }, {}, async (exhibit) => {
    const run = async (act) => {
      await exhibit.run(act);
      return (await exhibit.frames()).at(-1);
    };
    const greedy = await run(() => exhibit.press("#again"));
    const beam = await run(() => exhibit.page.locator("#beam").selectOption("3"));
    assert.equal((await exhibit.settings()).beam, 3);
    const perWord = (frame) => numberOf(frame, "logp") / (frame.words.length + 1);
    assert.ok(perWord(beam) >= perWord(greedy) - 0.5, `${perWord(beam)} against ${perWord(greedy)} a word`);
    assertDistribution(mapOf(beam, "alpha").weights, "alpha on the beam's path");
  }));

test("the captioner without attention speaks too, and has no map", () =>
  caption({ sample: "dog", model: "none", beam: "1" }, {}, async (exhibit, { screenshot }) => {
    await exhibit.run(() => exhibit.press("#again"));
    const last = (await exhibit.frames()).at(-1);
    assert.ok(last.words.length >= 3);
    assert.deepEqual(last.maps, []);
    await screenshot("captions-none");
  }));

test("steered, it uses the painted weights and goes on from there", () =>
  caption({ sample: "astronaut", model: "soft", beam: "1" }, {}, async (exhibit, { screenshot }) => {
    await exhibit.run(() => exhibit.press("#again"));
    const free = await exhibit.frames();
    await exhibit.scrub(2);
    await exhibit.press("#steer");
    await exhibit.run(() => exhibit.drag("#photo", [[0.05, 0.05], [0.15, 0.1], [0.05, 0.15]]));
    const steered = await exhibit.frames();
    assert.deepEqual(steered[0], free[0], "the words before it stay");

    const { weights } = mapOf(steered[1], "alpha");
    assertDistribution(weights, "the painted weights");
    const corner = weights.filter((_, i) => i % 14 < 7 && i < PLACES / 2).reduce((sum, weight) => sum + weight, 0);
    assert.ok(corner > 0.99, `the gaze is where it was painted, ${corner} of it`);
    assertDistribution(mapOf(steered[1], "own").weights, "what it would have looked at");
    assertClose(mapOf(steered[1], "own").weights, mapOf(free[1], "alpha").weights, 1e-4, "what it wanted");
    assert.ok(steered.at(-1).ended, "the sentence goes on to its end");
    await screenshot("captions-steered");

    await exhibit.page.reload();
    await exhibit.until("done");
    const linked = await exhibit.frames();
    assert.deepEqual(linked.map(({ words }) => words), steered.map(({ words }) => words), "the link paints the same");
    assert.deepEqual(mapOf(linked[1], "alpha").weights, weights);
    await exhibit.press("#reset");
    await exhibit.until("cached");
    assert.deepEqual((await exhibit.frames()).at(-1).words, free.at(-1).words, "unsteered, it says what it said");
  }));

test("a sample that comes late does not overtake the one asked for after it", () =>
  caption({ sample: "dog" }, { serviceWorkers: "block" }, async (exhibit) => {
    let arrived = () => {};
    const late = new Promise((resolve) => (arrived = resolve));
    await exhibit.page.route("**/samples/cat.jpg", async (route) => {
      await new Promise((resolve) => setTimeout(resolve, 1500));
      await route.continue();
      arrived();
    });
    await exhibit.press("[data-sample=cat]");
    await exhibit.press("[data-sample=horse]");
    await exhibit.untilMadeOf({ sample: "horse" });
    await late;
    await exhibit.page.waitForTimeout(500);
    assert.equal((await exhibit.settings()).sample, "horse");
  }));

test("a camera that may not be used is said, and nothing is lost", () =>
  caption({}, { permissions: [] }, async (exhibit) => {
    const shown = await exhibit.words();
    await exhibit.page.evaluate(() => {
      navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException("denied", "NotAllowedError"));
    });
    await exhibit.press("#camera");
    assert.equal(await exhibit.refusal(), "no-camera");
    assert.deepEqual(await exhibit.words(), shown);
  }));

test("cancelled in mid-run it stops at once, and can start again", () =>
  caption({ sample: "surfer", model: "soft", beam: "1" }, {}, async (exhibit) => {
    await exhibit.press("#again");
    await exhibit.until("loading", "running");
    const asked = Date.now();
    await exhibit.press("#cancel");
    await exhibit.until("cancelled");
    assert.ok(Date.now() - asked < 2000, "at once");
    const left = (await exhibit.frames()).length;
    await exhibit.page.waitForTimeout(1500);
    assert.equal(await exhibit.state(), "cancelled");
    assert.equal((await exhibit.frames()).length, left, "nothing arrives afterwards");
    await exhibit.run(() => exhibit.press("#again"));
  }));

test("of an abstract picture it says that it is unsure, and what else it thought of; of a clear sample it does not", () =>
  caption({ sample: "dog", model: "soft", beam: "1" }, {}, async (exhibit, { screenshot }) => {
    const line = exhibit.page.locator("#sureness");
    await exhibit.run(() => exhibit.press("#again"));
    assert.match(await line.innerText(), /^Of sentences said as surely as this one \d+ % are at least half right\.$/);
    await exhibit.run(() => exhibit.page.locator("#file").setInputFiles(upload("rings.png", rings())));
    assert.match(await line.innerText(), /^The model is unsure about this photo\. Of sentences said like this \d+ % are at least half right\. It also thought of .+ for “.+”\.$/);
    const said = await exhibit.words();
    for (const doubted of (await line.innerText()).matchAll(/“(.+?)”/g)) assert.ok(said.map((word) => word.trim()).includes(doubted[1]), doubted[1]);
    assert.match(await exhibit.page.locator("#announce").innerText(), /unsure about this photo/);
    await screenshot("captions-unsure");
    await exhibit.press("[data-sample=dog]");
    await exhibit.untilMadeOf({ sample: "dog" });
    assert.doesNotMatch(await line.innerText(), /unsure/);
  }));

test("how sure it is stands under no sentence that was steered", () =>
  caption({ sample: "dog", model: "soft", beam: "1" }, {}, async (exhibit) => {
    await exhibit.run(() => exhibit.press("#again"));
    const line = exhibit.page.locator("#sureness");
    assert.notEqual(await line.innerText(), "");
    await exhibit.scrub(2);
    await exhibit.press("#steer");
    await exhibit.run(() => exhibit.drag("#photo", [[0.05, 0.05], [0.15, 0.1], [0.05, 0.15]]));
    assert.equal(await line.innerText(), "");
  }));

test("the headline says the sample's word over that sample only", () =>
  caption({}, {}, async (exhibit) => {
    const headline = () => exhibit.page.locator("#headline").innerText();
    assert.match(await headline(), /surfer/);
    await exhibit.run(async () => uploadPhoto(exhibit, await samplePhoto("cat.jpg")));
    assert.equal(await headline(), "Where does it look at each word?");
    await exhibit.press("[data-sample=surfer]");
    await exhibit.untilMadeOf({ sample: "surfer" });
    assert.match(await headline(), /surfer/);
  }));

test("a photo that lies on its side is shown and read upright", () =>
  caption({ model: "soft", beam: "1" }, {}, async (exhibit, { screenshot }) => {
    const jpeg = Buffer.from(await exhibit.page.evaluate(halfRedHalfBlue));
    // Orientation 6: turn clockwise by a quarter, so the red left half comes to lie on top.
    await exhibit.run(() => uploadPhoto(exhibit, turnedJpeg(jpeg, 6)));
    const { width, height, top, bottom } = await exhibit.page.evaluate(pictureHalves);
    assert.deepEqual([width, height], [200, 320]);
    assert.ok(top.red > 200 && top.blue < 60, "red on top");
    assert.ok(bottom.blue > 200 && bottom.red < 60, "blue below");
    await screenshot("captions-upright");
  }));

test("a picture of one pixel is a picture", () =>
  caption({ model: "soft", beam: "1" }, {}, async (exhibit) => {
    const dot = upload("dot.png", png(1, 1, () => [200, 30, 30]));
    await exhibit.run(() => exhibit.page.locator("#file").setInputFiles(dot));
    assert.ok((await exhibit.frames()).length > 0);
  }));

test("what the browser can show is read: WebP, BMP and GIF", () =>
  caption({}, {}, async (exhibit) => {
    const webp = Buffer.from(await exhibit.page.evaluate(halfRedHalfBlue, "image/webp"));
    const files = [
      { name: "photo.webp", file: webp, size: [320, 200] },
      { name: "photo.bmp", file: bmp(6, 4, [250, 10, 10]), size: [6, 4] },
      { name: "photo.gif", file: gif(), size: [1, 1] },
    ];
    for (const { name, file, size } of files) {
      await exhibit.run(() => exhibit.page.locator("#file").setInputFiles(upload(name, file, `image/${name.slice(6)}`)));
      const { width, height, top } = await exhibit.page.evaluate(pictureHalves);
      assert.deepEqual([width, height], size, name);
      if (name.endsWith("bmp")) assert.ok(top.red > 200 && top.blue < 60, "red is red");
    }
  }));

/** An abstract picture: rings around two points, in colours. */
const rings = () => png(224, 224, (x, y) => [255 * (Math.floor(Math.hypot(x - 112, y - 112) / 14) % 2), 255 * (Math.floor(Math.hypot(x - 60, y - 160) / 20) % 2), y]);

/** In the page: a picture, 320 wide and 200 high, red on the left and blue on the right. */
async function halfRedHalfBlue(type = "image/jpeg") {
  const canvas = new OffscreenCanvas(320, 200);
  const context = canvas.getContext("2d");
  context.fillStyle = "#f00";
  context.fillRect(0, 0, 160, 200);
  context.fillStyle = "#00f";
  context.fillRect(160, 0, 160, 200);
  const blob = await canvas.convertToBlob({ type, quality: 0.95 });
  return Array.from(new Uint8Array(await blob.arrayBuffer()));
}

/** In the page: the size of the picture on the stage, and a pixel from the middle of its upper and lower quarter. */
function pictureHalves() {
  const { width, height, data } = globalThis.glimpse.picture;
  const pixel = (y) => {
    const at = 4 * (Math.floor(y) * width + Math.floor(width / 2));
    return { red: data[at], blue: data[at + 2] };
  };
  return { width, height, top: pixel(height / 4), bottom: pixel((3 * height) / 4) };
}
