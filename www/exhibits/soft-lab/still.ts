// The soft mix on the start page: four colours whose weights follow the gradient to a fifth.
import type { Still } from "../../stage/still";
import { drawBoard } from "./stage";

export const stills: Still[] = [
  {
    settings: { side: 2, what: "colours", scores: "10.0.-5.0", temperature: 0, target: "7d8a55" },
    pace: 120,
    draw: (canvas, { frames }, index) => drawBoard(canvas, { side: 2, picture: null }, frames[index], null),
    said: (frames, index) => `step ${frames[index].step}`,
  },
];
