// What stands out: a coarse map of a photo, refined look by look; the object can be cut out and kept.
import type { CoreSettings, Settings } from "../../kit/types";
import type { Shown } from "./stage";
import { Bench } from "../../shell/exhibit-page";
import { byId } from "../../kit/dom";
import { link, linked, linkedChoice, linkedNumber } from "../../kit/link";
import { PhotoChoice } from "../../inputs/samples";
import { saveFile } from "../../shell/export";
import { drawPatch, pictureOf } from "../draw/stage";
import { cutOut, drawSalient, drawThumbnail } from "./stage";
import { placesOfText, steerByClick, steeringSwitch } from "../../inputs/steering";
import { saliencyLesson } from "./lesson";

const canvas = byId("photo", HTMLCanvasElement);
const beside = byId("beside", HTMLCanvasElement);
const shown = byId("shown", HTMLSelectElement);
const looks = byId("looks", HTMLInputElement);
shown.value = linkedChoice("shown", ["cut", "map", "photo"], "cut");
looks.value = String(linkedNumber("looks", 1, 12, 6));
const what = () => (shown.value as Shown);
const choice = new PhotoChoice(["dog", "horse", "cat", "surfer", "soccer", "astronaut"], () => void changed());
const steering = steeringSwitch(() => bench.player);

const exhibit: ConstructorParameters<typeof Bench>[0] = {
  name: "saliency",
  pace: 1.2,
  settings: () => ({ sample: choice.name, looks: Number(looks.value) } as Settings),
  core: ({ looks }) => ({ looks } as CoreSettings),
  input: () => choice.input(),
  photo: () => choice.photo(),
  replace: () => {},
  grew(run) {
    byId("reset", HTMLButtonElement).hidden = run.steers.length === 0;
    byId("cut-out", HTMLButtonElement).disabled = run.frames.length === 0;
    if (run.over && run.frames.length > 0) byId("announce", HTMLElement).textContent = `The map after ${run.frames.length - 1} looks`;
  },
  show(frame, run) {
    if (!run.photo) return;
    drawSalient(canvas, run.photo, frame, what());
    const first = run.frames[0];
    byId("beside-figure", HTMLElement).hidden = !byId("glance", HTMLInputElement).checked || !first;
    if (first) drawSalient(beside, run.photo, first, what());
    const change = frame && pictureOf(frame, "change_patch");
    byId("change-figure", HTMLElement).style.visibility = change ? "visible" : "hidden";
    if (change) drawPatch(byId("change", HTMLCanvasElement), change);
    canvas.setAttribute("aria-label", frame && frame.step > 1 ? `What stands out after ${frame.step - 1} looks, and where it looked` : "What stands out at a glance");
  },
  thumbnail: (context, frame, run, x, y, width, height) => {
    if (run.photo) drawThumbnail(context, run.photo, frame, x, y, width, height);
  },
  lesson: (frame, run) => (frame ? saliencyLesson(frame, run.frames) : []),
};

const bench = new Bench(exhibit);

function dress() {
  choice.mark();
  byId("looks-value", HTMLElement).textContent = looks.value;
}

async function changed() {
  dress();
  steering.set(false);
  link({ sample: choice.linked, looks: looks.value, step: null, steer: null });
  if (choice.own || !(await bench.cached(null))) await bench.live(null);
}

steerByClick(canvas, steering, bench);
shown.addEventListener("change", () => {
  link({ shown: shown.value });
  bench.repaint();
});
looks.addEventListener("input", dress);
looks.addEventListener("change", () => void changed());
byId("glance", HTMLInputElement).addEventListener("change", () => bench.repaint());
byId("settings", HTMLFormElement).addEventListener("submit", (event) => event.preventDefault());
byId("reset", HTMLButtonElement).addEventListener("click", () => void changed());
byId("cut-out", HTMLButtonElement).addEventListener("click", () => {
  const run = bench.run;
  const frame = run?.frames[bench.player.index];
  const map = frame && pictureOf(frame, "map");
  if (!run?.photo || !map) return;
  cutOut(run.photo, map).toBlob((blob) => blob && saveFile(blob, `glimpse-cut-out-${choice.name}.png`), "image/png");
});
dress();
new ResizeObserver(() => bench.repaint()).observe(byId("stage", HTMLElement));
void bench.open(placesOfText(linked("steer")));
