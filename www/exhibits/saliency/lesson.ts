// What one look changes of the map, in words a teacher can read out.
import type { Frame } from "../../kit/types";
import { fixed } from "../../kit/dom";
import { numberOf } from "../../kit/frame";
import { curve, equation, live, readings, say, term } from "../../kit/lesson";

const LOOK =
  "<mrow><msub><mi>S</mi><mi>t</mi></msub><mo>=</mo><msub><mi>S</mi><mrow><mi>t</mi><mo>−</mo><mn>1</mn></mrow></msub><mo>+</mo><msup><mi>T</mi><mrow><mo>−</mo><mn>1</mn></mrow></msup><mo>(</mo><mi>D</mi><mo>(</mo><msub><mi>h</mi><mi>t</mi></msub><mo>)</mo><mo>,</mo><msub><mi>θ</mi><mi>t</mi></msub><mo>)</mo></mrow>";

export function saliencyLesson(frame: Frame, frames: Frame[]): Node[] {
  const percent = (name: string) => fixed(100 * (numberOf(frame, name) ?? 0), 1);
  if (frame.step === 1) {
    return [
      say(live("At a glance", "Before the first look"), ", a network of convolutions and deconvolutions says for each of 28 × 28 places how much it stands out."),
      say("That is coarse: the edges are a guess. The looks that follow go to where it matters and mend them."),
      readings([
        { symbol: "stands out", value: `${percent("area")} %`, meaning: "how much of the picture stands out" },
        { symbol: "undecided", value: `${percent("undecided")} %`, meaning: "how undecided the map is: 100 % if every pixel were a toss of a coin" },
      ]),
    ];
  }
  const undecided = frames.map((one) => 100 * (numberOf(one, "undecided") ?? 0));
  return [
    say(live(`Look ${frame.step - 1} of ${(frame.steps ?? frames.length) - 1}`, "The look that is taken"), ". It wants to see the framed part in detail: a ", term("sampling grid"), " of 32 × 32 places is laid over it, and what is seen there changes the map inside the frame only."),
    equation(LOOK, "S t equals S t minus 1 plus the inverse transformation of D of h t by theta t"),
    say("The next frame depends on the map, on how undecided it is, on where it has looked before, and on the memory ", live("h", "the state of the recurrent network"), "."),
    curve(undecided, frame.step - 1, { name: "undecided", unit: "%", digits: 1 }),
    readings([
      { symbol: "changed", value: `${percent("changed")} %`, meaning: "by how much the map has changed, on average over all pixels" },
      { symbol: "stands out", value: `${percent("area")} %`, meaning: "how much of the picture stands out now" },
    ]),
  ];
}
