// What the captioner does at this word, in words a teacher can read out.
/** @import {Frame, Run} from "../types.js" */
import { fixed } from "../dom.js";
import { bars, equation, live, readings, say, term } from "../lesson.js";
import { gazeOf } from "../stage/captions.js";

/** @param {Frame} frame @param {string} name */
const numberOf = (frame, name) => frame.numbers.find((number) => number.name === name)?.value;

const ALPHA =
  "<mrow><msub><mi>α</mi><mrow><mi>t</mi><mi>i</mi></mrow></msub><mo>=</mo><mi>softmax</mi><mo>(</mo><mi>f</mi><mo>(</mo><msub><mi>a</mi><mi>i</mi></msub><mo>,</mo><msub><mi>h</mi><mrow><mi>t</mi><mo>−</mo><mn>1</mn></mrow></msub><mo>)</mo><mo>)</mo></mrow>";
const CONTEXT =
  "<mrow><msub><mi>z</mi><mi>t</mi></msub><mo>=</mo><mi>β</mi><munder><mo>∑</mo><mi>i</mi></munder><msub><mi>α</mi><mrow><mi>t</mi><mi>i</mi></mrow></msub><msub><mi>a</mi><mi>i</mi></msub></mrow>";

/** @param {Frame} frame @param {Run} run @returns {Node[]} */
export function captionsLesson(frame, run) {
  const gaze = gazeOf(frame);
  const before = run.frames[frame.step - 2]?.words ?? [];
  /** @type {Node[]} */
  const nodes = [
    say(live(`Word ${frame.step} of ${run.frames.length}`, "The word that is on the stage"), before.length ? `. It has said “${before.join(" ")}”.` : ". It has said nothing yet."),
  ];
  const steered = run.steers.some(({ step }) => step === frame.step);
  if (steered) nodes.push(say("Here ", term("steering", "you painted"), " where it must look. What it wanted is set aside for this word."));
  else if (gaze) {
    nodes.push(
      say("To choose the next word it spreads its ", term("attention"), " over 196 places of the photo."),
      equation(ALPHA, "alpha t i equals softmax of f of a i and h t minus 1"),
      say("The ", term("annotation", "annotations"), " of those places, weighted so, make the ", term("context"), "."),
      equation(CONTEXT, "z t equals beta times the sum over i of alpha t i times a i"),
    );
  } else nodes.push(say("It saw the photo once, before the first word. Now it goes by memory alone: there is no gaze to show."));
  const chosen = frame.words.length > before.length ? frame.words[frame.words.length - 1] : "<end>";
  if (frame.choices.length > 0) nodes.push(bars(frame.choices, chosen));
  const entropy = numberOf(frame, "entropy_bits");
  const beta = numberOf(frame, "beta");
  const logp = numberOf(frame, "logp");
  nodes.push(
    readings([
      ...(gaze && entropy !== undefined
        ? [{ symbol: "entropy", value: `${fixed(entropy, 1)} of 7.6 bits`, meaning: "how spread the gaze is; 7.6 bits would be evenly over all 196 places" }]
        : []),
      ...(gaze && beta !== undefined
        ? [{ symbol: "β", value: fixed(beta, 2), meaning: "gate: how much this word hangs on the photo" }]
        : []),
      ...(logp !== undefined
        ? [{ symbol: "log p", value: fixed(logp, 2), meaning: "log-probability of the sentence so far, in nats" }]
        : []),
    ]),
  );
  return nodes;
}
