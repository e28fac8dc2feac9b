// The glimpses on the start page: a recorded reading of the first scene.
import { pictureOf } from "../../kit/frame";
import { answerOf } from "../../stage/digits";
import type { Still } from "../../stage/still";
import { drawScene } from "./stage";

export const stills: Still[] = [
  {
    settings: { model: "ram", seed: 1, scene: "dOGXAApvMEONpbrFTGpZrmLQpxQUSI" },
    draw(canvas, { frames }, index) {
      const scene = pictureOf(frames[index], "scene");
      if (scene) drawScene(canvas, scene, frames.slice(0, index + 1), "--accent");
    },
    said: (frames, index) => answerOf(frames[index]),
  },
];
