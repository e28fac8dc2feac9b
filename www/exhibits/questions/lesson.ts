// What the answerer does at this word of the question, in words a teacher can read out.
import { html } from "lit/html.js";
import { fixed } from "../../kit/dom";
import { bestOf, numberOf } from "../../kit/frame";
import { bars, equation, live, readings } from "../../kit/lesson";
import { term } from "../../kit/term";
import { tex } from "../../kit/tex";
import type { Frame, Run } from "../../kit/types";
import { gazeOf } from "../../stage/photo";

const LOOK = equation(tex`a_t = \operatorname{softmax}\bigl(w_a \tanh(W_h h_{t-1} + W_c C)\bigr)`, "a t equals softmax of w a times tanh of W h times h t minus 1 plus W c times C");

function mechanism(frame: Frame, run: Run) {
  if (run.steers.some(({ step }) => step === frame.step)) {
    return html`<p>Here ${term("steering", "you painted")} where it must look. What it wanted is set aside for this word.</p>`;
  }
  if (gazeOf(frame)) {
    return html`<p>At every word it looks at the photo anew: its ${term("attention")} over 196 places depends on the words before.</p>${LOOK}`;
  }
  if (run.settings.model === "pooled") return html`<p>It was given the mean of all places, the same at every word: there is no gaze to show.</p>`;
  return html`<p>It does not see the photo. It answers by what it has learned from other questions.</p>`;
}

export function questionsLesson(frame: Frame, run: Run) {
  const best = bestOf(frame);
  const entropy = numberOf(frame, "entropy_bits");
  const spread = gazeOf(frame) && entropy !== undefined
    ? [{ symbol: "entropy", value: `${fixed(entropy, 1)} of 7.6 bits`, meaning: "how spread the gaze is; 7.6 bits would be evenly over all 196 places" }]
    : [];
  return html`
    <p>${live(`Word ${frame.step} of ${frame.steps ?? run.frames.length}`, "The word of the question that is read")}. It reads “${frame.words.at(-1) ?? ""}”.</p>
    ${mechanism(frame, run)}
    <p>${frame.ended ? "The question is over. It answers" : "If the question ended here, it would answer"} ${live(`“${best.word}”`, "the likeliest answer")}.</p>
    ${bars(frame.choices, best.word, "the answers, and how likely it finds them")}
    ${readings(spread)}`;
}
