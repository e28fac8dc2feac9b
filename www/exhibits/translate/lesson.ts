// What the translator does at this piece, in words a teacher can read out.
import type { Frame, Run } from "../../kit/types";
import type { Site } from "../../run/site";
import { el, fixed, html } from "../../kit/dom";
import { numberOf } from "../../kit/frame";
import { bars, equation, live, readings, say, term } from "../../kit/lesson";
import { alignmentOf, readable, sentenceOf } from "./stage";

const ALPHA =
  "<mrow><msub><mi>α</mi><mrow><mi>i</mi><mi>j</mi></mrow></msub><mo>=</mo><mi>softmax</mi><mo>(</mo><msup><mi>v</mi><mi>T</mi></msup><mi>tanh</mi><mo>(</mo><mi>W</mi><msub><mi>s</mi><mrow><mi>i</mi><mo>−</mo><mn>1</mn></mrow></msub><mo>+</mo><mi>U</mi><msub><mi>h</mi><mi>j</mi></msub><mo>)</mo><mo>)</mo></mrow>";
const CONTEXT =
  "<mrow><msub><mi>c</mi><mi>i</mi></msub><mo>=</mo><munder><mo>∑</mo><mi>j</mi></munder><msub><mi>α</mi><mrow><mi>i</mi><mi>j</mi></mrow></msub><msub><mi>h</mi><mi>j</mi></msub></mrow>";
const FIXED = "<mrow><mi>c</mi><mo>=</mo><mi>q</mi><mo>(</mo><msub><mi>h</mi><mn>1</mn></msub><mo>,</mo><mo>…</mo><mo>,</mo><msub><mi>h</mi><mi>n</mi></msub><mo>)</mo></mrow>";

export function translateLesson(frame: Frame, run: Run): Node[] {
  const map = alignmentOf(frame);
  const before = run.frames[frame.step - 2]?.words ?? [];
  const said = sentenceOf(before);
  const nodes: Node[] = [
    say(live(`Piece ${frame.step} of ${run.frames.length}`, "The piece of a word that is on the stage"), said ? `. It has written “${said}”.` : ". It has written nothing yet."),
  ];
  if (run.steers.some(({ step }) => step === frame.step)) {
    nodes.push(say("Here ", term("alignment", "you chose"), " where it must look. What it wanted is set aside for this piece."));
  } else if (map) {
    nodes.push(
      say("It asks every piece of the English sentence how well it fits what comes next: the ", term("alignment"), "."),
      equation(ALPHA, "alpha i j equals softmax of v transposed tanh of W s i minus 1 plus U h j"),
      say("The ", term("encoding", "encodings"), " of the pieces, weighted so, make the ", term("context"), "."),
      equation(CONTEXT, "c i equals the sum over j of alpha i j times h j"),
    );
  } else {
    nodes.push(
      say("It read the whole sentence into one list of 512 numbers, and must write everything from that, however long the sentence was."),
      equation(FIXED, "c equals q of h 1 to h n"),
    );
  }
  const chosen = frame.words.length > before.length ? frame.words[frame.words.length - 1] : "<end>";
  const choices = frame.choices.map(({ word, probability }) => ({ word: readable(word), probability }));
  nodes.push(bars(choices, readable(chosen)));
  const entropy = numberOf(frame, "entropy_bits");
  const most = Math.log2(map?.tokens.length ?? 1);
  nodes.push(
    readings([
      ...(entropy === undefined
        ? []
        : [{ symbol: "entropy", value: `${fixed(entropy, 1)} of ${fixed(most, 1)} bits`, meaning: "how spread the gaze is over the English pieces" }]),
      { symbol: "log p", value: fixed(numberOf(frame, "logp") ?? 0, 2), meaning: "log-probability of the sentence so far, in nats" },
    ]),
  );
  return nodes;
}

/** BLEU by the length of the sentence for both models, as in the paper's Fig. 2, from what was measured on the test set. */
export function lengthFigure(site: Site) {
  const [width, height, left, bottom] = [320, 170, 34, 34];
  const lines = Object.entries({ "translate-attention": "with attention", "translate-fixed": "one vector" }).map(([id, label]) => ({
    label,
    points: (site.models[id]?.metrics ?? []).flatMap(({ name, value }) => {
      const span = /^bleu_words_(\d+)_(\d+)$/.exec(name);
      return span ? [{ span: `${span[1]}${Number(span[2]) > 90 ? "+" : `–${span[2]}`}`, value }] : [];
    }),
  }));
  const spans = lines[0].points.map(({ span }) => span);
  if (spans.length < 2) return null;
  const top = 10 * Math.ceil(Math.max(...lines.flatMap(({ points }) => points.map(({ value }) => value))) / 10);
  const x = (i: number) => left + ((i + 0.5) / spans.length) * (width - left - 4);
  const y = (value: number) => 8 + (1 - value / top) * (height - bottom - 8);
  const marks = [0, top / 2, top].map((value) => `<text x="${left - 5}" y="${y(value) + 4}" text-anchor="end">${value}</text><path class="axis" d="M${left} ${y(value)}H${width - 4}"/>`);
  const names = spans.map((span, i) => `<text x="${x(i)}" y="${height - 18}" text-anchor="middle">${span}</text>`);
  const drawn = lines.map(({ points }, line) => {
    const path = points.map(({ value }, i) => `${i ? "L" : "M"}${x(i)} ${y(value)}`).join("");
    return `<path class="line ${line ? "plain" : "attentive"}" d="${path}"/>${points.map(({ value }, i) => `<circle class="${line ? "plain" : "attentive"}" cx="${x(i)}" cy="${y(value)}" r="3"><title>${fixed(value, 1)}</title></circle>`).join("")}`;
  });
  const told = lines.map(({ label, points }) => `${label}: ${points.map(({ span, value }) => `${span} words ${fixed(value, 0)}`).join(", ")}`).join("; ");
  const figure = el("figure", { class: "lengths" });
  figure.append(
    html(`<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="BLEU by sentence length. ${told}">${marks.join("")}${names.join("")}<text x="${(width + left) / 2}" y="${height - 3}" text-anchor="middle">English words in the sentence</text>${drawn.join("")}</svg>`),
    el("figcaption", {}, "BLEU on the test set by length: ", el("span", { class: "attentive" }, "with attention"), ", ", el("span", { class: "plain" }, "through one vector"), "."),
  );
  return figure;
}
