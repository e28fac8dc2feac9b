// A guess on a picture: a ring that is put somewhere by a click, or moved by the arrow keys and set by Enter.
import { cellAfter, middleOf, type Cell } from "../kit/arrows";
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
/** Places across and down that the arrow keys go through. */
const PLACES = 14;
/** Places that an arrow key with Shift goes at once. */
const LEAP = 3;

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
  /** Where the arrow keys have moved the ring, by column and row. */
  #place: Cell = [PLACES / 2, PLACES / 2];

  constructor(page: Predicting, private readonly what: RingGuessable) {
    super(page, { ...what, how: HOW });
    const layer = this.#layer;
    layer.id = "guesses";
    layer.hidden = true;
    layer.tabIndex = 0;
    layer.setAttribute("role", "application");
    layer.setAttribute("aria-label", "Where will it look next? The arrow keys move the ring, Enter guesses");
    layer.append(this.#mark, this.#cursor);
    page.stage.append(layer);
    new ResizeObserver(() => this.#fit()).observe(what.canvas);
    layer.addEventListener("click", (event) => this.#at(event, (x, y) => this.#guess(x, y)));
    layer.addEventListener("pointermove", (event) => event.pointerType === "mouse" && this.#at(event, (x, y) => this.#move(this.#cursor, x, y)));
    layer.addEventListener("keydown", (event) => this.#key(event));
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

  #key(event: KeyboardEvent) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const moved = cellAfter(event.key, this.#place, PLACES, event.shiftKey ? LEAP : 1);
    const sets = event.key === "Enter" || event.key === " ";
    if (!moved && !sets) return;
    event.preventDefault();
    event.stopPropagation();
    if (moved) this.#place = moved;
    const [x, y] = middleOf(this.#place, PLACES);
    this.#move(this.#cursor, x, y);
    if (sets) this.#guess(x, y);
    else this.page.announce(`place ${this.#place[0] + 1} of ${PLACES} across, ${this.#place[1] + 1} of ${PLACES} down`);
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
