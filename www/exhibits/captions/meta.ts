// Captions: what the page says of itself, and its settings.
import { html } from "lit/html.js";
import { photoInput } from "../../inputs/sample-photos";
import { gridOf } from "../../kit/frame";
import { heatKeys, markKey } from "../../kit/legend";
import { action, choice, compare, exhibit, figure, guessing, range, steering, toggle, versus, whole } from "../../kit/meta";
import { COLOUR_MAPS } from "../../stage/colour";

/** The manifest holds these as shares. */
const POINTING = { unit: "%", digits: 0, share: true } as const;

export const meta = exhibit({
  name: "captions",
  title: "Captions",
  entries: [
    { query: "", question: "Where does it look when it says *surfer*?", general: "Where does it look at each *word*?", system: "Soft attention captioning", can: "Give it your photo, or paint where it must look.", slides: [8, 18], shows: "A photo, and where the model looks at each word" },
    { query: "model=hard&sample=soccer", question: "What does it say if it may look at *one* place a word?", system: "Hard attention captioning", can: "Draw the places again, and see the sentence change.", slides: [14, 19], shows: "A photo, and the one place that the model takes at each word" },
    { query: "model=semantic&sample=dog", question: "Which words did it *see* before it spoke?", system: "Semantic attention captioning", can: "Take a word away, or add one that it did not see.", slides: [30, 30], shows: "A photo, and where the model looks at each word" },
  ],
  chapter: "words",
  description: "A network puts your photo into words and shows where it looks for each, live in your browser.",
  step: "word",
  knows: "It learned from 6,000 photos of people, dogs and sport out of doors. It names almost anything else after one of these.",
  papers: [
    { authors: "Xu et al.", title: "Show, Attend and Tell", venue: "ICML 2015", url: "https://arxiv.org/abs/1502.03044" },
    { authors: "Vinyals et al.", title: "Show and Tell", venue: "CVPR 2015", url: "https://arxiv.org/abs/1411.4555" },
    { authors: "You et al.", title: "Image Captioning with Semantic Attention", venue: "CVPR 2016", url: "https://arxiv.org/abs/1603.03925" },
  ],
  cards: { "caption-soft": "soft", "caption-hard": "hard", "caption-semantic": "semantic attention", "caption-none": "none", "caption-encoder": "image network" },
  trust: {
    figures: [
      figure(["caption-soft", "bleu4"], "With soft attention its sentences agree with those of five people by {value} BLEU-4[ on {n} photos][; the paper reports {paper}]."),
      figure(["caption-hard", "bleu4"], "With hard attention: {value} BLEU-4[; the paper reports {paper}]."),
      figure(["caption-semantic", "bleu4"], "With semantic attention: {value} BLEU-4[; the paper reports {paper}]."),
      figure(["caption-none", "bleu4"], "Without attention: {value} BLEU-4[; the paper reports {paper}]."),
      figure(["caption-soft", "gaze_pointing"], "When soft attention names a thing, its strongest place lies on that thing in {value} of cases[; by chance in {chance}].", POINTING),
      figure(["caption-hard", "gaze_pointing"], "Hard attention's likeliest place: {value}[; by chance {chance}].", POINTING),
      figure(["caption-semantic", "gaze_pointing"], "The strongest place beside semantic attention: {value}[; by chance {chance}].", POINTING),
      figure(["caption-soft", "gaze_entropy"], "The gaze of soft attention is then {value} wide[; evenly spread it would be {chance}].", { unit: "bits" }),
      figure(["caption-semantic", "remove_changes"], "Take the word away that semantic attention leans on most, and the sentence changes in {value} of cases.", POINTING),
      figure(["caption-semantic", "added_enters"], "A word that you add enters the sentence in {value} of cases, though it fits the photo.", POINTING),
    ],
    comparisons: [
      versus(["caption-soft", "bleu4"], ["caption-none", "bleu4"], "BLEU-4 of {a} with soft attention, {b} without", { lead: ["caption-soft", "bleu4_over_none"] }),
      versus(["caption-soft", "bleu4"], ["caption-hard", "bleu4"], "BLEU-4 of {a} with soft attention, {b} with hard", { lead: ["caption-soft", "bleu4_over_hard"] }),
      versus(["caption-semantic", "bleu4"], ["caption-soft", "bleu4"], "BLEU-4 of {a} with semantic attention, {b} with soft", { lead: ["caption-semantic", "bleu4_over_soft"] }),
      versus(["caption-semantic", "bleu4"], ["caption-none", "bleu4"], "BLEU-4 of {a} with semantic attention, {b} without any", { lead: ["caption-semantic", "bleu4_over_none"] }),
      versus(["caption-hard", "gaze_pointing"], ["caption-soft", "gaze_pointing"], "The strongest place lies on the thing named: {a} with hard attention, {b} with soft", POINTING),
      versus(["caption-hard", "bleu4"], ["caption-none", "bleu4"], "BLEU-4 of {a} with hard attention, {b} without", { lead: ["caption-hard", "bleu4_over_none"] }),
    ],
  },
  pace: 1.2,
  settings: {
    model: choice("Model", { soft: "soft attention", hard: "hard attention", semantic: "semantic attention", none: "without attention" }),
    beam: choice("Beam", ["1", "2", "3", "4", "5"], { numeric: true, tip: "How many unfinished sentences the search keeps" }),
    map: choice("Colours", COLOUR_MAPS, { look: true }),
    opacity: range("Heat strength", 0, 100, 70, { look: true, shown: (value) => `${value} %` }),
    compare: compare(),
    another: action("Sample again", { strong: true, tip: "Draw the places again", sets: ["seed", "likeliest"], when: ({ model }) => model === "hard" }),
    seed: whole("Seed", 1, 9999, 1, { tip: "The same seed draws the same places again", when: ({ model, likeliest }) => model === "hard" && !likeliest }),
    likeliest: toggle("Always the likeliest place", false, { param: "places", on: "likeliest", when: ({ model }) => model === "hard" }),
    ...guessing(({ model }) => model !== "none"),
    ...steering("Paint on the photo where it must look at this word", ({ model }) => model !== "none"),
  },
  run: "Run",
  file: photoInput("surfer", "dog", "soccer", "horse", "cat", "astronaut"),
  legend: (frame, { map }) => [...heatKeys(frame, "alpha", map), ...(gridOf(frame, "place") ? [markKey("ring", "--ink", "the place that it took")] : [])],
  stage: html`
    <div id="stage"><canvas id="photo" role="img" aria-label="The photo"></canvas><figure id="beside-figure" hidden><canvas id="beside" role="img" aria-label="Where soft attention looks"></canvas><figcaption id="beside-caption"></figcaption></figure></div>
    <p id="words"></p>
    <p id="sureness" class="other"></p>
    <p id="attributes" aria-label="Words found in the photo" hidden></p>
    <p id="free" class="other" hidden></p>
    <p id="other" class="other" hidden></p>`,
  inputs: html`<form id="add" class="row" hidden><label>Add a word it did not see <input id="addition" list="attribute-words" maxlength="30" autocomplete="off" spellcheck="false"></label><datalist id="attribute-words"></datalist><button type="submit">Add</button></form>`,
});
