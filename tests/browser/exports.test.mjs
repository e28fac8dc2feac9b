// What leaves the page: figures and tables, each opened by a program that is not the page's own, and the dialog that makes them.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { EXHIBITS } from "./support/addresses.mjs";
import { violations } from "./support/axe.mjs";
import { NARROW, WIDE, useBrowser } from "./support/browser.mjs";
import { Exhibit, opener } from "./support/exhibit.mjs";
import { choose, csvRows, openExports, pngParts, save, shown, svgParts } from "./support/exports.mjs";
import { serviceWorkerReady, untilQuiet } from "./support/site.mjs";

const visit = useBrowser();
const caption = opener(visit, "captions.html");
const translate = opener(visit, "translate.html");
const manifest = JSON.parse(await readFile(new URL("../../models/manifest.json", import.meta.url), "utf8"));
/** CSS pixels of 174 mm. */
const WIDTH = (174 * 96) / 25.4;

/** A picture's size, and the share of its pixels in a strip across it that are dark. */
const inkOf = (page, bytes, type, [from, to]) =>
  page.evaluate(
    async ({ address, from, to }) => {
      const picture = new Image();
      picture.src = address;
      await picture.decode();
      const sheet = new OffscreenCanvas(picture.naturalWidth, picture.naturalHeight).getContext("2d");
      sheet.drawImage(picture, 0, 0);
      const { data } = sheet.getImageData(0, from, sheet.canvas.width, to - from);
      let dark = 0;
      for (let i = 0; i < data.length; i += 4) if (data[i] + data[i + 1] + data[i + 2] < 400) dark++;
      return { width: picture.naturalWidth, height: picture.naturalHeight, ink: dark / (data.length / 4) };
    },
    { address: `data:${type};base64,${bytes.toString("base64")}`, from, to },
  );

for (const [picture, scale] of [["png2", 2], ["png4", 4]]) {
  test(`a PNG of ${scale} pixels in one is as large as it says, and holds title, words and source`, () =>
    caption({ step: "2" }, {}, async (_exhibit, { page }) => {
      const before = await shown(page);
      await openExports(page);
      await choose(page, { picture });
      const { name, bytes } = await save(page);
      const { width, height, metre, texts } = pngParts(bytes);
      assert.equal(name, `glimpse-captions-step-2-${scale}x.png`);
      assert.equal(width, Math.round(WIDTH * scale));
      assert.ok(height > width / 2);
      assert.deepEqual(metre, [Math.round((scale * 96) / 0.0254), Math.round((scale * 96) / 0.0254), 1]);
      assert.equal(texts.Title, await page.locator("#headline").innerText());
      assert.equal(texts.Source, `${page.url().split("?")[0]}?step=2`);
      assert.match(texts.Description, /word 2 of 7, “surfer”.*“a surfer is riding a wave”/);
      const head = await inkOf(page, bytes, "image/png", [8 * scale, 28 * scale]);
      assert.deepEqual([head.width, head.height], [width, height]);
      assert.ok(head.ink > 0.01, `the title is written: ${head.ink}`);
      const foot = await inkOf(page, bytes, "image/png", [height - 30 * scale, height - 4 * scale]);
      assert.ok(foot.ink > 0.002, `the source is written: ${foot.ink}`);
      assert.deepEqual(await shown(page), before, "the page is as it was");
    }));
}

test("an SVG has the width and the letters of a paper, words as text, pictures within, and a link", () =>
  caption({ step: "2" }, {}, async (_exhibit, { page }) => {
    await openExports(page);
    await choose(page, { picture: "svg", width: "84", letters: "8" });
    const { file, bytes } = await save(page);
    const { root, tags, texts, images, links, title } = svgParts(file);
    assert.equal(root.width, "84mm");
    assert.equal(root.viewBox.split(" ")[2], ((84 * 96) / 25.4).toFixed(2), "one unit is a pixel of CSS: a text of 12 units has 9 points");
    assert.equal(title, await page.locator("#headline").innerText());
    const words = texts.map(({ words }) => words);
    for (const word of ["a", "surfer", "is", "riding", "wave", "0", "attention weight of a place"]) assert.ok(words.includes(word), `“${word}” in ${words.join("|")}`);
    const system = texts.find(({ words }) => words.startsWith("Soft attention captioning"));
    assert.ok(Math.abs(system["font-size"] - (8 * 96) / 72) < 0.01, "8 points as chosen");
    assert.ok(Math.min(...texts.map((text) => text["font-size"])) * 0.75 >= 6, "no text below 6 points");
    assert.equal(images.length, 1);
    assert.match(images[0]["xlink:href"], /^data:image\/(png|jpeg);base64,/);
    assert.ok(tags.includes("linearGradient") && !tags.includes("script") && !tags.includes("foreignObject"));
    assert.match(links[0]["xlink:href"], /captions\.html\?step=2$/);
    const { width } = await inkOf(page, bytes, "image/svg+xml", [0, 20]);
    assert.equal(width, Math.round((84 * 96) / 25.4));
  }));

test("the words that a canvas shows are text in an SVG, too", () =>
  translate({ step: "9" }, {}, async (exhibit, { page }) => {
    await exhibit.untilStep(9);
    await openExports(page);
    await choose(page, { picture: "svg" });
    const { texts } = svgParts((await save(page)).file);
    const turned = texts.filter(({ transform }) => transform?.startsWith("rotate(-60")).map(({ words }) => words);
    assert.deepEqual(turned, ["A", "little", "girl", "is", "playing", "with", "a", "big", "brown", "dog", "in", "the", "park", ".", "end"]);
    assert.ok(texts.filter(({ words }) => words === "chien").length >= 3, "above the lines, in the matrix and in the title");
  }));

test("what is not wanted is left out, and dark is dark", () =>
  caption({ step: "2" }, { colorScheme: "light" }, async (_exhibit, { page }) => {
    await openExports(page);
    await choose(page, { picture: "svg", theme: "dark" });
    for (const part of ["title", "words", "notes", "legend", "source"]) await page.locator(`[data-part=${part}]`).uncheck();
    const { texts, images } = svgParts((await save(page)).file);
    assert.deepEqual([texts.length, images.length], [0, 1]);
    const svg = (await save(page)).bytes.toString();
    assert.match(svg, /<rect width="100%" height="100%" fill="#141413"\/>/);
  }));

test("the caption for a paper goes to the clipboard", () =>
  caption({ step: "2" }, { permissions: ["clipboard-read", "clipboard-write"] }, async (_exhibit, { page }) => {
    await openExports(page);
    await page.locator("#copy-caption").click();
    await page.locator(".export [role=status]", { hasText: "The caption is copied." }).waitFor();
    const copied = await page.evaluate(() => navigator.clipboard.readText());
    assert.equal(copied, await page.locator(".export textarea").inputValue());
    for (const part of ["Soft attention captioning: ", "word 2 of 7, “surfer”", "“a surfer is riding a wave”", "14×14 places", "caption-soft", "Xu et al., Show, Attend and Tell, ICML 2015", "captions.html?step=2"]) assert.ok(copied.includes(part), part);
    assert.doesNotMatch(copied, /caption-hard/, "only the models of this run are named");
  }));

for (const address of EXHIBITS) {
  test(`${address}: a figure holds its title, its pictures and what the model says`, () =>
    visit(address, { colorScheme: "dark" }, async ({ page }) => {
      const exhibit = new Exhibit(page);
      await exhibit.until("cached", "done");
      await page.waitForFunction(() => globalThis.glimpse.frames.length > 0 && document.documentElement.dataset.frame);
      await openExports(page);
      const before = await shown(page);
      await choose(page, { picture: "svg" });
      const { texts, images, title } = svgParts((await save(page)).file);
      const words = texts.map(({ words }) => words).join(" ").replace(/\s+/g, " ");
      assert.equal(title, await page.locator("#headline").innerText());
      assert.ok(images.length > 0);
      const said = await page.locator(".stage-area").evaluate((area) =>
        [...area.querySelectorAll("#words button, #answer, #says, #answers, #letters, figcaption")].filter((one) => one.checkVisibility({ visibilityProperty: true })).map((one) => one.innerText.replace(/\s+/g, " ").trim()).filter(Boolean));
      for (const one of said) assert.ok(words.replaceAll(" ", "").includes(one.replaceAll(" ", "")), `“${one}” in ${words}`);
      assert.match(words, /Glimpse/);
      assert.deepEqual(await shown(page), before, "the page is as it was");
    }));
}

test("where the page keeps the words back, no export tells them", () =>
  caption({ hide: "words" }, {}, async (_exhibit, { page }) => {
    await openExports(page);
    assert.deepEqual(await page.locator(".export-kinds label").allInnerTexts(), ["Picture", "Film"]);
    assert.equal(await page.locator("#copy-caption").count(), 0);
  }));

test("CSV has every weight of every step, as Python's csv module reads it", () =>
  caption({ step: "2" }, {}, async (exhibit, { page }) => {
    const frames = await exhibit.frames();
    await openExports(page, "numbers");
    await choose(page, { table: "places" });
    const { file, name } = await save(page);
    assert.equal(name, "glimpse-captions-places.csv");
    const rows = csvRows(file);
    assert.deepEqual(Object.keys(rows[0]), ["step", "word", "map", "row", "column", "weight"]);
    assert.equal(rows.length, frames.length * 14 * 14);
    frames.forEach((frame, i) => {
      const of = rows.filter(({ step }) => step === String(i + 1));
      assert.deepEqual(of.map(({ weight }) => Math.fround(Number(weight))), frame.maps[0].weights);
      assert.ok(Math.abs(of.reduce((sum, { weight }) => sum + Number(weight), 0) - 1) < 1e-4);
    });
    assert.deepEqual([rows[196].word, rows[196 + 15].row, rows[196 + 15].column], ["surfer", "2", "2"]);
  }));

test("CSV of a translation leads from token to token", () =>
  translate({ step: "2" }, {}, async (exhibit, { page }) => {
    const frames = await exhibit.frames();
    await openExports(page, "numbers");
    await choose(page, { table: "tokens" });
    const rows = csvRows((await save(page)).file);
    assert.equal(rows.length, frames.length * frames[0].maps[0].tokens.length);
    const brown = rows.find(({ word, token }) => word === "brun" && token === "brown");
    assert.ok(Number(brown.weight) > 0.5, JSON.stringify(brown));
  }));

test("JSON has frames, settings, seed and the models' digests as the manifest has them", () =>
  visit("captions.html?model=hard&sample=soccer&step=2", {}, async ({ page }) => {
    const exhibit = new Exhibit(page);
    await exhibit.until("cached");
    await openExports(page, "numbers");
    await choose(page, { table: "json" });
    const run = JSON.parse((await save(page)).bytes);
    const frames = await exhibit.frames();
    assert.deepEqual([run.format, run.exhibit, run.settings], ["glimpse-run", "captions", await exhibit.settings()]);
    assert.equal(run.seed, run.settings.seed);
    const alpha = (all) => all.map(({ words, maps }) => [words, maps.map(({ weights }) => weights.map(Math.fround))]);
    assert.deepEqual(alpha(run.frames), alpha(frames));
    assert.deepEqual([...new Set(run.models.map(({ model }) => model))], ["caption-hard", "caption-encoder"]);
    for (const { model, name, sha256 } of run.models) assert.equal(manifest.models[model].files.find((file) => file.name === name).sha256, sha256, `${model}/${name}`);
  }));

for (const [look, viewport, colorScheme] of [["wide, light", WIDE, "light"], ["wide, dark", WIDE, "dark"], ["narrow, dark", NARROW, "dark"], ["320 pixels", { width: 320, height: 640 }, "light"]]) {
  test(`the dialog breaks no rule of axe's and nothing in it is cut, ${look}`, () =>
    caption({ step: "2" }, { viewport, colorScheme }, async (_exhibit, { page, screenshot }) => {
      for (const kind of ["picture", "film", "numbers", "page"]) {
        await openExports(page, kind);
        if (kind === "film") await page.locator(".export .about", { hasText: "256 colours" }).waitFor();
        assert.deepEqual(await violations(page), [], kind);
        const wide = await page.evaluate(() => [document.documentElement, document.querySelector("dialog.export"), ...document.querySelectorAll("dialog.export :is(.export-body, .export-options, .export-foot, .export-head)")].map((one) => one.scrollWidth - one.clientWidth));
        assert.ok(Math.max(...wide) <= 0, `${kind}: ${wide}`);
        await screenshot(`export-${kind}-${look.replace(/\W+/g, "-")}`);
      }
    }));
}

test("the keyboard alone exports, and comes back to where it was", () =>
  caption({ step: "2" }, {}, async (exhibit, { page }) => {
    const focused = () => page.evaluate(() => document.activeElement.id || document.activeElement.className || (document.activeElement.value ?? ""));
    for (let i = 0; i < 30 && (await focused()) !== "save"; i++) await page.keyboard.press("Tab");
    assert.equal(await focused(), "save");
    await page.keyboard.press("Enter");
    await page.locator("dialog.export").waitFor();
    for (let i = 0; i < 30 && (await focused()) !== "picture"; i++) await page.keyboard.press("Tab");
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("ArrowRight");
    assert.equal(await page.locator(".export :checked[name=export-kind]").inputValue(), "numbers");
    assert.equal(await exhibit.step(), 2, "the player behind the dialog hears nothing");
    for (let i = 0; i < 30 && !(await focused()).includes("export-save"); i++) await page.keyboard.press("Tab");
    const [download] = await Promise.all([page.waitForEvent("download"), page.keyboard.press("Enter")]);
    assert.equal(download.suggestedFilename(), "glimpse-captions-places.csv");
    await page.locator(".export [role=status]", { hasText: "Saved as glimpse-captions-places.csv" }).waitFor();
    await page.keyboard.press("Escape");
    await page.locator("dialog.export").waitFor({ state: "detached" });
    assert.equal(await focused(), "save");
  }));

test("a figure of the visitor's own photo holds no link to another one", () =>
  caption({}, {}, async (exhibit, { page }) => {
    await exhibit.run(() => page.locator("#file").setInputFiles(new URL("../../www/public/samples/cat.jpg", import.meta.url).pathname));
    await openExports(page);
    await choose(page, { picture: "svg" });
    const { links, images } = svgParts((await save(page)).file);
    assert.deepEqual([links.length, images.length], [0, 1]);
    await openExports(page, "page");
    assert.match(await page.locator(".export .about").innerText(), /It holds the picture or text that you gave\./);
  }));

test("a visit loads nothing of the exports; what was opened once exports without a network", () =>
  visit("captions.html?step=2", {}, async ({ page, context, requests }) => {
    const exhibit = new Exhibit(page);
    await exhibit.until("cached");
    await serviceWorkerReady(page);
    await untilQuiet(page, requests);
    const theirs = () => [...new Set(requests.map(({ path: name }) => /^page\/(exports|film)-/.exec(name)?.[1]).filter(Boolean))].sort();
    assert.deepEqual(theirs(), []);
    await openExports(page, "film");
    await page.locator(".export .about", { hasText: "256 colours" }).waitFor();
    await untilQuiet(page, requests);
    assert.deepEqual(theirs(), ["exports", "film"]);
    await context.setOffline(true);
    await page.reload();
    await exhibit.until("cached");
    await openExports(page, "film");
    await page.locator(".export .about", { hasText: "256 colours" }).waitFor();
    await choose(page, { film: "gif", pace: "0.1" });
    assert.equal((await save(page)).bytes.toString("latin1", 0, 6), "GIF89a");
  }));
