// window.glimpse: what is on the stage, for the browser's console, the recordings and the tests.
import type { Settings } from "../kit/types";
import { recordingOf } from "../run/recordings";
import type { RunLoop } from "./run-loop";

function pixelsOf(photo: unknown): ImageData | null {
  if (!(photo instanceof HTMLCanvasElement)) return null;
  return photo.getContext("2d")?.getImageData(0, 0, photo.width, photo.height) ?? null;
}

/** @param settings those that the next run would have */
export function offerHandle(runs: RunLoop, settings: () => Settings) {
  window.glimpse = {
    get frames() {
      return runs.run?.frames ?? [];
    },
    get settings() {
      return runs.run?.settings ?? settings();
    },
    get picture() {
      return pixelsOf(runs.run?.photo);
    },
    async recording() {
      await runs.rest;
      return runs.run ? recordingOf(runs.run, runs.run.other) : "";
    },
  };
}
