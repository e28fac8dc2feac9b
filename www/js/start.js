// The start page: each exhibit plays its cached run while it is in view.
import { keepForOffline, prefersStillness, startChrome } from "./chrome.js";
import { cachedRun } from "./cached.js";
import { drawPhoto, gazeOf } from "./stage/captions.js";
import { drawPane, pictureOf, windowOf } from "./stage/draw.js";

/** @param {string} path */
async function photo(path) {
  const image = new Image();
  image.src = path;
  await image.decode();
  return image;
}

/** @param {HTMLCanvasElement} canvas @param {string} exhibit @returns {Promise<((index: number) => number) | null>} */
async function performer(canvas, exhibit) {
  const said = canvas.parentElement?.querySelector(".said");
  if (exhibit === "draw") {
    const run = await cachedRun("draw.html", { mode: "generate", model: "draw-mnist", seed: 7 });
    if (!run) return null;
    return (index) => {
      const frame = run.frames[index % run.frames.length];
      const picture = pictureOf(frame, "canvas");
      if (picture) drawPane(canvas, picture, windowOf(frame, "write"), { x: undefined, y: undefined }, "--accent");
      return run.frames.length;
    };
  }
  const [run, image] = await Promise.all([
    cachedRun("captions.html", { model: "soft", beam: 1, sample: "surfer" }),
    photo("samples/surfer.jpg"),
  ]);
  return (index) => {
    const frame = run?.frames[index % run.frames.length];
    drawPhoto(canvas, image, gazeOf(frame), { map: "viridis", opacity: 0.7 });
    if (said && frame) said.textContent = frame.words.join(" ");
    return run?.frames.length ?? 1;
  };
}

const root = document.documentElement;
const PACES = /** @type {Record<string, number>} */ ({ captions: 900, draw: 160 });

/** @param {HTMLCanvasElement} canvas */
async function perform(canvas) {
  const name = canvas.dataset.run ?? "";
  const show = await performer(canvas, name);
  if (!show) return;
  let index = 0;
  let visible = false;
  const count = show(0);
  if (prefersStillness()) show(count - 1);
  addEventListener("resize", () => show(index));
  repaints.push(() => show(index));
  new IntersectionObserver(([entry]) => (visible = entry.isIntersecting)).observe(canvas);
  if (!prefersStillness()) setInterval(() => visible && show(++index), PACES[name]);
}

/** @type {(() => void)[]} */
const repaints = [];
startChrome(() => repaints.forEach((repaint) => repaint()));
const [first, ...others] = document.querySelectorAll("canvas");
await perform(first);
root.dataset.frame = "1";
root.dataset.state = "cached";
for (const canvas of others) await perform(canvas);
keepForOffline();
