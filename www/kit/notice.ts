// What went wrong, in plain words, with what to do next. Nothing shown so far is taken away.
import { html, nothing } from "lit/html.js";
import { byId, fill, fixed, megabytes } from "./dom";
import type { Progress } from "./types";

const RECORDED = "What is on screen was recorded before and can be played.";
/** Errors that another try may mend, and those that only a reload does. */
const TRY_AGAIN = ["offline", "host", "busy-host", "broken-off"];
const RELOAD = ["new-version"];

const TEXTS: Record<string, [string, string]> = {
  // These begin with what is told of the file, too.
  "bad-picture": ["", "JPEG and PNG are read, and what this browser shows itself. If it opens elsewhere, save it as one of these and drop it here again."],
  "picture-too-large": ["", "Save a smaller copy and drop that."],
  "file-too-large": ["", "Save a smaller copy and drop that."],
  "cut-picture": ["This picture file is cut: its end is missing.", "What there is of it is shown and read. If you have the whole file, drop that."],
  "unreadable-file": ["This file cannot be read.", "It may have been moved, or it is a folder. Choose it again, or another one."],
  "dropped-folder": ["This is a folder.", "Open it and drop one picture out of it."],
  "dropped-link": ["This is a link, not a picture.", "Save the picture on this device and drop the file."],
  "bad-video": ["This is not a video that this browser can play.", "MP4 and WebM with picture are played by most. If it opens elsewhere, save it as one of these and drop it here again."],
  offline: ["The models are not on this device yet, and the network does not answer.", `${RECORDED} Run it once with a network: from then on it needs none.`],
  // Without words of their own, these begin with what is told of the file.
  host: ["", `${RECORDED} If this network asks you to sign in, do that first. Otherwise the site's owner has to fix it: the host must serve this file unchanged.`],
  "busy-host": ["", `${RECORDED} It was asked three times; try again in a minute.`],
  "broken-off": ["", `${RECORDED} It was tried again; perhaps the network is better now.`],
  "new-version": ["A new version is ready.", "This page is of an earlier one, whose files the host does not have any more. Your settings stay in its address."],
  "no-worker": ["This browser refuses to run the models in the background.", `${RECORDED} A current Firefox, Chrome, Edge or Safari runs it live.`],
  "no-wasm": ["This browser has no WebAssembly, which the models need.", `${RECORDED} A current Firefox, Chrome, Edge or Safari runs it live.`],
  "no-wasm-allowed": ["This host forbids WebAssembly, which the models need.", "The site's owner has to add 'wasm-unsafe-eval' to script-src in the Content-Security-Policy header that the host sends."],
  "too-old": ["This browser is too old for the models, or this processor is.", `${RECORDED} A browser and a device of the last few years run it live.`],
  "out-of-memory": ["There is not enough memory for the models.", "Close other tabs and programs, then run it again: it begins afresh. What is on screen stays."],
  internal: ["The program that runs the models stopped on an error of its own.", "It was started again. Your input and your settings are still here: run it once more, or change a setting."],
  cancelled: ["Stopped.", "What was computed so far stays; “Run” begins again."],
  "gpu-lost": ["The GPU went away.", "The run went on on the CPU; nothing was lost."],
  "gpu-silent": ["The GPU does not answer.", "The run began again on the CPU; nothing was lost."],
  "gpu-refused": ["The GPU does not run one of the models.", "That one runs on the CPU; nothing was lost."],
  "no-camera-here": ["This device has no camera that the browser knows.", "Connect one, or choose a photo instead."],
  "busy-camera": ["The camera does not answer; another program may be using it.", "Close that program and press the button again, or choose a photo instead."],
  "no-camera": ["The camera could not be opened.", "Allow it in the browser's address bar, or choose a photo instead."],
  "missing-model": ["This site does not carry the model that was asked for.", "Choose another model; whoever hosts the site can add it."],
  "bad-model": ["The program that runs the models cannot use one of their files.", "Choose another model. The site's owner has to build the site again."],
  "canvas-noise": ["This browser gives noise in place of your drawing.", "It does so that sites cannot tell devices apart. Allow canvas data for this site, then take the drawing again."],
  "missing-sample": ["This sample could not be fetched.", "Choose another one, or give your own. With a network it comes back."],
  "not-onnx": ["", "Drop another file, or export it again."],
  "external-weights": ["", ""],
  "unknown-operator": ["This model has an operator that cannot run here.", ""],
  "open-shape": ["This model needs a number for each open dimension.", ""],
  "model-refused": ["This model cannot be prepared.", ""],
  "model-too-large": ["This model needs more memory than a browser gives.", ""],
  "model-failed": ["This model stopped while it ran.", ""],
  "bad-numbers": ["These numbers cannot be given to the model:", ""],
  "no-vocabulary": ["The model takes words as numbers, and has no vocabulary yet.", "Drop its tokenizer.json, or a .txt file with one token a line, or give it numbers."],
  "bad-tokenizer": ["This is no tokenizer.json that can be used here.", "Export it with the tokenizers library (WordPiece, BPE, Unigram or WordLevel), or drop a .txt file with one token a line."],
  "unknown-file": ["This is no file that can be used here.", "Drop a model (.onnx), a picture, a tokenizer (.json), or labels or a vocabulary (.txt)."],
  "no-second-core": ["The program that reads any ONNX file is not on this site.", "Whoever hosts the site can add it: ./build.sh site builds it."],
  "bad-text": ["This text cannot be taken:", ""],
  "bad-word": ["This word cannot be added:", ""],
  "blank-picture": ["There is no digit on this picture.", "Take one with dark ink on light paper, or light on dark."],
  "no-boxes": ["There are fewer than two boxes to choose among.", "Drag on the photo to draw two to four boxes."],
  "no-hand": ["There is nothing on the ruled pad yet.", "Write a few words on the line with mouse, pen or finger, and type beside it what they say."],
  "no-digit": ["There is nothing on the pad yet.", "Draw a digit with mouse, pen or finger, then put it in the scene."],
  "no-drawing": ["There is nothing on the pad yet.", "Draw a digit with mouse, pen or finger, then press “Copy it”."],
};

/** With a capital at its beginning, unless it begins with the name of a file, and a full stop at its end. */
const asSentence = (text = "") => `${/^\p{L}+\s/u.test(text) ? text.charAt(0).toUpperCase() + text.slice(1) : text}${/[.!?]$/.test(text) ? "" : "."}`;

const box = () => byId("notice", HTMLElement);

/**
 * Says what went wrong, and what to do next.
 * @param again tries again what failed
 */
export function complain(kind: string, detail?: string, again?: () => void) {
  const known = TEXTS[kind];
  const [what, next] = known ?? ["Something went wrong inside.", "Reload the page and try again."];
  const notice = box();
  notice.dataset.kind = kind;
  const isShown = detail && what && (!known || kind === "internal");
  const act = RELOAD.includes(kind)
    ? html`<button type="button" @click=${() => location.reload()}>Reload</button>`
    : again && TRY_AGAIN.includes(kind)
      ? html`<button type="button" @click=${again}>Try again</button>`
      : nothing;
  fill(html`<strong>${what || asSentence(detail)}</strong> ${next || `${detail}.`}${isShown ? html`<small> (${detail})</small>` : nothing} ${act}`, notice);
  notice.hidden = false;
  // On a phone the button that was pressed may be far below.
  notice.scrollIntoView({ block: "nearest" });
}

/** Offers the new version of the site that has come while this page was open. */
export function offerNewVersion() {
  if (document.querySelector("#new-version")) return;
  const offer = document.createElement("div");
  offer.id = "new-version";
  offer.setAttribute("role", "status");
  fill(html`A new version is ready. <button type="button" @click=${() => location.reload()}>Reload</button>`, offer);
  document.body.prepend(offer);
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
  #ticking = 0;

  show({ phase, file, loaded, total }: Progress) {
    if (phase === "run") return this.hide();
    if (phase === "work") return this.#work(file, loaded, total);
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

  /** Something that is computed: its seconds go on by themselves while the worker is busy. */
  #work(what: string, done: number, all: number) {
    if (what !== this.#file) {
      this.#file = what;
      this.#begun = performance.now();
    }
    clearInterval(this.#ticking);
    const draw = () => {
      if (this.#file !== what) return clearInterval(this.#ticking);
      const seconds = `${fixed((performance.now() - this.#begun) / 1000, 0)} s`;
      this.#draw(all > 0 ? `${what}: ${done} of ${all} · ${seconds}` : `${what} · ${seconds}`, all > 0 ? done / all : null);
    };
    this.#ticking = window.setInterval(draw, 1000);
    draw();
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
