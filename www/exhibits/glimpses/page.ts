// Glimpses: a digit among clutter, read by eight looks through hard crops, and beside it through DRAW's Gaussian window.
import type { Frame, Input, Picture, Run, Settings } from "../../kit/types";
import { Bench } from "../../shell/exhibit-page";
import { byId, fixed, holdWhole } from "../../kit/dom";
import { acceptPictures } from "../../inputs/files";
import { link, linked, linkedChoice, linkedNumber } from "../../kit/link";
import { complain } from "../../kit/notice";
import { Pad } from "../../inputs/pad";
import { SCENE, Scene } from "../../inputs/clutter";
import { answerOf, cutOut, pictureOf } from "../../stage/digits";
import { drawGlimpse, drawScene, drawThumbnail, middleOf } from "./stage";
import { placed, placesAsText, placesOfText, steeringSwitch } from "../../inputs/steering";
import { glimpsesLesson } from "./lesson";

const NAMES = { ram: "Hard crops", draw: "Gaussian window" };
const COLOURS = { ram: "--accent", draw: "--second" };
/** The seed of the scene that a visitor sees first. */
const FIRST = 12;

export type Reader = keyof typeof NAMES;

const model = byId("model", HTMLSelectElement);
const seed = byId("seed", HTMLInputElement);
const likeliest = byId("likeliest", HTMLInputElement);
const board = byId("board", HTMLCanvasElement);
const otherBoard = byId("other-board", HTMLCanvasElement);
const guessing = byId("guess", HTMLButtonElement);
const patchesOf = (id: string) => [...byId(id, HTMLElement).querySelectorAll("canvas")];

model.value = linkedChoice("model", ["ram", "draw"], "ram");
seed.value = String(linkedNumber("seed", 1, 9999, 1));
likeliest.checked = linked("places") === "likeliest";
const scene = new Scene();
const pad = new Pad(byId("pad", HTMLCanvasElement), linked("drawing"), () => {});
/** A picture of a digit, until the core has found the digit on it. */
let dropped: Uint8Array | null = null;
/** Where the visitor thinks it will look next, and how far the guesses so far were off, in pixels. */
const guess: {place: [number, number] | undefined, apart: number[]} = { place: undefined, apart: [] };

const reader = () => (model.value as Reader);
const rivalOf = (name: Reader): Reader => (name === "ram" ? "draw" : "ram");
const isGuessing = () => guessing.getAttribute("aria-pressed") === "true";
const steering = steeringSwitch(() => bench.player);

/** The scene as it is being edited. */
const edited = (): Picture => ({ name: "scene", width: SCENE, height: SCENE, values: scene.pixels() });

function showReader(frames: Frame[], count: number, name: Reader, canvas: HTMLCanvasElement, says: string, seen: string, place: [number, number] | undefined) {
  const frame = frames[count - 1];
  drawScene(canvas, (frame && pictureOf(frame, "scene")) ?? edited(), frames.slice(0, count), COLOURS[name], { guess: place });
  drawGlimpse(patchesOf(seen), frame);
  byId(says, HTMLElement).textContent = frame ? answerOf(frame) : "";
  const where = frame ? middleOf(frame).map((value) => fixed(value, 0)) : [];
  canvas.setAttribute("aria-label", frame ? `The scene; glimpse ${count} is at pixel ${where.join(", ")}` : "The scene");
}

function showOther(run: Run & {other?: Frame[]}, count: number) {
  const frames = bench.other(run);
  // Its place is kept while it is awaited, so that the scene does not slip from under a pointer.
  const figure = byId("other-figure", HTMLElement);
  figure.hidden = !byId("compare", HTMLInputElement).checked;
  figure.style.visibility = frames?.length ? "visible" : "hidden";
  if (!frames?.length) return;
  const name = rivalOf((run.settings.model as Reader));
  byId("other-name", HTMLElement).textContent = NAMES[name];
  showReader(frames, Math.min(count, frames.length), name, otherBoard, "other-says", "other-seen", undefined);
}

const exhibit: ConstructorParameters<typeof Bench>[0] = {
  name: "glimpses",
  pace: 1.5,
  settings: () => {
    const settings: Settings = { model: model.value, scene: dropped ? "a picture" : scene.text };
    if (model.value === "ram") Object.assign(settings, likeliest.checked ? { places: "likeliest" } : { seed: Number(seed.value) });
    if (!dropped && scene.text.includes("o")) settings.drawing = pad.text;
    return settings;
  },
  core: ({ model, seed, places }) => ({ model, seed: seed ?? 1, likeliest: places === "likeliest" }),
  input: async () => ((dropped ?? scene.drawing()) as Input),
  replace: () => {},
  grew(run) {
    showOther(run, bench.player.index + 1);
    byId("reset", HTMLButtonElement).hidden = run.steers.length === 0;
    const [first, last] = [run.frames[0], run.frames.at(-1)];
    if (dropped && first) adopt(first);
    if (run.over && last) byId("announce", HTMLElement).textContent = answerOf(last);
  },
  show(frame, run) {
    const name = (run.settings.model as Reader);
    byId("board-name", HTMLElement).textContent = NAMES[name];
    showReader(run.frames, frame?.step ?? 0, name, board, "board-says", "board-seen", guess.place);
    showOther(run, frame?.step ?? 0);
  },
  thumbnail: (context, frame, _run, x, y, width, height) => drawThumbnail(context, frame, x, y, width, height),
  lesson: (frame, run) => (frame ? glimpsesLesson(frame, run) : []),
  beside: (run) => ({ model: rivalOf((run.settings.model as Reader)) }),
  sentence: (run) => (run.frames.length > 0 ? answerOf(run.frames[run.frames.length - 1]) : ""),
};

const bench = new Bench(exhibit);

/** The digit that the core found on a picture becomes one that can be moved. */
function adopt(frame: Frame) {
  const found = pictureOf(frame, "scene");
  if (!found) return;
  dropped = null;
  scene.items = [];
  scene.put(cutOut(found));
}

function dress() {
  for (const part of document.querySelectorAll("[data-for]")) {
    (part as HTMLElement).hidden = part.getAttribute("data-for") !== model.value;
  }
  seed.disabled = likeliest.checked;
  byId("steer", HTMLButtonElement).disabled = model.value !== "ram";
}

/** @param live run the models even where a recorded run would do */
async function changed(live: boolean = false) {
  steering.set(false);
  guess.place = undefined;
  dress();
  const hard = model.value === "ram";
  link({ model: model.value, scene: dropped ? null : scene.text, drawing: scene.text.includes("o") ? pad.text : null, step: null, steer: null });
  link({ seed: hard && !likeliest.checked ? seed.value : null, places: hard && likeliest.checked ? "likeliest" : null });
  if (live || !(await bench.cached(null))) await bench.live(null);
}

/** @returns in pixels of the scene */
function placeOf(event: PointerEvent): [number, number] {
  const rect = board.getBoundingClientRect();
  const held = (share: number) => SCENE * Math.max(0, Math.min(1, share));
  return [held((event.clientX - rect.left) / rect.width), held((event.clientY - rect.top) / rect.height)];
}

function guessed(place: [number, number]) {
  const next = bench.run?.frames[bench.player.index + 1];
  if (!next) return;
  const [x, y] = middleOf(next);
  guess.apart.push(Math.hypot(place[0] - x, place[1] - y));
  guess.place = place;
  bench.player.goTo(bench.player.index + 1);
  const mean = guess.apart.reduce((sum, apart) => sum + apart, 0) / guess.apart.length;
  const count = guess.apart.length;
  byId("score", HTMLElement).textContent = `Off by ${fixed(guess.apart[count - 1], 0)} pixels; ${fixed(mean, 0)} on average over ${count} ${count > 1 ? "guesses" : "guess"}.`;
}

function steered(place: [number, number]) {
  const run = bench.run;
  if (!run || run.frames.length === 0) return;
  const step = bench.player.index + 1;
  const weights = placed([place[0] / SCENE, place[1] / SCENE]);
  const steers = [...run.steers.filter((one) => one.step < step), { step, weights }];
  link({ step, steer: placesAsText(steers) });
  void bench.steer(step, weights);
}

/** What is being dragged, and from where within it. */
let held: {item: import("../../inputs/clutter").Item, from: [number, number]} | null = null;
board.addEventListener("pointerdown", (event) => {
  const place = placeOf(event);
  if (steering.isOn()) return steered(place);
  if (isGuessing()) return guessed(place);
  const item = scene.at(...place);
  if (!item) return;
  held = { item, from: [place[0] - item.x, place[1] - item.y] };
  board.setPointerCapture(event.pointerId);
  bench.player.stop();
});
board.addEventListener("pointermove", (event) => {
  if (!held) return;
  const [x, y] = placeOf(event);
  scene.move(held.item, x - held.from[0], y - held.from[1]);
  drawScene(board, edited(), [], COLOURS[reader()]);
});
const drop = () => {
  if (held) void changed(true);
  held = null;
};
board.addEventListener("pointerup", drop);
board.addEventListener("pointercancel", drop);

guessing.addEventListener("click", () => {
  const on = !isGuessing();
  guessing.setAttribute("aria-pressed", String(on));
  byId("stage", HTMLElement).toggleAttribute("data-guessing", on);
  Object.assign(guess, { place: undefined, apart: [] });
  byId("score", HTMLElement).textContent = on ? "Click on the scene where you think it will look next." : "";
  if (!on) return bench.repaint();
  steering.set(false);
  bench.player.stop();
  bench.player.goTo(0);
});
byId("steer", HTMLButtonElement).addEventListener("click", () => {
  if (steering.isOn() && isGuessing()) guessing.click();
});
model.addEventListener("change", () => void changed());
likeliest.addEventListener("change", () => void changed());
seed.addEventListener("change", () => {
  holdWhole(seed);
  void changed();
});
byId("settings", HTMLFormElement).addEventListener("submit", (event) => event.preventDefault());
byId("reset", HTMLButtonElement).addEventListener("click", () => void changed());
byId("new-scene", HTMLButtonElement).addEventListener("click", () => {
  scene.scatter(crypto.getRandomValues(new Uint32Array(1))[0]);
  void changed(true);
});
byId("more", HTMLButtonElement).addEventListener("click", () => {
  scene.clutter();
  void changed(true);
});
byId("less", HTMLButtonElement).addEventListener("click", () => {
  scene.items = scene.items.filter(({ kind }) => kind !== "piece");
  void changed(true);
});
byId("use-drawing", HTMLButtonElement).addEventListener("click", () => {
  if (pad.empty) return complain("no-digit");
  scene.put(pad.digit());
  void changed(true);
});
byId("undo", HTMLButtonElement).addEventListener("click", () => pad.undo());
byId("clear", HTMLButtonElement).addEventListener("click", () => pad.clear());
acceptPictures((bytes) => {
  dropped = bytes;
  void changed(true);
});

dress();
pad.paint();
await scene.load();
const asked = linked("scene");
if (asked === null) scene.scatter(FIRST);
else scene.text = asked;
if (scene.text.includes("o")) scene.own = pad.digit();
new ResizeObserver(() => bench.repaint()).observe(byId("stage", HTMLElement));
void bench.open(model.value === "ram" ? placesOfText(linked("steer")) : []);
