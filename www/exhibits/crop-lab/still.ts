// The crop lab on the start page: a recorded descent.
import { areaOf } from "../../stage/boxes";
import type { Still } from "../../stage/still";
import { drawBoxes } from "./stage";

export const stills: Still[] = [
  {
    settings: { method: "bilinear", sample: "cat", box: "0_-20_38_38", target: "0_0_38_38", descend: "yes" },
    photo: "cat",
    pace: 120,
    draw(canvas, { frames, photo }, index) {
      const frame = frames[index];
      drawBoxes(canvas, photo, areaOf(frame, "box"), areaOf(frame, "target"), frame);
    },
    said: (frames, index) => `step ${frames[index].step}`,
  },
];
