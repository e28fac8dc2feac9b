// A soft brush on the photo: the model must look where it is painted.
import { weightSaid } from "../kit/legend";
import type { Frame } from "../kit/types";
import { gazeOf } from "../stage/photo";
import type { Keyed } from "./keyed";
import { weightsOf } from "./steering";

/** Of the grid, on either side. */
const PLACES = 14;
/** Radius of the brush in places of the grid, and how small and large keys make it. */
const RADIUS = 2.4;
const RADII = [1.2, 6] as const;
const COARSER = 1.4;

export interface Painting {
  /** The ink so far. */
  stroke(weights: Float32Array): void;
  /** The weights that were painted; they sum to one. */
  done(weights: Float32Array): void;
  /** Nothing is painted after all. */
  given(): void;
}

/** Lets a visitor paint on a canvas while `isOn`; the answer is the same by keys. */
export function paintOn(canvas: HTMLCanvasElement, isOn: () => boolean, to: Painting): Keyed {
  let painting = false;
  let radius = RADIUS;
  const ink = new Float32Array(PLACES * PLACES);
  const dab = (event: PointerEvent) => {
    const box = canvas.getBoundingClientRect();
    dabAt(ink, (event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height);
    to.stroke(ink);
  };
  const dabAt = (ink: Float32Array, across: number, down: number) => {
    const [x, y] = [across * PLACES - 0.5, down * PLACES - 0.5];
    const narrow = RADIUS / radius;
    for (let i = 0; i < ink.length; i++) {
      const away = narrow * Math.hypot((i % PLACES) - x, Math.floor(i / PLACES) - y);
      if (away < RADIUS) ink[i] = Math.max(ink[i], Math.exp(-(away ** 2) / 2));
    }
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
    if (isPainted()) to.done(weightsOf(ink));
  });
  canvas.addEventListener("pointercancel", () => (painting = false));

  const isPainted = () => ink.some((weight) => weight > 0);
  /** What is painted, and what would be at this place. */
  const shown = (x: number, y: number) => {
    const all = ink.slice();
    dabAt(all, x, y);
    to.stroke(all);
    return all;
  };
  const sized = (by: number) => (x: number, y: number) => {
    radius = Math.max(RADII[0], Math.min(RADII[1], radius * by));
    shown(x, y);
    return `The brush is ${Math.round(2 * radius)} places wide.`;
  };
  return {
    how: () => (isOn() ? "Arrow keys move the brush, Space paints, + and − change its size, Backspace begins anew, Enter has the model look there." : null),
    places: () => [PLACES, PLACES],
    width: () => (2 * radius) / PLACES,
    moved(x, y, [column, row]) {
      shown(x, y);
      return ink[row * PLACES + column] > 0 ? "painted" : undefined;
    },
    left() {
      ink.fill(0);
      if (isOn()) to.given();
    },
    keys: {
      " ": (x, y) => {
        dabAt(ink, x, y);
        to.stroke(ink);
        return "Painted.";
      },
      Enter: (x, y) => {
        to.done(weightsOf(isPainted() ? ink : shown(x, y)));
        ink.fill(0);
      },
      Backspace: () => {
        ink.fill(0);
        to.given();
        return "Nothing is painted.";
      },
      "+": sized(COARSER),
      "-": sized(1 / COARSER),
    },
  };
}

/** The weights of the frame on the stage, read out place by place. */
export const readingWeights = (frame: () => Frame | undefined): Keyed => ({
  how: () => (gazeOf(frame()) ? "Arrow keys read the weights." : null),
  places: () => sizeOf(gazeOf(frame())),
  moved: (_x, _y, [column, row]) => {
    const gaze = gazeOf(frame());
    return gaze && `weight ${weightSaid(gaze.weights[row * gaze.cols + column])}`;
  },
});

const sizeOf = (gaze: ReturnType<typeof gazeOf>): [number, number] => (gaze ? [gaze.cols, gaze.rows] : [PLACES, PLACES]);
