// Spatial transformers: a digit is turned, scaled, sheared, bent and moved, and a network straightens it before it reads.
import type { Frame, Input, Picture, Settings } from "../../kit/types";
import type { Warp } from "../../stage/warp";
import { Bench } from "../../shell/exhibit-page";
import { byId, el } from "../../kit/dom";
import { acceptPictures } from "../../inputs/files";
import { Hasty } from "../../kit/latest-run";
import { link, linked, linkedChoice, linkedNumber } from "../../kit/link";
import { complain } from "../../kit/notice";
import { Pad } from "../../inputs/pad";
import { fetchSamples } from "../../inputs/clutter";
import { answerOf, cutOut, pictureOf } from "../../stage/digits";
import { drawPatch } from "../draw/stage";
import { drawSeen, drawThumbnail } from "./stage";
import { DISTORTED, NONE, SEEN, darkOnWhite, warped } from "../../stage/warp";
import { spatialLesson } from "./lesson";

/** What each slider goes from and to. */
const SPANS = { turn: [-90, 90], scale: [60, 130], shear: [-60, 60], bend: [-100, 100], x: [-10, 10], y: [-10, 10] };
const DIGIT = 28;
const names = (Object.keys(SPANS) as (keyof Warp)[]);

const model = byId("model", HTMLSelectElement);
const board = byId("board", HTMLCanvasElement);
model.value = linkedChoice("model", ["affine", "tps", "cnn"], "affine");
const warp: Warp = { ...NONE };
for (const name of names) warp[name] = linkedNumber(name, SPANS[name][0], SPANS[name][1], DISTORTED[name]);
/** Which sample, or the visitor's own digit. */
let digit: number | "own" = linked("digit") === "own" ? "own" : linkedNumber("digit", 0, 9, 4);
let own: Float32Array = new Float32Array(DIGIT * DIGIT);
let samples: Float32Array = new Float32Array(0);
/** A picture of a digit, until the core has found the digit on it. */
let dropped: Uint8Array | null = null;
/** What is being moved is run to its last step. */
const hasty = new Hasty(() => void bench.live(model.value === "cnn" ? 1 : 3));

const pad = new Pad(byId("pad", HTMLCanvasElement), linked("drawing"), () => {});

const pixels = () => warped(digit === "own" ? own : samples.subarray(digit * DIGIT * DIGIT, (digit + 1) * DIGIT * DIGIT), warp);
const edited = (): Picture => ({ name: "seen", width: SEEN, height: SEEN, values: pixels() });

const exhibit: ConstructorParameters<typeof Bench>[0] = {
  name: "spatial",
  pace: 0.8,
  settings: () => {
    const settings: Settings = { model: model.value, digit: dropped ? "a picture" : digit, ...warp };
    if (!dropped && digit === "own") settings.drawing = pad.text;
    return settings;
  },
  core: ({ model }) => ({ model }),
  input: async () => ((dropped ?? darkOnWhite(pixels(), SEEN)) as Input),
  replace: () => {},
  grew(run) {
    const other = byId("other", HTMLElement);
    const last = bench.other(run)?.at(-1);
    other.hidden = !last;
    if (last) {
      const label = run.settings.model === "cnn" ? "With a transformer it" : "Without a transformer it";
      other.replaceChildren(el("small", {}, label), ` ${answerOf(last)}`);
    }
    if (!run.over) return;
    const answer = run.frames.at(-1);
    if (answer?.ended) byId("announce", HTMLElement).textContent = answerOf(answer);
    if (dropped && run.frames[0]) adopt(run.frames[0]);
    hasty.over();
  },
  show(frame, run) {
    drawSeen(board, (frame && pictureOf(frame, "seen")) ?? edited(), frame);
    const straight = frame && pictureOf(frame, "straight");
    byId("straight-figure", HTMLElement).hidden = run.settings.model === "cnn";
    if (straight) drawPatch(byId("straight", HTMLCanvasElement), straight);
    byId("straight", HTMLCanvasElement).style.visibility = straight ? "visible" : "hidden";
    byId("says", HTMLElement).textContent = frame?.ended ? answerOf(frame) : "";
  },
  thumbnail: (context, frame, _run, x, y, width, height) => drawThumbnail(context, frame, x, y, width, height),
  lesson: (frame, run) => (frame ? spatialLesson(frame, run) : []),
  beside: (run) => ({ model: run.settings.model === "cnn" ? "affine" : "cnn" }),
  sentence: (run) => (run.frames.at(-1)?.ended ? answerOf(run.frames[run.frames.length - 1]) : ""),
};

const bench = new Bench(exhibit);

/** The digit that the core found on a picture becomes one that can be warped. */
function adopt(frame: Frame) {
  const found = pictureOf(frame, "seen");
  if (!found) return;
  dropped = null;
  digit = "own";
  own = cutOut(found);
  Object.assign(warp, NONE);
  dress();
}

function dress() {
  for (const name of names) {
    byId(name, HTMLInputElement).value = String(warp[name]);
    byId(`${name}-value`, HTMLElement).textContent = String(warp[name]);
  }
  for (const button of document.querySelectorAll("[data-digit]")) {
    button.setAttribute("aria-pressed", String(button.getAttribute("data-digit") === String(digit)));
  }
}

function linkAll() {
  hasty.forget();
  link({ model: model.value, digit: dropped ? null : digit, drawing: digit === "own" ? pad.text : null, step: null, ...warp });
}

/** @param live run the models even where a recorded run would do */
async function changed(live: boolean = false) {
  dress();
  linkAll();
  if (live || !(await bench.cached(null))) await bench.live(null);
}

function moved() {
  dress();
  linkAll();
  drawSeen(board, edited(), undefined);
  hasty.move();
}

for (const name of names) {
  byId(name, HTMLInputElement).addEventListener("input", (event) => {
    warp[name] = Number((event.target as HTMLInputElement).value);
    moved();
  });
}

/** Where the digit was taken hold of: the pointer, and its place then. */
let held: {at: [number, number], from: [number, number]} | null = null;
const at = (event: PointerEvent): [number, number] => {
  const scale = SEEN / board.getBoundingClientRect().width;
  return [event.clientX * scale, event.clientY * scale];
};
board.addEventListener("pointerdown", (event) => {
  held = { at: at(event), from: [warp.x, warp.y] };
  board.setPointerCapture(event.pointerId);
});
board.addEventListener("pointermove", (event) => {
  if (!held) return;
  const now = at(event);
  const reached = (axis: number, name: "x" | "y") => Math.round(Math.min(SPANS[name][1], Math.max(SPANS[name][0], (held?.from[axis] ?? 0) + now[axis] - (held?.at[axis] ?? 0))));
  [warp.x, warp.y] = [reached(0, "x"), reached(1, "y")];
  moved();
});
const drop = () => (held = null);
board.addEventListener("pointerup", drop);
board.addEventListener("pointercancel", drop);

model.addEventListener("change", () => void changed());
byId("settings", HTMLFormElement).addEventListener("submit", (event) => event.preventDefault());
byId("upright", HTMLButtonElement).addEventListener("click", () => {
  Object.assign(warp, NONE);
  moved();
});
byId("distort", HTMLButtonElement).addEventListener("click", () => {
  for (const name of names) warp[name] = Math.round(SPANS[name][0] + Math.random() * (SPANS[name][1] - SPANS[name][0]));
  moved();
});
for (const button of document.querySelectorAll("[data-digit]")) {
  button.addEventListener("click", () => {
    digit = Number(button.getAttribute("data-digit"));
    moved();
  });
}
byId("use-drawing", HTMLButtonElement).addEventListener("click", () => {
  if (pad.empty) return complain("no-digit");
  [digit, own] = ["own", pad.digit()];
  moved();
});
byId("undo", HTMLButtonElement).addEventListener("click", () => pad.undo());
byId("clear", HTMLButtonElement).addEventListener("click", () => pad.clear());
acceptPictures((bytes) => {
  dropped = bytes;
  linkAll();
  void bench.live(3);
});

dress();
pad.paint();
samples = await fetchSamples();
if (digit === "own") own = pad.digit();
new ResizeObserver(() => bench.repaint()).observe(byId("stage", HTMLElement));
void bench.open();
