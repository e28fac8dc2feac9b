// What a reader of glimpses does at this step, in words a teacher can read out.
import { html } from "lit/html.js";
import { fixed } from "../../kit/dom";
import { bestOf, numberOf, windowOf } from "../../kit/frame";
import { bars, equation, live, readings } from "../../kit/lesson";
import { term } from "../../kit/term";
import { tex } from "../../kit/tex";
import type { Frame, Run, WindowMap } from "../../kit/types";

const PLACE = equation(tex`l_t \sim \mathcal{N}\bigl(f_l(h_{t-1}),\, \sigma^2\bigr)`, "l t is drawn from a normal distribution around f l of h t minus 1 with variance sigma squared");
const READ = equation(tex`\gamma\, F_Y\, x\, F_X^\top`, "gamma times F Y times x times F X transposed");

const millions = (count: number) => `${fixed(count / 1e6, 1)} million`;

const windowLesson = ({ delta, sigma2 }: WindowMap) => html`
  <p>DRAW reads 12×12 numbers through a grid of ${term("filterbank", "Gaussian filters")}. Every number changes a little as the grid moves, so gradients can teach it where to put the grid.</p>
  ${READ}
  ${readings([
    { symbol: "δ", value: fixed(delta, 1), meaning: "stride: pixels between neighbouring filters" },
    { symbol: "σ²", value: fixed(sigma2, 1), meaning: "variance of the filters, in square pixels: small is sharp" },
  ])}`;

const cropsLesson = () => html`
  <p>It takes three crops of 12×12 numbers around one place: sharp, half as sharp, a quarter as sharp. It sees nothing else.</p>
  <p>A crop has no gradient with respect to its place. ${term("REINFORCE")} teaches it where to look: places are drawn at random, and those after which the digit was named rightly become likelier.</p>
  ${PLACE}`;

export function glimpsesLesson(frame: Frame, run: Run) {
  const window = windowOf(frame, "read");
  const best = bestOf(frame);
  const number = (name: string) => numberOf(frame, name) ?? 0;
  return html`
    <p>${live(`Glimpse ${frame.step} of ${frame.steps ?? run.frames.length}`, "The glimpse that is on the stage")}. So far it says ${live(best.word, "the likeliest digit")}.</p>
    ${window ? windowLesson(window) : cropsLesson()}
    ${bars(frame.choices, best.word, "the ten digits, and how likely it finds each")}
    <p>Attention saves work: so far it has done ${live(millions(number("multiply_adds")), "multiply–adds of the glimpses so far")} multiply–adds.
      A convolutional network that sees the whole scene needs ${live(millions(number("whole_multiply_adds")), "multiply–adds of the network that sees the whole scene")} and says
      ${live(String(number("whole_digit")), "what the network that sees the whole scene says")} (${fixed(100 * number("whole_probability"), 0)} %).</p>`;
}
