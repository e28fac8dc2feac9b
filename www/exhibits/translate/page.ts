// Translation: an English sentence is put into French, and for each piece, which English pieces were looked at.
import type { Frame, Input, Run, Settings, Steer } from "../../kit/types";
import { Bench } from "../../shell/exhibit-page";
import { byId, el } from "../../kit/dom";
import { link, linked, linkedChoice, linkedNumber } from "../../kit/link";
import { fetchSite } from "../../run/site";
import { alignmentOf, drawLinks, drawMatrix, drawThumbnail, readable, sentenceOf } from "./stage";
import { steeringSwitch } from "../../inputs/steering";
import { lengthFigure, translateLesson } from "./lesson";

const USUAL = "A little girl is playing with a big brown dog in the park.";

const model = byId("model", HTMLSelectElement);
const beam = byId("beam", HTMLSelectElement);
const text = byId("text", HTMLTextAreaElement);
const sample = byId("sample", HTMLSelectElement);
const links = byId("links", HTMLCanvasElement);
const matrix = byId("matrix", HTMLCanvasElement);
const source = byId("source", HTMLElement);
const words = byId("words", HTMLElement);

model.value = linkedChoice("model", ["attention", "fixed"], "attention");
beam.value = String(linkedNumber("beam", 1, 5, 1));
text.value = linked("text") ?? USUAL;
/** What it wrote before it was steered. */
let free: string[] | null = null;

/** Which source piece was chosen at which step, as a piece of a link. */
const steersAsText = (steers: Steer[]) => steers.map(({ step, weights }) => `${step}_${weights.length}_${weights.indexOf(1)}`).join(".");

const onlyAt = (count: number, place: number) => Float32Array.from({ length: count }, (_, i) => (i === place ? 1 : 0));

const steersOfText = (linkText: string | null): Steer[] =>
  (linkText ?? "").split(".").flatMap((part) => {
    const found = /^(\d{1,2})_(\d{1,2})_(\d{1,2})$/.exec(part)?.slice(1).map(Number);
    return found && found[2] < found[1] ? [{ step: found[0], weights: onlyAt(found[1], found[2]) }] : [];
  });

/** Shows pieces as buttons, keeping those that are there already. */
function showPieces(line: HTMLElement, pieces: string[], attribute: string, title: (i: number) => string, chosen: (i: number) => void, pointed: (i: number) => void) {
  const kept = [...line.children].every((child, i) => child.getAttribute("data-piece") === pieces[i]);
  if (kept && line.childElementCount === pieces.length) return;
  line.replaceChildren(
    ...pieces.map((piece, i) => {
      const joined = i > 0 && !piece.startsWith("▁") && piece !== "<end>" ? "joined" : "";
      const button = el("button", { type: "button", [attribute]: i, "data-piece": piece, title: title(i), class: joined }, readable(piece));
      button.addEventListener("click", () => chosen(i));
      button.addEventListener("pointerenter", (event) => event.pointerType === "mouse" && pointed(i));
      return button;
    }),
  );
}

const steering = steeringSwitch(() => bench.player);

function choose(place: number) {
  const run = bench.run;
  const map = alignmentOf(run?.frames[bench.player.index]);
  if (!run || !map || !steering.isOn()) return;
  free ??= run.frames[run.frames.length - 1].words;
  const step = bench.player.index + 1;
  const weights = onlyAt(map.tokens.length, place);
  link({ step, steer: steersAsText([...run.steers.filter((one) => one.step < step), { step, weights }]) });
  void bench.steer(step, weights);
}

/** Marks what the pointed-at source piece was looked at for. */
function lightTargets(place: number) {
  const frames = bench.run?.frames ?? [];
  [...words.children].forEach((child, i) => {
    const weight = alignmentOf(frames[i])?.weights[place] ?? 0;
    child.classList.toggle("lit", weight > 0.2);
  });
}

function showPair(run: Run, frame: Frame | undefined) {
  const pieces = alignmentOf(run.frames[0])?.tokens ?? [];
  const said = run.frames[run.frames.length - 1]?.words ?? [];
  byId("pair", HTMLElement).classList.toggle("plain", pieces.length === 0 && run.frames.length > 0);
  source.dataset.plain = String(run.settings.text ?? "");
  showPieces(source, pieces, "data-source", (i) => `look here: “${readable(pieces[i])}”`, choose, lightTargets);
  showPieces(words, said, "data-word", (i) => `where it looks when it writes “${readable(said[i])}”`, (i) => bench.player.goTo(i), (i) => bench.player.goTo(i));
  const index = frame ? frame.step - 1 : -1;
  const weights = alignmentOf(frame)?.weights;
  [...words.children].forEach((child, i) => {
    child.classList.toggle("unsaid", i > index);
    if (i === index) child.setAttribute("aria-current", "true");
    else child.removeAttribute("aria-current");
  });
  [...source.children].forEach((child, i) => child.classList.toggle("lit", (weights?.[i] ?? 0) > 0.2));
  matrix.hidden = links.hidden = pieces.length === 0;
  if (pieces.length === 0) return;
  drawLinks(links, [...source.children], [...words.children], run.frames, index);
  drawMatrix(matrix, run.frames, index, true);
  matrix.setAttribute("aria-label", `The alignment of “${run.settings.text}” with “${sentenceOf(frame?.words ?? [])}”`);
}

function showOther(id: string, label: string, pieces: string[] | null | undefined) {
  const line = byId(id, HTMLElement);
  line.hidden = !pieces?.length;
  if (pieces?.length) line.replaceChildren(el("small", {}, label), ` ${sentenceOf(pieces)}`);
}

const exhibit: ConstructorParameters<typeof Bench>[0] = {
  name: "translate",
  pace: 2,
  settings: () => {
    const settings: Settings = { model: model.value, beam: Number(beam.value), text: text.value };
    return settings;
  },
  core: (settings) => ({ model: settings.model, beam: settings.beam }),
  input: async () => (text.value as Input),
  replace: () => {},
  grew(run) {
    showPair(run, run.frames[bench.player.index]);
    const label = run.settings.model === "attention" ? "Through one vector:" : "With attention:";
    showOther("other", label, bench.other(run)?.at(-1)?.words);
    showOther("free", "Unsteered:", run.steers.length > 0 ? free : null);
    byId("reset", HTMLButtonElement).hidden = run.steers.length === 0;
    if (run.over) byId("announce", HTMLElement).textContent = sentenceOf(run.frames[run.frames.length - 1]?.words ?? []);
  },
  show: (frame, run) => showPair(run, frame),
  thumbnail: (context, frame, _run, x, y, width, height) => drawThumbnail(context, frame, x, y, width, height),
  lesson: (frame, run) => (frame ? translateLesson(frame, run) : []),
  beside: (run) => ({ model: run.settings.model === "attention" ? "fixed" : "attention" }),
  sentence: (run) => sentenceOf(run.frames[run.frames.length - 1]?.words ?? []),
};

const bench = new Bench(exhibit);

/** @param live run the models even where a recorded run would do */
async function changed(live: boolean = false) {
  free = null;
  steering.set(false);
  link({ model: model.value, beam: beam.value, text: text.value, step: null, steer: null });
  sample.value = [...sample.options].some((option) => option.value === text.value) ? text.value : "";
  if (live || !(await bench.cached(null))) await bench.live(null);
}

model.addEventListener("change", () => void changed());
beam.addEventListener("change", () => void changed());
sample.addEventListener("change", () => {
  if (!sample.value) return;
  text.value = sample.value;
  void changed();
});
text.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey) return;
  event.preventDefault();
  void changed(true);
});
byId("settings", HTMLFormElement).addEventListener("submit", (event) => {
  event.preventDefault();
  void changed(true);
});
byId("reset", HTMLButtonElement).addEventListener("click", () => void changed());
new ResizeObserver(() => bench.repaint()).observe(byId("stage", HTMLElement));
void bench.open(model.value === "attention" ? steersOfText(linked("steer")) : []);
fetchSite()
  .then((site) => byId("lengths", HTMLElement).replaceChildren(...[lengthFigure(site)].filter((node) => node !== null)))
  .catch(() => {});
