// What a reader of glimpses does at this step, in words a teacher can read out.
import type { Frame, Run } from "../../kit/types";
import { fixed } from "../../kit/dom";
import { bestOf, numberOf } from "../../kit/frame";
import { bars, equation, live, readings, say, term } from "../../kit/lesson";
import { windowOf } from "../draw/stage";

const PLACE =
  "<mrow><msub><mi>l</mi><mi>t</mi></msub><mo>∼</mo><mi mathvariant='script'>N</mi><mo>(</mo><msub><mi>f</mi><mi>l</mi></msub><mo>(</mo><msub><mi>h</mi><mrow><mi>t</mi><mo>−</mo><mn>1</mn></mrow></msub><mo>)</mo><mo>,</mo><msup><mi>σ</mi><mn>2</mn></msup><mo>)</mo></mrow>";
const READ = "<mrow><mi>γ</mi><msub><mi>F</mi><mi>Y</mi></msub><mi>x</mi><msubsup><mi>F</mi><mi>X</mi><mi>T</mi></msubsup></mrow>";

const millions = (count: number) => `${fixed(count / 1e6, 1)} million`;

export function glimpsesLesson(frame: Frame, run: Run): Node[] {
  const window = windowOf(frame, "read");
  const best = bestOf(frame);
  const number = (name: string) => numberOf(frame, name) ?? 0;
  return [
    say(live(`Glimpse ${frame.step} of ${frame.steps ?? run.frames.length}`, "The glimpse that is on the stage"), `. So far it would say `, live(best.word, "the likeliest digit"), "."),
    ...(window
      ? [
          say("DRAW reads 12×12 numbers through a grid of ", term("filterbank", "Gaussian filters"), ". Where the grid lies can be learned by gradients, since every number changes a little with it."),
          equation(READ, "gamma times F Y times x times F X transposed"),
          readings([
            { symbol: "δ", value: fixed(window.delta, 1), meaning: "stride: pixels between neighbouring filters" },
            { symbol: "σ²", value: fixed(window.sigma2, 1), meaning: "variance of the filters, in square pixels: small is sharp" },
          ]),
        ]
      : [
          say("It takes three crops of 12×12 numbers around one place: sharp, half as sharp, a quarter as sharp. All else it does not see."),
          say("A crop has no gradient by its place. Where to look is learned by ", term("REINFORCE"), ": places drawn by lot, and looked at more often if the digit was named rightly after."),
          equation(PLACE, "l t is drawn from a normal distribution around f l of h t minus 1 with variance sigma squared"),
        ]),
    bars(frame.choices, best.word, "the ten digits, and how likely it finds each"),
    say("Attention spares work: it has multiplied and added ", live(millions(number("multiply_adds")), "multiply–adds of the glimpses so far"), " times. A convolutional network that sees all of the scene needs ", live(millions(number("whole_multiply_adds")), "multiply–adds of the network that sees the whole scene"), " and says ", live(String(number("whole_digit")), "what the network that sees the whole scene says"), ` (${fixed(100 * number("whole_probability"), 0)} %).`),
  ];
}
