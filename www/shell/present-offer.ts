// Begins presenting by the button, by "p", or where the address asks for it; what it needs is loaded then.
import { byId } from "../kit/dom";
import { link } from "../kit/link";
import { isTyping } from "./page-setup";
import type { Presentation, Presented } from "./present";

const root = document.documentElement;

export function offerPresenting(page: Presented) {
  let presentation: Presentation | undefined;
  const load = async () => {
    const made = await import("./present");
    return (presentation ??= new made.Presentation(page, () => turn(false)));
  };
  /** @param full whether the whole screen is asked for, which a browser gives only after a press */
  const turn = (on: boolean, full = on) => {
    if (on) root.dataset.presenting = "";
    else delete root.dataset.presenting;
    link({ present: on ? "yes" : null });
    if (full) void root.requestFullscreen?.({ navigationUI: "hide" }).catch(() => {});
    else if (!on && document.fullscreenElement) void document.exitFullscreen();
    // Without a network its code may be missing: then the page is only larger.
    void load().then((loaded) => (root.dataset.presenting === undefined ? loaded.leave() : loaded.enter())).catch(() => page.repaint());
  };
  byId("present", HTMLButtonElement).addEventListener("click", () => turn(true));
  addEventListener("keydown", (event) => {
    if (event.key !== "p" || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    turn(root.dataset.presenting === undefined);
  });
  if (root.dataset.presenting !== undefined) turn(true, false);
}
