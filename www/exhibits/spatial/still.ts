// Spatial transformers on the start page: a distorted digit is straightened and named.
import { pictureOf } from "../../kit/frame";
import { answerOf } from "../../stage/digits";
import { drawPatch } from "../../stage/raster";
import type { Still } from "../../stage/still";
import { DISTORTED } from "../../stage/warp";
import { drawSeen } from "./stage";

export const stills: Still[] = [
  {
    settings: { model: "affine", digit: 4, ...DISTORTED },
    draw(canvas, { frames }, index) {
      const [seen, straight] = [pictureOf(frames[index], "seen"), pictureOf(frames[index], "straight")];
      if (straight) drawPatch(canvas, straight);
      else if (seen) drawSeen(canvas, seen, frames[index]);
    },
    said: (frames, index) => (frames[index].ended ? answerOf(frames[index]) : ""),
  },
];
