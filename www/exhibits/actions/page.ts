// Actions: a clip is watched frame by frame; in each, where the model looks and what it takes it for.
import type { CoreSettings, Input, Settings } from "../../kit/types";
import { Bench } from "../../shell/exhibit-page";
import { paintOn } from "../../inputs/brush";
import { offerTaking } from "../../inputs/camera";
import { FRAMES, WATCHED, clipOf, frameOf, recorded } from "../../inputs/clip";
import { byId, el, fixed } from "../../kit/dom";
import { acceptFiles } from "../../inputs/files";
import { numberOf } from "../../kit/frame";
import { link, linked, linkedChoice } from "../../kit/link";
import { complain } from "../../kit/notice";
import { markSample, onSample, samplePicture } from "../../inputs/samples";
import { drawCurves } from "./stage";
import { drawPhoto, drawThumbnail, gazeOf } from "../captions/stage";
import { steeringSwitch, steersAsText, steersOfText } from "../../inputs/steering";
import { actionsLesson } from "./lesson";

const SAMPLES = (["swing", "run", "catch"] as const);
const LOOK = { map: ("viridis" as const), opacity: 0.6 };

const model = byId("model", HTMLSelectElement);
const canvas = byId("photo", HTMLCanvasElement);
const from = byId("from", HTMLInputElement);
model.value = linkedChoice("model", ["attention", "mean"], "attention");
let sample: string = linkedChoice("sample", SAMPLES, "swing");
/** The visitor's own clip, in place of a sample. */
let own: HTMLCanvasElement | null = null;
/** The file that it was cut from. */
let film: Blob | null = null;

const strip = async () => own ?? samplePicture(`${sample}.clip`);

const steering = steeringSwitch(() => bench.player);
paintOn(canvas, steering.isOn, {
  stroke: (weights) => {
    const photo = bench.run?.photo;
    if (photo instanceof HTMLCanvasElement) drawPhoto(canvas, frameOf(photo, bench.player.index), { rows: 14, cols: 14, weights }, LOOK);
  },
  done: (weights) => {
    const run = bench.run;
    if (!run || run.frames.length === 0) return;
    const step = bench.player.index + 1;
    link({ step, steer: steersAsText([...run.steers.filter((one) => one.step < step), { step, weights }]) });
    void bench.steer(step, weights);
  },
});

const exhibit: ConstructorParameters<typeof Bench>[0] = {
  name: "actions",
  pace: 6,
  settings: () => ({ model: model.value, sample: own ? "own" : sample, ...(own && { from: Number(from.value) }) } as Settings),
  core: ({ model }) => ({ model, frames: FRAMES } as CoreSettings),
  input: async () => {
    const canvas = await strip();
    const context = (canvas.getContext("2d") as CanvasRenderingContext2D);
    const { width, height, data } = context.getImageData(0, 0, canvas.width, canvas.height);
    return ({ width, height, data } as Input);
  },
  photo: strip,
  replace: () => {},
  grew(run) {
    const other = byId("other", HTMLElement);
    const last = bench.other(run)?.at(-1);
    other.hidden = !last;
    if (last) {
      const label = run.settings.model === "mean" ? "Attending to places:" : "With the mean of every frame:";
      other.replaceChildren(el("small", {}, label), ` ${last.words[0]} · ${fixed(100 * (numberOf(last, "share") ?? 0), 0)} %`);
    }
    byId("reset", HTMLButtonElement).hidden = run.steers.length === 0;
    const answer = run.frames.at(-1);
    if (run.over && answer) byId("announce", HTMLElement).textContent = answer.words[0];
  },
  show(frame, run) {
    if (run.photo instanceof HTMLCanvasElement) drawPhoto(canvas, frameOf(run.photo, (frame?.step ?? 1) - 1), gazeOf(frame), LOOK);
    drawCurves(byId("curves", HTMLCanvasElement), run.frames, (frame?.step ?? 1) - 1);
    const share = frame && numberOf(frame, "share");
    byId("answer", HTMLElement).textContent = frame ? `${frame.ended ? "" : "so far: "}${frame.words[0]} · ${fixed(100 * (share ?? 0), 0)} %` : "";
  },
  thumbnail: (context, frame, run, x, y, width, height) => {
    if (run.photo instanceof HTMLCanvasElement) drawThumbnail(context, frameOf(run.photo, frame.step - 1), frame, LOOK, x, y, width, height);
  },
  lesson: (frame, run) => (frame ? actionsLesson(frame, run) : []),
  beside: (run) => ({ model: run.settings.model === "mean" ? "attention" : "mean" }),
  sentence: (run) => run.frames.at(-1)?.words[0] ?? "",
};

const bench = new Bench(exhibit);

function dress() {
  markSample(own ? null : sample);
  byId("part", HTMLElement).hidden = !film || Number(from.max) <= 0;
  byId("from-value", HTMLElement).textContent = `${fixed(Number(from.value), 1)} s`;
}

async function changed() {
  dress();
  steering.set(false);
  link({ model: model.value, sample: own ? null : sample, step: null, steer: null });
  if (own || !(await bench.cached(null))) await bench.live(null);
}

/** Two seconds of the visitor's film become the clip; what is no film leaves everything as it was. */
async function take(file: Blob) {
  const seconds = file === film ? Number(from.value) : 0;
  bench.loading.tell(`Taking ${FRAMES} frames from the clip`);
  try {
    const { strip, duration } = await clipOf(file, seconds);
    [own, film] = [strip, file];
    from.max = String(Math.max(0, Math.floor(10 * (duration - WATCHED)) / 10));
    from.value = String(seconds);
    await changed();
  } catch {
    bench.loading.hide();
    complain("bad-video");
  }
}

model.addEventListener("change", () => void changed());
from.addEventListener("input", dress);
from.addEventListener("change", () => film && void take(film));
byId("settings", HTMLFormElement).addEventListener("submit", (event) => event.preventDefault());
byId("reset", HTMLButtonElement).addEventListener("click", () => void changed());
onSample((name) => {
  [own, film, sample] = [null, null, name];
  void changed();
});
acceptFiles((file) => void take(file));
offerTaking("Record two seconds", recorded, (clip) => {
  [own, film] = [clip, null];
  void changed();
});
dress();
new ResizeObserver(() => bench.repaint()).observe(byId("stage", HTMLElement));
void bench.open(model.value === "attention" ? steersOfText(linked("steer")) : []);
