// A soft brush on the photo: the model must look where it is painted.
import { chooseByKeys } from "./keys";
import { weightsOf } from "./steering";

/** Of the grid, on either side. */
const PLACES = 14;
/** Radius of the brush in places of the grid. */
const RADIUS = 2.4;

export interface Painting {
  /** The ink so far. */
  stroke(weights: Float32Array): void;
  /** The weights that were painted; they sum to one. */
  done(weights: Float32Array): void;
}

/** Lets a visitor paint on a canvas while `isOn`. */
export function paintOn(canvas: HTMLCanvasElement, isOn: () => boolean, to: Painting) {
  let painting = false;
  const ink = new Float32Array(PLACES * PLACES);
  const dab = (event: PointerEvent) => {
    const box = canvas.getBoundingClientRect();
    dabAt((event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height);
  };
  const dabAt = (across: number, down: number) => {
    const [x, y] = [across * PLACES - 0.5, down * PLACES - 0.5];
    for (let i = 0; i < ink.length; i++) {
      const away = Math.hypot((i % PLACES) - x, Math.floor(i / PLACES) - y);
      if (away < RADIUS) ink[i] = Math.max(ink[i], Math.exp(-(away ** 2) / 2));
    }
    to.stroke(ink);
  };
  canvas.addEventListener("pointerdown", (event) => {
    if (!isOn()) return;
    painting = true;
    ink.fill(0);
    canvas.setPointerCapture(event.pointerId);
    dab(event);
  });
  canvas.addEventListener("pointermove", (event) => painting && dab(event));
  canvas.addEventListener("pointerup", () => {
    if (!painting) return;
    painting = false;
    if (ink.some((weight) => weight > 0)) to.done(weightsOf(ink));
  });
  canvas.addEventListener("pointercancel", () => (painting = false));
  const alone = (x: number, y: number) => {
    ink.fill(0);
    dabAt(x, y);
  };
  chooseByKeys(canvas, isOn, {
    moved: alone,
    taken: (x, y) => {
      alone(x, y);
      to.done(weightsOf(ink));
    },
  });
}
