// Translation on the start page: the alignment of the recorded run as it grows.
import type { Still } from "../../stage/still";
import { meta } from "./meta";
import { drawMatrix } from "./stage";
import "./style.css";
import { sentenceOf } from "./words";

export const stills: Still[] = [
  {
    settings: { model: "attention", beam: 1, text: meta.settings.text.first },
    pace: 500,
    draw: (canvas, { frames }, index) => drawMatrix(canvas, frames, index, true),
    said: (frames, index) => sentenceOf(frames[index].words),
    lang: "fr",
  },
];
