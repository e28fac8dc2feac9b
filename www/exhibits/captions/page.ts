// Captions: a photo is put into words, and for each word, where the model looks: everywhere a little, at one place, at the
// words that it found in the photo, or not at all.
import type { ColourMap } from "../../stage/colour";
import type { CoreSettings, Frame, Input, Run, Settings } from "../../kit/types";
import { Bench } from "../../shell/exhibit-page";
import { COLOUR_MAPS } from "../../stage/colour";
import { byId, el, holdWhole } from "../../kit/dom";
import { acceptPictures } from "../../inputs/files";
import { link, linked, linkedChoice, linkedNumber } from "../../kit/link";
import { paintOn } from "../../inputs/brush";
import { markSample, onSample, samplePath, samplePicture } from "../../inputs/samples";
import { offerAttributes, showAttributes } from "./attributes";
import { drawPhoto, drawThumbnail, gazeOf, placeOf, regionOf } from "./stage";
import { offerCamera } from "../../inputs/camera";
import { complain } from "../../kit/notice";
import { steeringSwitch, steersAsText, steersOfText } from "../../inputs/steering";
import { captionsLesson } from "./lesson";

/** What each captioner is asked, its slides, and what stands beside it. */
const MODELS = {
  soft: { question: ["Where does it look when it says ", "surfer", "?"], slides: "Soft attention captioning, slides 8–18", other: "none", beside: "Seeing it only once:" },
  hard: { question: ["What does it say if it may look at ", "one", " place a word?"], slides: "Hard attention captioning, slides 14–19", other: "soft", beside: "Soft attention:" },
  semantic: { question: ["Which words did it ", "see", " before it spoke?"], slides: "Semantic attention captioning, slide 30", other: "soft", beside: "Without those words:" },
  none: { question: ["What can it say after ", "one", " look?"], slides: "Captioning without attention, slide 8", other: "soft", beside: "With attention:" },
};
const SAMPLES = (["surfer", "dog", "soccer", "horse", "cat", "astronaut"] as const);

/** Attributes that can be taken away and added, of ten. */
const MOST_EDITS = 9;

const model = byId("model", HTMLSelectElement);
const beam = byId("beam", HTMLSelectElement);
const colours = byId("colour-map", HTMLSelectElement);
const opacity = byId("heat-opacity", HTMLInputElement);
const canvas = byId("photo", HTMLCanvasElement);
const beside = byId("beside", HTMLCanvasElement);
const words = byId("words", HTMLElement);
const seed = byId("seed", HTMLInputElement);
const likeliest = byId("likeliest", HTMLInputElement);
const addition = byId("addition", HTMLInputElement);

const names = (Object.keys(MODELS) as (keyof typeof MODELS)[]);
model.value = linkedChoice("model", names, "soft");
const chosen = () => MODELS[(model.value as keyof typeof MODELS)];
beam.value = String(linkedNumber("beam", 1, 5, 1));
colours.value = linkedChoice("map", COLOUR_MAPS, "viridis");
opacity.value = String(linkedNumber("opacity", 0, 100, 70));
seed.value = String(linkedNumber("seed", 1, 9999, 1));
likeliest.checked = linked("places") === "likeliest";
/** Attributes taken away and added by hand. */
const edits = { remove: wordsOf(linked("remove")), add: wordsOf(linked("add")) };
let sample: string = linkedChoice("sample", SAMPLES, "surfer");
/** The visitor's own picture, in place of a sample. */
let own: Uint8Array | null = null;
/** What it said before it was steered, or its attributes changed. */
let free: string[] | null = null;

function wordsOf(text: string | null) {
  return (text ?? "").split(",").filter((word) => /^[a-z0-9'-]{1,30}$/.test(word));
}

const look = (): {map: ColourMap, opacity: number} => ({ map: (colours.value as ColourMap), opacity: Number(opacity.value) / 100 });

const saidAt = (frame: Frame, run: Run) => run.frames.findIndex((one) => one.words.length >= frame.words.length);

const steering = steeringSwitch(() => bench.player);
paintOn(canvas, steering.isOn, {
  stroke: (weights) => {
    const photo = bench.run?.photo;
    if (photo) drawPhoto(canvas, photo, { rows: 14, cols: 14, weights }, look());
  },
  done: (weights) => {
    const run = bench.run;
    if (!run || run.frames.length === 0) return;
    free ??= run.frames[run.frames.length - 1].words;
    const step = bench.player.index + 1;
    link({ step, steer: steersAsText([...run.steers.filter((one) => one.step < step), { step, weights }]) });
    void bench.steer(step, weights);
  },
});

function showWords(run: Run, frame: Frame | undefined) {
  const said = run.frames[run.frames.length - 1]?.words ?? [];
  const now = frame ? frame.words.length - 1 : -1;
  if (words.childElementCount !== said.length || [...words.children].some((child, i) => child.textContent !== said[i])) {
    words.replaceChildren(
      ...said.map((word, i) => {
        const button = el("button", { type: "button", "data-word": i, title: `where it looks when it says “${word}”` }, word);
        const show = () => bench.player.goTo(run.frames.findIndex((one) => one.words.length === i + 1));
        button.addEventListener("click", show);
        button.addEventListener("pointerenter", (event) => event.pointerType === "mouse" && show());
        return button;
      }),
    );
  }
  const ended = frame !== undefined && saidAt(frame, run) !== frame.step - 1;
  [...words.children].forEach((child, i) => {
    if (i === now && !ended) child.setAttribute("aria-current", "true");
    else child.removeAttribute("aria-current");
    child.classList.toggle("unsaid", i > now);
  });
}

function showOther(id: string, label: string, sentence: string[] | null | undefined, beside: string[]) {
  const line = byId(id, HTMLElement);
  line.hidden = !sentence?.length;
  if (!sentence?.length) return;
  const marked = sentence.flatMap((word) => [" ", beside.includes(word) ? word : el("mark", {}, word)]);
  line.replaceChildren(el("small", {}, label), ...marked);
}

/** The other captioner's gaze at the same word, beside hard attention. */
function showBeside(frame: Frame | undefined, run: Run & {other?: Frame[]}) {
  const frames = model.value === "hard" ? bench.other(run) : undefined;
  const other = frames?.[Math.min(frame?.step ?? 1, frames.length) - 1];
  byId("beside-figure", HTMLElement).hidden = !other;
  if (!other || !run.photo) return;
  drawPhoto(beside, run.photo, gazeOf(other), look());
  const word = other.ended ? "its end" : `“${other.words.at(-1) ?? ""}”`;
  byId("beside-caption", HTMLElement).textContent = `soft attention at ${word}`;
  beside.setAttribute("aria-label", `Where soft attention looks at ${word}`);
}

/** Takes an attribute away, or gives it back. */
function toggle(word: string) {
  const present = bench.run?.frames[0]?.attributes.some((one) => one.word === word && one.probability > 0);
  if (edits.add.includes(word)) edits.add = edits.add.filter((one) => one !== word);
  else edits.remove = present ? [...edits.remove, word] : edits.remove.filter((one) => one !== word);
  edited();
}

/** Shows where the photo votes for an attribute. */
function point(word: string | null) {
  const { run } = bench;
  const region = word && regionOf(run?.frames[0], word);
  if (region && run?.photo) drawPhoto(canvas, run.photo, region, look());
  else if (!word) bench.repaint();
}

function edited() {
  free ??= bench.run?.frames.at(-1)?.words ?? null;
  link({ remove: edits.remove.join(",") || null, add: edits.add.join(",") || null, step: null });
  void bench.live(null);
}

/** The controls and words of the chosen captioner. */
function dress() {
  const { question, slides } = chosen();
  byId("question", HTMLElement).replaceChildren(question[0], el("em", {}, question[1]), question[2]);
  byId("slides", HTMLElement).textContent = slides;
  for (const part of document.querySelectorAll("[data-for]")) {
    (part as HTMLElement).hidden = !part.getAttribute("data-for")?.split(" ").includes(model.value);
  }
  seed.disabled = likeliest.checked;
  markSample(own ? null : sample);
}

const exhibit: ConstructorParameters<typeof Bench>[0] = {
  name: "captions",
  pace: 1.2,
  settings: () => {
    const settings: Settings = { model: model.value, beam: Number(beam.value), sample: own ? "own" : sample };
    if (model.value === "hard" && !likeliest.checked) settings.seed = Number(seed.value);
    if (model.value === "semantic") {
      for (const [name, list] of Object.entries(edits)) if (list.length > 0) settings[name] = list.join(",");
    }
    return settings;
  },
  core({ model, beam, seed, remove, add }) {
    const core: CoreSettings = { model, beam, max_words: 20 };
    if (model === "hard" && seed !== undefined) core.seed = seed;
    if (model === "semantic") Object.assign(core, { remove: wordsOf(String(remove ?? "")), add: wordsOf(String(add ?? "")) });
    return core;
  },
  input: async () => {
    if (own) return (own as Input);
    const answer = await fetch(samplePath(sample));
    return new Uint8Array(await answer.arrayBuffer());
  },
  photo: async () => (own ? null : samplePicture(sample)),
  replace: () => {},
  grew(run) {
    const frame = run.frames[bench.player.index];
    showWords(run, frame);
    const said = run.frames[run.frames.length - 1]?.words ?? [];
    const edited = "remove" in run.settings || "add" in run.settings;
    showOther("other", chosen().beside, bench.other(run)?.at(-1)?.words, said);
    showOther("free", edited ? "With what it found:" : "Unsteered:", edited || run.steers.length > 0 ? free : null, said);
    byId("reset", HTMLButtonElement).hidden = run.steers.length === 0 && !edited;
    showBeside(frame, run);
    if (run.over) byId("announce", HTMLElement).textContent = said.join(" ");
  },
  show(frame, run) {
    if (run.photo) drawPhoto(canvas, run.photo, gazeOf(frame), look(), placeOf(frame));
    showBeside(frame, run);
    showAttributes(frame, { toggle, point });
    canvas.setAttribute("aria-label", frame ? `The photo, and where it looks at “${frame.words.at(-1) ?? ""}”` : "The photo");
    showWords(run, frame);
  },
  thumbnail: (context, frame, run, x, y, width, height) => {
    if (run.photo) drawThumbnail(context, run.photo, frame, look(), x, y, width, height);
  },
  lesson: (frame, run) => (frame ? captionsLesson(frame, run) : []),
  beside: () => ({ model: chosen().other }),
  sentence: (run) => run.frames[run.frames.length - 1]?.words.join(" ") ?? "",
};

const bench = new Bench(exhibit);

/** @param live run the models even where a recorded run would do */
async function changed(live: boolean = false) {
  free = null;
  Object.assign(edits, { remove: [], add: [] });
  steering.set(false);
  dress();
  const hard = model.value === "hard";
  link({ model: model.value, beam: beam.value, sample: own ? null : sample, step: null, steer: null, remove: null, add: null });
  link({ seed: hard && !likeliest.checked ? seed.value : null, places: hard && likeliest.checked ? "likeliest" : null });
  if (own || live || !(await bench.cached(null))) await bench.live(null);
}

model.addEventListener("change", () => void changed());
beam.addEventListener("change", () => void changed());
likeliest.addEventListener("change", () => void changed());
seed.addEventListener("change", () => {
  holdWhole(seed);
  void changed();
});
byId("another", HTMLButtonElement).addEventListener("click", () => {
  seed.value = String((Number(seed.value) % 9999) + 1);
  likeliest.checked = false;
  void changed();
});
addition.addEventListener("focus", () => void offerAttributes());
byId("add", HTMLFormElement).addEventListener("submit", async (event) => {
  event.preventDefault();
  const word = addition.value.trim().toLowerCase();
  const known = await offerAttributes();
  if (!word || edits.add.includes(word)) return;
  if (known.length > 0 && !known.includes(word)) return complain("bad-word", `“${word}” is not one of the ${known.length} words that it knows to look for`);
  if (edits.add.length + edits.remove.length >= MOST_EDITS) return complain("bad-word", "there is no room for another. Take an added one away first");
  addition.value = "";
  if (edits.remove.includes(word)) edits.remove = edits.remove.filter((one) => one !== word);
  else edits.add = [...edits.add, word];
  edited();
});
for (const control of [colours, opacity]) {
  control.addEventListener("input", () => {
    link({ map: colours.value, opacity: opacity.value });
    bench.repaint();
  });
}
byId("settings", HTMLFormElement).addEventListener("submit", (event) => event.preventDefault());
byId("reset", HTMLButtonElement).addEventListener("click", () => void changed());
onSample((name) => {
  own = null;
  sample = name;
  void changed();
});
const takePhoto = (bytes: Uint8Array) => {
  own = bytes;
  void changed(true);
};
acceptPictures(takePhoto);
offerCamera(takePhoto);
new ResizeObserver(() => bench.repaint()).observe(byId("stage", HTMLElement));
dress();
void bench.open(model.value !== "none" ? steersOfText(linked("steer")) : []);
