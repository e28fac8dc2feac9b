// The photo that an exhibit is given: one of the page's samples, or the visitor's own.
import "./samples.css";
import { dropLinkedPhoto, linkedChoice, linkedPhoto } from "../kit/link";
import type { Sample } from "../kit/meta";
import { isLocked } from "../kit/view";
import type { Input } from "../kit/types";
import { siteAddress, siteFile } from "../run/site";
import { offerCamera } from "./camera";
import { acceptPictures } from "./files";

export const samplePath = (name: string) => siteAddress(`samples/${name}.jpg`);

/** A sample's file. */
export const sampleFile = async (name: string) => new Uint8Array(await (await siteFile(`samples/${name}.jpg`)).arrayBuffer());

/** A sample as a canvas of its own size. */
export async function samplePicture(name: string) {
  const image = new Image();
  image.src = samplePath(name);
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
  for (const button of document.querySelectorAll<HTMLButtonElement>("[data-sample]")) {
    button.disabled = isLocked("sample");
    button.addEventListener("click", () => take(button.getAttribute("data-sample") ?? ""));
  }
}

/** The bytes of a link's photo; none where it is no text of one, which is then refused as any picture that cannot be read. */
function bytesOf(text: string) {
  try {
    return Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));
  } catch {
    return new Uint8Array();
  }
}

/** A photo chosen by button, link, file, paste, drop or camera. */
export class PhotoChoice {
  sample: string;
  /** The visitor's own picture, in place of a sample. */
  own: Uint8Array | null = null;
  readonly #first: string;
  /** What was chosen before. */
  #before: { sample: string; own: Uint8Array | null } | null = null;

  /**
   * @param samples the first is shown at first
   * @param changed another photo has been chosen
   */
  constructor(samples: readonly Sample[], changed: () => void) {
    const photo = linkedPhoto();
    if (photo !== null) this.own = bytesOf(photo);
    // Another link to the same exhibit, whose photo is all that differs, opens anew.
    addEventListener("hashchange", () => location.hash.startsWith("#photo=") && location.reload());
    const names = samples.map(({ name }) => name);
    this.#first = names[0] ?? "";
    this.sample = linkedChoice("sample", names, this.#first);
    if (this.own) this.#before = { sample: this.sample, own: null };
    onSample((sample) => {
      this.#choose(sample, null);
      changed();
    });
    const take = (bytes: Uint8Array) => {
      this.#choose(this.sample, bytes);
      changed();
    };
    acceptPictures(take);
    if (document.getElementById("camera")) offerCamera(take);
  }

  /** Takes a sample that the page itself asks for. */
  takeSample(sample: string) {
    this.#choose(sample, null);
  }

  #choose(sample: string, own: Uint8Array | null) {
    dropLinkedPhoto();
    this.#before = { sample: this.sample, own: this.own };
    Object.assign(this, { sample, own });
  }

  /** What was chosen last cannot be used: what was chosen before is again. */
  goBack() {
    if (this.own === null || this.#before === null) return;
    dropLinkedPhoto();
    Object.assign(this, this.#before);
    this.#before = null;
    this.mark();
  }

  /** As a setting of a run. */
  get name() {
    return this.own ? "own" : this.sample;
  }

  /** Whether it is the sample that is shown at first. */
  get isFirst() {
    return this.own === null && this.sample === this.#first;
  }

  /** As a part of the query, which carries no picture. */
  get linked() {
    return this.own || this.sample === this.#first ? null : this.sample;
  }

  async input(): Promise<Input> {
    return this.own ?? sampleFile(this.sample);
  }

  /** The sample at once; the visitor's own comes from the core, upright. */
  async photo() {
    return this.own ? null : samplePicture(this.sample);
  }

  mark() {
    markSample(this.own ? null : this.sample);
  }
}
