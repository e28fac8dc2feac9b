// Glimpses: what the page says of itself, and its settings.
import { html } from "lit/html.js";
import { padForm } from "../../inputs/pad-form";
import { markKey } from "../../kit/legend";
import { action, choice, compare, exhibit, figure, guessing, steering, toggle, versus, whole } from "../../kit/meta";

/** A reader's board: the scene with its gaze, what it says, and what its glimpse saw, sharpest first. */
const board = (id: string, scene: string, saw: string) => html`
  <figure id=${`${id}-figure`}><canvas id=${id} class="board" role="img" aria-label=${scene}></canvas>
    <figcaption><strong id=${`${id}-name`}></strong> <span id=${`${id}-says`}></span></figcaption>
    <div class="seen" id=${`${id}-seen`}>${[saw, "The same place, twice as wide", "The same place, four times as wide"].map((label) => html`<canvas role="img" aria-label=${label}></canvas>`)}</div></figure>`;

const WRONG = { unit: "%", digits: 2 } as const;

export const meta = exhibit({
  name: "glimpses",
  title: "Glimpses",
  entries: [{ query: "", question: "Can it read through a *keyhole*?", system: "Hard attention on digits", can: "Guess its next look, or drag the digit and the clutter.", slides: [19, 21], shows: "A cluttered digit, and the path of a gaze over it" }],
  chapter: "looking",
  description: "A network reads a cluttered digit by eight glimpses: see where it looks, guess its next look, live in your browser.",
  step: "glimpse",
  knows: "It learned to read one upright handwritten digit among clutter. Of two digits it reads the one that it happens to look at.",
  papers: [
    { authors: "Mnih et al.", title: "Recurrent Models of Visual Attention", venue: "NIPS 2014", url: "https://arxiv.org/abs/1406.6247" },
    { authors: "Gregor et al.", title: "DRAW", venue: "ICML 2015, section 4.1", url: "https://arxiv.org/abs/1502.04623" },
  ],
  cards: { "ram-cluttered": "crops", "draw-read-cluttered": "Gaussian window" },
  trust: {
    figures: [
      figure(["ram-cluttered", "error"], "By crops it misreads {value} of the digits after the last glimpse[ ({n} scenes)][; the paper reports {paper}].", WRONG),
      figure(["draw-read-cluttered", "error"], "By the Gaussian window, in larger scenes with more clutter: {value}[; the paper reports {paper}].", WRONG),
      figure(["ram-cluttered", "multiply_adds"], "All glimpses of the crops cost {value} million products."),
      figure(["ram-cluttered", "multiply_adds_whole"], "A network that sees the whole scene costs {value} million."),
    ],
    comparisons: [
      versus(["ram-cluttered", "error"], ["ram-cluttered", "error_whole"], "Digits misread: {a} by crops, {b} by a network that sees the whole scene", WRONG),
      versus(["draw-read-cluttered", "error"], ["draw-read-cluttered", "error_whole"], "In the larger scenes: {a} by the Gaussian window, {b} by a network that sees it whole", WRONG),
    ],
  },
  pace: 1.5,
  settings: {
    model: choice("Reader", { ram: "hard: crops (RAM)", draw: "soft: Gaussian window (DRAW)" }),
    seed: whole("Seed", 1, 9999, 1, { tip: "The same seed looks at the same places again", when: ({ model, likeliest }) => model === "ram" && !likeliest }),
    likeliest: toggle("Always the likeliest place", false, { param: "places", on: "likeliest", tip: "It looks exactly where it wants to, not at a place drawn around it", when: ({ model }) => model === "ram" }),
    compare: compare(),
    ...guessing(),
    ...steering("Click where it must look at this step", ({ model }) => model === "ram"),
    "new-scene": action("New scene"),
    more: action("More clutter"),
    less: action("No clutter"),
  },
  run: "Run",
  file: { label: "Or a photo of a digit: drop it anywhere, paste it, or choose one", accept: "image/*" },
  legend: (frame) => [frame.maps.some(({ kind }) => kind === "window") ? markKey("box", "--second", "the Gaussian window of this look; numbers: the looks so far") : markKey("box", "--accent", "the crops of this look; numbers: the looks so far")],
  stage: html`
    <div id="stage" class="panes">
      ${board("board", "The scene, and where it looks", "What the glimpse saw, sharp")}
      ${board("other", "The same scene, read by the other network", "What the other network's glimpse saw")}
    </div>`,
  inputs: html`<p>Drag the digit or the clutter on the scene, or draw a digit of your own.</p>${padForm("Put your digit in the scene")}`,
});
