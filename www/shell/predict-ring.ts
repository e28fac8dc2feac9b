// A guess on a picture: a ring that is put somewhere by a click, or moved by the arrow keys and set by Enter.
import { keyed } from "../inputs/keyed";
import { caughtBy, RADIUS, type Gaze } from "./caught";
import { Prediction, type Guessable, type Predicting } from "./predict";

export interface RingGuessable extends Omit<Guessable, "how"> {
  /** The picture. */
  canvas: HTMLCanvasElement;
  /** Where a step looks. */
  gaze(frame: NonNullable<Prediction["next"]>): Gaze | undefined;
  /** What is added to the score of a guess at this point, in shares of the picture's sides. */
  note?(x: number, y: number, frame: NonNullable<Prediction["next"]>): string;
}

const HOW = "Click a place, or move the ring with the arrow keys and press Enter.";

const ringOf = (kind: string) => {
  const ring = document.createElement("span");
  ring.className = `ring-${kind}`;
  ring.style.width = ring.style.height = `${200 * RADIUS}%`;
  return ring;
};

export class RingPrediction extends Prediction {
  readonly #layer = document.createElement("div");
  readonly #cursor = ringOf("cursor");
  readonly #mark = ringOf("mark");

  constructor(page: Predicting, private readonly what: RingGuessable) {
    super(page, { ...what, how: HOW });
    const layer = this.#layer;
    layer.id = "guesses";
    layer.hidden = true;
    layer.setAttribute("role", "application");
    layer.setAttribute("aria-label", "Where will it look next?");
    layer.append(this.#mark, this.#cursor);
    page.stage.append(layer);
    new ResizeObserver(() => this.#fit()).observe(what.canvas);
    layer.addEventListener("click", (event) => this.#at(event, (x, y) => this.#guess(x, y)));
    layer.addEventListener("pointermove", (event) => event.pointerType === "mouse" && this.#at(event, (x, y) => this.#move(this.#cursor, x, y)));
    const guess = (x: number, y: number) => this.#guess(x, y);
    void keyed(layer, {
      how: () => "The arrow keys move the ring, Enter guesses.",
      width: () => 2 * RADIUS,
      keys: { Enter: guess, " ": guess },
    });
  }

  override switch(on: boolean) {
    this.#layer.hidden = !on;
    this.#mark.hidden = this.#cursor.hidden = true;
    super.switch(on);
    this.#fit();
  }

  override reset() {
    this.#mark.hidden = true;
    super.reset();
  }

  #fit() {
    const { canvas } = this.what;
    const [box, stage] = [canvas.getBoundingClientRect(), this.page.stage.getBoundingClientRect()];
    Object.assign(this.#layer.style, { left: `${box.left - stage.left}px`, top: `${box.top - stage.top}px`, width: `${box.width}px`, height: `${box.height}px` });
  }

  #at(event: MouseEvent, act: (x: number, y: number) => void) {
    const { left, top, width, height } = this.#layer.getBoundingClientRect();
    act((event.clientX - left) / width, (event.clientY - top) / height);
  }

  #move(ring: HTMLElement, x: number, y: number) {
    ring.hidden = false;
    Object.assign(ring.style, { left: `${100 * (x - RADIUS)}%`, top: `${100 * (y - RADIUS)}%` });
  }

  #guess(x: number, y: number) {
    const { next } = this;
    const gaze = next && this.what.gaze(next);
    if (!gaze) return;
    this.#cursor.hidden = true;
    this.#move(this.#mark, x, y);
    this.guessed(caughtBy(x, y, gaze), this.what.note?.(x, y, next));
  }
}
