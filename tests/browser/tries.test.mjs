// What hands, keys, clipboards, cameras and readers of the screen do to the page.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { test } from "node:test";
import { useBrowser } from "./support/browser.mjs";
import { Exhibit, opener } from "./support/exhibit.mjs";
import { openExports, save } from "./support/exports.mjs";
import { useBadHosts } from "./support/hosts.mjs";

const visit = useBrowser();
const at = useBadHosts();
const caption = opener(visit, "captions.html");
const handwriting = opener(visit, "handwriting.html");

for (const address of ["index.html", "translate.html", "handwriting.html", "data.html"]) {
  test(`a file that is dropped on ${address}, where none is taken, leaves the page and is answered`, () =>
    visit(address, {}, async ({ page }) => {
      await page.locator("html[data-started]").waitFor({ state: "attached" });
      const kept = await page.evaluate(() => {
        const data = new DataTransfer();
        data.items.add(new File(["x"], "a.png", { type: "image/png" }));
        return ["dragover", "drop"].every((type) => {
          const event = new DragEvent(type, { dataTransfer: data, bubbles: true, cancelable: true });
          document.body.dispatchEvent(event);
          return event.defaultPrevented;
        });
      });
      assert.ok(kept, "the page is not left");
      await page.locator("#dropped", { hasText: "No file is taken here." }).waitFor();
    }));
}

test("text with a picture on the clipboard, pasted into a field, is text; the photo stays", () =>
  visit("questions.html", { permissions: ["clipboard-read", "clipboard-write"] }, async ({ page }) => {
    const exhibit = new Exhibit(page);
    await exhibit.until("cached");
    await page.evaluate(async () => {
      const canvas = document.createElement("canvas");
      const png = await new Promise((done) => canvas.toBlob(done, "image/png"));
      const text = new Blob(["what is the man doing"], { type: "text/plain" });
      await navigator.clipboard.write([new ClipboardItem({ "text/plain": text, "image/png": png })]);
    });
    await page.locator("#question").click();
    await page.keyboard.press("Control+A");
    await page.keyboard.press("Control+V");
    await page.waitForTimeout(500);
    assert.equal(await page.locator("#question").inputValue(), "what is the man doing");
    assert.notEqual((await exhibit.settings()).sample, "own");
  }));

test("a text that is refused for its length does not go into the address", () =>
  visit("translate.html", {}, async ({ page }) => {
    const exhibit = new Exhibit(page);
    await exhibit.until("cached");
    await page.locator("#text").fill("word ".repeat(20_000));
    await exhibit.press("#again");
    assert.equal(await exhibit.refusal(), "bad-text");
    assert.ok(page.url().length < 2000, `the address has ${page.url().length} letters`);
  }));

test("a number that cannot be is shown as the one that ran", () =>
  handwriting({ text: "hi" }, {}, async (exhibit) => {
    for (const [typed, ran] of [["-5", "0"], ["", null], ["4294967297", null], ["2.7", "3"]]) {
      await exhibit.page.locator("#seed").evaluate((field, value) => {
        field.value = value;
        field.dispatchEvent(new Event("change", { bubbles: true }));
      }, typed);
      await exhibit.page.waitForTimeout(300);
      const shown = await exhibit.page.locator("#seed").inputValue();
      await exhibit.page.waitForFunction((seed) => String(globalThis.glimpse.settings.seed) === seed, shown);
      if (ran !== null) assert.equal(shown, ran, `“${typed}”`);
    }
  }));

const WRITTEN = [
  "A man is re\u0301ading.",
  "A man\u2019s dog.",
  "\ufeffA dog is running.",
  "A \ufb01sh is here.",
  "\uff21 \uff44\uff4f\uff47 \uff49\uff53 \uff52\uff55\uff4e\uff4e\uff49\uff4e\uff47\uff0e",
  "A dog is run\u00adning.",
];

test("accents apart, curly quotes, marks of order, ligatures, wide letters and soft hyphens are read as plain text", () =>
  visit("translate.html?beam=1", {}, async ({ page }) => {
    const exhibit = new Exhibit(page);
    await exhibit.until("cached", "done");
    for (const text of WRITTEN) {
      await page.locator("#text").fill(text);
      await exhibit.run(() => exhibit.press("#again"));
      const words = (await exhibit.frames())[0].maps.find(({ name }) => name === "alpha").tokens.join("");
      assert.ok(!/[\u00ad\ufeff\uff21-\uff5a\ufb01\u0301]/.test(words), `${JSON.stringify(text)}: ${words}`);
    }
  }));

test("Enter that ends a composition begins no run", () =>
  visit("translate.html", {}, async ({ page }) => {
    const exhibit = new Exhibit(page);
    await exhibit.until("cached");
    const before = await page.evaluate(() => globalThis.seenStates.length);
    await page.locator("#text").evaluate((field) => field.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", isComposing: true, bubbles: true, cancelable: true })));
    await page.waitForTimeout(300);
    assert.equal(await page.evaluate(() => globalThis.seenStates.length), before);
  }));

test("a pad follows one finger, and the right button draws nothing", () =>
  visit("draw.html?mode=reconstruct", { hasTouch: true, viewport: { width: 1000, height: 1300 } }, async ({ page, context }) => {
    const exhibit = new Exhibit(page);
    await exhibit.until("cached", "done");
    const drawn = () => new URL(page.url()).searchParams.get("drawing") ?? "";
    await exhibit.press("#clear");
    const pad = page.locator("#pad");
    await pad.scrollIntoViewIfNeeded();
    const box = await pad.boundingBox();
    const session = await context.newCDPSession(page);
    const touch = (type, points) =>
      session.send("Input.dispatchTouchEvent", { type, touchPoints: points.map(([x, y, id]) => ({ x: box.x + x, y: box.y + y, id })) });
    await touch("touchStart", [[30, 30, 1]]);
    for (let i = 0; i < 8; i++) await touch("touchMove", [[30, 30 + i * 8, 1]]);
    await touch("touchStart", [[30, 90, 1], [150, 40, 2]]);
    for (let i = 0; i < 8; i++) await touch("touchMove", [[30, 90 + i * 8, 1], [150, 40 + i * 8, 2]]);
    await touch("touchEnd", []);
    await page.waitForFunction(() => new URL(location.href).searchParams.get("drawing"));
    const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    const across = drawn().split(".").map((stroke) => (stroke.match(/../g) ?? []).map(([x]) => letters.indexOf(x)));
    const jumps = across.flatMap((xs) => xs.slice(1).map((x, i) => Math.abs(x - xs[i])));
    assert.ok(Math.max(0, ...jumps) < 20, `a jump of ${Math.max(...jumps)} of 64`);
    await exhibit.press("#clear");
    await page.mouse.move(box.x + 40, box.y + 40);
    await page.mouse.down({ button: "right" });
    await page.mouse.move(box.x + 120, box.y + 120, { steps: 5 });
    await page.mouse.up({ button: "right" });
    await page.waitForTimeout(300);
    assert.equal(drawn(), "");
  }));

test("a step by hand is said once, by its word", () =>
  caption({}, {}, async (exhibit) => {
    const { page } = exhibit;
    if ((await page.locator("#play").getAttribute("data-playing")) === "true") await exhibit.press("#play");
    for (let i = 0; i < 4; i++) {
      await exhibit.press(i % 2 ? "#back" : "#step");
      const said = await page.locator("#announce").textContent();
      assert.match(said, new RegExp(`^Step ${await exhibit.step()}: \\S+$`));
    }
  }));

for (const address of ["captions.html", "questions.html", "saliency.html", "glimpses.html"]) {
  test(`${address} is steered by keys alone`, () =>
    visit(address, {}, async ({ page }) => {
      const exhibit = new Exhibit(page);
      await exhibit.until("cached", "done");
      await exhibit.scrub(2);
      await page.locator("#steer").focus();
      await page.keyboard.press("Enter");
      const isOnPicture = () => page.evaluate(() => document.activeElement.matches("#stage canvas"));
      for (let i = 0; i < 40 && !(await isOnPicture()); i++) await page.keyboard.press("Tab");
      assert.ok(await isOnPicture(), "Tab comes to the picture");
      await page.keyboard.press("ArrowRight");
      assert.ok(await page.locator(".chosen-place").first().isVisible(), "the place is marked");
      await exhibit.run(() => page.keyboard.press("Enter"));
      assert.ok(new URL(page.url()).searchParams.has("steer"));
    }));
}

test("a saved translation has the words of both languages at the ends of its lines", () =>
  visit("translate.html?step=9", { acceptDownloads: true }, async ({ page }) => {
    const exhibit = new Exhibit(page);
    await exhibit.until("cached");
    await exhibit.untilStep(9);
    await page.evaluate(() => {
      globalThis.texts = [];
      const write = CanvasRenderingContext2D.prototype.fillText;
      CanvasRenderingContext2D.prototype.fillText = function (text, ...rest) {
        if (!this.canvas.isConnected) globalThis.texts.push(text);
        return write.call(this, text, ...rest);
      };
    });
    const shown = await page.locator(".pieces button").allInnerTexts();
    await openExports(page);
    await save(page);
    const written = await page.evaluate(() => globalThis.texts);
    assert.ok(shown.length > 4 && shown.every((word) => written.includes(word)), `${shown} are not all of ${written}`);
  }));

test("Escape hides the explanation under the pointer, until the pointer goes elsewhere", () =>
  caption({ step: "2" }, {}, async ({ page }) => {
    const term = page.locator(".term dfn").first();
    const shown = () => page.evaluate(() => [...document.querySelectorAll("[role=tooltip]")].some((tip) => getComputedStyle(tip).display !== "none"));
    await term.hover();
    assert.ok(await shown());
    await page.keyboard.press("Escape");
    assert.ok(!(await shown()));
    await page.locator("h1").hover();
    await term.hover();
    assert.ok(await shown());
  }));

test("no camera, one that is in use, and a refusal are told apart", () =>
  caption({}, {}, async (exhibit) => {
    const { page } = exhibit;
    for (const [name, kind] of [["NotFoundError", "no-camera-here"], ["OverconstrainedError", "no-camera-here"], ["NotReadableError", "busy-camera"], ["NotAllowedError", "no-camera"]]) {
      await page.evaluate((name) => {
        navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException("no", name));
      }, name);
      await exhibit.press("#camera");
      await page.waitForFunction((kind) => document.querySelector("#notice").dataset.kind === kind, kind);
    }
  }));

test("a frame that gives no camera has no button for it", () =>
  at({}, null, async (_, { page, host }) => {
    const outer = createServer((_, response) => response.writeHead(200, { "content-type": "text/html" }).end(`<iframe width="900" height="700" src="${host.url}captions.html"></iframe>`));
    await new Promise((resolve) => outer.listen(0, resolve));
    try {
      await page.goto(`http://localhost:${outer.address().port}/`);
      const frame = page.frameLocator("iframe");
      await frame.locator("html[data-state=cached]").waitFor({ state: "attached" });
      assert.equal(await frame.locator("#camera:visible").count(), 0);
    } finally {
      outer.close();
    }
  }));
