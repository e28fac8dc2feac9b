// DRAW: what the page says of itself, and its settings.
import { html } from "lit/html.js";
import { padForm } from "../../inputs/pad-form";
import { markKey } from "../../kit/legend";
import { action, choice, exhibit, figure, versus, whole } from "../../kit/meta";

export const meta = exhibit({
  name: "draw",
  title: "DRAW",
  entries: [{ query: "", question: "How do you draw a *digit*, one glance at a time?", system: "DRAW", can: "Draw a digit for it to copy, or have 64 drawn at once.", slides: [20, 21], shows: "A digit being drawn through a small window" }],
  chapter: "writing",
  description: "A network draws a digit, one glance at a time, live in your browser.",
  step: "step",
  knows: "It learned from 55,000 handwritten digits and draws nothing else. About a quarter of what it draws from noise is no clear digit.",
  papers: [{ authors: "Gregor et al.", title: "DRAW: A Recurrent Neural Network For Image Generation", venue: "ICML 2015", url: "https://arxiv.org/abs/1502.04623" }],
  cards: { "draw-mnist": "with attention", "draw-mnist-noattention": "without", "draw-2digits": "two digits" },
  trust: {
    figures: [
      figure(["draw-mnist", "nats_bound"], "With attention a new digit costs it {value}, and fewer is better[ ({n} digits)][; the paper reports {paper}].", { unit: "nats" }),
      figure(["draw-mnist-noattention", "nats_bound"], "Without attention: {value}[; the paper reports {paper}].", { unit: "nats" }),
      figure(["draw-2digits", "nats_bound"], "Two digits on a larger canvas: {value}.", { unit: "nats" }),
    ],
    comparisons: [versus(["draw-mnist", "nats_bound"], ["draw-mnist-noattention", "nats_bound"], "A digit costs {a} with attention, {b} without", { unit: "nats" })],
  },
  pace: 6,
  settings: {
    mode: choice("Task", { generate: "draw from noise", reconstruct: "copy a drawing", wall: "draw 64 at once" }),
    model: choice("Model", { "draw-mnist": "with attention", "draw-mnist-noattention": "without attention", "draw-2digits": "two digits, 60×60" }),
    seed: whole("Seed", 0, 2 ** 32 - 1, 7, { tip: "The same seed draws the same digit again" }),
    "new-seed": action("New seed", { sets: ["seed"] }),
  },
  run: "Run",
  file: { label: "Or give it a picture of a digit: drop it anywhere, paste it, or choose a file", accept: "image/*" },
  legend: (frame) => [...frame.maps].reverse().map(({ name }) => (name === "read" ? markKey("box", "--second", "the window it reads through") : markKey("box", "--accent", "the window it writes through"))),
  stage: html`
    <div id="stage" class="panes">
      <figure hidden><canvas id="pane-target" role="img" aria-label="The drawing, and the window it reads through"></canvas><figcaption>the drawing, and where it looks</figcaption></figure>
      <figure><canvas id="pane-canvas" role="img" aria-label="What it has drawn"></canvas><figcaption id="canvas-caption">what it has drawn, and where it writes</figcaption></figure>
      <div class="patches">
        <figure hidden><canvas id="pane-glimpse" role="img" aria-label="The glimpse it has read"></canvas><figcaption>glimpse read</figcaption></figure>
        <figure hidden><canvas id="pane-patch" role="img" aria-label="The patch it writes"></canvas><figcaption>patch written</figcaption></figure>
      </div>
    </div>`,
  inputs: padForm("Copy it"),
});
