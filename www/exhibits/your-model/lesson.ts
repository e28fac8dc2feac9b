// What a softmax of a visitor's model tells.
import { html, nothing } from "lit/html.js";
import { fixed, megabytes } from "../../kit/dom";
import { numberOf } from "../../kit/frame";
import { bars, equation, live } from "../../kit/lesson";
import type { OnnxFile } from "../../kit/onnx";
import { term } from "../../kit/term";
import { tex } from "../../kit/tex";
import type { Frame } from "../../kit/types";

const ATTENTION = equation(tex`A = \mathrm{softmax}\!\left(\frac{QK^\top}{\sqrt{d}}\right)`, "A equals softmax of Q K transposed over the square root of d");
const ROLLOUT = equation(tex`R = \prod_{\ell}\tfrac{1}{2}\left(\bar{A}_\ell + I\right)`, "R is the product over the layers of one half of the mean attention plus the identity");

const whole = (frame: Frame, name: string) => String(numberOf(frame, name) ?? 0);

function what(frame: Frame) {
  const [label] = frame.words;
  if (label === "rollout") {
    return html`<p>All ${live(whole(frame, "layers"), "layers that are multiplied")} layers together: what each token has taken from each place in the end.</p>${ROLLOUT}
      <p>${term("rollout", "Rollout")} takes the mean of the heads and lets half of every token pass by the attention, as the residual connection does.</p>`;
  }
  if (label === "occlusion") {
    return html`<p>${term("occlusion", "Occlusion")}, a second opinion that asks no softmax: each place is greyed in turn, or each word made unknown, and the map shows how far the chance of “${frame.choices[0]?.word}” falls,
      by at most ${live(fixed(100 * (numberOf(frame, "most") ?? 0), 1), "the largest fall, in points of percent")} points.</p>
      <p>Where this map and the attention disagree, trust this one: weights say what is read, not what decides.</p>`;
  }
  if (frame.maps.length === 0) return html`<p>This model has no softmax but that of its answer, so there is no attention to show. Hide each place to see what it needs.</p>`;
  const [heads, rows, cols] = ["heads", "rows", "cols"].map((name) => numberOf(frame, name) ?? 1);
  return html`
    <p>The softmax of <strong>${label}</strong>: ${live(whole(frame, "heads"), "heads")} ${heads === 1 ? "map" : term("head", "heads")} of ${rows}×${cols}. Each row sums to 1.</p>
    ${rows === cols && rows > 1 ? ATTENTION : nothing}
    <p>A row spreads its weight over ${live(fixed(numberOf(frame, "entropy_bits") ?? 0, 2), "the mean entropy of the rows")} of ${fixed(Math.log2(cols), 2)} bits.</p>`;
}

function speed({ milliseconds, bytes }: OnnxFile) {
  const of = (name: keyof OnnxFile["milliseconds"]) => (milliseconds[name] === undefined ? "–" : fixed(milliseconds[name], milliseconds[name] < 10 ? 1 : 0));
  return html`<p class="number">${megabytes(bytes)}; read ${of("read")} ms, prepared ${of("prepare")} ms, ran ${of("run")} ms on the CPU.</p>`;
}

export function modelLesson(frame: Frame, file: OnnxFile | null) {
  const { choices } = frame;
  return html`
    ${what(frame)}
    ${choices.length > 0 ? bars(choices, choices[0].word, "the likeliest answers") : nothing}
    ${file ? speed(file) : nothing}`;
}
