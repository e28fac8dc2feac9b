// What one view of a bird says, alone and with those before it, in words a teacher can read out.
import { html } from "lit/html.js";
import { fixed } from "../../kit/dom";
import { numberOf } from "../../kit/frame";
import { bars, equation, live, readings } from "../../kit/lesson";
import { term } from "../../kit/term";
import { tex } from "../../kit/tex";
import type { Choice, Frame, Run } from "../../kit/types";
import { windowsOf } from "./stage";

const WINDOW = equation(
  tex`\begin{pmatrix} x^s \\ y^s \end{pmatrix} = s \begin{pmatrix} x^t \\ y^t \end{pmatrix} + \begin{pmatrix} t_x \\ t_y \end{pmatrix}`,
  "x s, y s equals s times x t, y t plus t x, t y",
);
const NAMES = ["the whole photo", "the larger window", "the smaller window"];

/** Species by the product of what several views say, likeliest first. */
function together(frames: Frame[]): Choice[] {
  const chances = frames.map((frame) => new Map(frame.choices.map(({ word, probability }) => [word, probability])));
  const products = [...chances[0].keys()].map((word) => ({ word, probability: chances.reduce((product, chance) => product * (chance.get(word) ?? 0), 1) }));
  const sum = products.reduce((total, { probability }) => total + probability, 0);
  return products.map(({ word, probability }) => ({ word, probability: probability / (sum || 1) })).sort((a, b) => b.probability - a.probability);
}

function aloneLesson(frame: Frame) {
  const name = NAMES[frame.step - 1];
  const [likeliest] = frame.choices;
  return html`
    <p>${live(`View ${frame.step} of 3`, "The view that is taken")}: ${name}. Alone it says “${likeliest.word}”.</p>
    ${bars(frame.choices.slice(0, 5), likeliest.word, `the likeliest species by ${name} alone`)}`;
}

export function birdsLesson(frame: Frame, run: Run) {
  const [window] = windowsOf([frame]);
  if (!window) {
    return html`
      <p>The photo is squashed to 224 × 224 pixels, and little of the bird's detail is left.</p>
      ${aloneLesson(frame)}
      <p>A network without transformers has only this. From the same maps two ${term("localisation network", "localisation networks")} now decide where to look closer.
        Nobody told them where the bird is: they learned only from its name.</p>
      <p>It knows twenty species and names one of them, whatever it is shown: ${frame.choices.map(({ word }) => word).sort().join(", ")}.</p>`;
  }
  const [answer] = frame.words;
  const share = numberOf(frame, "share") ?? 0;
  return html`
    ${aloneLesson(frame)}
    <p>The network learned the window's place together with the names, since reading a window through its ${term("sampling grid")} has a gradient. The window's size is fixed:</p>
    ${WINDOW}
    ${readings([
      { symbol: "s", value: fixed(window[2], 2), meaning: "the window's share of each side of the photo: its pixels are finer by as much" },
      { symbol: "tₓ, tᵧ", value: `${fixed(window[0], 2)}, ${fixed(window[1], 2)}`, meaning: "the window's middle, −1 to 1 from edge to edge" },
    ])}
    <p>All views so far together, by the product of what they say: ${live(`“${answer}”`, "the likeliest species by the product")}, ${fixed(100 * share, 0)} %.</p>
    ${bars(together(run.frames.slice(0, frame.step)).slice(0, 5), answer, "the likeliest species by all views so far")}`;
}
