// Saliency on the start page: what stands out, look by look.
import type { Still } from "../../stage/still";
import { drawSalient } from "./stage";

export const stills: Still[] = [
  {
    settings: { sample: "dog", looks: 6 },
    photo: "dog",
    draw: (canvas, { frames, photo }, index) => drawSalient(canvas, photo, frames[index], "cut"),
    said: (_, index) => (index > 0 ? `look ${index}` : "at a glance"),
  },
];
