// What a scale sees, and how the scales are weighed, in words a teacher can read out.
import type { Frame, Run } from "../../kit/types";
import { fixed } from "../../kit/dom";
import { numberOf } from "../../kit/frame";
import { bars, equation, live, readings, say, term } from "../../kit/lesson";

const BLEND =
  "<mrow><msub><mi>g</mi><mi>i</mi></msub><mo>=</mo><munder><mo>∑</mo><mi>s</mi></munder><msubsup><mi>w</mi><mi>i</mi><mi>s</mi></msubsup><msubsup><mi>f</mi><mi>i</mi><mi>s</mi></msubsup></mrow>";
/** What each scale is called. */
export const SCALES = ["1", "0.7", "0.5"];
const MERGED = ({
  average: "The three answers are averaged: each scale counts the same everywhere.",
  max: "Of the three answers the surest counts, class by class.",
} as Record<string, string>);

export function scalesLesson(frame: Frame, run: Run): Node[] {
  const side = numberOf(frame, "side");
  const shown = frame.choices.filter(({ word }) => word !== "background").slice(0, 5);
  const found = shown.length > 0 ? [say("Of the picture it takes so much for:"), bars(shown, shown[0].word, "classes, and the share of the picture each takes")] : [say("It finds none of its twenty classes.")];
  if (side !== undefined) {
    return [
      say(live(`Scale ${SCALES[frame.step - 1]}`, "The scale that is seen"), `. The network sees the photo at ${side} × ${side} pixels. It is the same network at every scale: large things fit into its view when the photo is small, small things are clear when it is large.`),
      ...found,
    ];
  }
  const means = [1, 2, 3].map((scale) => numberOf(frame, `mean_${scale}`));
  if (means[0] === undefined) return [say(MERGED[String(run.settings.merge)] ?? ""), ...found];
  return [
    say(live("All scales", "The scales together"), ". A small network looks at what all three found and says at every place how much each counts: ", term("attention"), " over scales, three weights that sum to one."),
    equation(BLEND, "g i equals the sum over s of w i s times f i s"),
    ...found,
    readings(means.map((mean, i) => ({ symbol: `scale ${SCALES[i]}`, value: `${fixed(100 * (mean ?? 0), 0)} %`, meaning: `how much scale ${SCALES[i]} counts, on average over the picture` }))),
  ];
}
