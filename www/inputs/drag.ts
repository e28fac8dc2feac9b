// A drag on a canvas with mouse, pen or finger.

/** Places are shares of the canvas's width and height; a drag that leaves it goes below 0 or above 1. */
export interface Drag {
  /** The pointer goes down; the answer is whether a drag begins. */
  take(x: number, y: number): boolean;
  move(x: number, y: number): void;
  drop?(): void;
}

/** Pixels that a finger moves before it is known where to. */
const SLOP = 6;

export function onDrag(canvas: HTMLCanvasElement, drag: Drag) {
  canvas.classList.add("draggable");
  let dragging = false;
  /** Where a finger has come down that may yet scroll the page. */
  let waiting: PointerEvent | null = null;
  const at = (event: PointerEvent): [number, number] => {
    const box = canvas.getBoundingClientRect();
    return [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
  };
  const take = (event: PointerEvent) => {
    waiting = null;
    dragging = drag.take(...at(event));
    if (dragging) canvas.setPointerCapture(event.pointerId);
  };
  const drop = () => {
    if (dragging) drag.drop?.();
    dragging = false;
    waiting = null;
  };
  canvas.addEventListener("pointerdown", (event) => {
    if (!event.isPrimary || event.button !== 0) return;
    if (event.pointerType === "touch" && getComputedStyle(canvas).touchAction !== "none") waiting = event;
    else take(event);
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!event.isPrimary) return;
    if (waiting) {
      const [across, down] = [Math.abs(event.clientX - waiting.clientX), Math.abs(event.clientY - waiting.clientY)];
      if (across > SLOP && across > down) take(waiting);
      else if (down > SLOP) waiting = null;
    }
    if (dragging) drag.move(...at(event));
  });
  canvas.addEventListener("pointerup", (event) => {
    if (!event.isPrimary) return;
    if (waiting) take(waiting);
    drop();
  });
  canvas.addEventListener("pointercancel", drop);
}
