// Translation: what the page says of itself, and its settings.
import { html } from "lit/html.js";
import { tokenKeys } from "../../kit/legend";
import { choice, compare, exhibit, figure, guessing, steering, text, versus } from "../../kit/meta";

const SENTENCES = [
  "A little girl is playing with a big brown dog in the park.",
  "Two men in red shirts are sitting on a bench in front of a large building.",
  "I would like to know what time the train leaves tomorrow.",
  "The old house that my grandfather built is on the other side of the river.",
  "Why didn't you tell me that you were coming?",
];

export const meta = exhibit({
  name: "translate",
  title: "Translation",
  entries: [
    {
      query: "",
      question: "Which English word does it read when it writes *chien*?",
      general: "Which English words does it read for each *French* one?",
      system: "Alignment in translation",
      can: "Type a sentence of your own, or choose the word that it must read.",
      slides: [6, 7],
      shows: "A matrix that grows: which English words each French word looks at",
    },
  ],
  chapter: "words",
  description: "A network puts your English sentence into French and shows which words it looks at, live in your browser.",
  step: "piece",
  knows: "It learned English and French from captions of photos and from everyday sentences. Names of places and rare words often come out as other words.",
  papers: [
    { authors: "Bahdanau et al.", title: "Neural Machine Translation by Jointly Learning to Align and Translate", venue: "ICLR 2015", url: "https://arxiv.org/abs/1409.0473" },
    { authors: "Cho et al.", title: "Learning Phrase Representations", venue: "EMNLP 2014", url: "https://arxiv.org/abs/1406.1078" },
  ],
  cards: { "translate-attention": "with attention", "translate-fixed": "one vector" },
  trust: {
    figures: [
      figure(["translate-attention", "bleu"], "With attention its French agrees with that of people by {value} BLEU[ over {n} sentences of the test][; the paper reports {paper}]."),
      figure(["translate-attention", "bleu_long"], "On sentences of 15 words and more: {value} BLEU with attention[, {n} sentences]."),
      figure(["translate-fixed", "bleu_long"], "On the same long sentences through one vector: {value} BLEU."),
    ],
    comparisons: [versus(["translate-attention", "bleu"], ["translate-fixed", "bleu"], "BLEU of {a} with attention, {b} through one vector")],
  },
  pace: 2,
  settings: {
    text: text("English", SENTENCES[0], { rows: 2, lang: "en", samples: SENTENCES }),
    model: choice("Model", { attention: "with attention", fixed: "through one vector" }),
    beam: choice("Beam", ["1", "2", "3", "4", "5"], { numeric: true, tip: "How many unfinished sentences the search keeps" }),
    compare: compare(),
    ...guessing(({ model }) => model === "attention"),
    ...steering("Choose the English piece that it must look at for this French one", ({ model }) => model === "attention"),
  },
  run: "Translate",
  legend: (frame) => tokenKeys(frame, "alpha", ["--canvas", "--accent"], "attention weight: the darkness of a square, the width of a line"),
  stage: html`
    <div id="stage" class="translation">
      <div id="pair"><p id="source" class="pieces" lang="en"></p><canvas id="links" role="img" aria-label="Lines from the French pieces to the English pieces they look at"></canvas><p id="words" class="pieces" lang="fr"></p></div>
      <div class="matrix"><canvas id="matrix" role="img" aria-label="The alignment"></canvas></div>
    </div>
    <p id="free" class="other" hidden></p>
    <p id="other" class="other" hidden></p>`,
});
