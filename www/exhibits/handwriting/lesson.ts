// What the writer does at this point of the pen, in words a teacher can read out.
import { html } from "lit/html.js";
import { fixed } from "../../kit/dom";
import { greatest } from "../../kit/frame";
import { equation, live, readings } from "../../kit/lesson";
import { term } from "../../kit/term";
import { tex } from "../../kit/tex";
import type { Frame, Run, TokensMap } from "../../kit/types";
import { told, windowOf } from "./stage";

const PHI = equation(
  tex`\phi(t, u) = \sum_{k=1}^{10} \alpha_t^k \exp\bigl(-\beta_t^k (\kappa_t^k - u)^2\bigr)`,
  "phi of t and u is the sum over k of alpha k times the exponential of minus beta k times kappa k minus u squared",
);
const MIXTURE = equation(
  tex`\Pr(x_{t+1}) = \sum_{j=1}^{20} \pi_t^j\, \mathcal{N}(x_{t+1} \mid \mu_t^j, \sigma_t^j, \rho_t^j)`,
  "the probability of the next point is the sum over j of pi j times a normal with mean mu j, sigma j and rho j",
);

function reading({ tokens, weights }: TokensMap) {
  const letter = tokens[greatest(weights)];
  return html`<p>To know what to write it looks at the text through a soft ${term("window")}, now on ${live(letter === " " ? "the space" : `“${letter}”`, "the character with the greatest weight")}.
    The window can only move on, never back.</p>${PHI}`;
}

export function handwritingLesson(frame: Frame, run: Run) {
  const phi = windowOf(frame);
  const share = phi ? [{ symbol: "φ", value: fixed(phi.weights[greatest(phi.weights)], 2), meaning: "the greatest character's share of the window" }] : [];
  return html`
    <p>${live(`Point ${frame.step} of ${run.frames.length}`, "The point of the pen that is on the stage")}. ${told(frame, "end") > 0 ? "The pen is lifted here." : "The pen is down."}</p>
    ${told(frame, "given") > 0 ? html`<p>This point is yours: the network reads it, and so takes up your hand.</p>` : html`<p>The next point is drawn from a ${term("mixture")} of twenty Gaussians.</p>`}
    ${MIXTURE}
    ${phi ? reading(phi) : html`<p>It was given no text: it has learned what writing looks like, and nothing of what it says.</p>`}
    ${readings([
      ...share,
      { symbol: "x, y", value: `${fixed(told(frame, "x"), 1)}, ${fixed(told(frame, "y"), 1)}`, meaning: "where the pen is, in x-heights from the beginning of the line" },
      { symbol: "−log p", value: fixed(told(frame, "nats"), 2), meaning: "how unexpected this point was, in nats; a density can exceed one, so it may be negative" },
    ])}`;
}
