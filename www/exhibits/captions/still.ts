// The captioners on the start page: the recorded run of each over its photo.
import type { Still } from "../../stage/still";
import { drawPhoto, gazeOf, placeOf } from "../../stage/photo";

const captioner = (sample: string, rests: number, settings: Record<string, string | number>): Still => ({
  settings: { beam: 1, sample, ...settings },
  photo: sample,
  rests,
  draw: (canvas, run, index) => drawPhoto(canvas, run.photo, gazeOf(run.frames[index]), { map: "viridis", opacity: 0.7 }, placeOf(run.frames[index])),
  said: (frames, index) => frames[index].words.join(" "),
});

export const stills = [captioner("surfer", 1, { model: "soft" }), captioner("soccer", 3, { model: "hard", seed: 1 }), captioner("dog", 2, { model: "semantic" })];
