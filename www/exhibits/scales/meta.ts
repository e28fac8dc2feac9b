// Attention to scale: what the page says of itself, and its settings.
import { html } from "lit/html.js";
import { photoInput } from "../../inputs/sample-photos";
import { scaleKey } from "../../kit/legend";
import { choice, compare, exhibit, figure, range, versus } from "../../kit/meta";

/** What each scale is called. */
export const SCALES = ["1", "0.7", "0.5"];

const isWeighed = ({ merge }: Record<string, unknown>) => merge === "attention";

export const meta = exhibit({
  name: "scales",
  title: "Attention to scale",
  entries: [{ query: "", question: "How *near* must it look?", system: "Attention to scale", can: "Force one scale, and see what it misses.", slides: [30, 30], shows: "A photo whose pixels are coloured by what they belong to" }],
  chapter: "seeing",
  description: "A network sees your photo at three scales and weighs them at every pixel, live in your browser.",
  step: "scale",
  knows: "It knows 20 things: person, dog, cat, bird, horse, cow, sheep, car, bus, train, bicycle, motorbike, boat, aeroplane, bottle, chair, sofa, dining table, potted plant, TV. A third of its 2,700 photos show dogs, so it often takes something else for a dog.",
  papers: [{ authors: "Chen et al.", title: "Attention to Scale: Scale-aware Semantic Image Segmentation", venue: "CVPR 2016", url: "https://arxiv.org/abs/1511.03339" }],
  cards: { scale: "scales", "dense-encoder": "image network" },
  trust: {
    figures: [
      figure(["scale", "miou"], "With scales weighed by attention its areas overlap with those that people drew by {value} on average[ ({n} photos)].", { unit: "%" }),
      figure(["scale", "miou_average"], "With the mean of the scales: {value}.", { unit: "%" }),
      figure(["scale", "miou_max"], "With the surest scale: {value}.", { unit: "%" }),
      figure(["scale", "miou_single"], "With one scale: {value}.", { unit: "%" }),
    ],
    comparisons: [
      versus(["scale", "miou"], ["scale", "miou_max"], "Overlap of {a} by attention to scale, {b} by the surest scale", { unit: "%" }),
      versus(["scale", "miou"], ["scale", "miou_single"], "Overlap of {a} by attention to scale, {b} by one scale", { unit: "%" }),
    ],
  },
  pace: 1,
  settings: {
    merge: choice("Scales", { attention: "weighed by attention", average: "averaged", max: "the surest", single: "only the first" }),
    force: choice("Force a scale", { "1": "scale 1", "2": "scale 0.7", "3": "scale 0.5" }, { look: true, when: isWeighed, tip: "Give one scale a fixed weight everywhere" }),
    by: range("Its weight", 0, 100, 0, { look: true, when: isWeighed, shown: (value) => `${value} %`, tip: "At 0 % nothing is forced" }),
    compare: compare(),
  },
  run: "Run",
  file: photoInput("dog", "surfer", "soccer", "horse", "cat", "astronaut"),
  legend: (frame) => (frame.pictures.some(({ name }) => name === "weight_1") ? [scaleKey("viridis", "0", "1", "weight of the scale at a place")] : []),
  stage: html`
    <div id="stage" class="scaled"><canvas id="photo" role="img" aria-label="What every pixel is taken for"></canvas><div class="scales">${SCALES.map(
      (scale, i) => html`<figure><canvas id=${`scale-${i + 1}`} role="img" aria-label=${`What scale ${scale} takes every pixel for`}></canvas><canvas id=${`weight-${i + 1}`} class="weights" role="img" aria-label=${`Where scale ${scale} counts`}></canvas><figcaption>scale ${scale}</figcaption></figure>`,
    )}</div></div>
    <p id="legend" class="legend"></p>
    <p id="other" class="other" hidden></p>`,
});
