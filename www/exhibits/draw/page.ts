// DRAW: one glimpse at a time, it draws a digit from noise, or copies one.
import type { Input, Settings } from "../../kit/types";
import { Bench } from "../../shell/exhibit-page";
import { byId } from "../../kit/dom";
import { acceptPictures } from "../../inputs/files";
import { link, linked, linkedChoice, linkedNumber } from "../../kit/link";
import { complain } from "../../kit/notice";
import { Pad } from "../../inputs/pad";
import { drawPane, drawPatch, drawThumbnail, pictureOf, windowOf } from "./stage";
import { drawLesson } from "./lesson";

const MODES = (["generate", "reconstruct", "wall"] as const);
const MODELS = (["draw-mnist", "draw-mnist-noattention", "draw-2digits"] as const);

const mode = byId("mode", HTMLSelectElement);
const model = byId("model", HTMLSelectElement);
const seed = byId("seed", HTMLInputElement);
mode.value = linkedChoice("mode", MODES, "generate");
model.value = linkedChoice("model", MODELS, "draw-mnist");
seed.value = String(linkedNumber("seed", 0, 2 ** 32 - 1, 7));

/** A dropped picture, which stands in for the pad until something is drawn. */
let dropped: Uint8Array | null = null;

const pad = new Pad(byId("pad", HTMLCanvasElement), linked("drawing"), () => {
  dropped = null;
  link({ drawing: pad.own ? pad.text : null });
});

const pane = (id: string) => {
  const canvas = byId(id, HTMLCanvasElement);
  return { canvas, figure: (canvas.closest("figure") as HTMLElement) };
};
const panes = { target: pane("pane-target"), canvas: pane("pane-canvas"), glimpse: pane("pane-glimpse"), patch: pane("pane-patch") };

const exhibit: ConstructorParameters<typeof Bench>[0] = {
  name: "draw",
  pace: 6,

  settings: () => {
    const settings: Settings = { mode: mode.value, model: model.value, seed: Number(seed.value) >>> 0 };
    if (mode.value === "reconstruct") settings.drawing = dropped ? "a picture" : pad.text;
    return settings;
  },
  core: ({ mode, model, seed }) => ({ mode, model, seed }),
  input: async () => ((mode.value !== "reconstruct" ? undefined : (dropped ?? pad.drawing())) as Input),
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

/** @param live run the models even where a recorded run would do */
async function changed(live: boolean = false) {
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
