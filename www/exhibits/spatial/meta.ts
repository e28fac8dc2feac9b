// Spatial transformers: what the page says of itself, and its settings.
import { html } from "lit/html.js";
import { padForm } from "../../inputs/pad-form";
import { fixed } from "../../kit/dom";
import { markKey } from "../../kit/legend";
import { action, choice, compare, exhibit, figure, range, versus } from "../../kit/meta";
import { DISTORTED, type Warp } from "../../stage/warp";

const slider = (label: string, name: keyof Warp, min: number, max: number, unit: string) =>
  range(label, min, max, DISTORTED[name], { shown: (value) => `${fixed(value, 0)}${unit}` });

/** The settings that say how the digit lies. */
const POSE = ["turn", "scale", "shear", "bend", "x", "y"];

const WRONG = { unit: "%", digits: 2 } as const;

export const meta = exhibit({
  name: "spatial",
  title: "Spatial transformers",
  entries: [{ query: "", question: "What does it *straighten* before it reads?", system: "Spatial transformers", can: "Turn, shear and bend a digit until it fails.", slides: [24, 27], shows: "A distorted digit under a grid, and the straightened one" }],
  chapter: "looking",
  description: "Turn, shear and bend a digit, and see a network lay its grid and straighten it, live in your browser.",
  step: "step",
  knows: "It learned from handwritten digits that were turned by up to 90°, moved, scaled and bent. It names any other shape as a digit, too.",
  papers: [{ authors: "Jaderberg et al.", title: "Spatial Transformer Networks", venue: "NIPS 2015", url: "https://arxiv.org/abs/1506.02025" }],
  cards: { "stn-mnist": "spatial transformers" },
  trust: {
    figures: [
      figure(["stn-mnist", "error_r"], "With the affine transformer it misreads {value} of turned digits[; the paper reports {paper}].", WRONG),
      figure(["stn-mnist", "error_rts"], "Turned, scaled and moved: {value}[; the paper reports {paper}].", WRONG),
      figure(["stn-mnist", "error_p"], "Seen from the side: {value}[; the paper reports {paper}, its distortion seems weaker].", WRONG),
      figure(["stn-mnist", "error_tps_e"], "Bent, with the thin-plate transformer: {value}[; the paper reports {paper}].", WRONG),
    ],
    comparisons: [
      versus(["stn-mnist", "error_r"], ["stn-mnist", "error_cnn_r"], "Turned digits misread: {a} with the affine transformer, {b} without", WRONG),
      versus(["stn-mnist", "error_rts"], ["stn-mnist", "error_cnn_rts"], "Turned, scaled and moved: {a} with it, {b} without", WRONG),
      versus(["stn-mnist", "error_p"], ["stn-mnist", "error_cnn_p"], "Seen from the side: {a} with it, {b} without", WRONG),
      versus(["stn-mnist", "error_tps_e"], ["stn-mnist", "error_cnn_e"], "Bent: {a} with the thin-plate transformer, {b} without", WRONG),
    ],
  },
  pace: 0.8,
  settings: {
    model: choice("Network", { affine: "affine transformer", tps: "thin-plate transformer", cnn: "without a transformer" }),
    compare: compare(),
    distort: action("Distort", { tip: "Distort the digit at random", sets: POSE }),
    upright: action("Upright", { tip: "Undo all distortion", sets: POSE }),
    turn: slider("Turn", "turn", -90, 90, "°"),
    scale: slider("Size", "scale", 60, 130, " %"),
    shear: slider("Shear", "shear", -60, 60, " %"),
    bend: slider("Bend", "bend", -100, 100, " %"),
    x: slider("To the right", "x", -10, 10, " px"),
    y: slider("Down", "y", -10, 10, " px"),
  },
  run: "Run",
  file: { label: "Or a photo of a digit: drop it anywhere, paste it, or choose one", accept: "image/*" },
  legend: (frame) => (frame.maps.length > 0 ? [markKey("line", "--accent", "the grid at which it reads the digit")] : []),
  stage: html`
    <div id="stage" class="panes">
      <figure><canvas id="board" class="board" role="img" aria-label="The distorted digit, and the grid at which it is read"></canvas><figcaption>your digit, and where it looks</figcaption></figure>
      <figure id="straight-figure"><canvas id="straight" class="board" role="img" aria-label="The straightened digit"></canvas><figcaption>what it makes of it</figcaption></figure>
    </div>
    <p id="says" class="answer"></p>
    <p id="other" class="other" hidden></p>`,
  inputs: html`
    <div class="row" role="group" aria-label="Sample digits">${[..."0123456789"].map((digit) => html`<button type="button" data-digit=${digit} aria-pressed="false" aria-label=${`A sample of ${digit}`}>${digit}</button>`)}</div>
    ${padForm("Take your digit")}`,
});
