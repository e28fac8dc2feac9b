// Your model: what the page says of itself, and its settings.
import { html } from "lit/html.js";
import { heatKeys } from "../../kit/legend";
import { choice, exhibit, figure, toggle, whole } from "../../kit/meta";

export const meta = exhibit({
  name: "your-model",
  title: "Your model",
  entries: [{ query: "", question: "What does *your* model look at?", system: "Any ONNX file", can: "Drop a model that you have trained, and see every softmax in it.", slides: [31, 31], shows: "The attention of a small vision transformer as matrices, layer by layer" }],
  chapter: "own",
  description: "Drop an ONNX file and see its graph, its answers and every softmax in it, in your own browser.",
  step: "softmax",
  knows: "Any ONNX file whose operators tract has runs here; nothing you drop leaves your machine. The samples name digits, and things hidden in a sentence.",
  papers: [
    { authors: "Dosovitskiy et al.", title: "An Image is Worth 16×16 Words", venue: "ICLR 2021", url: "https://arxiv.org/abs/2010.11929" },
    { authors: "Devlin et al.", title: "BERT", venue: "NAACL 2019 (hidden words)", url: "https://arxiv.org/abs/1810.04805" },
    { authors: "Abnar & Zuidema", title: "Quantifying Attention Flow in Transformers", venue: "ACL 2020", url: "https://arxiv.org/abs/2005.00928" },
    { authors: "Zeiler & Fergus", title: "Visualizing and Understanding Convolutional Networks", venue: "ECCV 2014, section 4.2 (occlusion)", url: "https://arxiv.org/abs/1311.2901" },
  ],
  cards: { "vit-digits": "the tiny vision transformer", cloze: "the transformer that guesses a hidden word", "caption-soft": "the captioner" },
  trust: {
    figures: [
      figure(["vit-digits", "error"], "The first sample names {value} of the test digits wrongly[; guessing would get {chance} % wrong]. Of a file of your own nothing is known here: hide its places to test what its attention says.", { unit: "%", digits: 2 }),
      figure(["cloze", "accuracy"], "The second names {value} of the hidden things first[; always naming the commonest would be right {chance} % of the time].", { unit: "%", digits: 1 }),
    ],
    comparisons: [],
  },
  pace: 1,
  hasOwnCore: true,
  settings: {
    model: choice("Model", { vit: "a tiny vision transformer", cloze: "a transformer that guesses a hidden word", captioner: "a step of a captioner", own: "your file" }),
    occlude: toggle("Hide each place, too", false, { tip: "Runs the model once for each of 7×7 places, greyed, or for each word, made unknown, and shows how much the chance of its answer falls" }),
    view: choice("Show", { fit: "as it fits", picture: "over the picture", tokens: "over the tokens", matrix: "as a matrix" }, { look: true }),
    heads: choice("Heads", { mean: "their mean", each: "each by itself" }, { look: true }),
    row: whole("Look of row", 0, 99999, 0, { look: true, tip: "Whose weights are shown: row 0 is the class token, where the model has one" }),
  },
  run: "Run",
  file: { label: "Drop anywhere, or choose, together or one by one: a model (.onnx), a picture, its tokenizer (tokenizer.json), labels or a vocabulary (.txt, one a line)", accept: ".onnx,.txt,.json,image/*" },
  legend: (frame) => heatKeys(frame, frame.maps[0]?.name ?? "", "viridis", "attention weight, the greatest of the first map"),
  stage: html`
    <div id="stage">
      <canvas id="maps" role="img" aria-label="Where the model looks"></canvas>
      <p id="tokens" hidden></p>
    </div>
    <p id="answers" class="answer"></p>`,
  inputs: html`
    <p class="private"><strong>Nothing leaves your machine.</strong> Model, picture and text stay in this tab; no server sees them.</p>
    <div id="given"></div>
    <section id="graph" aria-label="The model's graph" hidden></section>`,
});
