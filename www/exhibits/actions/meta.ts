// Actions: what the page says of itself, and its settings.
import { html } from "lit/html.js";
import { heatKeys } from "../../kit/legend";
import { choice, compare, exhibit, figure, guessing, steering, versus } from "../../kit/meta";

export const meta = exhibit({
  name: "actions",
  title: "Actions",
  entries: [{ query: "", question: "What are they *doing*?", system: "Action recognition", can: "Give it two seconds of a clip or of your camera.", slides: [29, 29], shows: "A clip, and where the model looks in each frame" }],
  chapter: "seeing",
  description: "Drop a clip and see where a network looks in every frame until it names the action, live in your browser.",
  step: "frame",
  knows: "It learned 21 actions, such as golf, clap and climb stairs, from 715 short clips. It names one of them whatever it is shown, and one new clip in two wrongly.",
  papers: [{ authors: "Sharma et al.", title: "Action Recognition using Visual Attention", venue: "2015", url: "https://arxiv.org/abs/1511.04119" }],
  cards: { action: "with attention", "action-mean": "mean of every frame", "caption-encoder": "image network" },
  trust: {
    figures: [figure(["action", "accuracy"], "With attention it names {value} of the clips rightly[ ({n} clips)][; the paper reports {paper} on 51 actions].", { unit: "%" })],
    comparisons: [versus(["action", "accuracy"], ["action-mean", "accuracy"], "Clips named rightly: {a} with attention, {b} from the mean of every frame", { unit: "%" })],
  },
  pace: 6,
  settings: {
    model: choice("Model", { attention: "with attention", mean: "mean of every frame" }),
    compare: compare(),
    ...guessing(({ model }) => model === "attention"),
    ...steering("Paint on the frame where it must look", ({ model }) => model === "attention"),
  },
  run: "Run",
  file: {
    label: "Your clip: drop it anywhere, or choose one; two seconds of it are watched",
    accept: "video/*",
    camera: true,
    samples: [
      { name: "swing", shows: "a batter" },
      { name: "run", shows: "a runner" },
      { name: "catch", shows: "a diving fielder" },
    ],
  },
  legend: (frame) => heatKeys(frame, "alpha", "viridis"),
  stage: html`
    <div id="stage"><canvas id="photo" role="img" aria-label="The frame, and where it looks"></canvas></div>
    <canvas id="curves" role="img" aria-label="How likely each action was at every frame"></canvas>
    <p id="answer"></p>
    <p id="other" class="other" hidden></p>`,
  inputs: html`<label id="part" class="slider" hidden title="Two seconds are watched, from here on">From <input type="range" id="from" min="0" max="0" step="0.1" value="0"> <span id="from-value" class="number"></span></label>`,
});
