// The soft mix: colours or pieces of a picture on a grid, a score each, and the gradient that leads to a target.
/** @import {CoreSettings, Input, Settings} from "../types.js" */
import { Bench } from "../bench.js";
import { rgb } from "../colour.js";
import { byId, el, fixed } from "../dom.js";
import { acceptPictures } from "../files.js";
import { Hasty } from "../hasty.js";
import { link, linked, linkedChoice, linkedNumber } from "../link.js";
import { samplePath, samplePicture } from "../samples.js";
import { COLOURS, LETTERS, drawBoard, drawMix, mixOf } from "../stage/mix.js";
import { mixLesson } from "./mix-lesson.js";

const PICTURES = /** @type {const} */ (["surfer", "cat", "horse"]);
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
/** In tenths, sixteen of them: a smaller grid uses the first ones. @type {number[]} */
let scores = (linked("scores") ?? "10.0.-5.0").split(".").map((score) => Math.max(-REACH, Math.min(REACH, Math.round(Number(score)) || 0)));
/** Whether the gradient is followed, or only the mix shown. */
let following = linked("follow") === "yes";
/** @type {Uint8Array | null} */
let own = null;
/** The picture whose pieces lie on the grid. @type {HTMLCanvasElement | null} */
let picture = null;
const hasty = new Hasty(() => void bench.live(1));

const count = () => Number(side.value) ** 2;
const scoreOf = (/** @type {number} */ place) => scores[place] ?? 0;
const scoresAsText = () => Array.from({ length: count() }, (_, place) => scoreOf(place)).join(".");

/** @param {number} place @returns {CanvasImageSource | string} */
function pieceOf(place) {
  if (what.value === "colours" || !picture) return `#${COLOURS[place]}`;
  const [across, down] = [picture.width / Number(side.value), picture.height / Number(side.value)];
  const piece = document.createElement("canvas");
  piece.width = piece.height = 96;
  const [left, top] = [(place % Number(side.value)) * across, Math.floor(place / Number(side.value)) * down];
  piece.getContext("2d")?.drawImage(picture, left, top, across, down, 0, 0, 96, 96);
  return piece;
}

/** @param {string} hex */
const shares = (hex) => rgb(`#${hex}`).map((level) => level / 255);
const aim = () => (target.value === "colour" ? null : Number(target.value));

/** @type {ConstructorParameters<typeof Bench>[0]} */
const exhibit = {
  name: "mix",
  pace: 12,
  settings: () => {
    /** @type {Settings} */
    const settings = { side: Number(side.value), what: own ? "own" : what.value, scores: scoresAsText(), temperature: Number(temperature.value) };
    if (following) settings.target = target.value === "colour" ? colour.value.slice(1) : Number(target.value);
    return settings;
  },
  core({ side, what, scores, temperature, target }) {
    /** @type {CoreSettings} */
    const core = { side, scores: String(scores).split(".").map((score) => Number(score) / 10), temperature: 2 ** (Number(temperature) / 2) };
    if (what === "colours") core.colours = COLOURS.slice(0, Number(side) ** 2).map(shares);
    if (target !== undefined) core.target = typeof target === "number" ? target : shares(target);
    return core;
  },
  input: async () => {
    if (own) return /** @type {Input} */ (own);
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
    const range = /** @type {HTMLInputElement} */ (label.querySelector("input"));
    range.value = String(scoreOf(place));
    /** @type {HTMLElement} */ (label.lastElementChild).textContent = fixed(scoreOf(place) / 10, 1);
  });
}

/** @param {boolean} follow */
function linkAll(follow) {
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
