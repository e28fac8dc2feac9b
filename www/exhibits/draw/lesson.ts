// What DRAW does at this step, in words a teacher can read out.
import { html, nothing } from "lit/html.js";
import { fixed } from "../../kit/dom";
import { numberOf, windowOf } from "../../kit/frame";
import { curve, equation, live, readings } from "../../kit/lesson";
import { term } from "../../kit/term";
import { tex } from "../../kit/tex";
import type { Frame, Run, WindowMap } from "../../kit/types";

const WITH = equation(tex`c_t = c_{t-1} + \frac{1}{\gamma}\, F_Y^\top w_t\, F_X`, "c t equals c t minus 1 plus one over gamma times F Y transposed times w t times F X");
const WITHOUT = equation(tex`c_t = c_{t-1} + W(h_t)`, "c t equals c t minus 1 plus W of h t");

const readingLesson = () => html`
  <p>It takes a ${term("glimpse")} of the drawing through the blue window, compares it with its copy, and decides what is still missing.</p>`;

const noiseLesson = () => html`
  <p>It draws a fresh ${term("latent")} from noise. From it and from what it remembers it decides what to write.</p>`;

const windowLesson = ({ gx, gy, delta, sigma2, gamma }: WindowMap) => html`
  <p>It writes a 5×5 patch onto the ${term("canvas")} through the framed window. The line is thick where the ${term("filterbank", "filters")} are sharp.</p>
  ${WITH}
  ${readings([
    { symbol: "g_X", value: fixed(gx, 1), meaning: "the window's centre, in pixels from the left" },
    { symbol: "g_Y", value: fixed(gy, 1), meaning: "the window's centre, in pixels from the top" },
    { symbol: "δ", value: fixed(delta, 2), meaning: "stride: pixels between neighbouring filters" },
    { symbol: "σ²", value: fixed(sigma2, 2), meaning: "variance of the filters, in square pixels: small is sharp" },
    { symbol: "γ", value: fixed(gamma, 2), meaning: "intensity: the patch is divided by it before it is written" },
  ])}`;

const wholeLesson = () => html`
  <p>Without attention it changes the whole canvas at every step: it sharpens a blur instead of moving a pen.</p>
  ${WITHOUT}`;

function costLesson(frame: Frame, run: Run) {
  if (numberOf(frame, "kl") === undefined) return nothing;
  const values = run.frames.map((one) => numberOf(one, "kl") ?? 0);
  return html`
    <p>The ${term("KL")} divergence says how much this step was told about the drawing.</p>
    ${curve(values, frame.step - 1, { name: "KL", unit: "nats", adds: true })}`;
}

export function drawLesson(frame: Frame, run: Run) {
  const step = html`<p>${live(`Step ${frame.step} of ${frame.steps ?? run.frames.length}`, "The step that is on the stage")}</p>`;
  if (run.settings.mode === "wall") return html`${step}<p>Sixty-four networks with the same weights draw at once, each from noise of its own.</p>`;
  const write = windowOf(frame, "write");
  return html`
    ${step}
    ${windowOf(frame, "read") ? readingLesson() : noiseLesson()}
    ${write ? windowLesson(write) : wholeLesson()}
    ${costLesson(frame, run)}`;
}
