// A file of the visitor's own: chosen, dropped anywhere on the page, or pasted.
import { byId } from "../kit/dom";
import { isLocked } from "../kit/view";

/** @param setting what a picture changes: where a link locks it, none is taken */
export const acceptPictures = (take: (bytes: Uint8Array) => void, setting = "sample") => acceptFiles(async (file) => take(new Uint8Array(await file.arrayBuffer())), setting);

export function acceptFiles(take: (file: File) => void, setting = "sample") {
  const read = (file: File | null | undefined) => file && take(file);
  const input = byId("file", HTMLInputElement);
  if (isLocked("sample", setting)) return refuse(input);
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

/** The link that opened the page has locked what is looked at. */
function refuse(input: HTMLInputElement) {
  input.disabled = true;
  byId("drop", HTMLElement).dataset.locked = "";
  // A file that is dropped would be opened in place of the page.
  for (const event of ["dragover", "drop"]) addEventListener(event, (dropped) => dropped.preventDefault());
}
