// Questions: what the page says of itself, and its settings.
import { html } from "lit/html.js";
import { photoInput } from "../../inputs/sample-photos";
import { heatKeys } from "../../kit/legend";
import { action, choice, compare, exhibit, figure, guessing, steering, text, versus } from "../../kit/meta";

export const meta = exhibit({
  name: "questions",
  title: "Questions",
  entries: [
    {
      query: "",
      question: "Where does it look when you *ask*?",
      system: "Visual question answering",
      can: "Ask about your own photo, and let it point.",
      slides: [28, 28],
      shows: "A photo, and where the model looks at each word of a question",
    },
  ],
  chapter: "words",
  description: "Ask a photo a question and see where a network looks at every word of it, live in your browser.",
  step: "word",
  knows: "It knows 818 words and 421 answers about people, dogs, clothes, sport and rooms. It counts badly, and it gives a likely answer rather than none.",
  papers: [
    { authors: "Zhu et al.", title: "Visual7W: Grounded Question Answering in Images", venue: "CVPR 2016", url: "https://arxiv.org/abs/1511.03416" },
    { authors: "Ren et al.", title: "Exploring Models and Data for Image Question Answering", venue: "NIPS 2015", url: "https://arxiv.org/abs/1505.02074" },
  ],
  cards: { vqa: "with attention", "vqa-pooled": "mean of the photo", "vqa-blind": "without the photo", "caption-encoder": "image network" },
  trust: {
    figures: [
      figure(["vqa", "telling_accuracy"], "It picks the right one of four answers to {value} of the questions[ ({n} of them)][; guessing reaches {chance}][; the paper reports {paper} on its own questions].", { unit: "%" }),
      figure(["vqa", "open_accuracy"], "Free to say any answer that it knows, it is right on {value}.", { unit: "%" }),
      figure(["vqa", "pointing_accuracy"], "It points at the right one of four boxes for {value} of the questions[; guessing reaches {chance}].", { unit: "%" }),
    ],
    comparisons: [
      versus(["vqa", "telling_accuracy"], ["vqa-blind", "telling_accuracy"], "One of four answers: {a} with attention, {b} by a network that never sees the photo", { unit: "%" }),
      versus(["vqa", "telling_accuracy"], ["vqa-pooled", "telling_accuracy"], "One of four answers: {a} with attention, {b} from the mean of the photo", { unit: "%" }),
      versus(["vqa", "pointing_accuracy"], ["vqa-pooled", "pointing_accuracy"], "One of four boxes: {a} with attention, {b} from the mean of the photo", { unit: "%" }),
    ],
  },
  pace: 1.5,
  settings: {
    question: text("Ask it", "what color is the dog"),
    mode: choice("Answer", { open: "any that it knows", choose: "one of four", point: "by pointing" }),
    choices: text("Among", "white, brown, black, red", { tip: "Two to four answers, with commas between", when: ({ mode }) => mode === "choose" }),
    "clear-boxes": action("Clear boxes", { when: ({ mode }) => mode === "point" }),
    model: choice("Model", { attention: "with attention", pooled: "mean of the photo", blind: "without the photo" }),
    compare: compare(),
    ...guessing(({ model }) => model === "attention"),
    ...steering("Paint on the photo where it must look at this word", ({ model }) => model === "attention"),
  },
  run: "Ask",
  file: photoInput("dog", "surfer", "soccer", "horse", "cat", "astronaut"),
  legend: (frame) => heatKeys(frame, "alpha", "viridis"),
  stage: html`
    <div id="stage"><canvas id="photo" role="img" aria-label="The photo"></canvas></div>
    <p id="words"></p>
    <p id="answer"></p>
    <div id="replaced" role="status" hidden></div>
    <p id="other" class="other" hidden></p>`,
  inputs: html`
    <div id="completions" class="row" role="group" aria-label="Words that go on from what is typed"></div>
    <p id="pointing" hidden>Drag on the photo to draw two to four boxes. It answers with one of them.</p>`,
});
