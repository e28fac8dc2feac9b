// A file of the visitor's own: chosen, dropped anywhere on the page, or pasted.
import { byId, isTextField } from "../kit/dom";
import { complain } from "../kit/notice";
import { isLocked } from "../kit/view";

/** Bytes of the largest picture file that is read: it is in memory several times over. */
const MOST_BYTES = 200_000_000;

/** The bytes of a picture file; nothing if it cannot be read, which is said. */
async function bytesOf(file: File): Promise<Uint8Array | null> {
  if (file.size > MOST_BYTES) {
    complain("file-too-large", `${file.name} has ${Math.round(file.size / 1e6)} MB, and files of up to ${MOST_BYTES / 1e6} MB are read`);
    return null;
  }
  try {
    return new Uint8Array(await file.arrayBuffer());
  } catch {
    complain("unreadable-file");
    return null;
  }
}

/** @param setting what a picture changes: where a link locks it, none is taken */
export const acceptPictures = (take: (bytes: Uint8Array) => void, setting = "sample") =>
  acceptFiles(async (file) => {
    const bytes = await bytesOf(file);
    if (bytes) take(bytes);
  }, setting);

/** @param take what was chosen, dropped or pasted: one file, or more where the page wants them */
export function acceptFiles(take: (file: File, ...more: File[]) => void, setting = "sample") {
  const read = ([file, ...more]: Iterable<File>) => file && take(file, ...more);
  const input = byId("file", HTMLInputElement);
  if (isLocked("sample", setting)) return refuse(input);
  input.addEventListener("change", () => {
    read(input.files ?? []);
    input.value = "";
  });
  const zone = byId("drop", HTMLElement);
  addEventListener("dragover", () => (zone.dataset.over = ""));
  addEventListener("dragleave", () => delete zone.dataset.over);
  addEventListener("drop", (event) => {
    delete zone.dataset.over;
    const data = event.dataTransfer;
    if (!data) return;
    const isFolder = [...data.items].some((item) => item.webkitGetAsEntry?.()?.isDirectory);
    if (isFolder) return complain("dropped-folder");
    if (data.files.length > 0) return read(data.files);
    if (data.types.includes("text/uri-list") && !isTextField(event.target)) complain("dropped-link");
  });
  addEventListener("paste", (event) => {
    const data = event.clipboardData;
    // Into a text field goes the text, where there is one.
    if (!data || (isTextField(event.target) && data.types.includes("text/plain"))) return;
    read(data.files);
  });
}

/** The link that opened the page has locked what is looked at. */
function refuse(input: HTMLInputElement) {
  input.disabled = true;
  byId("drop", HTMLElement).dataset.locked = "";
  // A file that is dropped would be opened in place of the page.
  for (const event of ["dragover", "drop"]) addEventListener(event, (dropped) => dropped.preventDefault());
}
