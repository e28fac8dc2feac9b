// The watcher on the start page: a batter's clip under the gaze.
import { frameOf } from "../../inputs/clip";
import { drawPhoto, gazeOf } from "../../stage/photo";
import type { Still } from "../../stage/still";

export const stills: Still[] = [
  {
    settings: { model: "attention", sample: "swing" },
    photo: "swing.clip",
    pace: 160,
    draw: (canvas, { frames, photo }, index) => drawPhoto(canvas, frameOf(photo, frames[index].step - 1), gazeOf(frames[index]), { map: "viridis", opacity: 0.6 }),
    said: (frames, index) => frames[index].words[0],
  },
];
