// What an exhibit shows of itself on the start page: a recorded run that plays small.
import type { Frame, Settings } from "../kit/types";

export interface StillRun {
  frames: Frame[];
  /** The sample; an empty canvas where the still names none. */
  photo: HTMLCanvasElement;
}

export interface Still {
  /** Of the recorded run. */
  settings: Settings;
  /** The sample picture that the frames lie over. */
  photo?: string;
  /** Milliseconds a frame. */
  pace?: number;
  /** The frame that is shown where nothing moves; the last one where it names none. */
  rests?: number;
  /** How many of the run's frames are passed over at each. */
  stride?: number;
  draw(canvas: HTMLCanvasElement, run: StillRun, index: number): void;
  /** What the model says by this frame. */
  said?(frames: Frame[], index: number): string;
  /** The language of what it says, where that is not the page's. */
  lang?: string;
}
