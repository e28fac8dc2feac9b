// The soft mix: what the page says of itself, and its settings.
import { html } from "lit/html.js";
import { action, choice, exhibit, range } from "../../kit/meta";

/** A setting of the temperature as the temperature. */
export const degrees = (setting: number) => 2 ** (setting / 2);

export const meta = exhibit({
  name: "soft-lab",
  title: "Soft mix",
  entries: [
    {
      query: "follow=yes&target=colour",
      question: "What does a soft look *mix*?",
      system: "Soft attention in the laboratory",
      can: "Turn every score, or let the gradient do it.",
      slides: [17, 19],
      shows: "Four colours, each as large as its weight",
    },
  ],
  chapter: "looking",
  description: "Mix colours or pieces of a picture by soft attention, turn every score, and follow the gradient, live in your browser.",
  step: "step",
  knows: "No trained network takes part: you set the scores, or the gradient of one loss does, on colours or on any picture.",
  papers: [{ authors: "Xu et al.", title: "Show, Attend and Tell", venue: "ICML 2015, section 4.2", url: "https://arxiv.org/abs/1502.03044" }],
  cards: {},
  pace: 12,
  settings: {
    side: choice("Grid", { "2": "2×2", "3": "3×3", "4": "4×4" }, { numeric: true }),
    what: choice("Mix", { colours: "colours", surfer: "a surfer", cat: "a cat", horse: "a jockey", own: "your picture" }),
    temperature: range("Temperature", -10, 10, 0, { shown: (value) => degrees(value).toFixed(2), tip: "High: all places weigh alike. Low: one takes all." }),
    level: action("Set all scores to 0"),
  },
  run: "Follow the gradient",
  file: { label: "Your picture: drop it anywhere, paste it, or choose one", accept: "image/*" },
  stage: html`
    <div id="stage" class="panes">
      <figure><canvas id="board" class="board" role="img" aria-label="What lies on the grid, each place as large as its weight"></canvas><figcaption>what lies on the grid, and how much each place weighs</figcaption></figure>
      <figure><canvas id="z" class="board" role="img" aria-label="The mix z"></canvas><figcaption id="mixed">z, the mix</figcaption></figure>
    </div>`,
  inputs: html`
    <div id="aim" class="row" role="group" aria-label="Target"></div>
    <div id="scores" class="sliders" role="group" aria-label="Scores"></div>`,
});
