// A file of the visitor's own: chosen, dropped anywhere on the page, or pasted.
import { byId } from "../kit/dom";

export const acceptPictures = (take: (bytes: Uint8Array) => void) => acceptFiles(async (file) => take(new Uint8Array(await file.arrayBuffer())));

export function acceptFiles(take: (file: File) => void) {
  const read = (file: File | null | undefined) => file && take(file);
  const input = byId("file", HTMLInputElement);
  input.addEventListener("change", () => {
    read(input.files?.[0]);
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
    read(event.dataTransfer?.files[0]);
  });
  addEventListener("paste", (event) => read(event.clipboardData?.files[0]));
}
