// The camera: its photo, its clip, and that one press opens one. It takes a whole browser, with a camera of test pictures.
import assert from "node:assert/strict";
import { test } from "node:test";
import { useBrowser } from "./support/browser.mjs";
import { opener } from "./support/exhibit.mjs";

const visit = useBrowser({ whole: true });
const actions = opener(visit, "actions.html");
const caption = opener(visit, "captions.html");
const FRAMES = 16;

test("the camera's photo gets words", () =>
  caption({}, { permissions: ["camera"] }, async (exhibit, { screenshot }) => {
    await exhibit.press("#camera");
    await exhibit.page.locator("#shoot:enabled").waitFor();
    await screenshot("captions-camera");
    await exhibit.run(() => exhibit.press("#shoot"));
    assert.equal((await exhibit.settings()).sample, "own");
    assert.ok((await exhibit.words()).length >= 1);
    assert.equal(await exhibit.page.locator("dialog").count(), 0);
  }));

test("two seconds from the camera become a clip", () =>
  actions({}, { permissions: ["camera"] }, async (exhibit) => {
    await exhibit.press("#camera");
    await exhibit.page.locator("#shoot:enabled").waitFor();
    await exhibit.run(() => exhibit.press("#shoot"));
    assert.equal((await exhibit.settings()).sample, "own");
    assert.equal((await exhibit.frames()).length, FRAMES);
  }));

test("two quick presses open one camera, and none is left when it is closed", () =>
  caption({}, { permissions: ["camera"] }, async (exhibit) => {
    const { page } = exhibit;
    await page.evaluate(() => {
      globalThis.streams = [];
      const get = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
      navigator.mediaDevices.getUserMedia = async (wish) => {
        const stream = await get(wish);
        globalThis.streams.push(stream);
        return stream;
      };
      const button = document.querySelector("#camera");
      button.click();
      button.click();
    });
    await page.locator("#shoot:enabled").waitFor();
    const live = () => page.evaluate(() => [document.querySelectorAll("dialog[open]").length, globalThis.streams.filter((one) => one.active).length]);
    assert.deepEqual(await live(), [1, 1]);
    await page.keyboard.press("Escape");
    await page.waitForFunction(() => !document.querySelector("dialog[open]"));
    assert.deepEqual(await live(), [0, 0]);
  }));
