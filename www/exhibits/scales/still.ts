// Attention to scale on the start page: each scale, then all together.
import type { Still } from "../../stage/still";
import { SCALES } from "./meta";
import { drawClasses } from "./stage";

export const stills: Still[] = [
  {
    settings: { merge: "attention", sample: "dog" },
    photo: "dog",
    draw: (canvas, { frames, photo }, index) => drawClasses(canvas, photo, frames[index]),
    said: (frames, index) => (frames[index].ended ? "all scales" : `scale ${SCALES[index]}`),
  },
];
