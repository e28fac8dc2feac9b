// What every page has: its theme, definitions that stay inside the window, and links that take along what its address hides and locks.
import { remember } from "../kit/remember";
import { keepTooltipsInside } from "../kit/tooltips";
import { carryView, fitFrame } from "./page-view";

const root = document.documentElement;
const prefersDark = matchMedia("(prefers-color-scheme: dark)");

export const isDark = () => (root.dataset.theme ?? (prefersDark.matches ? "dark" : "light")) === "dark";
export const prefersStillness = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

/** True while what is typed belongs to a field and not to the player. */
export const isTyping = (target: EventTarget | null) =>
  target instanceof HTMLElement &&
  (target.isContentEditable || target.matches("textarea, select, input:not([type=range], [type=checkbox], [type=button])"));

/** Keys that act once, however long they are held: arrows may repeat, but not while presenting. */
const ACT_ONCE = ["Enter", " ", "p"];

function ignoreHeldKeys(event: KeyboardEvent) {
  const once = ACT_ONCE.includes(event.key) || (root.dataset.presenting !== undefined && event.key !== "Tab");
  if (!event.repeat || !once) return;
  const isText = isTyping(event.target) && (event.key !== "Enter" || event.shiftKey);
  if (isText) return;
  event.preventDefault();
  event.stopImmediatePropagation();
}

/** Milliseconds between two looks at the screen's density. */
const OFTEN = 400;

/** Calls `changed` when the window has come to a screen of another density, of which not every browser tells. */
function watchDensity(changed: () => void) {
  let density = devicePixelRatio;
  setInterval(() => {
    if (devicePixelRatio === density) return;
    density = devicePixelRatio;
    changed();
  }, OFTEN);
}

/** Escape hides explanations until the pointer or the focus goes elsewhere. */
function hideTips() {
  addEventListener("keydown", (event) => {
    if (event.key === "Escape") root.dataset.tips = "hidden";
  });
  for (const event of ["pointerout", "focusout"]) addEventListener(event, () => delete root.dataset.tips);
}

/** @param repaint called when the colours have changed, or what draws them, or what was drawn is gone */
export function setUpPage(repaint: () => void = () => {}) {
  const button = document.querySelector("#theme");
  const label = () => button?.setAttribute("aria-label", isDark() ? "Light theme" : "Dark theme");
  button?.addEventListener("click", () => {
    const theme = isDark() ? "light" : "dark";
    root.dataset.theme = theme;
    remember("theme", theme);
    label();
    repaint();
  });
  prefersDark.addEventListener("change", () => {
    label();
    repaint();
  });
  addEventListener("keydown", ignoreHeldKeys, true);
  keepTooltipsInside();
  hideTips();
  watchDensity(repaint);
  // Back from the browser's back/forward cache.
  addEventListener("pageshow", (event) => event.persisted && repaint());
  carryView();
  fitFrame();
  // A crash of the browser's graphics empties the canvases; they tell when they can be drawn on again, without bubbling.
  for (const event of ["heat", "contextrestored"]) addEventListener(event, () => repaint(), true);
  label();
}
