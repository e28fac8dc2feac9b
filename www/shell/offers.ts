// The buttons "Share" and "Save picture": what they need is loaded when they are pressed.
import { byId } from "../kit/dom";
import { settleLink } from "../kit/link";
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

/** @param named the sentence below the saved picture, and the name of its file */
export function offerSave(stage: HTMLElement, named: () => { sentence: string; file: string }) {
  byId("save", HTMLButtonElement).addEventListener("click", async () => {
    const { savePicture } = await import("./export");
    const { sentence, file } = named();
    savePicture(stage, sentence, file);
  });
}
