// The markup of the pad and its buttons, which inputs/pad.ts brings to life.
import { html } from "lit/html.js";

/** @param use what the button says that takes the drawing */
export const padForm = (use: string) => html`
  <div class="row" id="drawing">
    <canvas id="pad" role="img" aria-label="Pad: draw a digit here"></canvas>
    <div><p><button type="button" id="use-drawing" class="strong">${use}</button></p><p class="row"><button type="button" id="undo">Undo</button><button type="button" id="clear">Clear</button></p></div>
  </div>`;
