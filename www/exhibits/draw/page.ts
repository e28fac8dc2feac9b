// DRAW: one glimpse at a time, it draws a digit from noise, or copies one.
/** @import {Input, Settings} from "../types.js" */
import { Bench } from "../bench.js";
import { byId } from "../dom.js";
import { acceptPictures } from "../files.js";
import { link, linked, linkedChoice, linkedNumber } from "../link.js";
import { complain } from "../notice.js";
import { Pad } from "../pad.js";
import { drawPane, drawPatch, drawThumbnail, pictureOf, windowOf } from "../stage/draw.js";
import { drawLesson } from "./draw-lesson.js";

const MODES = /** @type {const} */ (["generate", "reconstruct", "wall"]);
const MODELS = /** @type {const} */ (["draw-mnist", "draw-mnist-noattention", "draw-2digits"]);

const mode = byId("mode", HTMLSelectElement);
const model = byId("model", HTMLSelectElement);
const seed = byId("seed", HTMLInputElement);
mode.value = linkedChoice("mode", MODES, "generate");
model.value = linkedChoice("model", MODELS, "draw-mnist");
seed.value = String(linkedNumber("seed", 0, 2 ** 32 - 1, 7));

/** A dropped picture, which stands in for the pad until something is drawn. @type {Uint8Array | null} */
let dropped = null;

const pad = new Pad(byId("pad", HTMLCanvasElement), linked("drawing"), () => {
  dropped = null;
  link({ drawing: pad.own ? pad.text : null });
});

/** @param {string} id */
const pane = (id) => {
  const canvas = byId(id, HTMLCanvasElement);
  return { canvas, figure: /** @type {HTMLElement} */ (canvas.closest("figure")) };
};
const panes = { target: pane("pane-target"), canvas: pane("pane-canvas"), glimpse: pane("pane-glimpse"), patch: pane("pane-patch") };

/** @type {ConstructorParameters<typeof Bench>[0]} */
const exhibit = {
  name: "draw",
  pace: 6,

  settings: () => {
    /** @type {Settings} */
    const settings = { mode: mode.value, model: model.value, seed: Number(seed.value) >>> 0 };
    if (mode.value === "reconstruct") settings.drawing = dropped ? "a picture" : pad.text;
    return settings;
  },
  core: ({ mode, model, seed }) => ({ mode, model, seed }),
  input: async () => /** @type {Input} */ (mode.value !== "reconstruct" ? undefined : (dropped ?? pad.drawing())),
  replace: () => {},

  show(frame, run) {
    if (!frame) return;
    const canvas = pictureOf(frame, "canvas") ?? pictureOf(frame, "wall");
    const target = pictureOf(frame, "target");
    const glimpse = pictureOf(frame, "glimpse");
    const patch = pictureOf(frame, "patch");
    panes.target.figure.hidden = !target;
    panes.glimpse.figure.hidden = !glimpse;
    panes.patch.figure.hidden = !patch;
    byId("stage", HTMLElement).dataset.mode = String(run.settings.mode);
    if (canvas) {
      const banks = { x: pictureOf(frame, "filter_x"), y: pictureOf(frame, "filter_y") };
      drawPane(panes.canvas.canvas, canvas, windowOf(frame, "write"), banks, "--accent");
    }
    if (target) {
      const banks = { x: pictureOf(frame, "read_filter_x"), y: pictureOf(frame, "read_filter_y") };
      drawPane(panes.target.canvas, target, windowOf(frame, "read"), banks, "--second");
    }
    if (glimpse) drawPatch(panes.glimpse.canvas, glimpse);
    if (patch) drawPatch(panes.patch.canvas, patch);
    const shown = run.settings.mode === "wall" ? "64 samples of one network" : "what it has drawn";
    byId("canvas-caption", HTMLElement).textContent = windowOf(frame, "write") ? `${shown}, and where it writes` : shown;
    const steps = frame.steps ?? run.frames.length;
    panes.canvas.canvas.setAttribute("aria-label", `What it has drawn after ${frame.step} of ${steps} steps`);
  },

  thumbnail: (context, frame, _run, x, y, width, height) => drawThumbnail(context, frame, x, y, width, height),
  lesson: (frame, run) => (frame ? drawLesson(frame, run) : []),
  sentence: (run) => `DRAW, ${run.settings.model}, seed ${run.settings.seed}`,
};

const bench = new Bench(exhibit);

function arrange() {
  byId("drawing", HTMLElement).hidden = mode.value !== "reconstruct";
  pad.paint();
}

/** @param {boolean} [live] run the models even where a recorded run would do */
async function changed(live = false) {
  arrange();
  link({ mode: mode.value, model: model.value, seed: Number(seed.value) >>> 0, step: null });
  if (live || !(await bench.cached(null))) await bench.live(null);
}

mode.addEventListener("change", () => void changed());
model.addEventListener("change", () => void changed());
seed.addEventListener("change", () => void changed());
byId("settings", HTMLFormElement).addEventListener("submit", (event) => event.preventDefault());
byId("new-seed", HTMLButtonElement).addEventListener("click", () => {
  seed.value = String(crypto.getRandomValues(new Uint32Array(1))[0] % 100_000);
  void changed(true);
});
byId("use-drawing", HTMLButtonElement).addEventListener("click", () => {
  dropped = null;
  if (pad.empty) complain("no-drawing");
  else void changed(true);
});
byId("undo", HTMLButtonElement).addEventListener("click", () => pad.undo());
byId("clear", HTMLButtonElement).addEventListener("click", () => pad.clear());
acceptPictures((bytes) => {
  dropped = bytes;
  mode.value = "reconstruct";
  void changed(true);
});

arrange();
void bench.open();
