// Handwriting on the start page: the recorded line as it is written.
import type { Still } from "../../stage/still";
import { meta } from "./meta";
import { drawWriting } from "./stage";

const LINE = meta.settings.text.first;

export const stills: Still[] = [
  {
    settings: { model: "text", text: LINE, bias: 0.75, seed: 1 },
    pace: 70,
    stride: 3,
    draw: (canvas, { frames }, index) => drawWriting(canvas, frames, index, true),
    said: () => LINE,
  },
];
