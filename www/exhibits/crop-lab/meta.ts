// Hard and soft crops: what the page says of itself, and its settings.
import { html } from "lit/html.js";
import { photoInput } from "../../inputs/sample-photos";
import { markKey, scaleKey } from "../../kit/legend";
import { choice, compare, exhibit, range, whole } from "../../kit/meta";

export const meta = exhibit({
  name: "crop-lab",
  title: "Hard and soft crops",
  entries: [{ query: "", question: "Which crop can *learn* where to look?", system: "Hard and soft crops in the laboratory", can: "Let four ways to crop search for the same patch.", slides: [23, 25], shows: "A box that moves over a photo towards its target" }],
  chapter: "looking",
  description: "A box on your picture has to find a patch: by a hard crop, REINFORCE, Gaussian filters or bilinear sampling, live in your browser.",
  step: "step",
  knows: "No trained network takes part: the box follows the gradient of one loss, on any picture.",
  papers: [
    { authors: "Mnih et al.", title: "Recurrent Models of Visual Attention", venue: "NIPS 2014", url: "https://arxiv.org/abs/1406.6247" },
    { authors: "Gregor et al.", title: "DRAW", venue: "ICML 2015", url: "https://arxiv.org/abs/1502.04623" },
    { authors: "Jaderberg et al.", title: "Spatial Transformer Networks", venue: "NIPS 2015", url: "https://arxiv.org/abs/1506.02025" },
  ],
  cards: {},
  pace: 12,
  settings: {
    method: choice("Look by", { bilinear: "bilinear sampling", gaussian: "Gaussian filters", reinforce: "REINFORCE", hard: "a hard crop" }),
    seed: whole("Seed", 1, 9999, 1, { tip: "The same seed tries the same boxes again", when: ({ method }) => method === "reinforce" }),
    moves: choice("Drag", { box: "the box", target: "the target" }, { look: true }),
    size: range("Its size", 8, 100, 38, { look: true, shown: (value) => `${value} %` }),
    compare: compare(),
  },
  run: "Descend",
  file: { ...photoInput("cat", "surfer", "horse", "astronaut"), label: "Your picture: drop it anywhere, paste it, or choose one", camera: false },
  legend: () => [markKey("box", "--accent", "the box"), markKey("box", "--second", "the target"), scaleKey("viridis", "least", "greatest", "loss")],
  stage: html`
    <div id="stage" class="panes">
      <figure><canvas id="photo" class="board" role="img" aria-label="The picture, the box, and the target"></canvas><figcaption>the box, and the dashed target it has to find</figcaption></figure>
      <figure><canvas id="surface" class="board" role="img" aria-label="The loss at every place, and the way that was gone"></canvas><figcaption>the loss at every place, dark is low</figcaption></figure>
      <div class="patches">
        <figure><canvas id="wanted" role="img" aria-label="What it is to see"></canvas><figcaption>wanted</figcaption></figure>
        <figure><canvas id="patch" role="img" aria-label="What it sees"></canvas><figcaption>seen</figcaption></figure>
      </div>
    </div>
    <p id="other" class="other" hidden></p>`,
  inputs: html`<div id="start"></div>`,
});
