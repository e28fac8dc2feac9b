// What an exhibit shows of itself on the start page: a recorded run that plays small.
import type { Frame, Settings } from "../kit/types";

export interface StillRun {
  frames: Frame[];
  photo: CanvasImageSource;
}

export interface Still {
  /** Of the recorded run. */
  settings: Settings;
  /** The sample picture that the frames lie over. */
  photo?: string;
  /** Milliseconds a frame. */
  pace?: number;
  /** How many of the run's frames are passed over at each. */
  stride?: number;
  draw(canvas: HTMLCanvasElement, run: StillRun, index: number): void;
  /** What the model says by this frame. */
  said?(frames: Frame[], index: number): string;
}
