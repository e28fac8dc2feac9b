// What one view of a bird says, alone and with those before it, in words a teacher can read out.
import type { Choice, Frame, Run } from "../../kit/types";
import { fixed } from "../../kit/dom";
import { numberOf } from "../../kit/frame";
import { bars, equation, live, readings, say, term } from "../../kit/lesson";
import { windowsOf } from "./stage";

const WINDOW =
  "<mrow><mo>(</mo><mtable><mtr><mtd><msup><mi>x</mi><mi>s</mi></msup></mtd></mtr><mtr><mtd><msup><mi>y</mi><mi>s</mi></msup></mtd></mtr></mtable><mo>)</mo><mo>=</mo><mi>s</mi><mo>(</mo><mtable><mtr><mtd><msup><mi>x</mi><mi>t</mi></msup></mtd></mtr><mtr><mtd><msup><mi>y</mi><mi>t</mi></msup></mtd></mtr></mtable><mo>)</mo><mo>+</mo><mo>(</mo><mtable><mtr><mtd><msub><mi>t</mi><mi>x</mi></msub></mtd></mtr><mtr><mtd><msub><mi>t</mi><mi>y</mi></msub></mtd></mtr></mtable><mo>)</mo></mrow>";
const NAMES = ["the whole photo", "the larger window", "the smaller window"];

/** Species by the product of what several views say, likeliest first. */
export function together(frames: Frame[]): Choice[] {
  const chances = frames.map((frame) => new Map(frame.choices.map(({ word, probability }) => [word, probability])));
  const products = [...chances[0].keys()].map((word) => ({ word, probability: chances.reduce((product, chance) => product * (chance.get(word) ?? 0), 1) }));
  const sum = products.reduce((total, { probability }) => total + probability, 0);
  return products.map(({ word, probability }) => ({ word, probability: probability / (sum || 1) })).sort((a, b) => b.probability - a.probability);
}

export function birdsLesson(frame: Frame, run: Run): Node[] {
  const before = run.frames.slice(0, frame.step);
  const [answer] = frame.words;
  const [window] = windowsOf([frame]);
  const alone = [
    say(live(`View ${frame.step} of 3`, "The view that is taken"), `: ${NAMES[frame.step - 1]}. Alone it says “${frame.choices[0].word}”.`),
    bars(frame.choices.slice(0, 5), frame.choices[0].word, `the likeliest species by ${NAMES[frame.step - 1]} alone`),
  ];
  if (!window) {
    return [
      say("The photo is squashed to 224 × 224 pixels, and little of the bird's detail is left."),
      ...alone,
      say("This is all that a network without transformers has. From the same maps two ", term("localisation networks"), " now decide where to look closer: they were never told where the bird is, only which it is."),
      say("It knows twenty species and names one of them whatever it is shown: ", frame.choices.map(({ word }) => word).sort().join(", "), "."),
    ];
  }
  const share = numberOf(frame, "share") ?? 0;
  return [
    ...alone,
    say("Its place was learned with the names, since the ", term("sampling"), " of a window has a gradient. Its size is fixed:"),
    equation(WINDOW, "x s, y s equals s times x t, y t plus t x, t y"),
    readings([
      { symbol: "s", value: fixed(window[2], 2), meaning: "the window's share of each side of the photo: its pixels are so much finer" },
      { symbol: "tₓ, tᵧ", value: `${fixed(window[0], 2)}, ${fixed(window[1], 2)}`, meaning: "the window's middle, −1 to 1 from edge to edge" },
    ]),
    say("All views so far together, by the product of what they say: ", live(`“${answer}”`, "the likeliest species by the product"), `, ${fixed(100 * share, 0)} %.`),
    bars(together(before).slice(0, 5), answer, "the likeliest species by all views so far"),
  ];
}
