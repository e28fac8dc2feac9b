// "Your model" on the start page: the layers of the tiny vision transformer.
import type { Still } from "../../stage/still";
import { drawThumbnail } from "./stage";

export const stills: Still[] = [
  {
    settings: { model: "vit", occlude: "no" },
    draw(canvas, { frames }, index) {
      const context = canvas.getContext("2d") as CanvasRenderingContext2D;
      context.clearRect(0, 0, canvas.width, canvas.height);
      drawThumbnail(context, frames[index], null, 0, 0, canvas.width, canvas.height);
    },
    said: (frames, index) => frames[index].words[0],
  },
];
