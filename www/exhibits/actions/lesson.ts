// What the watcher does at this frame, in words a teacher can read out.
import { html, nothing } from "lit/html.js";
import { fixed } from "../../kit/dom";
import { numberOf } from "../../kit/frame";
import { bars, equation, live, readings } from "../../kit/lesson";
import { term } from "../../kit/term";
import { tex } from "../../kit/tex";
import type { Frame, Run } from "../../kit/types";
import { gazeOf } from "../../stage/photo";
import { averaged } from "./stage";

const GAZE = equation(
  tex`l_{t,i} = \operatorname{softmax}\bigl(w^\top \tanh(K X_{t,i} + Q\, h_{t-1})\bigr)`,
  "l t i equals softmax of w transposed times tanh of K times X t i plus Q times h t minus 1",
);

const attentionLesson = () => html`
  <p>It looks anew in every frame: its ${term("attention")} over 7 × 7 places depends on what it has seen before. Each place says what is there, and how that differs from the frame before.</p>
  ${GAZE}`;

export function actionsLesson(frame: Frame, run: Run) {
  const entropy = numberOf(frame, "entropy_bits");
  const share = numberOf(frame, "share") ?? 0;
  const [answer] = frame.words;
  const soFar = averaged(run.frames.slice(0, frame.step)).slice(0, 5);
  return html`
    <p>${live(`Frame ${frame.step} of ${frame.steps ?? run.frames.length}`, "The frame that is watched")}. It finds “${frame.choices[0].word}” likeliest here.</p>
    ${gazeOf(frame) ? attentionLesson() : html`<p>It is given the mean of all places of the frame: there is no gaze to show.</p>`}
    <p>${frame.ended ? "The clip is over. On average" : "On average so far"} it is ${live(`“${answer}”`, "the likeliest action over all frames so far")}, ${fixed(100 * share, 0)} %.</p>
    ${bars(soFar, answer, "the likeliest actions over all frames so far")}
    ${entropy === undefined ? nothing : readings([{ symbol: "entropy", value: `${fixed(entropy, 1)} of 5.6 bits`, meaning: "how spread the gaze is; 5.6 bits would be evenly over all 49 places" }])}`;
}
