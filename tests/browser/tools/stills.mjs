// Takes www/lobby/stills.webp, the pictures of the start page, from the built start page: each still as it is drawn of its recorded run, once
// for the light theme, and again for the dark one where it looks otherwise there. www/lobby/stills.json says where each lies.
import { writeFile } from "node:fs/promises";
import { chromium } from "playwright-core";
import { findChromium } from "./chromium.mjs";
import { serve } from "./server.mjs";

const [site = "site", out = "www/lobby"] = process.argv.slice(2);
/** Of one picture, for a screen with two pixels where the page counts one. */
const CELL = { width: 312, height: 208 };
const PATIENCE = 10_000;
const QUALITY = 0.22;
/** The share of what is drawn that may look otherwise in the dark theme before a still is taken again for it: a thin frame may. */
const ALIKE = 0.25;

const server = await serve({ root: site });
const browser = await chromium.launch({ executablePath: findChromium(), args: ["--no-sandbox", "--disable-quic"] });

/** Every still as a PNG, by its name. */
async function taken(colorScheme) {
  const page = await browser.newPage({ colorScheme, reducedMotion: "reduce", viewport: { width: 1280, height: 800 }, deviceScaleFactor: 2, bypassCSP: true });
  await page.goto(`${server.url}index.html`);
  await page.waitForFunction(() => document.documentElement.dataset.state === "cached");
  await page.addStyleTag({ content: `.still { width: ${CELL.width / 2}px !important; height: ${CELL.height / 2}px !important; } .said, .play { display: none !important; } html, body { background: transparent !important; }` });
  const pictures = {};
  for (const card of await page.locator(".card").all()) {
    const name = await card.locator("canvas").getAttribute("data-still");
    await page.mouse.move(0, 0);
    await card.hover();
    const shown = await card.locator(".still[data-shown]").waitFor({ timeout: PATIENCE }).then(() => true, () => false);
    if (!shown) {
      console.log(`${name} has no recorded run: ./build.sh cached records it`);
      continue;
    }
    await page.waitForTimeout(300);
    pictures[name] = (await card.locator(".still").screenshot({ omitBackground: true })).toString("base64");
  }
  await page.close();
  return pictures;
}

/** In the browser: each pair of pictures, of which the second is dropped where it looks like the first, one below the other as a WebP. */
async function sheetOf({ pairs, cell: { width, height }, quality, alike }) {
  const read = async (picture) => {
    const image = new Image();
    image.src = `data:image/png;base64,${picture}`;
    await image.decode();
    const context = new OffscreenCanvas(width, height).getContext("2d");
    context.drawImage(image, 0, 0, width, height);
    return context;
  };
  const differing = (one, other) => {
    const [a, b] = [one, other].map((context) => context.getImageData(0, 0, width, height).data);
    let [drawn, unlike] = [0, 0];
    for (let i = 0; i < a.length; i += 4) {
      if (Math.max(a[i + 3], b[i + 3]) > 40) drawn++;
      if ([0, 1, 2, 3].some((channel) => Math.abs(a[i + channel] - b[i + channel]) > 40)) unlike++;
    }
    return unlike / drawn;
  };
  const cells = [];
  const places = {};
  for (const [name, pictures] of Object.entries(pairs)) {
    const [light, dark] = await Promise.all(pictures.map(read));
    const at = cells.push(light) - 1;
    places[name] = { light: at, dark: differing(light, dark) > alike ? cells.push(dark) - 1 : at };
  }
  const sheet = document.createElement("canvas");
  [sheet.width, sheet.height] = [width, height * cells.length];
  cells.forEach(({ canvas }, i) => sheet.getContext("2d").drawImage(canvas, 0, i * height));
  return { places, count: cells.length, webp: sheet.toDataURL("image/webp", quality).split(",")[1] };
}

try {
  const [light, dark] = [await taken("light"), await taken("dark")];
  const pairs = Object.fromEntries(Object.keys(light).map((name) => [name, [light[name], dark[name]]]));
  const page = await browser.newPage();
  const { places, count, webp } = await page.evaluate(sheetOf, { pairs, cell: CELL, quality: QUALITY, alike: ALIKE });
  const picture = Buffer.from(webp, "base64");
  await writeFile(`${out}/stills.webp`, picture);
  await writeFile(`${out}/stills.json`, `${JSON.stringify({ ...CELL, count, places }, null, 1)}\n`);
  console.log(`${count} pictures, ${picture.length} bytes`);
} finally {
  await browser.close();
  await server.close();
}
