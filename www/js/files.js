// A picture of the visitor's: chosen, dropped anywhere on the page, or pasted.
import { byId } from "./dom.js";

/** @param {(bytes: Uint8Array) => void} take */
export function acceptPictures(take) {
  /** @param {File | null | undefined} file */
  const read = async (file) => {
    if (file) take(new Uint8Array(await file.arrayBuffer()));
  };
  const input = byId("file", HTMLInputElement);
  input.addEventListener("change", () => {
    void read(input.files?.[0]);
    input.value = "";
  });
  const zone = byId("drop", HTMLElement);
  addEventListener("dragover", (event) => {
    event.preventDefault();
    zone.dataset.over = "";
  });
  addEventListener("dragleave", () => delete zone.dataset.over);
  addEventListener("drop", (event) => {
    event.preventDefault();
    delete zone.dataset.over;
    void read(event.dataTransfer?.files[0]);
  });
  addEventListener("paste", (event) => void read(event.clipboardData?.files[0]));
}
