// What DRAW does at this step, in words a teacher can read out.
import type { Frame, Run } from "../../kit/types";
import { fixed } from "../../kit/dom";
import { numberOf } from "../../kit/frame";
import { curve, equation, live, readings, say, term } from "../../kit/lesson";
import { windowOf } from "./stage";

const CANVAS =
  "<mrow><msub><mi>c</mi><mi>t</mi></msub><mo>=</mo><msub><mi>c</mi><mrow><mi>t</mi><mo>−</mo><mn>1</mn></mrow></msub><mo>+</mo>";
const WITH = `${CANVAS}<mfrac><mn>1</mn><mi>γ</mi></mfrac><msubsup><mi>F</mi><mi>Y</mi><mi>T</mi></msubsup><msub><mi>w</mi><mi>t</mi></msub><msub><mi>F</mi><mi>X</mi></msub></mrow>`;
const WITHOUT = `${CANVAS}<mi>W</mi><mo>(</mo><msub><mi>h</mi><mi>t</mi></msub><mo>)</mo></mrow>`;

export function drawLesson(frame: Frame, run: Run): Node[] {
  const steps = frame.steps ?? run.frames.length;
  const write = windowOf(frame, "write");
  const read = windowOf(frame, "read");
  const nodes: Node[] = [say(live(`Step ${frame.step} of ${steps}`, "The step that is on the stage"))];
  if (run.settings.mode === "wall") {
    nodes.push(say("Sixty-four networks of the same weights draw at once, each from its own noise."));
    return nodes;
  }
  if (read) {
    nodes.push(
      say("It takes a ", term("glimpse"), " of the drawing through the blue window, compares it with its copy, and decides what is still missing."),
    );
  } else {
    nodes.push(say("It draws a fresh ", term("latent"), " from noise. From it and from what it remembers it decides what to write."));
  }
  if (write) {
    nodes.push(
      say("It writes a 5×5 patch onto the ", term("canvas"), " through the framed window. The line is thick where the ", term("filterbank", "filters"), " are sharp."),
      equation(WITH, "c t equals c t minus 1 plus one over gamma times F Y transposed times w t times F X"),
      readings([
        { symbol: "g_X", value: fixed(write.gx, 1), meaning: "where the window's centre is, in pixels from the left" },
        { symbol: "g_Y", value: fixed(write.gy, 1), meaning: "where the window's centre is, in pixels from the top" },
        { symbol: "δ", value: fixed(write.delta, 2), meaning: "stride: pixels between neighbouring filters" },
        { symbol: "σ²", value: fixed(write.sigma2, 2), meaning: "variance of the filters, in square pixels: small is sharp" },
        { symbol: "γ", value: fixed(write.gamma, 2), meaning: "intensity: the patch is divided by it before it is written" },
      ]),
    );
  } else {
    nodes.push(
      say("Without attention it changes the whole canvas at every step: it sharpens a blur instead of moving a pen."),
      equation(WITHOUT, "c t equals c t minus 1 plus W of h t"),
    );
  }
  if (numberOf(frame, "kl") !== undefined) {
    const values = run.frames.map((one) => numberOf(one, "kl") ?? 0);
    nodes.push(say("The ", term("KL"), " is what this step had to be told about the drawing."));
    nodes.push(curve(values, frame.step - 1, { name: "KL", unit: "nats", adds: true }));
  }
  return nodes;
}
