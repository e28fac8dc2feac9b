// Birds: what the page says of itself, and its settings.
import { html } from "lit/html.js";
import { photoInput } from "../../inputs/sample-photos";
import { markKey } from "../../kit/legend";
import { choice, exhibit, figure, steering, versus } from "../../kit/meta";

export const meta = exhibit({
  name: "birds",
  title: "Which bird?",
  entries: [{ query: "", question: "Which *bird* is it, and by what?", system: "Spatial transformers on photos", can: "Give it a bird, or move its two windows.", slides: [24, 27], shows: "A bird, and the two windows that name it" }],
  chapter: "looking",
  description: "Two spatial transformers cut parts of a bird out of your photo and name its species, live in your browser.",
  step: "view",
  knows: "It knows 20 North American species (blackbirds, buntings, cuckoos, crows and a few more) from some 950 photos. It names one of them, whatever it is shown.",
  papers: [{ authors: "Jaderberg et al.", title: "Spatial Transformer Networks", venue: "NIPS 2015", url: "https://arxiv.org/abs/1506.02025" }],
  cards: { "stn-birds": "birds", "dense-encoder": "image network" },
  trust: {
    figures: [
      figure(["stn-birds", "accuracy"], "It names the species of {value} of the birds rightly[ ({n} photos)][; the paper reports {paper} on 200 species].", { unit: "%" }),
      figure(["stn-birds", "accuracy_first"], "By the larger window alone: {value}.", { unit: "%" }),
      figure(["stn-birds", "accuracy_second"], "By the smaller window alone: {value}.", { unit: "%" }),
    ],
    comparisons: [versus(["stn-birds", "accuracy"], ["stn-birds", "accuracy_none"], "Named rightly: {a} with the windows, {b} from the whole photo alone", { unit: "%" })],
  },
  pace: 0.7,
  settings: {
    fold: choice(
      "Training",
      { "0": "without the first fifth", "1": "without the second", "2": "without the third", "3": "without the fourth", "4": "without the last" },
      { numeric: true, tip: "Five trainings, each of which left out another fifth of the photos" },
    ),
    ...steering("Click on the photo where this window must lie"),
  },
  run: "Run",
  file: photoInput("bunting", "towhee", "blackbird"),
  legend: ({ step }) => [markKey("box", "--accent", "the larger window"), markKey("box", "--second", "the smaller window")].slice(0, step - 1),
  stage: html`
    <div id="stage"><canvas id="photo" role="img" aria-label="The photo with both windows"></canvas><div class="patches parts"><figure><canvas id="first" role="img" aria-label="What the larger window shows"></canvas><figcaption>the larger window</figcaption></figure><figure><canvas id="second" role="img" aria-label="What the smaller window shows"></canvas><figcaption>the smaller window</figcaption></figure></div></div>
    <p id="answer"></p>`,
});
