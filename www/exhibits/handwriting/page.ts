// Handwriting: a typed line is written by hand, a point of the pen a step, and a window moves over its characters.
import type { CoreSettings, Frame, Input, Run, Settings } from "../../kit/types";
import { Bench } from "../../shell/exhibit-page";
import { byId, el, fixed } from "../../kit/dom";
import { Hand } from "../../inputs/hand";
import { link, linked, linkedChoice, linkedNumber } from "../../kit/link";
import { complain } from "../../kit/notice";
import { saveFile } from "../../shell/export";
import { drawThumbnail, drawWindow, drawWriting, svgOf, windowOf } from "./stage";
import { handwritingLesson } from "./lesson";

const USUAL = "The pen knows which letter comes next.";

const text = byId("text", HTMLInputElement);
const sample = byId("sample", HTMLSelectElement);
const model = byId("model", HTMLSelectElement);
const bias = byId("bias", HTMLInputElement);
const seed = byId("seed", HTMLInputElement);
const primed = byId("primed", HTMLInputElement);
const written = byId("written", HTMLInputElement);
const paper = byId("paper", HTMLCanvasElement);
const plain = byId("plain", HTMLCanvasElement);
const growing = byId("window", HTMLCanvasElement);
const letters = byId("letters", HTMLElement);

text.value = linked("text") ?? USUAL;
model.value = linkedChoice("model", ["text", "none"], "text");
bias.value = String(linkedNumber("bias", 0, 300, 75));
seed.value = String(linkedNumber("seed", 0, 2 ** 32 - 1, 1));
written.value = linked("written") ?? "hello";
primed.checked = linked("hand") !== null;

const hand = new Hand(byId("hand", HTMLCanvasElement), linked("hand"), () => {
  if (primed.checked) link({ hand: hand.text || null });
});

/** The characters, each as dark as its share of the window. */
function showLetters(frame: Frame | undefined) {
  const phi = windowOf(frame);
  letters.hidden = !phi;
  if (!phi) return;
  if (letters.textContent !== phi.tokens.join("")) {
    letters.replaceChildren(...phi.tokens.map((token, i) => el("span", { "data-letter": i }, token)));
  }
  phi.weights.forEach((weight, i) => {
    (letters.children[i] as HTMLElement).style.setProperty("--share", fixed(weight, 3));
  });
}

function showStage(frame: Frame | undefined, run: Run & {other?: Frame[]}) {
  const index = (frame?.step ?? 1) - 1;
  drawWriting(paper, run.frames, index, true);
  const map = windowOf(run.frames[0]) !== undefined;
  growing.hidden = !map;
  if (map) drawWindow(growing, run.frames, index);
  showLetters(frame);
  const other = bench.other(run);
  byId("plain-figure", HTMLElement).hidden = !other?.length;
  if (!other?.length) return;
  drawWriting(plain, other, Math.min(index, other.length - 1), false);
  byId("plain-caption", HTMLElement).textContent = run.settings.model === "text" ? "the same network without the text" : "the network that reads the text";
}

const exhibit: ConstructorParameters<typeof Bench>[0] = {
  name: "handwriting",
  pace: 45,
  settings: () => {
    const settings: Settings = { model: model.value, text: text.value, bias: Number(bias.value) / 100, seed: Number(seed.value) >>> 0 };
    if (primed.checked && !hand.empty) Object.assign(settings, { hand: hand.text, written: written.value });
    return settings;
  },
  core({ model, bias, seed, hand: strokes, written: before }) {
    const core: CoreSettings = { model, bias, seed };
    if (strokes !== undefined) core.prime = { text: String(before), strokes: hand.shifted() };
    return core;
  },
  input: async () => (text.value as Input),
  replace: () => {},
  grew(run) {
    const frame = run.frames[bench.player.index];
    if (run.over) {
      showStage(frame, run);
      byId("announce", HTMLElement).textContent = `Written in ${run.frames.length} points of the pen: ${run.settings.text}`;
    }
  },
  show: showStage,
  thumbnail: (context, frame, _run, x, y, width, height) => drawThumbnail(context, frame, x, y, width, height),
  lesson: (frame, run) => (frame ? handwritingLesson(frame, run) : []),
  beside: (run) => ({ model: run.settings.model === "text" ? "none" : "text" }),
  sentence: () => "",
};

const bench = new Bench(exhibit);

function dress() {
  byId("bias-value", HTMLElement).textContent = fixed(Number(bias.value) / 100, 2);
  byId("own-hand", HTMLElement).hidden = !primed.checked;
  if (primed.checked) hand.paint();
}

/** @param live run the models even where a recorded run would do */
async function changed(live: boolean = false) {
  dress();
  const { value } = text;
  link({ text: value, model: model.value, bias: bias.value, seed: Number(seed.value) >>> 0, step: null });
  link({ hand: primed.checked ? hand.text || null : null, written: primed.checked ? written.value : null });
  sample.value = [...sample.options].some((option) => option.value === value) ? value : "";
  if (live || !(await bench.cached(null))) await bench.live(null);
}

for (const control of [model, bias, seed]) control.addEventListener("change", () => void changed());
bias.addEventListener("input", dress);
sample.addEventListener("change", () => {
  if (!sample.value) return;
  text.value = sample.value;
  void changed();
});
byId("settings", HTMLFormElement).addEventListener("submit", (event) => {
  event.preventDefault();
  void changed(true);
});
byId("new-seed", HTMLButtonElement).addEventListener("click", () => {
  seed.value = String(crypto.getRandomValues(new Uint32Array(1))[0] % 100_000);
  void changed(true);
});
primed.addEventListener("change", () => {
  dress();
  if (!primed.checked) void changed();
});
byId("use-hand", HTMLButtonElement).addEventListener("click", () => {
  if (hand.empty) complain("no-hand");
  else void changed(true);
});
byId("undo", HTMLButtonElement).addEventListener("click", () => hand.undo());
byId("clear", HTMLButtonElement).addEventListener("click", () => hand.clear());
byId("svg", HTMLButtonElement).addEventListener("click", () => {
  const run = bench.run;
  if (!run?.frames.length) return;
  const blob = new Blob([svgOf(run.frames, String(run.settings.text))], { type: "image/svg+xml" });
  saveFile(blob, "glimpse-handwriting.svg");
});
dress();
new ResizeObserver(() => bench.repaint()).observe(byId("stage", HTMLElement));
void bench.open();
