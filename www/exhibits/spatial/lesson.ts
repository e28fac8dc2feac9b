// What a spatial transformer does at this step, in words a teacher can read out.
import type { Frame, Run } from "../../kit/types";
import { fixed } from "../../kit/dom";
import { bestOf } from "../../kit/frame";
import { bars, equation, live, readings, say, term } from "../../kit/lesson";

const GRID =
  "<mrow><mo>(</mo><mtable><mtr><mtd><mi>x</mi></mtd></mtr><mtr><mtd><mi>y</mi></mtd></mtr></mtable><mo>)</mo><mo>=</mo><msub><mi>A</mi><mi>θ</mi></msub><mo>(</mo><mtable><mtr><mtd><msub><mi>x</mi><mi>t</mi></msub></mtd></mtr><mtr><mtd><msub><mi>y</mi><mi>t</mi></msub></mtd></mtr><mtr><mtd><mn>1</mn></mtd></mtr></mtable><mo>)</mo></mrow>";
const SAMPLE =
  "<mrow><msub><mi>V</mi><mi>i</mi></msub><mo>=</mo><munder><mo>∑</mo><mrow><mi>n</mi><mi>m</mi></mrow></munder><msub><mi>U</mi><mrow><mi>n</mi><mi>m</mi></mrow></msub><mi>max</mi><mo>(</mo><mn>0</mn><mo>,</mo><mn>1</mn><mo>−</mo><mo>|</mo><msub><mi>x</mi><mi>i</mi></msub><mo>−</mo><mi>m</mi><mo>|</mo><mo>)</mo><mi>max</mi><mo>(</mo><mn>0</mn><mo>,</mo><mn>1</mn><mo>−</mo><mo>|</mo><msub><mi>y</mi><mi>i</mi></msub><mo>−</mo><mi>n</mi><mo>|</mo><mo>)</mo></mrow>";

/** The six numbers of an affine transformation as what they do. */
function doings(theta: Float32Array) {
  const [a, b, c, d, e, f] = theta;
  const turn = (Math.atan2(d, a) * 180) / Math.PI;
  return readings([
    { symbol: "turn", value: `${fixed(turn, 0)}°`, meaning: "by how much the grid is turned" },
    { symbol: "size", value: fixed(Math.sqrt(Math.abs(a * e - b * d)), 2), meaning: "side of the grid, in sides of the picture" },
    { symbol: "x, y", value: `${fixed(c, 2)}, ${fixed(f, 2)}`, meaning: "the grid's middle: −1 is the left or upper edge, 1 the right or lower" },
  ]);
}

export function spatialLesson(frame: Frame, run: Run): Node[] {
  if (run.settings.model === "cnn") {
    const best = bestOf(frame);
    return [
      say("Without a transformer every digit must be known in every posture. It has as many weights, and says ", live(best.word, "the likeliest digit"), "."),
      bars(frame.choices, best.word, "the ten digits, and how likely it finds each"),
    ];
  }
  const theta = frame.maps.find((map) => map.kind === "affine");
  const title = say(live(`Step ${frame.step} of ${frame.steps ?? 3}`, "The step that is on the stage"));
  if (frame.step === 1) {
    return [
      title,
      say("A small network looks at the whole picture and says where to look: it lays a ", term("sampling grid"), " over it. The heavy line is the top of what will be seen."),
      ...(theta
        ? [equation(GRID, "x and y equal A theta times x t, y t, 1"), doings((theta as import("../../kit/types").AffineMap).theta)]
        : [say("This one says where sixteen control points lie; between them the grid bends like a ", term("thin plate"), ".")]),
    ];
  }
  if (frame.step === 2) {
    return [
      title,
      say("The picture is read at every point of the grid, between four pixels. Since each pixel's share changes smoothly as the grid moves, errors can tell the grid where to go: nobody told it where the digit is."),
      equation(SAMPLE, "V i equals the sum over n and m of U n m times max of 0 and 1 minus x i minus m times max of 0 and 1 minus y i minus n"),
    ];
  }
  const best = bestOf(frame);
  return [
    title,
    say("A plain network names what the grid has straightened: ", live(best.word, "the likeliest digit"), ". Move or scale the digit: the right picture hardly changes."),
    bars(frame.choices, best.word, "the ten digits, and how likely it finds each"),
  ];
}
