// Attention to scale: a photo is seen at three sizes, and at every place the answers are weighed; a slider forces a scale.
import type { CoreSettings, Frame, Settings } from "../../kit/types";
import { Bench } from "../../shell/exhibit-page";
import { byId, el, fixed } from "../../kit/dom";
import { Hasty } from "../../kit/latest-run";
import { link, linkedChoice, linkedNumber } from "../../kit/link";
import { PhotoChoice } from "../../inputs/samples";
import { pictureOf } from "../draw/stage";
import { apart, classAt, colourOf, drawClasses, drawThumbnail, drawWeights } from "./stage";
import { SCALES, scalesLesson } from "./lesson";

const LAST = SCALES.length + 1;

const merge = byId("merge", HTMLSelectElement);
const force = byId("force", HTMLSelectElement);
const by = byId("by", HTMLInputElement);
const canvas = byId("photo", HTMLCanvasElement);
merge.value = linkedChoice("merge", ["attention", "average", "max", "single"], "attention");
force.value = linkedChoice("force", ["1", "2", "3"], "1");
by.value = String(linkedNumber("by", 0, 100, 0));
const choice = new PhotoChoice(["dog", "horse", "cat", "surfer", "soccer", "astronaut"], () => void changed());

/** What the slider gives to its scale. */
const shares = () => Float32Array.from(SCALES, (_, i) => (i + 1 === Number(force.value) ? Number(by.value) / 100 : 0));
const isForced = () => merge.value === "attention" && Number(by.value) > 0;
const hasty = new Hasty(() => void bench.steer(LAST, shares()));

function showLegend(frame: Frame | undefined) {
  const shown = (frame?.choices ?? []).filter(({ word }) => word !== "background").slice(0, 6);
  byId("legend", HTMLElement).replaceChildren(
    ...shown.map(({ word, probability }) => {
      const swatch = el("span", { class: "swatch" });
      swatch.style.background = colourOf(frame?.words.indexOf(word) ?? 0);
      return el("span", {}, swatch, ` ${word} ${fixed(100 * probability, 0)} %`);
    }),
  );
}

const exhibit: ConstructorParameters<typeof Bench>[0] = {
  name: "scales",
  pace: 1,
  settings: () => ({ merge: merge.value, sample: choice.name } as Settings),
  core: ({ merge }) => ({ merge } as CoreSettings),
  input: () => choice.input(),
  photo: () => choice.photo(),
  replace: () => {},
  grew(run) {
    const other = byId("other", HTMLElement);
    const [mine, theirs] = [run.frames.at(-1), bench.other(run)?.at(-1)];
    other.hidden = !mine?.ended || !theirs;
    if (mine && theirs) {
      const label = run.settings.merge === "attention" ? "The mean of three scales" : "With attention to scale, it";
      other.textContent = `${label} takes ${fixed(100 * apart(mine, theirs), 1)} % of the pixels for something else.`;
    }
    if (run.over && mine) byId("announce", HTMLElement).textContent = mine.choices.map(({ word }) => word).join(", ");
    if (run.over) hasty.over();
  },
  show(frame, run) {
    if (!run.photo) return;
    drawClasses(canvas, run.photo, frame);
    SCALES.forEach((_, i) => {
      const seen = run.frames[i];
      const figure = byId(`scale-${i + 1}`, HTMLCanvasElement);
      (figure.parentElement as HTMLElement).style.visibility = seen && i < (frame?.step ?? 0) ? "visible" : "hidden";
      if (seen && run.photo) drawClasses(figure, run.photo, seen);
      const weights = frame && pictureOf(frame, `weight_${i + 1}`);
      const map = byId(`weight-${i + 1}`, HTMLCanvasElement);
      map.hidden = run.settings.merge !== "attention";
      if (run.photo) drawWeights(map, run.photo, weights);
    });
    showLegend(frame);
  },
  thumbnail: (context, frame, run, x, y, width, height) => {
    if (run.photo) drawThumbnail(context, run.photo, frame, x, y, width, height);
  },
  lesson: (frame, run) => (frame ? scalesLesson(frame, run) : []),
  beside: (run) => ({ merge: run.settings.merge === "attention" ? "average" : "attention" }),
  sentence: (run) => run.frames.at(-1)?.choices.slice(0, 4).map(({ word }) => word).join(", ") ?? "",
};

const bench = new Bench(exhibit);

function dress() {
  choice.mark();
  byId("forcing", HTMLElement).hidden = merge.value !== "attention";
  byId("by-value", HTMLElement).textContent = `${by.value} %`;
}

function linkAll() {
  link({ merge: merge.value, sample: choice.linked, step: null, force: isForced() ? force.value : null, by: isForced() ? by.value : null });
}

async function changed() {
  dress();
  linkAll();
  if (isForced()) await bench.live(null, [{ step: LAST, weights: shares() }]);
  else if (choice.own || !(await bench.cached(null))) await bench.live(null);
}

/** Another weight for a scale: all scales have been seen, so only their sum is made anew. */
function forced() {
  dress();
  linkAll();
  if ((bench.run?.frames.length ?? 0) < SCALES.length) return;
  bench.player.stop();
  hasty.move();
}

canvas.addEventListener("pointermove", (event) => {
  const frame = bench.run?.frames[bench.player.index];
  const rect = canvas.getBoundingClientRect();
  if (frame) canvas.title = frame.words[classAt(frame, (event.clientX - rect.left) / rect.width, (event.clientY - rect.top) / rect.height)] ?? "";
});
merge.addEventListener("change", () => void changed());
force.addEventListener("change", () => isForced() && forced());
by.addEventListener("input", forced);
byId("settings", HTMLFormElement).addEventListener("submit", (event) => event.preventDefault());
dress();
new ResizeObserver(() => bench.repaint()).observe(byId("stage", HTMLElement));
void bench.open(isForced() ? [{ step: LAST, weights: shares() }] : []);
