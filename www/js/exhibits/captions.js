// Captions: a photo is put into words, and for each word, where the model looks.
/** @import {ColourMap} from "../colour.js" */
/** @import {Frame, Input, Run, Settings} from "../types.js" */
import { Bench } from "../bench.js";
import { COLOUR_MAPS } from "../colour.js";
import { byId, el } from "../dom.js";
import { acceptPictures } from "../files.js";
import { link, linked, linkedChoice, linkedNumber } from "../link.js";
import { Brush } from "../brush.js";
import { drawPhoto, drawThumbnail, gazeOf } from "../stage/captions.js";
import { offerCamera } from "../camera.js";
import { steersAsText, steersOfText } from "../steering.js";
import { captionsLesson } from "./captions-lesson.js";

const SAMPLES = /** @type {const} */ (["surfer", "dog", "soccer", "horse", "cat", "astronaut"]);

const model = byId("model", HTMLSelectElement);
const beam = byId("beam", HTMLSelectElement);
const colours = byId("colour-map", HTMLSelectElement);
const opacity = byId("heat-opacity", HTMLInputElement);
const compare = byId("compare", HTMLInputElement);
const canvas = byId("photo", HTMLCanvasElement);
const words = byId("words", HTMLElement);

model.value = linkedChoice("model", ["soft", "none"], "soft");
beam.value = String(linkedNumber("beam", 1, 5, 1));
colours.value = linkedChoice("map", COLOUR_MAPS, "viridis");
opacity.value = String(linkedNumber("opacity", 0, 100, 70));
/** @type {string} */
let sample = linkedChoice("sample", SAMPLES, "surfer");
/** The visitor's own picture, in place of a sample. @type {Uint8Array | null} */
let own = null;
/** What it said before it was steered. @type {string[] | null} */
let free = null;

/** @returns {{map: ColourMap, opacity: number}} */
const look = () => ({ map: /** @type {ColourMap} */ (colours.value), opacity: Number(opacity.value) / 100 });

/** @param {string} name */
const samplePath = (name) => new URL(`../../samples/${name}.jpg`, import.meta.url);

async function samplePhoto() {
  if (own) return null;
  const image = new Image();
  image.src = samplePath(sample).href;
  await image.decode();
  const copy = document.createElement("canvas");
  copy.width = image.naturalWidth;
  copy.height = image.naturalHeight;
  copy.getContext("2d")?.drawImage(image, 0, 0);
  return copy;
}

/** @param {Frame} frame @param {Run} run */
const saidAt = (frame, run) => run.frames.findIndex((one) => one.words.length >= frame.words.length);

const brush = new Brush(canvas, {
  stroke: (weights) => {
    const photo = bench.run?.photo;
    if (photo) drawPhoto(canvas, photo, { rows: 14, cols: 14, weights }, look());
  },
  done: (weights) => {
    const run = bench.run;
    if (!run || run.frames.length === 0) return;
    free ??= run.frames[run.frames.length - 1].words;
    const step = bench.player.index + 1;
    link({ step, steer: steersAsText([...run.steers.filter((one) => one.step < step), { step, weights }]) });
    void bench.steer(step, weights);
  },
});

/** @param {Run} run @param {Frame | undefined} frame */
function showWords(run, frame) {
  const said = run.frames[run.frames.length - 1]?.words ?? [];
  const now = frame ? frame.words.length - 1 : -1;
  if (words.childElementCount !== said.length || [...words.children].some((child, i) => child.textContent !== said[i])) {
    words.replaceChildren(
      ...said.map((word, i) => {
        const button = el("button", { type: "button", "data-word": i, title: `where it looks when it says “${word}”` }, word);
        const show = () => bench.player.goTo(run.frames.findIndex((one) => one.words.length === i + 1));
        button.addEventListener("click", show);
        button.addEventListener("pointerenter", (event) => event.pointerType === "mouse" && show());
        return button;
      }),
    );
  }
  const ended = frame !== undefined && saidAt(frame, run) !== frame.step - 1;
  [...words.children].forEach((child, i) => {
    if (i === now && !ended) child.setAttribute("aria-current", "true");
    else child.removeAttribute("aria-current");
    child.classList.toggle("unsaid", i > now);
  });
}

/** @param {string} id @param {string} label @param {string[] | null | undefined} sentence @param {string[]} beside */
function showOther(id, label, sentence, beside) {
  const line = byId(id, HTMLElement);
  line.hidden = !sentence?.length;
  if (!sentence?.length) return;
  const marked = sentence.flatMap((word) => [" ", beside.includes(word) ? word : el("mark", {}, word)]);
  line.replaceChildren(el("small", {}, label), ...marked);
}

/** @type {ConstructorParameters<typeof Bench>[0]} */
const exhibit = {
  name: "captions",
  pace: 1.2,
  settings: () => {
    /** @type {Settings} */
    const settings = { model: model.value, beam: Number(beam.value), sample: own ? "own" : sample };
    return settings;
  },
  core: (settings) => ({ model: settings.model, beam: settings.beam, max_words: 20 }),
  input: async () => {
    if (own) return /** @type {Input} */ (own);
    const answer = await fetch(samplePath(sample));
    return new Uint8Array(await answer.arrayBuffer());
  },
  photo: samplePhoto,
  replace: () => {},
  grew(run) {
    const frame = run.frames[bench.player.index];
    showWords(run, frame);
    const said = run.frames[run.frames.length - 1]?.words ?? [];
    showOther("other", model.value === "soft" ? "Seeing it only once:" : "With attention:", compare.checked ? run.other : null, said);
    showOther("free", "Unsteered:", run.steers.length > 0 ? free : null, said);
    byId("reset", HTMLButtonElement).hidden = run.steers.length === 0;
    if (run.over) byId("announce", HTMLElement).textContent = said.join(" ");
  },
  show(frame, run) {
    if (run.photo) drawPhoto(canvas, run.photo, gazeOf(frame), look());
    canvas.setAttribute("aria-label", frame ? `The photo, and where it looks at “${frame.words.at(-1) ?? ""}”` : "The photo");
    showWords(run, frame);
  },
  thumbnail: (context, frame, run, x, y, width, height) => {
    if (run.photo) drawThumbnail(context, run.photo, frame, look(), x, y, width, height);
  },
  lesson: (frame, run) => (frame ? captionsLesson(frame, run) : []),
  async finished(run) {
    if (!compare.checked || run.steers.length > 0) return;
    const other = model.value === "soft" ? "none" : "soft";
    run.other = await bench.aside({ ...run.settings, model: other });
    if (bench.run === run) exhibit.grew?.(run);
  },
  sentence: (run) => run.frames[run.frames.length - 1]?.words.join(" ") ?? "",
};

const bench = new Bench(exhibit);

/** @param {boolean} [live] run the models even where a recorded run would do */
async function changed(live = false) {
  free = null;
  setSteering(false);
  link({ model: model.value, beam: beam.value, sample: own ? null : sample, step: null, steer: null });
  for (const button of document.querySelectorAll("[data-sample]")) {
    button.setAttribute("aria-pressed", String(!own && button.getAttribute("data-sample") === sample));
  }
  if (own || live || !(await bench.cached(null))) await bench.live(null);
}

/** @param {boolean} on */
function setSteering(on) {
  brush.on = on;
  byId("steer", HTMLButtonElement).setAttribute("aria-pressed", String(on));
  byId("stage", HTMLElement).toggleAttribute("data-steering", on);
  if (on) bench.player.stop();
}

model.addEventListener("change", () => void changed());
beam.addEventListener("change", () => void changed());
compare.addEventListener("change", () => bench.run && exhibit.grew?.(bench.run));
for (const control of [colours, opacity]) {
  control.addEventListener("input", () => {
    link({ map: colours.value, opacity: opacity.value });
    bench.repaint();
  });
}
byId("settings", HTMLFormElement).addEventListener("submit", (event) => event.preventDefault());
byId("steer", HTMLButtonElement).addEventListener("click", () => setSteering(!brush.on));
byId("reset", HTMLButtonElement).addEventListener("click", () => void changed());
for (const button of document.querySelectorAll("[data-sample]")) {
  button.addEventListener("click", () => {
    own = null;
    sample = button.getAttribute("data-sample") ?? "surfer";
    void changed();
  });
}
/** @param {Uint8Array} bytes */
const takePhoto = (bytes) => {
  own = bytes;
  void changed(true);
};
acceptPictures(takePhoto);
offerCamera(takePhoto);
new ResizeObserver(() => bench.repaint()).observe(byId("stage", HTMLElement));
void bench.open(model.value === "soft" ? steersOfText(linked("steer")) : []);
