// The crops: a box on a picture has to find a patch, by a hard crop, by REINFORCE, by Gaussian filters or by bilinear sampling.
import type { CoreSettings, Input, Settings } from "../../kit/types";
import type { Area } from "./stage";
import { Bench } from "../../shell/exhibit-page";
import { byId, el, fixed, holdWhole } from "../../kit/dom";
import { acceptPictures } from "../../inputs/files";
import { numberOf } from "../../kit/frame";
import { Hasty } from "../../kit/latest-run";
import { link, linked, linkedChoice, linkedNumber } from "../../kit/link";
import { markSample, onSample, samplePath, samplePicture } from "../../inputs/samples";
import { areaOf, drawBoxes, drawShade, drawSurface, drawThumbnail } from "./stage";
import { boxesLesson } from "./lesson";

const METHODS = (["bilinear", "gaussian", "reinforce", "hard"] as const);
const SAMPLES = (["cat", "surfer", "horse", "astronaut"] as const);
/** What each method is set beside. */
const RIVALS: Record<string, string> = { bilinear: "hard", gaussian: "hard", reinforce: "hard", hard: "bilinear" };
const NAMES = { bilinear: "Bilinear sampling", gaussian: "Gaussian filters", reinforce: "REINFORCE", hard: "A hard crop" };
/** In hundredths: middle and half sides. */
const FIRST = { target: "27_-18_30_30", box: "2_5_38_38" };

const method = byId("method", HTMLSelectElement);
const seed = byId("seed", HTMLInputElement);
const size = byId("size", HTMLInputElement);
const moves = byId("moves", HTMLSelectElement);
const canvas = byId("photo", HTMLCanvasElement);

method.value = linkedChoice("method", METHODS, "bilinear");
seed.value = String(linkedNumber("seed", 1, 9999, 1));
let sample: string = linkedChoice("sample", SAMPLES, "cat");
/** In hundredths. */
const areas: {box: number[], target: number[]} = { box: areaFrom(linked("box"), FIRST.box), target: areaFrom(linked("target"), FIRST.target) };
let descending = linked("descend") !== "no";
let own: Uint8Array | null = null;
let picture: HTMLCanvasElement | null = null;
const hasty = new Hasty(() => void bench.live(1));

function areaFrom(text: string | null, otherwise: string) {
  const found = (text ?? "").split("_").map((part) => Math.round(Number(part)));
  const fits = found.length === 4 && found.every((value, i) => (i < 2 ? Math.abs(value) <= 100 : value >= 8 && value <= 100));
  return fits ? found : otherwise.split("_").map(Number);
}
const shares = (area: number[]): Area => (area.map((value) => value / 100) as Area);

const exhibit: ConstructorParameters<typeof Bench>[0] = {
  name: "boxes",
  pace: 12,
  settings: () => {
    const settings: Settings = { method: method.value, sample: own ? "own" : sample, box: areas.box.join("_"), target: areas.target.join("_"), descend: descending ? "yes" : "no" };
    if (method.value === "reinforce") settings.seed = Number(seed.value);
    return settings;
  },
  core({ method, box, target, seed, descend }) {
    const core: CoreSettings = { method, start: shares(areaFrom(String(box), FIRST.box)), target: shares(areaFrom(String(target), FIRST.target)), seed: seed ?? 1, descend: descend === "yes" };
    return core;
  },
  input: async () => ((own ?? new Uint8Array(await (await fetch(samplePath(sample))).arrayBuffer())) as Input),
  photo: async () => (own ? null : samplePicture(sample)),
  replace: () => {},
  grew(run) {
    if (run.photo instanceof HTMLCanvasElement) picture = run.photo;
    const other = byId("other", HTMLElement);
    const frames = bench.other(run);
    const [first, last] = [frames?.[0], frames?.at(-1)];
    other.hidden = !first || !last || !descending;
    if (first && last) {
      const name = NAMES[(RIVALS[String(run.settings.method)] as keyof typeof NAMES)];
      const [from, to] = [first, last].map((frame) => fixed(numberOf(frame, "loss") ?? 0, 4));
      other.replaceChildren(el("small", {}, `${name} from the same place:`), ` loss ${from} → ${to}`);
    }
    if (!run.over) return;
    const end = run.frames.at(-1);
    if (end) byId("announce", HTMLElement).textContent = `The loss is ${fixed(numberOf(end, "loss") ?? 0, 4)}.`;
    hasty.over();
  },
  show(frame, run) {
    if (picture) drawBoxes(canvas, picture, frame ? areaOf(frame, "box") : shares(areas.box), shares(areas.target), frame);
    drawSurface(byId("surface", HTMLCanvasElement), run.frames.slice(0, frame?.step ?? 0));
    if (!frame) return;
    drawShade(byId("patch", HTMLCanvasElement), frame, "seen");
    drawShade(byId("wanted", HTMLCanvasElement), frame, "wanted");
  },
  thumbnail: (context, frame, _run, x, y, width, height) => drawThumbnail(context, frame, x, y, width, height),
  lesson: (frame, run) => (frame ? boxesLesson(frame, run) : []),
  beside: (run) => ({ method: RIVALS[String(run.settings.method)] }),
  sentence: () => "",
};

const bench = new Bench(exhibit);

function dress() {
  byId("seeded", HTMLElement).hidden = method.value !== "reinforce";
  size.value = String(areas[movable()][2]);
  markSample(own ? null : sample);
}
const movable = () => (moves.value === "target" ? "target" : "box");

function linkAll(descend: boolean) {
  hasty.forget();
  descending = descend;
  dress();
  link({ method: method.value, sample: own ? null : sample, box: areas.box.join("_"), target: areas.target.join("_"), step: null });
  link({ seed: method.value === "reinforce" ? seed.value : null, descend: descend ? null : "no" });
}

async function changed() {
  linkAll(true);
  if (own || !(await bench.cached(null))) await bench.live(null);
}

/** A box is being moved: what it sees there, without a descent. */
function moved() {
  linkAll(false);
  hasty.move();
}

/** @returns in hundredths */
const placeOf = (event: PointerEvent): [number, number] => {
  const rect = canvas.getBoundingClientRect();
  return [(200 * (event.clientX - rect.left)) / rect.width - 100, (200 * (event.clientY - rect.top)) / rect.height - 100];
};
/** From where in the box it was taken. */
let held: [number, number] | null = null;
canvas.addEventListener("pointerdown", (event) => {
  const [x, y] = placeOf(event);
  const [left, top, w, h] = areas[movable()];
  const inside = Math.abs(x - left) <= w && Math.abs(y - top) <= h;
  held = inside ? [x - left, y - top] : [0, 0];
  canvas.setPointerCapture(event.pointerId);
  bench.player.stop();
  drag(event);
});
function drag(event: PointerEvent) {
  if (!held) return;
  const [x, y] = placeOf(event);
  const on = (value: number) => Math.round(Math.max(-100, Math.min(100, value)));
  areas[movable()].splice(0, 2, on(x - held[0]), on(y - held[1]));
  moved();
}
canvas.addEventListener("pointermove", drag);
const drop = () => (held = null);
canvas.addEventListener("pointerup", drop);
canvas.addEventListener("pointercancel", drop);
size.addEventListener("input", () => {
  areas[movable()].splice(2, 2, Number(size.value), Number(size.value));
  moved();
});
moves.addEventListener("change", dress);
method.addEventListener("change", () => void changed());
seed.addEventListener("change", () => {
  holdWhole(seed);
  void changed();
});
// The run that the button begins is a descent.
byId("again", HTMLButtonElement).addEventListener("click", () => linkAll(true), { capture: true });
byId("settings", HTMLFormElement).addEventListener("submit", (event) => event.preventDefault());
onSample((name) => {
  own = null;
  sample = name;
  void changed();
});
acceptPictures((bytes) => {
  own = bytes;
  void changed();
});

dress();
picture = await samplePicture(sample);
new ResizeObserver(() => bench.repaint()).observe(byId("stage", HTMLElement));
void bench.open();
