// DRAW on the start page: a recorded drawing.
import { pictureOf, windowOf } from "../../kit/frame";
import type { Still } from "../../stage/still";
import { drawPane } from "./stage";

export const stills: Still[] = [
  {
    settings: { mode: "generate", model: "draw-mnist", seed: 7 },
    pace: 160,
    draw(canvas, { frames }, index) {
      const drawn = pictureOf(frames[index], "canvas");
      if (drawn) drawPane(canvas, drawn, windowOf(frames[index], "write"), "--accent");
    },
  },
];
