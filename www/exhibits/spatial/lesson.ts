// What a spatial transformer does at this step, in words a teacher can read out.
import { html } from "lit/html.js";
import { fixed } from "../../kit/dom";
import { bestOf } from "../../kit/frame";
import { bars, equation, live, readings } from "../../kit/lesson";
import { term } from "../../kit/term";
import { tex } from "../../kit/tex";
import type { AffineMap, Frame, Run } from "../../kit/types";

const GRID = equation(tex`\begin{pmatrix} x \\ y \end{pmatrix} = A_\theta \begin{pmatrix} x_t \\ y_t \\ 1 \end{pmatrix}`, "x and y equal A theta times x t, y t, 1");
const SAMPLE = equation(tex`V_i = \sum_{n,m} U_{nm}\, k(x_i - m)\, k(y_i - n)`, "V i equals the sum over n and m of U n m times k of x i minus m times k of y i minus n");
const KERNEL = equation(tex`k(d) = \max(0,\, 1 - |d|)`, "k of d equals max of 0 and 1 minus the size of d");

/** The six numbers of an affine transformation as what they do. */
function doings({ theta: [a, b, c, d, e, f] }: AffineMap) {
  const turn = (Math.atan2(d, a) * 180) / Math.PI;
  return readings([
    { symbol: "turn", value: `${fixed(turn, 0)}°`, meaning: "by how much the grid is turned" },
    { symbol: "size", value: fixed(Math.sqrt(Math.abs(a * e - b * d)), 2), meaning: "side of the grid, in sides of the picture" },
    { symbol: "x, y", value: `${fixed(c, 2)}, ${fixed(f, 2)}`, meaning: "the grid's middle: −1 is the left or upper edge, 1 the right or lower" },
  ]);
}

function gridLesson(frame: Frame) {
  const affine = frame.maps.find((map) => map.kind === "affine");
  return html`
    <p>A small network looks at the whole picture and says where to look: it lays a ${term("sampling grid")} over it. The heavy line is the top of what will be seen.</p>
    ${affine ? html`${GRID}${doings(affine)}` : html`<p>This one places sixteen control points; between them the grid bends like a ${term("thin plate")}.</p>`}`;
}

const samplerLesson = () => html`
  <p>The picture is read at every point of the grid, between four pixels. Each pixel's share changes smoothly as the grid moves, so the error of the answer can teach the network where to put the grid.
    Nobody told it where the digit is.</p>
  ${SAMPLE}
  ${KERNEL}`;

const answer = (frame: Frame) => live(bestOf(frame).word, "the likeliest digit");
const digits = (frame: Frame) => bars(frame.choices, bestOf(frame).word, "the ten digits, and how likely it finds each");

const readerLesson = (frame: Frame) => html`
  <p>A plain network names what the grid has straightened: ${answer(frame)}. Move or scale the digit: the right picture hardly changes.</p>
  ${digits(frame)}`;

export function spatialLesson(frame: Frame, run: Run) {
  if (run.settings.model === "cnn") {
    return html`
      <p>Without a transformer the network must know every digit in every position. It has as many weights, and says ${answer(frame)}.</p>
      ${digits(frame)}`;
  }
  const mechanism = frame.step === 1 ? gridLesson : frame.step === 2 ? samplerLesson : readerLesson;
  return html`
    <p>${live(`Step ${frame.step} of ${frame.steps ?? 3}`, "The step that is on the stage")}</p>
    ${mechanism(frame)}`;
}
