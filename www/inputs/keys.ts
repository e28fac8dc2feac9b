// Steering by keys alone: while it is on, arrows move over the picture, and Enter or the space bar takes the place.
import { cellAfter, middleOf, type Cell } from "../kit/arrows";

/** Places are shares of the canvas's width and height. */
export interface Choosing {
  /** The place that would be taken. */
  moved?(x: number, y: number): void;
  taken(x: number, y: number): void;
}

/** Places across and down. */
const PLACES = 15;

export function chooseByKeys(canvas: HTMLCanvasElement, isOn: () => boolean, choosing: Choosing) {
  const stage = canvas.closest<HTMLElement>("#stage");
  if (!stage) return;
  const ring = document.createElement("div");
  ring.className = "chosen-place";
  ring.hidden = true;
  document.body.append(ring);
  let place: Cell = [(PLACES - 1) / 2, (PLACES - 1) / 2];
  const show = () => {
    const box = canvas.getBoundingClientRect();
    const [x, y] = middleOf(place, PLACES);
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
    const moved = cellAfter(event.key, place, PLACES);
    const takes = event.key === "Enter" || event.key === " ";
    if (!moved && !takes) return;
    // The player has keys of its own.
    event.preventDefault();
    event.stopPropagation();
    if (moved) {
      place = moved;
      show();
    } else {
      choosing.taken(...middleOf(place, PLACES));
    }
  });
}
