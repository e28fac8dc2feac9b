// Handwriting: what the page says of itself, and its settings.
import { html } from "lit/html.js";
import { tokenKeys } from "../../kit/legend";
import { action, choice, compare, exhibit, figure, range, text, toggle, versus, whole } from "../../kit/meta";

const LINES = ["The pen knows which letter comes next.", "attention is all it reads", "A quick brown fox jumps over the dog", "Dear reader, this was never written."];

export const meta = exhibit({
  name: "handwriting",
  title: "Handwriting",
  entries: [{ query: "", question: "Which letter is the pen *on*?", system: "Handwriting from text", can: "Have your own words written, even in your own hand.", slides: [22, 22], shows: "A line being written by hand" }],
  chapter: "writing",
  description: "A network writes your words by hand and shows which letter it is on, live in your browser.",
  step: "point",
  knows: "It learned from lines by many writers. Most words can be read; rare letters, digits and capitals come out worst.",
  papers: [{ authors: "Graves", title: "Generating Sequences With Recurrent Neural Networks", venue: "2013", url: "https://arxiv.org/abs/1308.0850" }],
  cards: { handwriting: "with the text", "handwriting-none": "without" },
  trust: {
    figures: [
      figure(["handwriting", "nats_per_point"], "Knowing the text, it is surprised by {value} a point of the pen in lines of other writers, and less is better[ ({n} lines)].", { unit: "nats", digits: 2 }),
      figure(["handwriting-none", "nats_per_point"], "Without the text: {value}.", { unit: "nats", digits: 2 }),
      figure(["handwriting", "coverage_strict"], "In {value} of the lines that it writes, its window passes every letter in turn and stops at the last[ ({n} lines)]. That says nothing of how well they can be read.", { unit: "%", digits: 0 }),
    ],
    comparisons: [versus(["handwriting", "nats_per_point"], ["handwriting-none", "nats_per_point"], "Surprise a point: {a} with the text, {b} without", { unit: "nats", digits: 2 })],
  },
  pace: 45,
  settings: {
    text: text("Your words", LINES[0], { samples: LINES }),
    model: choice("Model", { text: "with the text", none: "without the text" }),
    bias: range("Neatness (bias)", 0, 200, 75, { step: 5, shown: (value) => (value / 100).toFixed(2), tip: "A greater bias writes more neatly and more alike" }),
    seed: whole("Seed", 0, 2 ** 32 - 1, 1, { tip: "The same seed writes the same again" }),
    "new-seed": action("New seed", { sets: ["seed"] }),
    compare: compare(),
    primed: toggle("In my own hand", false, { look: true }),
    svg: action("Save SVG"),
  },
  run: "Write",
  legend: (frame) => tokenKeys(frame, "phi", "viridis", "weight of a character in the window, of the step's greatest"),
  stage: html`
    <div id="stage" class="writing">
      <canvas id="paper" role="img" aria-label="What the pen has written"></canvas>
      <p id="letters"></p>
      <canvas id="window" role="img" aria-label="The window: time to the right, the text downwards"></canvas>
      <figure id="plain-figure" hidden><canvas id="plain" role="img" aria-label="The other network's writing"></canvas><figcaption id="plain-caption"></figcaption></figure>
    </div>`,
  inputs: html`
    <div id="own-hand" hidden>
      <p>Write a few words on the line, small letters as high as the dotted line, and type what they say. It goes on in your hand.</p>
      <canvas id="hand" role="img" aria-label="Ruled pad: write a few words here"></canvas>
      <div class="row"><label>They say <input id="written" maxlength="30" autocomplete="off" spellcheck="false" value="hello"></label><button type="button" id="use-hand" class="strong">Go on in this hand</button><button type="button" id="undo">Undo</button><button type="button" id="clear">Clear</button></div>
    </div>`,
});
