// What a visitor does in the dialog "Export", and programs that are not the page's own to read what comes of it.
import { execFileSync } from "node:child_process";
import { readFile } from "node:fs/promises";
import { PATIENCE } from "./browser.mjs";

/** Opens the dialog, and in it one of picture, film, numbers, page. */
export async function openExports(page, kind = "picture") {
  if (!(await page.locator("dialog.export").isVisible())) await page.locator("#save").click();
  await page.locator(`.export [value=${kind}]`).check({ force: true });
}

/** Chooses among the dialog's options, by their names. */
export async function choose(page, choices) {
  for (const [name, value] of Object.entries(choices)) await page.locator(`.export [data-choice=${name}]`).selectOption(value);
}

/** What the page shows and would lose. */
export const shown = (page) =>
  page.evaluate(() => {
    const { frame, theme, figure } = document.documentElement.dataset;
    return { frame, theme, figure, style: document.documentElement.getAttribute("style") ?? "", frames: globalThis.glimpse.frames.length, x: scrollX, y: scrollY, width: document.querySelector("#photo")?.width };
  });

/** Presses "Save": the file's bytes, its name, and where it lies until the page is closed. */
export async function save(page) {
  const [download] = await Promise.all([page.waitForEvent("download", { timeout: PATIENCE }), page.locator(".export-save").click()]);
  const file = await download.path();
  return { file, name: download.suggestedFilename(), bytes: await readFile(file) };
}

/** What a Python program with no more than its standard library prints of a file, as JSON. */
export const python = (program, file) => JSON.parse(execFileSync("python3", ["-c", program, file], { encoding: "utf8", maxBuffer: 1e8 }));

/** The rows of a CSV by Python's csv module. */
export const csvRows = (file) => python("import csv, json, sys\nprint(json.dumps(list(csv.DictReader(open(sys.argv[1], newline='', encoding='utf-8')))))", file);

/** An SVG by Python's xml.dom: its size, its words, and its pictures with where they lie. */
export const svgParts = (file) =>
  python(
    `import json, sys, xml.dom.minidom as dom
root = dom.parse(sys.argv[1]).documentElement
of = lambda node: {name: node.getAttribute(name) for name in node.attributes.keys()}
words = lambda node: "".join(child.data for child in node.childNodes if child.nodeType == child.TEXT_NODE)
named = lambda name: [dict(of(node), words=words(node)) for node in root.getElementsByTagName(name)]
print(json.dumps({"root": of(root), "tags": sorted({node.tagName for node in root.getElementsByTagName("*")}), "texts": named("text"), "images": named("image"), "links": named("a"), "title": words(root.getElementsByTagName("title")[0])}))`,
    file,
  );

/** What ffprobe says of a film; null on machines that have none. */
export function ffprobe(file) {
  try {
    const said = execFileSync("ffprobe", ["-v", "error", "-count_frames", "-show_streams", "-show_format", "-of", "json", file], { encoding: "utf8" });
    return JSON.parse(said);
  } catch (error) {
    if (error.code === "ENOENT") return null;
    throw error;
  }
}

/** The chunks of a PNG: its size, its resolution in pixels a metre, and its texts. */
export function pngParts(bytes) {
  const parts = { texts: {} };
  for (let at = 8; at < bytes.length; ) {
    const length = bytes.readUInt32BE(at);
    const type = bytes.toString("latin1", at + 4, at + 8);
    const data = bytes.subarray(at + 8, at + 8 + length);
    if (type === "IHDR") [parts.width, parts.height] = [data.readUInt32BE(0), data.readUInt32BE(4)];
    if (type === "pHYs") parts.metre = [data.readUInt32BE(0), data.readUInt32BE(4), data[8]];
    if (type === "iTXt") {
      const end = data.indexOf(0);
      parts.texts[data.toString("latin1", 0, end)] = data.toString("utf8", end + 5);
    }
    at += 12 + length;
  }
  return parts;
}
