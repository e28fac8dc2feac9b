// Actions in the browser: a clip of one's own gets a gaze for every frame and a name; what is no clip is said.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { NARROW, WIDE, useBrowser } from "./support/browser.mjs";
import { assertClose, assertDistribution, mapOf, numberOf, opener } from "./support/exhibit.mjs";
import { png, upload } from "./support/pictures.mjs";

const visit = useBrowser();
const actions = opener(visit, "actions.html");
const FRAMES = 16;

const swing = async () => ({
  name: "swing.webm",
  mimeType: "video/webm",
  buffer: await readFile(new URL("../data/swing.webm", import.meta.url)),
});

for (const [name, viewport] of [["wide", WIDE], ["narrow", NARROW]]) {
  test(`an uploaded clip is watched frame by frame and named, ${name}`, () =>
    actions({ sample: "run" }, { viewport }, async (exhibit, { screenshot }) => {
      const film = await swing();
      await exhibit.run(() => exhibit.page.locator("#file").setInputFiles(film));
      const frames = await exhibit.frames();
      assert.equal(frames.length, FRAMES);
      for (const frame of frames) {
        assert.equal(mapOf(frame, "alpha").weights.length, 49);
        assertDistribution(mapOf(frame, "alpha").weights, "the gaze");
        assertDistribution(frame.choices.map(({ probability }) => probability), "all actions");
        assert.equal(frame.choices.length, 21);
      }
      assert.equal(frames.at(-1).words[0], "swing baseball");
      assert.match(await exhibit.page.locator("#answer").innerText(), /swing baseball · \d+ %/);
      await exhibit.page.locator("#other:visible").waitFor();
      assert.ok(await exhibit.page.locator("#part").isHidden(), "a clip of less than two seconds has no part to choose");
      await exhibit.scrub(5);
      assert.match(await exhibit.page.locator("#answer").innerText(), /^so far: /);
      await screenshot(`actions-${name}`);
    }));
}

test("the mean of every frame has no gaze", () =>
  actions({ model: "mean" }, {}, async (exhibit) => {
    const frames = await exhibit.frames();
    assert.deepEqual([frames.length, frames[0].maps.length], [FRAMES, 0]);
    assert.ok(numberOf(frames.at(-1), "share") > 0);
  }));

test("steered, it looks where it was painted, and the link paints the same", () =>
  actions({ sample: "swing" }, {}, async (exhibit) => {
    const free = await exhibit.frames();
    await exhibit.scrub(3);
    await exhibit.press("#steer");
    await exhibit.run(() => exhibit.drag("#photo", [[0.1, 0.1], [0.2, 0.1]]));
    const steered = await exhibit.frames();
    assert.equal(steered.length, FRAMES);
    const { weights } = mapOf(steered[2], "alpha");
    assert.ok(weights[0] + weights[1] + weights[7] + weights[8] > 0.8, "the gaze is in the corner");
    assertClose(mapOf(steered[2], "own").weights, mapOf(free[2], "alpha").weights, 2e-3, "what it wanted");
    await exhibit.page.reload();
    await exhibit.until("done");
    assert.deepEqual(mapOf((await exhibit.frames())[2], "alpha").weights, weights);
    await exhibit.press("#reset");
    await exhibit.until("cached");
  }));

test("a clip recorded in a browser, which does not know its length, is watched too", () =>
  actions({}, {}, async (exhibit) => {
    const bytes = await exhibit.page.evaluate(async () => {
      const canvas = document.createElement("canvas");
      [canvas.width, canvas.height] = [160, 120];
      const context = canvas.getContext("2d");
      const recorder = new MediaRecorder(canvas.captureStream(20), { mimeType: "video/webm" });
      const parts = [];
      recorder.addEventListener("dataavailable", ({ data }) => parts.push(data));
      const over = new Promise((resolve) => recorder.addEventListener("stop", resolve));
      recorder.start();
      for (let i = 0; i < 30; i++) {
        context.fillStyle = `hsl(${12 * i} 60% 50%)`;
        context.fillRect(0, 0, 160, 120);
        await new Promise((resolve) => setTimeout(resolve, 40));
      }
      recorder.stop();
      await over;
      return Array.from(new Uint8Array(await new Blob(parts).arrayBuffer()));
    });
    const film = { name: "canvas.webm", mimeType: "video/webm", buffer: Buffer.from(bytes) };
    await exhibit.run(() => exhibit.page.locator("#file").setInputFiles(film));
    assert.equal((await exhibit.frames()).length, FRAMES);
  }));

for (const [what, file] of [
  ["a text", { name: "clip.mp4", mimeType: "video/mp4", buffer: Buffer.from("not a film") }],
  ["an empty file", { name: "clip.webm", mimeType: "video/webm", buffer: Buffer.alloc(0) }],
  ["a picture", upload("clip.png", png(1, 1, () => [9, 9, 9]))],
]) {
  test(`${what} is no clip: that is said, and the frames stay`, () =>
    actions({}, {}, async (exhibit) => {
      await exhibit.page.locator("#file").setInputFiles(file);
      assert.equal(await exhibit.refusal(), "bad-video");
      assert.equal((await exhibit.frames()).length, FRAMES);
    }));
}
