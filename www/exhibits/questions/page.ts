// Questions: a photo is asked about; at each word of the question, where the model looks and what it would answer.
import type { CoreSettings, Frame, Input, Run, Settings } from "../../kit/types";
import { Bench } from "../../shell/exhibit-page";
import { paintOn } from "../../inputs/brush";
import { offerCamera } from "../../inputs/camera";
import { byId, el, fixed } from "../../kit/dom";
import { acceptPictures } from "../../inputs/files";
import { bestOf } from "../../kit/frame";
import { link, linked, linkedChoice } from "../../kit/link";
import { complain } from "../../kit/notice";
import { fetchSite, siteFile } from "../../run/site";
import { markSample, onSample, samplePath, samplePicture } from "../../inputs/samples";
import { drawBoxes, drawPhoto, drawThumbnail, gazeOf } from "../captions/stage";
import { steeringSwitch, steersAsText, steersOfText } from "../../inputs/steering";
import { questionsLesson } from "./lesson";

const SAMPLES = (["dog", "surfer", "soccer", "horse", "cat", "astronaut"] as const);
/** What each sample is asked first. */
const ASKED: Record<string, string> = {
  dog: "what color is the dog",
  surfer: "what is the man doing",
  soccer: "what are the men playing",
  horse: "what is the man riding",
  cat: "what color is the cat",
  astronaut: "what is the woman wearing",
};
const LOOK = { map: ("viridis" as const), opacity: 0.7 };
const MOST_BOXES = 4;

const model = byId("model", HTMLSelectElement);
const mode = byId("mode", HTMLSelectElement);
const question = byId("question", HTMLInputElement);
const choices = byId("choices", HTMLInputElement);
const canvas = byId("photo", HTMLCanvasElement);
const words = byId("words", HTMLElement);

/** left, top, right, bottom in hundredths of the picture */
export type Box = [number, number, number, number];

model.value = linkedChoice("model", ["attention", "pooled", "blind"], "attention");
mode.value = linkedChoice("mode", ["open", "choose", "point"], "open");
let sample: string = linkedChoice("sample", SAMPLES, "dog");
question.value = linked("question") ?? ASKED[sample];
choices.value = linked("choices") ?? "white, brown, black, red";
let boxes = boxesOf(linked("boxes"));
/** The visitor's own picture, in place of a sample. */
let own: Uint8Array | null = null;

function boxesOf(text: string | null): Box[] {
  const found = (text ?? "").split("_").map((part) => part.split(".").map(Number));
  const whole = found.filter((box) => box.length === 4 && box.every((side) => side >= 0 && side <= 100) && box[2] > box[0] && box[3] > box[1]);
  return (whole.slice(0, MOST_BOXES) as Box[]);
}
const boxesAsText = () => boxes.map((box) => box.join(".")).join("_");

const steering = steeringSwitch(() => bench.player);
paintOn(canvas, steering.isOn, {
  stroke: (weights) => {
    const photo = bench.run?.photo;
    if (photo) drawPhoto(canvas, photo, { rows: 14, cols: 14, weights }, LOOK);
  },
  done: (weights) => {
    const run = bench.run;
    if (!run || run.frames.length === 0) return;
    const step = bench.player.index + 1;
    link({ step, steer: steersAsText([...run.steers.filter((one) => one.step < step), { step, weights }]) });
    void bench.steer(step, weights);
  },
});

/** A drag on the photo is a box, where boxes are pointed at. */
let corner: [number, number] | null = null;
const hundredths = (event: PointerEvent): [number, number] => {
  const rect = canvas.getBoundingClientRect();
  const held = (share: number) => Math.round(100 * Math.max(0, Math.min(1, share)));
  return [held((event.clientX - rect.left) / rect.width), held((event.clientY - rect.top) / rect.height)];
};
const between = (a: [number, number], b: [number, number]): Box => [Math.min(a[0], b[0]), Math.min(a[1], b[1]), Math.max(a[0], b[0]), Math.max(a[1], b[1])];
canvas.addEventListener("pointerdown", (event) => {
  if (mode.value !== "point" || steering.isOn() || boxes.length >= MOST_BOXES) return;
  corner = hundredths(event);
  canvas.setPointerCapture(event.pointerId);
});
canvas.addEventListener("pointermove", (event) => {
  const run = bench.run;
  if (!corner || !run?.photo) return;
  drawPhoto(canvas, run.photo, undefined, LOOK);
  drawBoxes(canvas, [...boxes, between(corner, hundredths(event))], []);
});
canvas.addEventListener("pointerup", (event) => {
  if (!corner) return;
  const box = between(corner, hundredths(event));
  corner = null;
  if (box[2] - box[0] < 4 || box[3] - box[1] < 4) return bench.repaint();
  boxes.push(box);
  if (boxes.length > 1) return void changed(true);
  linkAll();
  bench.repaint();
});

function showWords(run: Run, frame: Frame | undefined) {
  const asked = run.frames.at(-1)?.words ?? [];
  if (words.childElementCount !== asked.length || [...words.children].some((child, i) => child.textContent !== asked[i])) {
    words.replaceChildren(
      ...asked.map((word, i) => {
        const button = el("button", { type: "button", "data-word": i, title: `where it looks when it reads “${word}”` }, word);
        button.addEventListener("click", () => bench.player.goTo(i));
        button.addEventListener("pointerenter", (event) => event.pointerType === "mouse" && bench.player.goTo(i));
        return button;
      }),
    );
  }
  [...words.children].forEach((child, i) => {
    if (i === (frame?.step ?? 0) - 1) child.setAttribute("aria-current", "true");
    else child.removeAttribute("aria-current");
    child.classList.toggle("unsaid", i >= (frame?.step ?? 0));
  });
  const answer = frame ? bestOf(frame) : undefined;
  byId("answer", HTMLElement).textContent = answer ? `${frame?.ended ? "" : "so far: "}${answer.word} · ${fixed(100 * answer.probability, 0)} %` : "";
}

const exhibit: ConstructorParameters<typeof Bench>[0] = {
  name: "questions",
  pace: 1.5,
  settings: () => {
    const settings: Settings = { model: model.value, sample: own ? "own" : sample, mode: mode.value, question: question.value };
    if (mode.value === "choose") settings.choices = choices.value;
    if (mode.value === "point" && boxes.length > 1) settings.boxes = boxesAsText();
    return settings;
  },
  core({ model, question, choices, boxes }) {
    const core: CoreSettings = { model, question };
    if (choices !== undefined) core.choices = String(choices).split(",").map((one) => one.trim()).filter((one) => one);
    if (boxes !== undefined) core.boxes = boxesOf(String(boxes)).map((box) => box.map((side) => side / 100));
    return core;
  },
  input: async () => {
    if (own) return (own as Input);
    return new Uint8Array(await (await fetch(samplePath(sample))).arrayBuffer());
  },
  photo: async () => (own ? null : samplePicture(sample)),
  replace: () => {},
  grew(run) {
    showWords(run, run.frames[bench.player.index]);
    const other = byId("other", HTMLElement);
    const last = bench.other(run)?.at(-1);
    other.hidden = !last;
    if (last) {
      const label = run.settings.model === "blind" ? "Looking at the photo:" : "Without the photo:";
      other.replaceChildren(el("small", {}, label), ` ${bestOf(last).word} · ${fixed(100 * bestOf(last).probability, 0)} %`);
    }
    byId("reset", HTMLButtonElement).hidden = run.steers.length === 0;
    const answer = run.frames.at(-1);
    if (run.over && answer) byId("announce", HTMLElement).textContent = `${answer.words.join(" ")}? ${bestOf(answer).word}`;
  },
  show(frame, run) {
    if (run.photo) drawPhoto(canvas, run.photo, gazeOf(frame), LOOK);
    if (mode.value === "point") drawBoxes(canvas, boxes, run.settings.boxes && frame ? frame.choices.map(({ probability }) => probability) : []);
    canvas.setAttribute("aria-label", frame ? `The photo, and where it looks at “${frame.words.at(-1) ?? ""}”` : "The photo");
    showWords(run, frame);
  },
  thumbnail: (context, frame, run, x, y, width, height) => {
    if (run.photo) drawThumbnail(context, run.photo, frame, LOOK, x, y, width, height);
  },
  lesson: (frame, run) => (frame ? questionsLesson(frame, run) : []),
  beside: (run) => ({ model: run.settings.model === "blind" ? "attention" : "blind" }),
  sentence: (run) => {
    const last = run.frames.at(-1);
    return last ? `${last.words.join(" ")}? ${bestOf(last).word}` : "";
  },
};

const bench = new Bench(exhibit);

function dress() {
  for (const part of document.querySelectorAll("[data-for]")) {
    (part as HTMLElement).hidden = part.getAttribute("data-for") !== mode.value;
  }
  byId("stage", HTMLElement).toggleAttribute("data-pointing", mode.value === "point");
  markSample(own ? null : sample);
}

function linkAll() {
  link({ model: model.value, mode: mode.value, sample: own ? null : sample, question: question.value, step: null, steer: null });
  link({ choices: mode.value === "choose" ? choices.value : null, boxes: mode.value === "point" ? boxesAsText() || null : null });
}

/** @param live run the models even where a recorded run would do */
async function changed(live: boolean = false) {
  dress();
  steering.set(false);
  linkAll();
  if (own || live || !(await bench.cached(null))) await bench.live(null);
}

/** The words it knows, fetched when a question is first typed. */
let known: Promise<string[]> | undefined;
async function fetchWords() {
  const { models } = await fetchSite();
  const text = await (await siteFile(models.vqa.files.vocabulary.url)).text();
  return text.trim().split("\n").filter((word) => !word.startsWith("<"));
}

/** Offers words that go on from what is typed. */
async function complete() {
  const vocabulary = await (known ??= fetchWords().catch(() => []));
  const before = question.value.replace(/\S*$/, "");
  const begun = question.value.slice(before.length).toLowerCase();
  const found = begun ? vocabulary.filter((word) => word.startsWith(begun) && word !== begun).slice(0, 8) : [];
  byId("completions", HTMLElement).replaceChildren(
    ...found.map((word) => {
      const button = el("button", { type: "button", class: "chip" }, word);
      button.addEventListener("click", () => {
        question.value = `${before}${word} `;
        byId("completions", HTMLElement).replaceChildren();
        question.focus();
      });
      return button;
    }),
  );
}

model.addEventListener("change", () => void changed());
mode.addEventListener("change", () => {
  if (mode.value !== "point" || boxes.length > 1) return void changed();
  dress();
  linkAll();
  bench.repaint();
});
question.addEventListener("input", () => void complete());
byId("settings", HTMLFormElement).addEventListener("submit", (event) => {
  event.preventDefault();
  byId("completions", HTMLElement).replaceChildren();
  if (mode.value === "point" && boxes.length < 2) complain("no-boxes");
  else void changed(true);
});
byId("clear-boxes", HTMLButtonElement).addEventListener("click", () => {
  boxes = [];
  link({ boxes: null });
  bench.repaint();
});
byId("reset", HTMLButtonElement).addEventListener("click", () => void changed());
onSample((name) => {
  own = null;
  sample = name;
  question.value = ASKED[sample];
  boxes = [];
  if (mode.value !== "choose") mode.value = "open";
  void changed();
});
const takePhoto = (bytes: Uint8Array) => {
  own = bytes;
  boxes = [];
  if (mode.value === "point") mode.value = "open";
  void changed(true);
};
acceptPictures(takePhoto);
offerCamera(takePhoto);
dress();
new ResizeObserver(() => bench.repaint()).observe(byId("stage", HTMLElement));
void bench.open(model.value === "attention" ? steersOfText(linked("steer")) : []);
