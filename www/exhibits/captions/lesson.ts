// What the captioner does at this word, in words a teacher can read out.
import type { Frame, Run, TokensMap } from "../../kit/types";
import { fixed } from "../../kit/dom";
import { greatest, gridOf, numberOf, tokensOf } from "../../kit/frame";
import { bars, equation, live, readings, say, term } from "../../kit/lesson";
import { gazeOf } from "./stage";

const ALPHA =
  "<mrow><msub><mi>α</mi><mrow><mi>t</mi><mi>i</mi></mrow></msub><mo>=</mo><mi>softmax</mi><mo>(</mo><mi>f</mi><mo>(</mo><msub><mi>a</mi><mi>i</mi></msub><mo>,</mo><msub><mi>h</mi><mrow><mi>t</mi><mo>−</mo><mn>1</mn></mrow></msub><mo>)</mo><mo>)</mo></mrow>";
const CONTEXT =
  "<mrow><msub><mi>z</mi><mi>t</mi></msub><mo>=</mo><mi>β</mi><munder><mo>∑</mo><mi>i</mi></munder><msub><mi>α</mi><mrow><mi>t</mi><mi>i</mi></mrow></msub><msub><mi>a</mi><mi>i</mi></msub></mrow>";

const PLACE =
  "<mrow><msub><mi>s</mi><mi>t</mi></msub><mo>∼</mo><mi>Multinoulli</mi><mo>(</mo><msub><mi>α</mi><mi>t</mi></msub><mo>)</mo><mo>,</mo><mspace width='0.6em'/><msub><mi>z</mi><mi>t</mi></msub><mo>=</mo><mi>β</mi><mspace width='0.2em'/><msub><mi>a</mi><msub><mi>s</mi><mi>t</mi></msub></msub></mrow>";
const INPUT =
  "<mrow><msubsup><mi>α</mi><mi>t</mi><mi>i</mi></msubsup><mo>∝</mo><mi>exp</mi><mo>(</mo><msubsup><mi>y</mi><mrow><mi>t</mi><mo>−</mo><mn>1</mn></mrow><mo>⊤</mo></msubsup><mi>U</mi><msup><mi>y</mi><mi>i</mi></msup><mo>)</mo></mrow>";

function hardLesson(frame: Frame) {
  const alpha = gridOf(frame, "alpha")?.weights;
  const place = gridOf(frame, "place")?.weights;
  if (!alpha || !place) return [];
  return [
    say("It weighs 196 places, then ", term("hard", "takes one"), ": the ring. It had ", live(`${fixed(100 * alpha[greatest(place)], 1)} %`, "the weight α of the place taken"), " of the weight, the likeliest place has ", live(`${fixed(100 * alpha[greatest(alpha)], 1)} %`, "the greatest weight α"), "."),
    equation(PLACE, "s t is drawn from a multinoulli of alpha t; z t equals beta times a at s t"),
    say("No gradient passes through the draw. It was taught by ", term("REINFORCE"), ": places after which the words became likelier than usual are made likelier."),
  ];
}

function semanticLesson(frame: Frame) {
  const [input, output] = [tokensOf(frame, "input"), tokensOf(frame, "output")];
  if (!input || !output) return [];
  const first = ({ tokens, weights }: TokensMap) => tokens[greatest(weights)];
  return [
    say("Before it spoke it found ", term("attribute", "attributes"), ": words that the photo may call for. To read the last word it leans on “", live(first(input), "the attribute with the greatest share of the input attention"), "”, to choose the next on “", live(first(output), "the attribute with the greatest share of the output attention"), "”."),
    equation(INPUT, "alpha t i is proportional to the exponential of y t minus 1 transposed times U times y i"),
    say("Press a word to take it away, point at it to see which places voted for it."),
  ];
}

export function captionsLesson(frame: Frame, run: Run): Node[] {
  const gaze = gazeOf(frame);
  const before = run.frames[frame.step - 2]?.words ?? [];
  const nodes: Node[] = [
    say(live(`Word ${frame.step} of ${run.frames.length}`, "The word that is on the stage"), before.length ? `. It has said “${before.join(" ")}”.` : ". It has said nothing yet."),
  ];
  const steered = run.steers.some(({ step }) => step === frame.step);
  if (steered) nodes.push(say("Here ", term("steering", "you painted"), " where it must look. What it wanted is set aside for this word."));
  else if (run.settings.model === "hard") nodes.push(...hardLesson(frame));
  else if (run.settings.model === "semantic") nodes.push(...semanticLesson(frame));
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
