// Questions on the start page: the recorded question about a photo, and its answer.
import { bestOf } from "../../kit/frame";
import { drawPhoto, gazeOf } from "../../stage/photo";
import type { Still } from "../../stage/still";

export const stills: Still[] = [
  {
    settings: { model: "attention", sample: "dog", mode: "open", question: "what color is the dog" },
    photo: "dog",
    draw: (canvas, { frames, photo }, index) => drawPhoto(canvas, photo, gazeOf(frames[index]), { map: "viridis", opacity: 0.7 }),
    said(frames, index) {
      const frame = frames[index];
      return `${frame.words.join(" ")}${frame.ended ? `? ${bestOf(frame).word}` : " …"}`;
    },
  },
];
