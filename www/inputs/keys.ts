// Steering by keys alone: while it is on, arrows move over the picture, and Enter or the space bar takes the place.

/** Places are shares of the canvas's width and height. */
export interface Choosing {
  /** The place that would be taken. */
  moved?(x: number, y: number): void;
  taken(x: number, y: number): void;
}

/** Steps from edge to edge. */
const STEPS = 14;
const ARROWS: Record<string, [number, number]> = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

export function chooseByKeys(canvas: HTMLCanvasElement, isOn: () => boolean, choosing: Choosing) {
  const stage = canvas.closest<HTMLElement>("#stage");
  if (!stage) return;
  const ring = document.createElement("div");
  ring.className = "chosen-place";
  ring.hidden = true;
  document.body.append(ring);
  let place: [number, number] = [STEPS / 2, STEPS / 2];
  const shares = () => place.map((at) => (at + 0.5) / (STEPS + 1)) as [number, number];
  const show = () => {
    const box = canvas.getBoundingClientRect();
    const [x, y] = shares();
    ring.hidden = false;
    ring.style.translate = `${box.left + x * box.width}px ${box.top + y * box.height}px`;
    choosing.moved?.(x, y);
  };
  new MutationObserver(() => {
    if (isOn()) {
      canvas.tabIndex = 0;
      canvas.setAttribute("aria-description", "Arrow keys move over the picture, Enter chooses where it looks");
    } else {
      canvas.removeAttribute("tabindex");
      canvas.removeAttribute("aria-description");
      ring.hidden = true;
    }
  }).observe(stage, { attributeFilter: ["data-steering"] });
  canvas.addEventListener("focus", () => {
    if (isOn() && canvas.matches(":focus-visible")) show();
  });
  canvas.addEventListener("blur", () => (ring.hidden = true));
  canvas.addEventListener("keydown", (event) => {
    if (!isOn()) return;
    const arrow = ARROWS[event.key];
    const takes = event.key === "Enter" || event.key === " ";
    if (!arrow && !takes) return;
    // The player has keys of its own.
    event.preventDefault();
    event.stopPropagation();
    if (arrow) {
      place = [0, 1].map((axis) => Math.max(0, Math.min(STEPS, place[axis] + arrow[axis]))) as [number, number];
      show();
    } else {
      choosing.taken(...shares());
    }
  });
}
