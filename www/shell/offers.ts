// The buttons "Share" and "Export": what they need is loaded when they are pressed.
import { byId } from "../kit/dom";
import { settleLink } from "../kit/link";
import type { Exported, Shows } from "./exports/exported";
import type { Shared } from "./share";

/** @param shared what is on the stage now */
export function offerShare(shared: () => Shared) {
  const button = byId("share", HTMLButtonElement);
  button.addEventListener("click", async () => {
    settleLink();
    try {
      const { openShare } = await import("./share");
      openShare(shared());
    } catch {
      // Without a network the dialog's code may be missing: the address says the same.
      button.dataset.said = "copy it from the address bar";
    }
  });
}

export function offerExports(page: Exported, show: Shows) {
  const button = byId("save", HTMLButtonElement);
  button.addEventListener("click", async () => {
    const dialog = await import("./exports/dialog").catch(() => null);
    if (dialog) return dialog.openExports(page, show);
    button.dataset.said = "needs the network the first time";
    setTimeout(() => delete button.dataset.said, 4000);
  });
}
