// The photo that an exhibit is given: one of the page's samples, or the visitor's own.
import type { Input } from "../kit/types";
import { offerCamera } from "./camera";
import { acceptPictures } from "./files";
import { linkedChoice } from "../kit/link";

export const samplePath = (name: string) => new URL(`../samples/${name}.jpg`, import.meta.url);

/** A sample as a canvas of its own size. */
export async function samplePicture(name: string) {
  const image = new Image();
  image.src = samplePath(name).href;
  await image.decode();
  const copy = document.createElement("canvas");
  copy.width = image.naturalWidth;
  copy.height = image.naturalHeight;
  // In memory, where it outlives a crash of the browser's graphics.
  copy.getContext("2d", { willReadFrequently: true })?.drawImage(image, 0, 0);
  return copy;
}

/** Marks the sample's button as pressed, or none. */
export function markSample(sample: string | null) {
  for (const button of document.querySelectorAll("[data-sample]")) {
    button.setAttribute("aria-pressed", String(button.getAttribute("data-sample") === sample));
  }
}

export function onSample(take: (sample: string) => void) {
  for (const button of document.querySelectorAll("[data-sample]")) {
    button.addEventListener("click", () => take(button.getAttribute("data-sample") ?? ""));
  }
}

/** A photo chosen by button, link, file, paste, drop or camera. */
export class PhotoChoice {
  sample: string;
  /** The visitor's own picture, in place of a sample. */
  own: Uint8Array | null;

  /** @param samples the first is shown first */
  constructor(samples: readonly [string, ...string[]], changed: () => void) {
    this.sample = linkedChoice("sample", samples, samples[0]);
    this.own = null;
    onSample((sample) => {
      this.own = null;
      this.sample = sample;
      changed();
    });
    const take = (bytes: Uint8Array) => {
      this.own = bytes;
      changed();
    };
    acceptPictures(take);
    offerCamera(take);
  }

  /** As a setting of a run. */
  get name() {
    return this.own ? "own" : this.sample;
  }

  /** As a part of a link, which cannot carry a picture. */
  get linked() {
    return this.own ? null : this.sample;
  }

  async input(): Promise<Input> {
    return this.own ?? new Uint8Array(await (await fetch(samplePath(this.sample))).arrayBuffer());
  }

  /** The sample at once; the visitor's own comes from the core, upright. */
  async photo() {
    return this.own ? null : samplePicture(this.sample);
  }

  mark() {
    markSample(this.linked);
  }
}
