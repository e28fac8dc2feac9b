// The keyboard's cursor on what is drawn on, dragged or pointed at: arrows move, other keys do what the exhibit says, and each place is
// told to a screen reader.
import { cellAfter, middleOf, type Cell } from "../kit/arrows";
import { cellText } from "../kit/gaze";
import type { Keyed } from "./key-use";

/** Columns and rows, where the exhibit says nothing else. */
const PLACES: Cell = [14, 14];
/** Places that an arrow with Shift goes at once. */
const LEAP = 3;
/** Attributes of the page by which what the keys do may change. */
const CHANGES = { attributes: true, attributeFilter: ["data-steering", "data-pointing", "data-frame", "data-state"] };

const ring = document.createElement("div");
ring.className = "chosen-place";
const hint = document.createElement("div");
hint.className = "key-hint";
hint.setAttribute("aria-hidden", "true");

/** Says something to a screen reader. */
function say(words: string) {
  const told = document.getElementById("announce");
  if (told && words) told.textContent = words;
}

export class KeyCursor {
  #cell: Cell | null = null;
  /** What it is to a screen reader while no key does anything. */
  readonly #role: string | null;

  constructor(private readonly element: HTMLElement, private readonly uses: readonly Keyed[]) {
    this.#role = element.getAttribute("role");
    this.#offer();
    const watch = new MutationObserver(() => this.#offer());
    watch.observe(document.documentElement, CHANGES);
    const stage = document.getElementById("stage");
    if (stage) watch.observe(stage, CHANGES);
    element.addEventListener("focus", () => this.#focused());
    element.addEventListener("blur", () => this.#left());
    element.addEventListener("keydown", (event) => this.#key(event));
  }

  /** What the keys are for now. */
  get #use() {
    // A link may have locked the stage.
    return this.element.matches("#stage[data-locked] canvas") ? undefined : this.uses.find((use) => use.how() !== null);
  }

  get #places() {
    return this.#use?.places?.() ?? PLACES;
  }

  /** The cell of the cursor, inside the grid as it is now. */
  get #at(): Cell {
    const [columns, rows] = this.#places;
    const [column, row] = this.#cell ?? [Math.floor(columns / 2), Math.floor(rows / 2)];
    return [Math.min(columns - 1, column), Math.min(rows - 1, row)];
  }

  #offer() {
    const { element } = this;
    const how = this.#use?.how() ?? null;
    if (how === element.getAttribute("aria-description")) return;
    if (how !== null) {
      element.tabIndex = 0;
      element.setAttribute("role", "application");
      element.setAttribute("aria-description", how);
      if (document.activeElement === element && hint.isConnected) this.#show(how);
      return;
    }
    element.removeAttribute("aria-description");
    if (this.#role) element.setAttribute("role", this.#role);
    // The focus is not taken from under anybody.
    if (document.activeElement !== element) element.removeAttribute("tabindex");
  }

  #focused() {
    const how = this.#use?.how();
    if (how && this.element.matches(":focus-visible")) this.#show(how);
  }

  #show(how: string) {
    const { element } = this;
    hint.textContent = how;
    element.after(hint);
    Object.assign(hint.style, { left: `${element.offsetLeft}px`, top: `${element.offsetTop}px`, maxWidth: `${Math.max(160, element.offsetWidth)}px` });
    if (this.#use?.slides) ring.remove();
    else this.#mark();
  }

  #left() {
    ring.remove();
    hint.remove();
    for (const use of this.uses) use.left?.();
    if (!this.#use) this.element.removeAttribute("tabindex");
  }

  /** Rings the cursor's place, and answers it in shares. */
  #mark(): [x: number, y: number] {
    const { element } = this;
    const place = middleOf(this.#at, this.#places);
    const [left, top] = this.#use?.spot?.(this.#at) ?? place;
    const width = this.#use?.width?.() ?? 0;
    const size = width ? `${Math.max(14, width * element.clientWidth)}px` : "";
    Object.assign(ring.style, { left: `${element.offsetLeft + left * element.clientWidth}px`, top: `${element.offsetTop + top * element.clientHeight}px`, width: size, height: size });
    if (!ring.isConnected || ring.previousElementSibling !== element) element.after(ring);
    return place;
  }

  #key(event: KeyboardEvent) {
    const use = this.#use;
    if (event.ctrlKey || event.metaKey || event.altKey || !use) return;
    const told = this.#act(use, event);
    if (told === null) return;
    // The player has keys of its own.
    event.preventDefault();
    event.stopPropagation();
    say(told);
  }

  /** What is said of a key; null where it does nothing here. */
  #act(use: Keyed, { key, shiftKey }: KeyboardEvent): string | null {
    const stride = use.stride?.(shiftKey) ?? (shiftKey ? LEAP : 1);
    const way = use.slides && cellAfter(key, [1, 1], [3, 3]);
    if (use.slides && way) return use.slides((way[0] - 1) * stride, (way[1] - 1) * stride);
    const moved = cellAfter(key, this.#at, this.#places, stride);
    if (moved) {
      this.#cell = moved;
      const more = use.moved?.(...this.#mark(), moved);
      return [cellText(moved, this.#places), more].filter(Boolean).join(", ");
    }
    const act = use.keys?.[key === "=" ? "+" : key];
    if (!act) return null;
    const said = act(...middleOf(this.#at, this.#places), this.#at) ?? "";
    if (!use.slides && this.#use === use) this.#mark();
    return said;
  }
}
