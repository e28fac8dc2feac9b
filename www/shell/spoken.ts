// For those who do not see the stage or point at it: each frame's gaze in words, and the focus kept when what had it goes away.
import { gazeInWords } from "../kit/gaze";
import { byId } from "../kit/dom";
import type { Frame } from "../kit/types";

/** What is told of. */
export interface Told {
  readonly stage: HTMLElement;
  readonly frame: Frame | undefined;
  gazes(frame: Frame): Frame["maps"];
}

const FOCUSABLE = ":is(a[href], button, input, select, textarea, summary, [tabindex='0']):not(:disabled)";
/** What names an element that a frame draws anew. */
const NAMES = ["id", "data-word", "data-source", "data-attribute", "data-digit", "data-sample"];

export class Spoken {
  readonly #line = byId("gaze", HTMLElement);

  constructor(private readonly page: Told) {
    const { stage } = page;
    stage.setAttribute("role", "group");
    stage.setAttribute("aria-label", "Stage");
    stage.setAttribute("aria-describedby", this.#line.id);
    keepFocus(stage);
    this.tell(false);
  }

  /** @param byHand whether the visitor went to this frame: then it is read out, too */
  tell(byHand: boolean) {
    const { frame } = this.page;
    this.#line.setAttribute("aria-live", byHand ? "polite" : "off");
    this.#line.textContent = frame ? gazeInWords(this.page.gazes(frame)) : "";
  }
}

/** What had the focus: where it stood, and among what. */
interface Held { element: HTMLElement; box: Element; place: number }

const isSeen = (element: Element) => element.isConnected && element.getClientRects().length > 0;
const all = (box: Element) => [...box.querySelectorAll<HTMLElement>(FOCUSABLE)].filter(isSeen);

/** What stands for the element: the one of the same name, that in its place, or the one before it. */
function heir({ element, box, place }: Held): HTMLElement | undefined {
  const named = NAMES.flatMap((name) => {
    const value = element.getAttribute(name);
    return value === null ? [] : [`[${name}="${CSS.escape(value)}"]`];
  });
  const others = all(box);
  const same = others.find((one) => named.some((selector) => one.matches(selector)));
  if (same || !element.isConnected) return same ?? others[Math.min(place, others.length - 1)];
  return others.findLast((one) => element.compareDocumentPosition(one) & Node.DOCUMENT_POSITION_PRECEDING) ?? others[0];
}

function keepFocus(stage: HTMLElement) {
  const main = stage.closest("main");
  if (!main) return;
  let held: Held | null = null;
  /** Whether it was disabled since, which takes the focus from it for good. */
  let lost = false;
  let waits = 0;
  const check = () => {
    waits = 0;
    if (!held || document.activeElement !== document.body) return;
    const { element } = held;
    const isThere = isSeen(element) && element.matches(FOCUSABLE);
    // The scrubber comes back with the first frame of a run.
    if ((isThere && !lost) || (isSeen(element) && element.matches("input:disabled"))) return;
    lost = false;
    (heir(held) ?? stage).focus({ preventScroll: true });
  };
  // The browser takes the focus away when it draws the next picture.
  const soon = () => (waits ||= window.setTimeout(check, 50));
  document.addEventListener("focusin", ({ target }) => {
    const element = target as HTMLElement;
    const box = main.contains(element) && element !== stage ? (element.parentElement?.closest("[id], section") ?? main) : null;
    held = box && { element, box, place: all(box).indexOf(element) };
    lost = false;
  });
  // Whoever presses beside everything wants the focus gone.
  document.addEventListener("pointerdown", () => (held = null), true);
  new MutationObserver((changes) => {
    if (!held) return;
    if (held.element.matches(":disabled")) lost = true;
    if (changes.length > 0) soon();
  }).observe(main, { childList: true, subtree: true, attributes: true, attributeFilter: ["hidden", "disabled", "style", "class"] });
}
