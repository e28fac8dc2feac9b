// What the answerer does at this word of the question, in words a teacher can read out.
import type { Frame, Run } from "../../kit/types";
import { fixed } from "../../kit/dom";
import { bestOf, numberOf } from "../../kit/frame";
import { bars, equation, live, readings, say, term } from "../../kit/lesson";
import { gazeOf } from "../captions/stage";

const LOOK =
  "<mrow><msub><mi>a</mi><mi>t</mi></msub><mo>=</mo><mi>softmax</mi><mo>(</mo><msub><mi>w</mi><mi>a</mi></msub><mi>tanh</mi><mo>(</mo><msub><mi>W</mi><mi>h</mi></msub><msub><mi>h</mi><mrow><mi>t</mi><mo>−</mo><mn>1</mn></mrow></msub><mo>+</mo><msub><mi>W</mi><mi>c</mi></msub><mi>C</mi><mo>)</mo><mo>)</mo></mrow>";

export function questionsLesson(frame: Frame, run: Run): Node[] {
  const gaze = gazeOf(frame);
  const word = frame.words.at(-1) ?? "";
  const best = bestOf(frame);
  const entropy = numberOf(frame, "entropy_bits");
  const model = String(run.settings.model);
  return [
    say(live(`Word ${frame.step} of ${frame.steps ?? run.frames.length}`, "The word of the question that is read"), `. It reads “${word}”.`),
    ...(gaze
      ? [
          say("At every word it looks at the photo anew: its ", term("attention"), " over 196 places depends on the words before."),
          equation(LOOK, "a t equals softmax of w a times tanh of W h times h t minus 1 plus W c times C"),
        ]
      : [say(model === "pooled" ? "It was given the mean of all places, the same at every word: there is no gaze to show." : "It sees nothing. What it answers it knows from other questions.")]),
    say(frame.ended ? "The question is over. " : "If the question ended here, ", "it would answer ", live(`“${best.word}”`, "the likeliest answer"), "."),
    bars(frame.choices, best.word, "the answers, and how likely it finds them"),
    readings(
      gaze && entropy !== undefined
        ? [{ symbol: "entropy", value: `${fixed(entropy, 1)} of 7.6 bits`, meaning: "how spread the gaze is; 7.6 bits would be evenly over all 196 places" }]
        : [],
    ),
  ];
}
