// What a scale sees, and how the scales are weighed, in words a teacher can read out.
import { html } from "lit/html.js";
import { fixed } from "../../kit/dom";
import { numberOf } from "../../kit/frame";
import { bars, equation, live, readings } from "../../kit/lesson";
import { term } from "../../kit/term";
import { tex } from "../../kit/tex";
import type { Frame, Run } from "../../kit/types";
import { SCALES } from "./meta";

const BLEND = equation(tex`g_i = \sum_s w_i^s\, f_i^s`, "g i equals the sum over s of w i s times f i s");
const MERGED: Record<string, string> = {
  average: "The three answers are averaged: each scale counts the same everywhere.",
  max: "Of the three answers the surest counts, class by class.",
};

function foundLesson(frame: Frame) {
  const shown = frame.choices.filter(({ word }) => word !== "background").slice(0, 5);
  if (shown.length === 0) return html`<p>It finds none of its twenty classes.</p>`;
  return html`
    <p>This is how much of the picture each class takes:</p>
    ${bars(shown, shown[0].word, "classes, and the share of the picture each takes")}`;
}

export function scalesLesson(frame: Frame, run: Run) {
  const side = numberOf(frame, "side");
  if (side !== undefined) {
    return html`
      <p>${live(`Scale ${SCALES[frame.step - 1]}`, "The scale that is seen")}. The network sees the photo at ${side} × ${side} pixels. It is the same network at every scale:
        large things fit into its view when the photo is small, small things are clear when it is large.</p>
      ${foundLesson(frame)}`;
  }
  const means = SCALES.map((_, i) => numberOf(frame, `mean_${i + 1}`));
  if (means[0] === undefined) return html`<p>${MERGED[String(run.settings.merge)]}</p>${foundLesson(frame)}`;
  return html`
    <p>${live("All scales", "The scales together")}. A small network looks at what all three found and says at every place how much each counts: ${term("attention")} over scales, three weights that sum to one.</p>
    ${BLEND}
    ${foundLesson(frame)}
    ${readings(means.map((mean, i) => ({ symbol: `scale ${SCALES[i]}`, value: `${fixed(100 * (mean ?? 0), 0)} %`, meaning: `how much scale ${SCALES[i]} counts, on average over the picture` })))}`;
}
