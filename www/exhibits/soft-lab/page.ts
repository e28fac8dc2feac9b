// The soft mix: colours or pieces of a picture on a grid, a score each, and the gradient that leads to a target.
import type { CoreSettings, Input, Settings } from "../../kit/types";
import { Bench } from "../../shell/exhibit-page";
import { rgb } from "../../stage/colour";
import { byId, el, fixed } from "../../kit/dom";
import { acceptPictures } from "../../inputs/files";
import { Hasty } from "../../kit/latest-run";
import { link, linked, linkedChoice, linkedNumber } from "../../kit/link";
import { samplePath, samplePicture } from "../../inputs/samples";
import { COLOURS, LETTERS, drawBoard, drawMix, mixOf } from "./stage";
import { mixLesson } from "./lesson";

const PICTURES = (["surfer", "cat", "horse"] as const);
/** Scores go from −5 to 5 by tenths. */
const REACH = 50;

const side = byId("side", HTMLSelectElement);
const what = byId("what", HTMLSelectElement);
const temperature = byId("temperature", HTMLInputElement);
const target = byId("target", HTMLSelectElement);
const colour = byId("colour", HTMLInputElement);
const board = byId("board", HTMLCanvasElement);

side.value = linkedChoice("side", ["2", "3", "4"], "2");
what.value = linkedChoice("what", ["colours", ...PICTURES], "colours");
temperature.value = String(linkedNumber("temperature", -10, 10, 0));
colour.value = `#${/^[0-9a-f]{6}$/.test(linked("colour") ?? "") ? linked("colour") : "7d8a55"}`;
/** In tenths, sixteen of them: a smaller grid uses the first ones. */
let scores: number[] = (linked("scores") ?? "10.0.-5.0").split(".").map((score) => Math.max(-REACH, Math.min(REACH, Math.round(Number(score)) || 0)));
/** Whether the gradient is followed, or only the mix shown. */
let following = linked("follow") === "yes";
let own: Uint8Array | null = null;
/** The picture whose pieces lie on the grid. */
let picture: HTMLCanvasElement | null = null;
const hasty = new Hasty(() => void bench.live(1));

const count = () => Number(side.value) ** 2;
const scoreOf = (place: number) => scores[place] ?? 0;
const scoresAsText = () => Array.from({ length: count() }, (_, place) => scoreOf(place)).join(".");

function pieceOf(place: number): CanvasImageSource | string {
  if (what.value === "colours" || !picture) return `#${COLOURS[place]}`;
  const [across, down] = [picture.width / Number(side.value), picture.height / Number(side.value)];
  const piece = document.createElement("canvas");
  piece.width = piece.height = 96;
  const [left, top] = [(place % Number(side.value)) * across, Math.floor(place / Number(side.value)) * down];
  piece.getContext("2d")?.drawImage(picture, left, top, across, down, 0, 0, 96, 96);
  return piece;
}

const shares = (hex: string) => rgb(`#${hex}`).map((level) => level / 255);
const aim = () => (target.value === "colour" ? null : Number(target.value));

const exhibit: ConstructorParameters<typeof Bench>[0] = {
  name: "mix",
  pace: 12,
  settings: () => {
    const settings: Settings = { side: Number(side.value), what: own ? "own" : what.value, scores: scoresAsText(), temperature: Number(temperature.value) };
    if (following) settings.target = target.value === "colour" ? colour.value.slice(1) : Number(target.value);
    return settings;
  },
  core({ side, what, scores, temperature, target }) {
    const core: CoreSettings = { side, scores: String(scores).split(".").map((score) => Number(score) / 10), temperature: 2 ** (Number(temperature) / 2) };
    if (what === "colours") core.colours = COLOURS.slice(0, Number(side) ** 2).map(shares);
    if (target !== undefined) core.target = typeof target === "number" ? target : shares(target);
    return core;
  },
  input: async () => {
    if (own) return (own as Input);
    return what.value === "colours" ? undefined : new Uint8Array(await (await fetch(samplePath(what.value))).arrayBuffer());
  },
  photo: async () => (own || what.value === "colours" ? null : samplePicture(what.value)),
  replace: () => {},
  grew(run) {
    if (own && run.photo instanceof HTMLCanvasElement) picture = run.photo;
    if (!run.over) return;
    byId("announce", HTMLElement).textContent = following ? "The gradient has been followed." : "";
    hasty.over();
  },
  show(frame) {
    drawBoard(board, Number(side.value), pieceOf, frame, following ? aim() : null);
    drawMix(byId("z", HTMLCanvasElement), frame);
  },
  thumbnail: (context, frame, _run, x, y, width, height) => {
    const edge = Math.min(width - 1, height);
    context.imageSmoothingEnabled = false;
    context.drawImage(mixOf(frame), x + (width - edge) / 2, y + (height - edge) / 2, edge, edge);
  },
  lesson: (frame, run) => (frame ? mixLesson(frame, run) : []),
  sentence: () => "",
};

const bench = new Bench(exhibit);

function dress() {
  const places = Array.from({ length: count() }, (_, place) => place);
  const wanted = target.value || (linked("target") ?? "colour");
  target.replaceChildren(
    ...(what.value === "colours" && !own ? [el("option", { value: "colour" }, "a colour")] : []),
    ...places.map((place) => el("option", { value: place }, `place ${LETTERS[place]}`)),
  );
  target.value = [...target.options].some(({ value }) => value === wanted) ? wanted : target.options[0].value;
  byId("colour-target", HTMLElement).hidden = target.value !== "colour";
  byId("temperature-value", HTMLElement).textContent = fixed(2 ** (Number(temperature.value) / 2), 2);
  const aimed = byId("aim", HTMLElement);
  aimed.textContent = following ? `; it is to become ${target.value === "colour" ? "this colour " : `place ${LETTERS[Number(target.value)]}`}` : "";
  if (following && target.value === "colour") {
    const swatch = el("span", { class: "swatch" });
    swatch.style.background = colour.value;
    aimed.append(swatch);
  }
  const sliders = byId("scores", HTMLElement);
  if (sliders.childElementCount !== places.length) {
    sliders.replaceChildren(
      ...places.map((place) => {
        const range = el("input", { type: "range", min: -REACH, max: REACH, step: 1, "data-score": place });
        range.addEventListener("input", () => {
          for (let at = 0; at < count(); at++) scores[at] = scoreOf(at);
          scores[place] = Number(range.value);
          moved();
        });
        return el("label", { class: "slider" }, `score ${LETTERS[place]} `, range, el("span", { class: "number" }));
      }),
    );
  }
  [...sliders.children].forEach((label, place) => {
    const range = (label.querySelector("input") as HTMLInputElement);
    range.value = String(scoreOf(place));
    (label.lastElementChild as HTMLElement).textContent = fixed(scoreOf(place) / 10, 1);
  });
}

function linkAll(follow: boolean) {
  hasty.forget();
  following = follow;
  dress();
  link({ side: side.value, what: own ? null : what.value, scores: scoresAsText(), temperature: temperature.value, step: null });
  link({ follow: follow ? "yes" : null, target: follow ? target.value : null, colour: follow && target.value === "colour" ? colour.value.slice(1) : null });
}

function moved() {
  linkAll(false);
  hasty.move();
}

async function changed(follow = false) {
  picture = own || what.value === "colours" ? picture : await samplePicture(what.value);
  linkAll(follow);
  if (!(await bench.cached(null))) await bench.live(null);
}

temperature.addEventListener("input", moved);
side.addEventListener("change", () => void changed());
what.addEventListener("change", () => {
  if (what.value === "own") {
    byId("file", HTMLInputElement).click();
    what.value = own ? "own" : "colours";
    return;
  }
  own = null;
  void changed();
});
// The run that the button begins is one towards the target.
byId("again", HTMLButtonElement).addEventListener("click", () => linkAll(true), { capture: true });
for (const control of [target, colour]) control.addEventListener("change", () => void changed(true));
board.addEventListener("click", (event) => {
  const rect = board.getBoundingClientRect();
  const [column, row] = [(event.clientX - rect.left) / rect.width, (event.clientY - rect.top) / rect.height].map((share) => Math.min(Number(side.value) - 1, Math.floor(share * Number(side.value))));
  target.value = String(row * Number(side.value) + column);
  void changed(true);
});
byId("reset", HTMLButtonElement).addEventListener("click", () => {
  scores = [];
  void changed();
});
byId("settings", HTMLFormElement).addEventListener("submit", (event) => event.preventDefault());
acceptPictures((bytes) => {
  own = bytes;
  what.value = "own";
  linkAll(false);
  void bench.live(null);
});

if (what.value !== "colours") picture = await samplePicture(what.value);
dress();
new ResizeObserver(() => bench.repaint()).observe(byId("stage", HTMLElement));
void bench.open();
