// What the watcher does at this frame, in words a teacher can read out.
import type { Frame, Run } from "../../kit/types";
import { fixed } from "../../kit/dom";
import { numberOf } from "../../kit/frame";
import { bars, equation, live, readings, say, term } from "../../kit/lesson";
import { averaged } from "./stage";
import { gazeOf } from "../captions/stage";

const LOOK =
  "<mrow><msub><mi>l</mi><mrow><mi>t</mi><mo>,</mo><mi>i</mi></mrow></msub><mo>=</mo><mi>softmax</mi><mo>(</mo><msup><mi>w</mi><mo>⊤</mo></msup><mi>tanh</mi><mo>(</mo><mi>K</mi><msub><mi>X</mi><mrow><mi>t</mi><mo>,</mo><mi>i</mi></mrow></msub><mo>+</mo><mi>Q</mi><msub><mi>h</mi><mrow><mi>t</mi><mo>−</mo><mn>1</mn></mrow></msub><mo>)</mo><mo>)</mo></mrow>";

export function actionsLesson(frame: Frame, run: Run): Node[] {
  const entropy = numberOf(frame, "entropy_bits");
  const share = numberOf(frame, "share") ?? 0;
  const [answer] = frame.words;
  const so = averaged(run.frames.slice(0, frame.step)).slice(0, 5);
  return [
    say(live(`Frame ${frame.step} of ${frame.steps ?? run.frames.length}`, "The frame that is watched"), `. It finds “${frame.choices[0].word}” likeliest here.`),
    ...(gazeOf(frame)
      ? [
          say("In every frame it looks anew: its ", term("attention"), " over 7 × 7 places depends on what it has seen before. Each place says what is there, and how that differs from the frame before."),
          equation(LOOK, "l t i equals softmax of w transposed times tanh of K times X t i plus Q times h t minus 1"),
        ]
      : [say("It is given the mean of all places of the frame: there is no gaze to show.")]),
    say(frame.ended ? "The clip is over. On average " : "On average so far ", "it is ", live(`“${answer}”`, "the likeliest action over all frames so far"), `, ${fixed(100 * share, 0)} %.`),
    bars(so, answer, "the likeliest actions over all frames so far"),
    readings(
      entropy === undefined
        ? []
        : [{ symbol: "entropy", value: `${fixed(entropy, 1)} of 5.6 bits`, meaning: "how spread the gaze is; 5.6 bits would be evenly over all 49 places" }],
    ),
  ];
}
