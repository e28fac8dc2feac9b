// The stage as a PNG: every canvas that is visible, its caption, and what the model said.
import { ink } from "../stage/colour";

export function savePicture(stage: HTMLElement, words: string, name: string) {
  const panes = [...stage.querySelectorAll("canvas")].filter((canvas) => canvas.clientWidth > 0);
  if (panes.length === 0) return;
  const frame = stage.getBoundingClientRect();
  const ratio = Math.max(2, devicePixelRatio || 1);
  const margin = 24;
  const below = words ? 56 : 0;
  const sheet = document.createElement("canvas");
  sheet.width = ratio * (frame.width + 2 * margin);
  sheet.height = ratio * (frame.height + 2 * margin + below);
  const context = (sheet.getContext("2d") as CanvasRenderingContext2D);
  context.scale(ratio, ratio);
  context.fillStyle = ink("--paper");
  context.fillRect(0, 0, sheet.width, sheet.height);
  context.fillStyle = ink("--ink");
  context.textAlign = "center";
  for (const canvas of panes) {
    const box = canvas.getBoundingClientRect();
    context.drawImage(canvas, margin + box.left - frame.left, margin + box.top - frame.top, box.width, box.height);
    const caption = canvas.closest("figure")?.querySelector("figcaption");
    if (!caption?.textContent) continue;
    const place = caption.getBoundingClientRect();
    context.font = "14px Georgia, serif";
    const middle = margin + place.left - frame.left + place.width / 2;
    context.fillText(caption.textContent, middle, margin + place.top - frame.top + 14);
  }
  // Words that the lines of a canvas lead to.
  context.textBaseline = "middle";
  for (const piece of stage.querySelectorAll<HTMLElement>(".pieces button")) {
    const box = piece.getBoundingClientRect();
    const { fontSize, fontFamily } = getComputedStyle(piece);
    context.font = `${fontSize} ${fontFamily}`;
    context.fillText(piece.textContent ?? "", margin + box.left - frame.left + box.width / 2, margin + box.top - frame.top + box.height / 2);
  }
  context.textBaseline = "alphabetic";
  if (words) {
    context.font = "22px Georgia, serif";
    context.fillText(words, margin + frame.width / 2, margin + frame.height + 44, frame.width);
  }
  sheet.toBlob((blob) => {
    if (blob) saveFile(blob, name);
  }, "image/png");
}

/** Offers a file for download. */
export function saveFile(blob: Blob, name: string) {
  const anchor = document.createElement("a");
  anchor.href = URL.createObjectURL(blob);
  anchor.download = name;
  anchor.click();
  setTimeout(() => URL.revokeObjectURL(anchor.href), 10_000);
}
