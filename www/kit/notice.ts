// What went wrong, in plain words, with what to do next. Nothing shown so far is taken away.
import { html, nothing } from "lit/html.js";
import { byId, fill, fixed, megabytes } from "./dom";
import type { Progress } from "./types";

const TEXTS: Record<string, [string, string]> = {
  "bad-picture": ["This is not a picture that can be read.", "JPEG and PNG can, and what this browser shows itself. If it opens elsewhere, save it as one of these and drop it here again."],
  "picture-too-large": ["This picture is too large for a browser's memory.", "Pictures of up to 50 megapixels can be read. Save a smaller copy and drop that."],
  "bad-video": ["This is not a video that this browser can play.", "MP4 and WebM with picture are played by most. If it opens elsewhere, save it as one of these and drop it here again."],
  offline: ["The models are not on this device yet, and the network does not answer.", "What is on screen was recorded before and can be played. Run it once with a network: from then on it needs none."],
  "no-worker": ["This browser refuses to run the models in the background.", "What is on screen was recorded before and can be played. A current Firefox, Chrome, Edge or Safari runs it live."],
  "no-wasm": ["This browser has no WebAssembly, which the models need.", "What is on screen was recorded before and can be played. A current Firefox, Chrome, Edge or Safari runs it live."],
  cancelled: ["Stopped.", "What was computed so far stays; “Run” begins again."],
  "gpu-lost": ["The GPU went away.", "The run went on on the CPU; nothing was lost."],
  "gpu-refused": ["The GPU does not run one of the models.", "That one runs on the CPU; nothing was lost."],
  "no-camera": ["The camera could not be opened.", "Allow it in the browser's address bar, or choose a photo instead."],
  "missing-model": ["This site does not carry the model that was asked for.", "Choose another model; whoever hosts the site can add it."],
  "bad-model": ["A model's file is damaged.", "Reload the page to fetch it again."],
  "damaged-core": ["The program that runs the models arrives damaged.", "What is on screen was recorded before and can be played. Reload the page to fetch it again; if that does not help, the site's files or the network on the way change it."],
  "missing-sample": ["This sample could not be fetched.", "Choose another one, or give your own. With a network it comes back."],
  "bad-text": ["This text cannot be taken:", ""],
  "bad-word": ["This word cannot be added:", ""],
  "blank-picture": ["There is no digit on this picture.", "Take one with dark ink on light paper, or light on dark."],
  "no-boxes": ["There are fewer than two boxes to choose among.", "Drag on the photo to draw two to four boxes."],
  "no-hand": ["There is nothing on the ruled pad yet.", "Write a few words on the line with mouse, pen or finger, and type beside it what they say."],
  "no-digit": ["There is nothing on the pad yet.", "Draw a digit with mouse, pen or finger, then put it in the scene."],
  "no-drawing": ["There is nothing on the pad yet.", "Draw a digit with mouse, pen or finger, then press “Copy it”."],
};

const box = () => byId("notice", HTMLElement);

/** Says what went wrong, and what to do next. */
export function complain(kind: string, detail?: string) {
  const known = TEXTS[kind];
  const [what, next] = known ?? ["Something went wrong inside.", "Reload the page and try again."];
  const notice = box();
  notice.dataset.kind = kind;
  fill(html`<strong>${what}</strong> ${next || `${detail}.`}${detail && !known ? html`<small> (${kind}: ${detail})</small>` : nothing}`, notice);
  notice.hidden = false;
}

export function hush() {
  const notice = box();
  notice.hidden = true;
  delete notice.dataset.kind;
  fill(nothing, notice);
}

/** A bar in bytes, with the seconds left. */
export class Loading {
  readonly #box = byId("progress", HTMLElement);
  #begun = 0;
  #file = "";

  show({ phase, file, loaded, total }: Progress) {
    if (phase === "run") return this.hide();
    if (file !== this.#file) {
      this.#file = file;
      this.#begun = performance.now();
    }
    if (phase === "compile") return this.tell(`Getting ${file} ready (${megabytes(total)} here)`);
    const seconds = (performance.now() - this.#begun) / 1000;
    const left = loaded > 0 && total > loaded ? ((total - loaded) * seconds) / loaded : 0;
    const wait = left > 0.5 ? `${fixed(left, 0)} s left` : `${fixed(seconds, 1)} s`;
    this.#draw(`Fetching ${file}: ${megabytes(loaded)} of ${megabytes(total)} · ${wait}`, loaded / (total || 1));
  }

  /** Something that takes a while, without a measure. */
  tell(text: string) {
    this.#draw(text, null);
  }

  hide() {
    this.#box.hidden = true;
    this.#file = "";
  }

  #draw(text: string, share: number | null) {
    this.#box.hidden = false;
    fill(html`<progress aria-label="Loading" value=${share ?? nothing}></progress><span class="number">${text}</span>`, this.#box);
  }
}
