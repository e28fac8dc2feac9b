// What one look changes of the map, in words a teacher can read out.
import { html } from "lit/html.js";
import { fixed } from "../../kit/dom";
import { numberOf } from "../../kit/frame";
import { curve, equation, live, readings } from "../../kit/lesson";
import { term } from "../../kit/term";
import { tex } from "../../kit/tex";
import type { Frame, Run } from "../../kit/types";

const LOOK = equation(tex`S_t = S_{t-1} + T^{-1}\bigl(D(h_t), \theta_t\bigr)`, "S t equals S t minus 1 plus the inverse transformation of D of h t by theta t");

const percent = (frame: Frame, name: string) => `${fixed(100 * (numberOf(frame, name) ?? 0), 1)} %`;

const glanceLesson = (frame: Frame) => html`
  <p>${live("At a glance", "Before the first look")}, a network of convolutions and deconvolutions says for each of 28 × 28 places how much it stands out.</p>
  <p>That is coarse: the edges are a guess. The looks that follow go where it matters and improve them.</p>
  ${readings([
    { symbol: "stands out", value: percent(frame, "area"), meaning: "how much of the picture stands out" },
    { symbol: "undecided", value: percent(frame, "undecided"), meaning: "how undecided the map is: 100 % if every pixel were a toss of a coin" },
  ])}`;

export function saliencyLesson(frame: Frame, { frames }: Run) {
  if (frame.step === 1) return glanceLesson(frame);
  const undecided = frames.map((one) => 100 * (numberOf(one, "undecided") ?? 0));
  return html`
    <p>${live(`Look ${frame.step - 1} of ${(frame.steps ?? frames.length) - 1}`, "The look that is taken")}. It reads the framed part in detail: a ${term("sampling grid")} of 32 × 32 places is laid over it.
      What it sees there changes the map inside the frame only.</p>
    ${LOOK}
    <p>The next frame depends on the map, on how undecided it is, on where it has looked before, and on the memory ${live("h", "the state of the recurrent network")}.</p>
    ${curve(undecided, frame.step - 1, { name: "undecided", unit: "%", digits: 1 })}
    ${readings([
      { symbol: "changed", value: percent(frame, "changed"), meaning: "by how much the map has changed, on average over all pixels" },
      { symbol: "stands out", value: percent(frame, "area"), meaning: "how much of the picture stands out now" },
    ])}`;
}
