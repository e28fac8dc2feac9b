// A still of the start page, which plays its recorded run when it is pointed at, focused or pressed: once, and no longer than five seconds.
import { prefersStillness } from "../shell/page-setup";
import type { Still, StillRun } from "../stage/still";
import { runOf } from "./stills";

/** Milliseconds a frame, where a still names no other. */
const PACE = 900;
/** Milliseconds that a run takes at most. */
const MOST = 4500;

export class StillPlayer {
  readonly #picture: HTMLElement;
  readonly #canvas: HTMLCanvasElement;
  readonly #said: HTMLElement;
  readonly #button: HTMLButtonElement;
  #loaded: ReturnType<typeof runOf> | null = null;
  #timer: number | undefined;
  /** The drawing on the canvas, to be made again. */
  #draw: (() => void) | null = null;
  /** Counts what was asked for: an answer that comes late is dropped. */
  #asked = 0;

  /** @param card of the path: its picture, its button, its link */
  constructor(readonly card: HTMLElement) {
    this.#picture = card.querySelector(".still") as HTMLElement;
    this.#canvas = card.querySelector("canvas") as HTMLCanvasElement;
    this.#said = card.querySelector(".said") as HTMLElement;
    this.#button = card.querySelector(".play") as HTMLButtonElement;
    card.addEventListener("pointerenter", ({ pointerType }) => pointerType === "mouse" && void this.play());
    card.addEventListener("pointerleave", ({ pointerType }) => pointerType === "mouse" && this.rest());
    card.querySelector("a")?.addEventListener("focus", (event) => (event.target as HTMLElement).matches(":focus-visible") && void this.play());
    card.querySelector("a")?.addEventListener("blur", () => this.rest());
    this.#button.addEventListener("click", () => (this.#timer === undefined ? void this.play() : this.pause()));
  }

  /** Plays the run from its beginning, or shows its end where motion is unwanted; false if it cannot be had. */
  async play(): Promise<boolean> {
    const asked = ++this.#asked;
    this.#loaded ??= runOf(this.#canvas.dataset.still ?? "").catch(() => null);
    const found = await this.#loaded;
    if (!found) this.#loaded = null;
    if (!found || asked !== this.#asked) return found !== null;
    this.#begin(found.still, found.run);
    return true;
  }

  /** Holds the frame that is shown. */
  pause() {
    this.#asked++;
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#button.setAttribute("aria-pressed", "false");
  }

  /** Shows the still again. */
  rest() {
    this.pause();
    this.#draw = null;
    delete this.#picture.dataset.shown;
  }

  repaint() {
    this.#draw?.();
  }

  #begin(still: Still, { frames, photo }: StillRun) {
    this.pause();
    const stride = still.stride ?? 1;
    const last = frames.length - 1;
    let index = prefersStillness() ? (still.rests ?? last) : 0;
    if (still.lang) this.#said.lang = still.lang;
    this.#draw = () => {
      still.draw(this.#canvas, { frames, photo }, index);
      this.#said.textContent = still.said?.(frames, index) ?? "";
    };
    this.#draw();
    this.#picture.dataset.shown = "";
    if (prefersStillness()) return;
    this.#button.setAttribute("aria-pressed", "true");
    this.#timer = window.setInterval(
      () => {
        index = Math.min(last, index + stride);
        this.#draw?.();
        if (index === last) this.pause();
      },
      Math.min(still.pace ?? PACE, MOST / Math.ceil(last / stride)),
    );
  }
}
