// Which bird: two spatial transformers cut parts out of a photo, and three views name the species.
import type { CoreSettings, Settings } from "../../kit/types";
import { Bench } from "../../shell/exhibit-page";
import { byId } from "../../kit/dom";
import { link, linked, linkedChoice } from "../../kit/link";
import { PhotoChoice } from "../../inputs/samples";
import { drawBird, drawThumbnail, drawWindow, windowsOf } from "./stage";
import { placesOfText, steerByClick, steeringSwitch } from "../../inputs/steering";
import { birdsLesson } from "./lesson";

const canvas = byId("photo", HTMLCanvasElement);
const windows = ["first", "second"].map((id) => byId(id, HTMLCanvasElement));
const fold = byId("fold", HTMLSelectElement);
fold.value = linkedChoice("fold", ["0", "1", "2", "3", "4"], "0");
const choice = new PhotoChoice(["bunting", "towhee", "blackbird"], () => void changed());
const steering = steeringSwitch(() => bench.player);

const exhibit: ConstructorParameters<typeof Bench>[0] = {
  name: "birds",
  pace: 0.7,
  settings: () => ({ sample: choice.name, fold: Number(fold.value) } as Settings),
  core: ({ fold }) => ({ fold } as CoreSettings),
  input: () => choice.input(),
  photo: () => choice.photo(),
  replace: () => {},
  grew(run) {
    byId("reset", HTMLButtonElement).hidden = run.steers.length === 0;
    const last = run.frames.at(-1);
    if (run.over && last) byId("announce", HTMLElement).textContent = `By all views: ${last.words[0]}`;
  },
  show(frame, run) {
    const { photo } = run;
    if (!photo) return;
    const frames = run.frames.slice(0, frame?.step ?? 0);
    drawBird(canvas, photo, frames);
    const areas = windowsOf(frames);
    windows.forEach((one, i) => {
      (one.parentElement as HTMLElement).style.visibility = areas[i] ? "visible" : "hidden";
      if (areas[i]) drawWindow(one, photo, areas[i]);
    });
    canvas.setAttribute("aria-label", frame ? `The photo with ${areas.length} of 2 windows; together: ${frame.words[0]}` : "The photo");
  },
  thumbnail: (context, frame, run, x, y, width, height) => {
    if (run.photo) drawThumbnail(context, run.photo, frame, x, y, width, height);
  },
  lesson: (frame, run) => (frame ? birdsLesson(frame, run) : []),
  sentence: (run) => run.frames[bench.player.index]?.words[0] ?? "",
};

const bench = new Bench(exhibit);

async function changed() {
  choice.mark();
  steering.set(false);
  link({ sample: choice.linked, fold: fold.value, step: null, steer: null });
  if (choice.own || !(await bench.cached(null))) await bench.live(null);
}

steerByClick(canvas, steering, bench);
fold.addEventListener("change", () => void changed());
byId("settings", HTMLFormElement).addEventListener("submit", (event) => event.preventDefault());
byId("reset", HTMLButtonElement).addEventListener("click", () => void changed());
choice.mark();
new ResizeObserver(() => bench.repaint()).observe(byId("stage", HTMLElement));
void bench.open(placesOfText(linked("steer")));
