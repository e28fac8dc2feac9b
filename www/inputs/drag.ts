// A drag on a canvas with mouse, pen or finger.

/** Places are shares of the canvas's width and height; a drag that leaves it goes below 0 or above 1. */
export interface Drag {
  /** The pointer goes down; the answer is whether a drag begins. */
  take(x: number, y: number): boolean;
  move(x: number, y: number): void;
  drop?(): void;
}

export function onDrag(canvas: HTMLCanvasElement, drag: Drag) {
  let dragging = false;
  const at = (event: PointerEvent): [number, number] => {
    const box = canvas.getBoundingClientRect();
    return [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
  };
  canvas.addEventListener("pointerdown", (event) => {
    dragging = drag.take(...at(event));
    if (dragging) canvas.setPointerCapture(event.pointerId);
  });
  canvas.addEventListener("pointermove", (event) => dragging && drag.move(...at(event)));
  const drop = () => {
    if (dragging) drag.drop?.();
    dragging = false;
  };
  canvas.addEventListener("pointerup", drop);
  canvas.addEventListener("pointercancel", drop);
}
