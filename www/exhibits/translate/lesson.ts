// What the translator does at this piece, in words a teacher can read out.
import { html, nothing } from "lit/html.js";
import { fixed } from "../../kit/dom";
import { numberOf } from "../../kit/frame";
import { bars, equation, live, readings } from "../../kit/lesson";
import { term } from "../../kit/term";
import { tex } from "../../kit/tex";
import type { Frame, Run, TokensMap } from "../../kit/types";
import { addedBy, alignmentOf } from "./stage";
import { readable, sentenceOf } from "./words";

const ALPHA = equation(tex`\alpha_{ij} = \operatorname{softmax}_j\bigl(v^\top \tanh(W s_{i-1} + U h_j)\bigr)`, "alpha i j equals the softmax over j of v transposed times tanh of W s i minus 1 plus U h j");
const CONTEXT = equation(tex`c_i = \sum_j \alpha_{ij}\, h_j`, "c i equals the sum over j of alpha i j times h j");
const FIXED = equation(tex`c = q(h_1, \dots, h_n)`, "c equals q of h 1 to h n");

function mechanism(frame: Frame, run: Run, map: TokensMap | undefined) {
  if (run.steers.some(({ step }) => step === frame.step)) {
    return html`<p>Here ${term("steering", "you chose")} where it must look. What it wanted is set aside for this piece.</p>`;
  }
  if (!map) {
    return html`<p>It read the whole sentence into one list of 512 numbers. Everything it writes must come from that list, however long the sentence was.</p>${FIXED}`;
  }
  return html`
    <p>It asks every piece of the English sentence how well it fits what comes next: the ${term("alignment")}.</p>
    ${ALPHA}
    <p>The ${term("encoding", "encodings")} of the pieces, each times its weight, add up to the ${term("context vector", "context")}.</p>
    ${CONTEXT}`;
}

export function translateLesson(frame: Frame, run: Run) {
  const map = alignmentOf(frame);
  const before = run.frames[frame.step - 2];
  const written = sentenceOf(before?.words ?? []);
  const choices = frame.choices.map(({ word, probability }) => ({ word: readable(word), probability }));
  const [entropy, logp] = ["entropy_bits", "logp"].map((name) => numberOf(frame, name));
  const numbers = [];
  if (map && entropy !== undefined) {
    const most = fixed(Math.log2(map.tokens.length), 1);
    numbers.push({ symbol: "entropy", value: `${fixed(entropy, 1)} of ${most} bits`, meaning: `how spread the gaze is; ${most} bits would be evenly over all English pieces` });
  }
  numbers.push({ symbol: "log p", value: fixed(logp ?? 0, 2), meaning: "log-probability of the sentence so far, in nats" });
  return html`
    <p>${live(`Piece ${frame.step} of ${run.frames.length}`, "The piece of a word that is on the stage")}. ${written ? `It has written “${written}”.` : "It has written nothing yet."}</p>
    ${mechanism(frame, run, map)}
    ${numberOf(frame, "copied") ? html`<p>It does not know this word, so it ${map ? "copies the English word that it looks at most" : "copies the next English word that it does not know"}.</p>` : nothing}
    ${choices.length > 0 ? bars(choices, readable(addedBy(frame, before))) : nothing}
    ${readings(numbers)}`;
}
