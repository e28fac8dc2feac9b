// What soft attention does in the laboratory, in words a teacher can read out.
import type { Frame, Run } from "../../kit/types";
import { el, fixed } from "../../kit/dom";
import { gridOf, numberOf } from "../../kit/frame";
import { curve, equation, live, say, term } from "../../kit/lesson";
import { pictureOf } from "../draw/stage";
import { LETTERS } from "./stage";

const MIX =
  "<mrow><mi>z</mi><mo>=</mo><munder><mo>∑</mo><mi>i</mi></munder><msub><mi>p</mi><mi>i</mi></msub><msub><mi>f</mi><mi>i</mi></msub><mo>,</mo><mspace width='1em'/><mi>p</mi><mo>=</mo><mi>softmax</mi><mo>(</mo><mi>s</mi><mo>/</mo><mi>T</mi><mo>)</mo></mrow>";
const SLOPE =
  "<mrow><mfrac><mrow><mo>∂</mo><mi>z</mi></mrow><mrow><mo>∂</mo><msub><mi>p</mi><mi>i</mi></msub></mrow></mfrac><mo>=</mo><msub><mi>f</mi><mi>i</mi></msub><mo>,</mo><mspace width='1em'/><mfrac><mrow><mo>∂</mo><mi>z</mi></mrow><mrow><mo>∂</mo><msub><mi>s</mi><mi>i</mi></msub></mrow></mfrac><mo>=</mo><mfrac><msub><mi>p</mi><mi>i</mi></msub><mi>T</mi></mfrac><mo>(</mo><msub><mi>f</mi><mi>i</mi></msub><mo>−</mo><mi>z</mi><mo>)</mo></mrow>";

/** A row a place: its weight, how z's three channels move with its score, and the loss's gradient. */
function table(frame: Frame) {
  const weights = gridOf(frame, "p")?.weights ?? new Float32Array();
  const slopes = pictureOf(frame, "dz_dscore")?.values ?? new Float32Array();
  const gradient = pictureOf(frame, "d_scores")?.values;
  const heads = ["place", "p", "∂z/∂s: red", "green", "blue", ...(gradient ? ["∂loss/∂s"] : [])];
  const signed = (value: number, digits = 3) => `${value < 0 ? "−" : "+"}${fixed(Math.abs(value), digits)}`;
  return el(
    "div",
    { class: "scroll", tabindex: 0, role: "region", "aria-label": "Gradients" },
    el(
      "table",
      { class: "gradients" },
      el("thead", {}, el("tr", {}, ...heads.map((head) => el("th", { scope: "col" }, head)))),
      el(
        "tbody",
        {},
        ...Array.from(weights, (weight, i) =>
          el(
            "tr",
            {},
            el("th", { scope: "row" }, LETTERS[i]),
            el("td", {}, fixed(weight, 3)),
            ...[0, 1, 2].map((channel) => el("td", {}, signed(slopes[3 * i + channel]))),
            ...(gradient ? [el("td", {}, signed(gradient[i], 4))] : []),
          ),
        ),
      ),
    ),
  );
}

export function mixLesson(frame: Frame, run: Run): Node[] {
  const entropy = numberOf(frame, "entropy_bits") ?? 0;
  const most = Math.log2(gridOf(frame, "p")?.weights.length ?? 1);
  const loss = numberOf(frame, "loss");
  return [
    ...(loss === undefined ? [] : [say(live(`Step ${frame.step} of ${frame.steps ?? run.frames.length}`, "The step that is on the stage"), ". Every score goes a little down the gradient; nothing is drawn by lot.")]),
    say("A soft look does not choose: z is the mean of ", term("annotation", "all places"), ", each as much as it weighs. The whole input is still used, and the grid stays fixed."),
    equation(MIX, "z equals the sum over i of p i f i, where p equals softmax of s over T"),
    say("Since z changes smoothly with every score, it can be learned by gradients:"),
    equation(SLOPE, "d z by d p i equals f i, and d z by d s i equals p i over T times f i minus z"),
    table(frame),
    say("The weights are spread over ", live(`${fixed(entropy, 2)} of ${fixed(most, Number.isInteger(most) ? 0 : 2)} bits`, "entropy of the weights"), ". What weighs nothing has no gradient: it can hardly come back."),
    ...(loss === undefined
      ? []
      : [say("How far z is from the target: ", live(fixed(loss, 5), "half the mean squared distance between z and the target"), "."), curve(run.frames.map((one) => numberOf(one, "loss") ?? 0), frame.step - 1, { name: "loss", unit: "", digits: 4 })]),
  ];
}
