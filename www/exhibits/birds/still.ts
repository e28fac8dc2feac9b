// The birds on the start page: a photo, then one window after the other.
import type { Still } from "../../stage/still";
import { drawBird } from "./stage";

export const stills: Still[] = [
  {
    settings: { sample: "bunting", fold: 0 },
    photo: "bunting",
    draw: (canvas, { frames, photo }, index) => drawBird(canvas, photo, frames.slice(0, index + 1)),
    said: (frames, index) => frames[index].words[0],
  },
];
