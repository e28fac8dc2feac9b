// How a box learns where to look, or does not, in words a teacher can read out.
import { html, nothing } from "lit/html.js";
import { fixed } from "../../kit/dom";
import { numberOf } from "../../kit/frame";
import { curve, equation, live, readings } from "../../kit/lesson";
import { term } from "../../kit/term";
import { tex } from "../../kit/tex";
import type { Frame, Run } from "../../kit/types";

const LOSS = equation(tex`L = \tfrac{1}{2}\, \operatorname{mean}\,(\text{seen} - \text{wanted})^2`, "L equals half the mean of seen minus wanted squared");
const REINFORCE = equation(
  tex`\nabla\, \mathbb{E}[L] \approx \frac{1}{K} \sum_k (L_k - b)\, \frac{\varepsilon_k}{\sigma}`,
  "the gradient of the expected loss is about one over K times the sum over k of L k minus b times epsilon k over sigma",
);

const METHODS = {
  hard: () => html`
    <p>A hard crop copies the nearest pixels. Move the box by a hair and it copies the same pixels: the gradient is zero almost everywhere, so the box stays where it is.</p>`,
  reinforce: () => html`
    <p>${term("REINFORCE")} tries 24 boxes around the present one and computes the loss of each. A thin arrow is what one try says, the thick arrow their mean: right on average, and noisy. It needs no gradient through the crop.</p>
    ${REINFORCE}`,
  gaussian: () => html`
    <p>DRAW looks through a grid of ${term("filterbank", "Gaussian filters")}. They are wide when the box is large, so even what lies between the points of the grid pulls at the box.</p>`,
  bilinear: () => html`
    <p>A spatial transformer reads between four pixels. Each point of its ${term("sampling grid")} feels only its nearest neighbours: sharp, but blind to what lies farther off.</p>`,
};

export function cropLesson(frame: Frame, run: Run) {
  const losses = run.frames.map((one) => numberOf(one, "loss") ?? 0);
  const descends = run.frames.length > 1;
  const slope = (name: string) => fixed(numberOf(frame, name) ?? 0, 3);
  return html`
    ${descends ? html`<p>${live(`Step ${frame.step} of ${frame.steps ?? run.frames.length}`, "The step that is on the stage")}. The box follows the arrow downhill.</p>` : nothing}
    ${METHODS[run.settings.method as keyof typeof METHODS]()}
    <p>The loss says how far what it sees is from what is wanted: ${live(fixed(losses[frame.step - 1] ?? 0, 4), "the loss")}.</p>
    ${LOSS}
    ${readings([
      { symbol: "∂L/∂x", value: slope("d_x"), meaning: "how the loss changes as the box goes to the right" },
      { symbol: "∂L/∂y", value: slope("d_y"), meaning: "how the loss changes as the box goes down" },
      { symbol: "∂L/∂w", value: slope("d_w"), meaning: "how the loss changes as the box grows wider" },
      { symbol: "∂L/∂h", value: slope("d_h"), meaning: "how the loss changes as the box grows higher" },
    ])}
    ${descends ? curve(losses, frame.step - 1, { name: "loss", unit: "", digits: 4 }) : nothing}
    <p>The landscape shows the loss at every place for a box of the size that it began with. A box that starts in a wrong valley stays there, however soft it is.</p>`;
}
