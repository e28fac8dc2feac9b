// The crop lab in the browser: soft ones find the target, a hard one stays, the box is dragged, an own picture taken.
import assert from "node:assert/strict";
import { test } from "node:test";
import { NARROW, WIDE, useBrowser } from "./support/browser.mjs";
import { mapOf, numberOf, opener, pictureOf } from "./support/exhibit.mjs";
import { png, upload } from "./support/pictures.mjs";

const visit = useBrowser();
const cropLab = opener(visit, "crop-lab.html");

const losses = (frames) => frames.map((frame) => numberOf(frame, "loss"));
const middles = (frames) => frames.map((frame) => [mapOf(frame, "box").theta[2], mapOf(frame, "box").theta[5]]);
/** A bright blot on a slope, which every soft crop can follow. */
const blot = () =>
  png(96, 96, (x, y) => {
    const light = Math.round(200 * Math.exp(-((x - 60) ** 2 + 2 * (y - 43) ** 2) / 700) + 0.3 * x);
    return [light, light, light];
  });

for (const method of ["bilinear", "gaussian", "reinforce"]) {
  test(`the box finds the target on an own picture, ${method}`, () =>
    cropLab({ method, box: "-10_15_35_25" }, {}, async (exhibit) => {
      await exhibit.run(() => exhibit.page.locator("#file").setInputFiles(upload("blot.png", blot())));
      const frames = await exhibit.frames();
      const all = losses(frames);
      assert.equal(frames.length, 80);
      assert.ok(all.at(-1) < 0.35 * all[0], `${all[0]} to ${all.at(-1)}`);
      const cloud = frames[0].pictures.filter(({ name }) => name.startsWith("cloud"));
      assert.equal(cloud.length, method === "reinforce" ? 2 : 0);
    }));
}

for (const [name, viewport] of [["wide", WIDE], ["narrow", NARROW]]) {
  test(`a hard crop stays where it is, and the soft one beside it does not, ${name}`, () =>
    cropLab({ method: "hard" }, { viewport }, async (exhibit, { screenshot }) => {
      const frames = await exhibit.frames();
      assert.ok(middles(frames).every(([x, y]) => x === middles(frames)[0][0] && y === middles(frames)[0][1]));
      assert.ok(frames.every((frame) => numberOf(frame, "d_x") === 0));
      await exhibit.page.locator("#other:visible").waitFor();
      assert.match(await exhibit.page.locator("#other").innerText(), /Bilinear sampling.*loss 0\.\d+ → 0\.\d+/);
      await screenshot(`crop-lab-${name}`);
    }));
}

test("the box is dragged, and the link keeps place and step", () =>
  cropLab({ method: "reinforce", seed: "4" }, {}, async (exhibit, { screenshot }) => {
    await exhibit.drag("#photo", [[0.5, 0.5], [0.35, 0.6]]);
    await exhibit.untilMadeOf({ box: "-30_0_38_38", descend: "no" });
    assert.equal((await exhibit.frames()).length, 1);
    await exhibit.run(() => exhibit.press("#again"));
    const frames = await exhibit.frames();
    assert.equal(frames.length, 80);
    assert.equal(pictureOf(frames[0], "surface").values.length, 625);
    await exhibit.scrub(20);
    await screenshot("crop-lab-reinforce");
    const [settings, path] = [await exhibit.settings(), middles(frames)];
    await exhibit.page.reload();
    await exhibit.untilStep(20);
    await exhibit.until("done");
    assert.deepEqual(await exhibit.settings(), settings);
    assert.deepEqual(middles(await exhibit.frames()), path);
  }));

test("a start is chosen by its name, says what it teaches, and the link opens there", () =>
  cropLab({ method: "gaussian" }, {}, async (exhibit) => {
    const { page } = exhibit;
    const pressed = page.locator("#starts [aria-pressed=true]");
    assert.equal(await pressed.textContent(), "nearby");
    const near = losses(await exhibit.frames());
    assert.ok(near.at(-1) < 0.35 * near[0], `from the first one it finds the target: ${near[0]} to ${near.at(-1)}`);
    await exhibit.run(() => page.locator("#starts button", { hasText: "flat" }).click());
    const flat = losses(await exhibit.frames());
    assert.ok(flat.at(-1) > 0.5 * flat[0], `on flat ground it does not: ${flat[0]} to ${flat.at(-1)}`);
    assert.match(await page.locator("#start-says").textContent(), /no slope to follow/);
    const settings = await exhibit.settings();
    assert.deepEqual([settings.sample, settings.box], ["cat", "80_20_12_12"]);
    await page.reload();
    await exhibit.until("done");
    assert.deepEqual(await exhibit.settings(), settings);
    assert.equal(await pressed.textContent(), "on flat ground");
    await exhibit.drag("#photo", [[0.9, 0.6], [0.5, 0.5]]);
    await page.waitForFunction(() => document.querySelector("#start-says").textContent === "");
  }));

for (const [what, file, kind] of [
  ["a text", () => upload("photo.png", Buffer.from("not a picture")), "bad-picture"],
  ["an empty file", () => upload("photo.png", Buffer.alloc(0)), "bad-picture"],
]) {
  test(`${what} is no picture: that is said, and the steps stay`, () =>
    cropLab({}, {}, async (exhibit) => {
      const before = (await exhibit.frames()).length;
      await exhibit.page.locator("#file").setInputFiles(file());
      assert.equal(await exhibit.refusal(), kind);
      assert.equal((await exhibit.frames()).length, before);
    }));
}

test("a picture of one pixel is a picture", () =>
  cropLab({}, {}, async (exhibit) => {
    await exhibit.run(() => exhibit.page.locator("#file").setInputFiles(upload("dot.png", png(1, 1, () => [90, 90, 90]))));
    assert.ok(losses(await exhibit.frames()).every(Number.isFinite));
  }));
