// What the captioner does at this word, in words a teacher can read out.
import { html, nothing } from "lit/html.js";
import { fixed } from "../../kit/dom";
import { greatest, gridOf, numberOf, tokensOf } from "../../kit/frame";
import { bars, equation, live, readings } from "../../kit/lesson";
import { term } from "../../kit/term";
import { tex } from "../../kit/tex";
import type { Frame, Run, TokensMap } from "../../kit/types";
import { gazeOf } from "../../stage/photo";

const ALPHA = equation(tex`\alpha_{ti} = \operatorname{softmax}\bigl(f(a_i, h_{t-1})\bigr)`, "alpha t i equals softmax of f of a i and h t minus 1");
const CONTEXT = equation(tex`z_t = \beta \sum_i \alpha_{ti}\, a_i`, "z t equals beta times the sum over i of alpha t i times a i");
const PLACE = equation(tex`s_t \sim \operatorname{Multinoulli}(\alpha_t),\quad z_t = \beta\, a_{s_t}`, "s t is drawn from a multinoulli of alpha t; z t equals beta times a at s t");
const INPUT = equation(tex`\alpha_t^i \propto \exp\bigl(y_{t-1}^\top U\, y^i\bigr)`, "alpha t i is proportional to the exponential of y t minus 1 transposed times U times y i");

const percent = (share: number) => `${fixed(100 * share, 1)} %`;

function hardLesson(frame: Frame) {
  const alpha = gridOf(frame, "alpha")?.weights;
  const place = gridOf(frame, "place")?.weights;
  if (!alpha || !place) return nothing;
  return html`
    <p>It weighs 196 places, then ${term("hard attention", "takes one")}: the ring. That place had ${live(percent(alpha[greatest(place)]), "the weight α of the place taken")} of the weight;
      the likeliest place has ${live(percent(alpha[greatest(alpha)]), "the greatest weight α")}.</p>
    ${PLACE}
    <p>No gradient passes through the draw. It was taught by ${term("REINFORCE")}: places after which the words became likelier than usual are made likelier.</p>`;
}

function semanticLesson(frame: Frame) {
  const [input, output] = [tokensOf(frame, "input"), tokensOf(frame, "output")];
  if (!input || !output) return nothing;
  const first = ({ tokens, weights }: TokensMap) => tokens[greatest(weights)];
  return html`
    <p>Before it spoke it found ${term("attribute", "attributes")}: words that the photo may call for. To read the last word it leans on
      “${live(first(input), "the attribute with the greatest share of the input attention")}”, to choose the next on “${live(first(output), "the attribute with the greatest share of the output attention")}”.</p>
    ${INPUT}
    <p>Press a word to take it away. Point at it to see which places voted for it.</p>`;
}

const softLesson = () => html`
  <p>To choose the next word it spreads its ${term("attention")} over 196 places of the photo.</p>
  ${ALPHA}
  <p>The ${term("annotation", "annotations")} of those places, each times its weight, add up to the ${term("context vector", "context")}.</p>
  ${CONTEXT}`;

function mechanism(frame: Frame, run: Run) {
  if (run.steers.some(({ step }) => step === frame.step)) {
    return html`<p>Here ${term("steering", "you painted")} where it must look. What it wanted is set aside for this word.</p>`;
  }
  if (run.settings.model === "hard") return hardLesson(frame);
  if (run.settings.model === "semantic") return semanticLesson(frame);
  if (gazeOf(frame)) return softLesson();
  return html`<p>It saw the photo once, before the first word. Now it goes by memory alone: there is no gaze to show.</p>`;
}

function numbers(frame: Frame) {
  const gaze = gazeOf(frame);
  const [entropy, beta, logp] = ["entropy_bits", "beta", "logp"].map((name) => numberOf(frame, name));
  const all = [];
  if (gaze && entropy !== undefined) all.push({ symbol: "entropy", value: `${fixed(entropy, 1)} of 7.6 bits`, meaning: "how spread the gaze is; 7.6 bits would be evenly over all 196 places" });
  if (gaze && beta !== undefined) all.push({ symbol: "β", value: fixed(beta, 2), meaning: "gate: how much this word hangs on the photo" });
  if (logp !== undefined) all.push({ symbol: "log p", value: fixed(logp, 2), meaning: "log-probability of the sentence so far, in nats" });
  return readings(all);
}

export function captionsLesson(frame: Frame, run: Run) {
  const before = run.frames[frame.step - 2]?.words ?? [];
  const chosen = frame.words.length > before.length ? frame.words[frame.words.length - 1] : "<end>";
  return html`
    <p>${live(`Word ${frame.step} of ${run.frames.length}`, "The word that is on the stage")}. ${before.length ? `It has said “${before.join(" ")}”.` : "It has said nothing yet."}</p>
    ${mechanism(frame, run)}
    ${frame.choices.length > 0 ? bars(frame.choices, chosen) : nothing}
    ${numbers(frame)}`;
}
