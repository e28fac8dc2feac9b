// What soft attention does in the laboratory, in words a teacher can read out.
import { html, nothing } from "lit/html.js";
import { fixed } from "../../kit/dom";
import { gridOf, numberOf, pictureOf } from "../../kit/frame";
import { curve, equation, live } from "../../kit/lesson";
import { term } from "../../kit/term";
import { tex } from "../../kit/tex";
import type { Frame, Run } from "../../kit/types";
import { LETTERS } from "./stage";

const MIX = equation(tex`z = \sum_i p_i f_i, \quad p = \operatorname{softmax}(s / T)`, "z equals the sum over i of p i f i, where p equals softmax of s over T");
const SLOPE = equation(
  tex`\frac{\partial z}{\partial p_i} = f_i, \quad \frac{\partial z}{\partial s_i} = \frac{p_i}{T}\,(f_i - z)`,
  "d z by d p i equals f i, and d z by d s i equals p i over T times f i minus z",
);

const signed = (value: number, digits: number) => `${value < 0 ? "−" : "+"}${fixed(Math.abs(value), digits)}`;

/** A row a place: its weight, how z's three channels move with its score, and the loss's gradient. */
function slopeTable(frame: Frame) {
  const weights = gridOf(frame, "p")?.weights ?? new Float32Array();
  const slopes = pictureOf(frame, "dz_dscore")?.values ?? new Float32Array();
  const gradient = pictureOf(frame, "d_scores")?.values;
  const heads = ["place", "p", "∂z/∂s: red", "green", "blue", ...(gradient ? ["∂loss/∂s"] : [])];
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Gradients"><table class="gradients">
    <thead><tr>${heads.map((head) => html`<th scope="col">${head}</th>`)}</tr></thead>
    <tbody>${Array.from(weights, (weight, i) => html`<tr><th scope="row">${LETTERS[i]}</th><td>${fixed(weight, 3)}</td>
      ${[0, 1, 2].map((channel) => html`<td>${signed(slopes[3 * i + channel], 3)}</td>`)}${gradient ? html`<td>${signed(gradient[i], 4)}</td>` : nothing}</tr>`)}</tbody>
  </table></div>`;
}

function losses(frame: Frame, run: Run, loss: number) {
  const all = run.frames.map((one) => numberOf(one, "loss") ?? 0);
  return html`
    <p>How far z is from the target: ${live(fixed(loss, 5), "half the mean squared distance between z and the target")}.</p>
    ${curve(all, frame.step - 1, { name: "loss", unit: "", digits: 4 })}`;
}

export function softLesson(frame: Frame, run: Run) {
  const entropy = numberOf(frame, "entropy_bits") ?? 0;
  const most = Math.log2(gridOf(frame, "p")?.weights.length ?? 1);
  const loss = numberOf(frame, "loss");
  const spread = `${fixed(entropy, 2)} of ${fixed(most, Number.isInteger(most) ? 0 : 2)} bits`;
  return html`
    ${loss === undefined ? nothing : html`<p>${live(`Step ${frame.step} of ${frame.steps ?? run.frames.length}`, "The step that is on the stage")}. Every score goes a little down the gradient; nothing is drawn at random.</p>`}
    <p>A soft look does not choose: z is the mean of ${term("annotation", "all places")}, each times its weight. It uses the whole input, and the grid stays fixed.</p>
    ${MIX}
    <p>Since z changes smoothly with every score, gradients can teach it:</p>
    ${SLOPE}
    ${slopeTable(frame)}
    <p>The weights are spread over ${live(spread, "entropy of the weights")}. A place without weight has no gradient: it can hardly come back.</p>
    ${loss === undefined ? nothing : losses(frame, run, loss)}`;
}
