// How a box learns where to look, or does not, in words a teacher can read out.
import type { Frame, Run } from "../../kit/types";
import { fixed } from "../../kit/dom";
import { numberOf } from "../../kit/frame";
import { curve, equation, live, readings, say, term } from "../../kit/lesson";

const LOSS =
  "<mrow><mi>L</mi><mo>=</mo><mfrac><mn>1</mn><mn>2</mn></mfrac><mi>mean</mi><msup><mrow><mo>(</mo><mi>seen</mi><mo>−</mo><mi>wanted</mi><mo>)</mo></mrow><mn>2</mn></msup></mrow>";
const REINFORCE =
  "<mrow><mo>∇</mo><mi>E</mi><mo>[</mo><mi>L</mi><mo>]</mo><mo>≈</mo><mfrac><mn>1</mn><mi>K</mi></mfrac><munder><mo>∑</mo><mi>k</mi></munder><mo>(</mo><msub><mi>L</mi><mi>k</mi></msub><mo>−</mo><mi>b</mi><mo>)</mo><mfrac><msub><mi>ε</mi><mi>k</mi></msub><mi>σ</mi></mfrac></mrow>";

const METHODS: Record<string, () => Node[]> = {
  hard: () => [say("A hard crop copies the nearest pixels. Move the box by a hair and the same pixels are copied: the gradient is zero almost everywhere. It stays where it is.")],
  reinforce: () => [
    say(term("REINFORCE"), " tries 24 boxes around the present one and asks each for its loss. The thin arrows are what each try says, the thick one their mean: right on average, and noisy. It needs no gradient through the crop."),
    equation(REINFORCE, "the gradient of the expected loss is about one over K times the sum over k of L k minus b times epsilon k over sigma"),
  ],
  gaussian: () => [say("DRAW looks through a grid of ", term("filterbank", "Gaussian filters"), ". They are wide when the box is large, so even what lies between the points of the grid pulls at it.")],
  bilinear: () => [say("A spatial transformer reads between four pixels. Each point of its ", term("sampling grid"), " feels only its next neighbours: sharp, but blind to what lies farther off.")],
};

export function boxesLesson(frame: Frame, run: Run): Node[] {
  const losses = run.frames.map((one) => numberOf(one, "loss") ?? 0);
  const slope = (name: string) => {
    const value = numberOf(frame, name) ?? 0;
    return `${value < 0 ? "−" : ""}${fixed(Math.abs(value), 3)}`;
  };
  const loss = losses[frame.step - 1] ?? 0;
  return [
    ...(run.frames.length > 1 ? [say(live(`Step ${frame.step} of ${frame.steps ?? run.frames.length}`, "The step that is on the stage"), ". The box goes down the arrow.")] : []),
    ...METHODS[String(run.settings.method)](),
    say("How far what it sees is from what is wanted: ", live(fixed(loss, 4), "the loss"), "."),
    equation(LOSS, "L equals half the mean of seen minus wanted squared"),
    readings([
      { symbol: "∂L/∂x", value: slope("d_x"), meaning: "how the loss changes as the box goes to the right" },
      { symbol: "∂L/∂y", value: slope("d_y"), meaning: "how the loss changes as the box goes down" },
      { symbol: "∂L/∂w", value: slope("d_w"), meaning: "how the loss changes as the box grows wider" },
      { symbol: "∂L/∂h", value: slope("d_h"), meaning: "how the loss changes as the box grows higher" },
    ]),
    ...(run.frames.length > 1 ? [curve(losses, frame.step - 1, { name: "loss", unit: "", digits: 4 })] : []),
    say("The landscape is the loss at every place for a box of the size it began with. A box that starts in a wrong valley stays there, however soft it is."),
  ];
}
