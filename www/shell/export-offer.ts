// The button "Export": what is behind it is loaded when it is pressed.
import { byId } from "../kit/dom";
import type { Exported, Shows } from "./exports/exported";

export function offerExports(page: Exported, show: Shows) {
  const button = byId("save", HTMLButtonElement);
  button.addEventListener("click", async () => {
    const dialog = await import("./exports/dialog").catch(() => null);
    if (dialog) return dialog.openExports(page, show);
    button.dataset.said = "needs the network the first time";
    setTimeout(() => delete button.dataset.said, 4000);
  });
}
