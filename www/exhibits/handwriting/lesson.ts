// What the writer does at this point of the pen, in words a teacher can read out.
import type { Frame, Run } from "../../kit/types";
import { fixed } from "../../kit/dom";
import { greatest } from "../../kit/frame";
import { equation, live, readings, say, term } from "../../kit/lesson";
import { told, windowOf } from "./stage";

const PHI =
  "<mrow><mi>φ</mi><mo>(</mo><mi>t</mi><mo>,</mo><mi>u</mi><mo>)</mo><mo>=</mo><munderover><mo>∑</mo><mrow><mi>k</mi><mo>=</mo><mn>1</mn></mrow><mn>10</mn></munderover><msubsup><mi>α</mi><mi>t</mi><mi>k</mi></msubsup><mi>exp</mi><mo>(</mo><mo>−</mo><msubsup><mi>β</mi><mi>t</mi><mi>k</mi></msubsup><msup><mrow><mo>(</mo><msubsup><mi>κ</mi><mi>t</mi><mi>k</mi></msubsup><mo>−</mo><mi>u</mi><mo>)</mo></mrow><mn>2</mn></msup><mo>)</mo></mrow>";
const MIXTURE =
  "<mrow><mi>Pr</mi><mo>(</mo><msub><mi>x</mi><mrow><mi>t</mi><mo>+</mo><mn>1</mn></mrow></msub><mo>)</mo><mo>=</mo><munderover><mo>∑</mo><mrow><mi>j</mi><mo>=</mo><mn>1</mn></mrow><mn>20</mn></munderover><msubsup><mi>π</mi><mi>t</mi><mi>j</mi></msubsup><mi>N</mi><mo>(</mo><msub><mi>x</mi><mrow><mi>t</mi><mo>+</mo><mn>1</mn></mrow></msub><mo>|</mo><msubsup><mi>μ</mi><mi>t</mi><mi>j</mi></msubsup><mo>,</mo><msubsup><mi>σ</mi><mi>t</mi><mi>j</mi></msubsup><mo>,</mo><msubsup><mi>ρ</mi><mi>t</mi><mi>j</mi></msubsup><mo>)</mo></mrow>";

export function handwritingLesson(frame: Frame, run: Run): Node[] {
  const phi = windowOf(frame);
  const on = phi ? greatest(phi.weights) : 0;
  const letter = phi?.tokens[on];
  const up = told(frame, "end") > 0;
  const given = told(frame, "given") > 0;
  return [
    say(live(`Point ${frame.step} of ${run.frames.length}`, "The point of the pen that is on the stage"), up ? ". The pen is lifted here." : ". The pen is down."),
    given ? say("This point is yours: the network reads it, and so takes up your hand.") : say("The next point is drawn from a ", term("mixture"), " of twenty Gaussians."),
    equation(MIXTURE, "the probability of the next point is the sum over j of pi j times a normal with mean mu j, sigma j and rho j"),
    ...(phi
      ? [
          say("To know what to write it looks at the text through a soft ", term("window"), ", now on ", live(letter === " " ? "the space" : `“${letter}”`, "the character with the greatest weight"), ". The window can only move on, never back."),
          equation(PHI, "phi of t and u is the sum over k of alpha k times the exponential of minus beta k times kappa k minus u squared"),
        ]
      : [say("It was given no text: it has learnt what writing looks like, and nothing of what it says.")]),
    readings([
      ...(phi ? [{ symbol: "φ", value: fixed(phi.weights[on], 2), meaning: "the greatest character's share of the window" }] : []),
      { symbol: "x, y", value: `${fixed(told(frame, "x"), 1)}, ${fixed(told(frame, "y"), 1)}`, meaning: "where the pen is, in x-heights from the beginning of the line" },
      { symbol: "−log p", value: fixed(told(frame, "nats"), 2), meaning: "how unexpected this point was, in nats; density can exceed one, so it may be negative" },
    ]),
  ];
}
