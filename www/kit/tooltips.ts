// Definitions always stand inside the window, wherever their term is: placed anew each time one opens.
const MARGIN = 8;

/** Where a box of this size stands, below its anchor or above where there is no room below. */
export function placed(anchor: { left: number; top: number; bottom: number }, box: { width: number; height: number }, view: { width: number; height: number }) {
  const within = (at: number, size: number, all: number) => Math.max(MARGIN, Math.min(at, all - size - MARGIN));
  const below = anchor.bottom;
  const above = anchor.top - box.height;
  const top = below + box.height <= view.height - MARGIN || above < MARGIN ? below : above;
  return { left: within(anchor.left, box.width, view.width), top: within(top, box.height, view.height) };
}

function place(term: HTMLElement) {
  const tip = term.querySelector<HTMLElement>("[role=tooltip]");
  if (!tip) return;
  const box = tip.getBoundingClientRect();
  if (box.width === 0) return;
  const { clientWidth: width, clientHeight: height } = document.documentElement;
  const { left, top } = placed(term.getBoundingClientRect(), box, { width, height });
  tip.style.left = `${left}px`;
  tip.style.top = `${top}px`;
}

/** The term whose definition is open at an element. */
const termAt = (target: EventTarget | null) => (target instanceof Element ? target.closest<HTMLElement>(".term") : null);

export function keepTooltipsInside() {
  const open = (event: Event) => {
    const term = termAt(event.target);
    if (term) place(term);
  };
  document.addEventListener("pointerover", open);
  document.addEventListener("focusin", open);
  const again = () => {
    for (const term of document.querySelectorAll<HTMLElement>(".term:hover, .term:focus-within")) place(term);
  };
  addEventListener("scroll", again, { passive: true, capture: true });
  addEventListener("resize", again);
}
