// Without a mouse: whatever a pointer can do on an exhibit's page, the keyboard does, and it is said in words.
import assert from "node:assert/strict";
import { test } from "node:test";
import { EXHIBITS } from "./support/addresses.mjs";
import { useBrowser } from "./support/browser.mjs";
import { Exhibit } from "./support/exhibit.mjs";

const visit = useBrowser();

/** Pages on which something to draw on is shown only with these settings. */
const OPENED = { "draw.html": "?mode=reconstruct&drawing=PXQfQnQvQtXpfmnixg5", "handwriting.html": "?primed=yes", "questions.html": "?mode=point" };
/** A place as a cursor says it. */
const PLACE = /place \d+ of \d+ across, \d+ of \d+ down/;
/** Stops of the Tab key on a page, at most. */
const MOST_STOPS = 220;

/** Notes what listens to a pointer and is no control of the browser's own. */
function notePointers() {
  globalThis.pointed = new Set();
  const POINTERS = ["pointerdown", "pointermove", "mousedown", "click", "dblclick", "wheel", "touchstart"];
  const { addEventListener } = EventTarget.prototype;
  EventTarget.prototype.addEventListener = function (type, ...rest) {
    if (POINTERS.includes(type) && this instanceof HTMLElement) globalThis.pointed.add(this);
    return addEventListener.call(this, type, ...rest);
  };
}

class Keys extends Exhibit {
  press(...keys) {
    return keys.reduce((before, key) => before.then(() => this.page.keyboard.press(key)), Promise.resolve());
  }

  said() {
    return this.page.locator("#announce").textContent();
  }

  /** Waits until something was said, after which the end of a run may have said more. */
  async heard(what) {
    await this.page.waitForFunction(({ source }) => globalThis.heard.some((words) => new RegExp(source).test(words)), { source: what.source });
  }

  isOn(selector) {
    return this.page.evaluate((wanted) => document.activeElement?.matches(wanted) ?? false, selector);
  }

  query(name) {
    return new URL(this.page.url()).searchParams.get(name);
  }

  /** Goes to an element by Tab alone. */
  async tabTo(selector) {
    for (let i = 0; i < MOST_STOPS && !(await this.isOn(selector)); i++) await this.page.keyboard.press("Tab");
    assert.ok(await this.isOn(selector), `Tab comes to ${selector}`);
  }

  /** Waits for the keyboard's cursor, whose code comes after the first frame. */
  async ready() {
    await this.until("cached", "done");
    await this.page.waitForFunction(() => document.querySelector("#stage")?.getAttribute("aria-describedby"));
    await this.page.evaluate(() => {
      globalThis.heard = [];
      const announce = document.querySelector("#announce");
      new MutationObserver(() => globalThis.heard.push(announce.textContent)).observe(announce, { childList: true, characterData: true, subtree: true });
    });
    await this.pause();
  }

  async pause() {
    if ((await this.page.locator("#play").getAttribute("data-playing")) === "true") await this.page.locator("#play").click();
  }
}

const open = (address, act) =>
  visit(address, {}, async ({ page, context }) => {
    await context.addInitScript(notePointers);
    await page.reload();
    const keys = new Keys(page);
    await keys.ready();
    await act(keys);
  });

for (const name of EXHIBITS) {
  const address = name + (OPENED[name] ?? "");
  test(`${address}: Tab reaches all that a pointer can work, and each says what its keys do and where they are`, () =>
    open(address, async (keys) => {
      const { page } = keys;
      // The graph of a model is there once the model has been read.
      if (name === "your-model.html") {
        await keys.run(() => page.locator("#again").click());
        await page.locator("#graph canvas").waitFor();
        await keys.pause();
      }
      await keys.tabTo(".skip");
      await keys.press("Enter");
      assert.ok(await keys.isOn("#stage"), "the skip link leads to the stage");
      assert.match(await page.locator("#gaze").textContent(), /^\w+ .*\.$/, "the frame is described");

      /** What is left to reach: by a number that each element carries. */
      const wanted = await page.evaluate(() => {
        const isPointed = (element) =>
          element.isConnected && element.getClientRects().length > 0 && element.closest("main") && !element.matches("main, section, form, #stage") && !element.closest("button, a, input, select, textarea, summary, label");
        return [...globalThis.pointed].filter(isPointed).map((element, i) => {
          element.dataset.walked = i;
          return element.id || element.className || element.tagName;
        });
      });
      const reached = new Map();
      for (let i = 0; i < MOST_STOPS && reached.size < wanted.length; i++) {
        await keys.press("Tab");
        const at = await page.evaluate(() => {
          const { dataset, role } = document.activeElement;
          return dataset.walked === undefined ? null : { walked: Number(dataset.walked), role, name: document.activeElement.ariaLabel, how: document.activeElement.getAttribute("aria-description") };
        });
        if (!at || reached.has(at.walked)) continue;
        reached.set(at.walked, at);
        const what = `${address} ${wanted[at.walked]}`;
        assert.equal(at.role, "application", `${what} takes keys`);
        assert.match(at.name ?? "", /\w/, `${what} has a name`);
        assert.match(at.how ?? "", /rrow keys/, `${what} says what its keys do`);
        // A piece of a scene that was moved is read anew when the focus has gone on.
        await keys.until("cached", "done");
        await keys.pause();
        const frame = await keys.step();
        await keys.press("ArrowRight", "ArrowLeft", "ArrowDown");
        const said = await page.evaluate(() => globalThis.heard.join(" "));
        assert.match(said, /\d|between the boxes/, `${what} says where it is`);
        if (!/pixel|The box|boxes|×/.test(said) && name !== "spatial.html") assert.match(said, PLACE, what);
        assert.equal(await keys.step(), frame, `the arrows of ${what} are its own`);
      }
      assert.deepEqual(wanted.filter((_, i) => !reached.has(i)), [], "all that a pointer can work is reached by Tab");
    }));
}

for (const address of ["captions.html", "questions.html", "actions.html"]) {
  test(`${address} is painted by keys alone, with a brush of another size`, () =>
    open(address, async (keys) => {
      await keys.tabTo("#steer");
      await keys.press("Enter");
      await keys.page.locator("#stage[data-steering]").waitFor();
      await keys.tabTo("#photo");
      await keys.press("ArrowRight");
      assert.match(await keys.said(), /^place 9 of 14 across, 8 of 14 down$/);
      await keys.press("+");
      assert.match(await keys.said(), /^The brush is \d+ places wide\.$/);
      await keys.press(" ");
      assert.equal(await keys.said(), "Painted.");
      await keys.press("Shift+ArrowLeft", "ArrowLeft");
      assert.match(await keys.said(), /^place 5 of 14 across/);
      await keys.press("ArrowRight", "ArrowRight");
      assert.match(await keys.said(), /, painted$/);
      await keys.run(() => keys.press("Enter"));
      assert.ok(keys.query("steer"));
      assert.ok(await keys.isOn("#photo"), "the focus stays on the picture");
    }));
}

for (const address of ["birds.html", "saliency.html", "glimpses.html"]) {
  test(`${address} is sent elsewhere by keys alone`, () =>
    open(address, async (keys) => {
      await keys.tabTo("#steer");
      await keys.press("Enter");
      await keys.page.locator("#stage[data-steering]").waitFor();
      await keys.tabTo("#stage canvas");
      await keys.press("ArrowUp", "Shift+ArrowLeft");
      assert.match(await keys.said(), PLACE);
      await keys.run(() => keys.press("Enter"));
      assert.ok(keys.query("steer"));
    }));
}

const DRAWN = { "draw.html?mode=reconstruct": "drawing", "glimpses.html": "drawing", "spatial.html": "drawing", "handwriting.html?primed=yes": "hand" };
for (const [address, name] of Object.entries(DRAWN)) {
  test(`${address}: a stroke is drawn, taken back and used by keys alone`, () =>
    open(address, async (keys) => {
      await keys.tabTo(name === "hand" ? "#hand" : "#pad");
      await keys.press(" ");
      assert.equal(await keys.said(), "Pen down.");
      await keys.press("Shift+ArrowDown", "ArrowRight", "+", "ArrowRight");
      assert.match(await keys.said(), /, drawing$/);
      await keys.press(" ");
      assert.match(await keys.said(), /stroke 1 is drawn/);
      await keys.press("Backspace");
      assert.match(await keys.said(), /0 strokes are left/);
      await keys.press(" ", "Shift+ArrowUp", "Shift+ArrowUp", " ");
      await keys.run(() => keys.press("Enter"));
      assert.ok(keys.query(name), `the address has the ${name}`);
    }));
}

test("boxes are drawn, given up and taken away by keys alone", () =>
  open("questions.html?mode=point", async (keys) => {
    await keys.tabTo("#photo");
    const box = async () => {
      await keys.press(" ");
      assert.equal(await keys.said(), "One corner is set.");
      await keys.press("Shift+ArrowRight", "Shift+ArrowDown");
      assert.match(await keys.said(), /^place .*box from \d+ to \d+ % across and \d+ to \d+ % down$/);
      await keys.press(" ");
      await keys.heard(/^Drawn: box from/);
      await keys.page.evaluate(() => (globalThis.heard = []));
    };
    await box();
    await keys.press("ArrowRight", " ", "Escape");
    assert.equal(await keys.said(), "The corner is given up.");
    await keys.press("Backspace");
    assert.equal(await keys.said(), "0 boxes are left.");
    await box();
    await keys.run(box);
    assert.equal(keys.query("boxes").split("_").length, 2);
  }));

test("pieces of a scene are taken and moved by keys alone, and the scene is read anew", () =>
  open("glimpses.html", async (keys) => {
    const before = (await keys.settings()).scene;
    await keys.tabTo("#board");
    await keys.press(" ");
    assert.match(await keys.said(), /^clutter, 2 of 5, left edge at pixel \d+ of 60/);
    await keys.press("Shift+ArrowLeft");
    await keys.run(() => keys.press("Enter"));
    assert.notEqual((await keys.settings()).scene, before);
  }));

test("a box on a photo is moved, sized and let go by keys alone", () =>
  open("crop-lab.html", async (keys) => {
    await keys.tabTo("#photo");
    await keys.press("Shift+ArrowLeft", "ArrowUp");
    await keys.heard(/^The box: middle 45 % across and 39 % down, 38 % of the picture wide\.$/);
    await keys.press("+");
    await keys.heard(/42 % of the picture wide/);
    await keys.press(" ", "ArrowRight");
    await keys.heard(/^The target: middle/);
    await keys.press(" ");
    await keys.page.waitForFunction(() => document.documentElement.dataset.state === "done");
    await keys.run(() => keys.press("Enter"));
    assert.match(keys.query("box"), /^-10_-22_42_42$/);
  }));

test("a digit is moved, turned and sized by keys alone", () =>
  open("spatial.html", async (keys) => {
    await keys.tabTo("#board");
    await keys.press("ArrowRight", "Shift+ArrowDown", ".", "-");
    await keys.untilMadeOf({ x: 5, y: 1, turn: 60, scale: 80 });
    await keys.heard(/^The digit is 5 pixels to the right and 1 down\.$/);
    await keys.heard(/^80 % of its size\.$/);
  }));

test("a place is made the target of the mix, and a French piece reads another English word, by keys alone", async () => {
  await open("soft-lab.html", async (keys) => {
    await keys.tabTo("#board");
    await keys.press("ArrowUp");
    assert.match(await keys.said(), /^place 2 of 2 across, 1 of 2 down, b, weight 0\.\d+$/);
    await keys.run(() => keys.press("Enter"));
    assert.equal(keys.query("target"), "1");
  });
  await open("translate.html", async (keys) => {
    await keys.tabTo("#matrix");
    await keys.press("ArrowUp");
    assert.match(await keys.said(), /^place .*, “.+” reads “.+”, weight (less than )?[\d.]+$/);
    await keys.tabTo("#steer");
    await keys.press("Enter");
    await keys.tabTo("[data-source]");
    await keys.run(() => keys.press("Enter"));
    assert.ok(keys.query("steer"));
    assert.ok(await keys.isOn("[data-source]"), "the focus stays on the word");
  });
});

test("the next look is guessed by keys alone", () =>
  open("captions.html", async (keys) => {
    await keys.tabTo("#guess");
    await keys.press("Enter");
    await keys.tabTo("#guesses");
    await keys.press("ArrowLeft");
    assert.match(await keys.said(), PLACE);
    await keys.press("Enter");
    assert.match(await keys.page.locator("#score").innerText(), /in your ring/);
  }));

test("the focus stays where it is from frame to frame, and goes on where a control goes away", () =>
  open("captions.html", async (keys) => {
    const { page } = keys;
    await page.locator("#words button").first().focus();
    await keys.press("ArrowRight", "ArrowRight", "Home");
    assert.ok(await keys.isOn("#words button"));
    await page.locator("#lesson .term dfn").first().focus();
    await keys.press("ArrowRight", "ArrowRight");
    assert.ok(await keys.isOn("#lesson *"), "in the lesson");
    await page.locator("#scrub").focus();
    await keys.run(() => page.locator("#settings").evaluate((form) => form.requestSubmit()));
    await page.waitForTimeout(300);
    assert.ok(await keys.isOn("#scrub"), "on the scrubber, through a new run");
    await page.locator("#cancel").evaluate((cancel) => cancel.removeAttribute("disabled"));
    await page.locator("#cancel").focus();
    await page.locator("#cancel").evaluate((cancel) => (cancel.disabled = true));
    await page.waitForFunction(() => document.activeElement?.id === "again");
  }));

test("a frame that is gone to is described aloud, one that plays is not", () =>
  open("captions.html?step=2", async (keys) => {
    const live = () => keys.page.locator("#gaze").getAttribute("aria-live");
    await keys.press("ArrowRight");
    assert.equal(await live(), "polite");
    assert.match(await keys.page.locator("#gaze").textContent(), /^The gaze lies .*half of it on \d+ of 196 places; most at place \d+ of 14 across, \d+ of 14 down, weight [\d.]+\.$/);
    await keys.press(" ");
    await keys.page.waitForFunction(() => document.querySelector("#gaze").ariaLive === "off");
  }));
