// The photo that an exhibit is given: one of the page's samples, or the visitor's own.
/** @import {Input} from "./types.js" */
import { offerCamera } from "./camera.js";
import { acceptPictures } from "./files.js";
import { linkedChoice } from "./link.js";

/** @param {string} name */
export const samplePath = (name) => new URL(`../samples/${name}.jpg`, import.meta.url);

/** A sample as a canvas of its own size. @param {string} name */
export async function samplePicture(name) {
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

/** Marks the sample's button as pressed, or none. @param {string | null} sample */
export function markSample(sample) {
  for (const button of document.querySelectorAll("[data-sample]")) {
    button.setAttribute("aria-pressed", String(button.getAttribute("data-sample") === sample));
  }
}

/** @param {(sample: string) => void} take */
export function onSample(take) {
  for (const button of document.querySelectorAll("[data-sample]")) {
    button.addEventListener("click", () => take(button.getAttribute("data-sample") ?? ""));
  }
}

/** A photo chosen by button, link, file, paste, drop or camera. */
export class PhotoChoice {
  /** @param {readonly [string, ...string[]]} samples the first is shown first @param {() => void} changed */
  constructor(samples, changed) {
    /** @type {string} */
    this.sample = linkedChoice("sample", samples, samples[0]);
    /** The visitor's own picture, in place of a sample. @type {Uint8Array | null} */
    this.own = null;
    onSample((sample) => {
      this.own = null;
      this.sample = sample;
      changed();
    });
    /** @param {Uint8Array} bytes */
    const take = (bytes) => {
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

  /** @returns {Promise<Input>} */
  async input() {
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
