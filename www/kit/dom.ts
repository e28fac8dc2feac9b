// The few words the page needs to find and fill elements.
import { render } from "lit/html.js";

export function el<T extends keyof HTMLElementTagNameMap>(tag: T, attributes: Record<string, string | number | boolean> = {}, ...children: (Node | string)[]): HTMLElementTagNameMap[T] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) element.setAttribute(name, "");
    else if (value !== false) element.setAttribute(name, String(value));
  }
  element.append(...children);
  return element;
}

/** The element of the page with this id, which must be there. */
export function byId<T extends HTMLElement>(id: string, kind: new () => T): T {
  const element = document.getElementById(id);
  if (!(element instanceof kind)) throw new Error(`the page has no ${kind.name} #${id}`);
  return element;
}

/** Holds what was typed into a field to the whole numbers that it may have. */
export function holdWhole(field: HTMLInputElement) {
  const [low, high] = [Number(field.min), Number(field.max)];
  field.value = String(Math.min(high, Math.max(low, Math.round(Number(field.value) || low))));
}

const filled = new WeakSet<HTMLElement>();

/** Renders into an element; what the build had put there gives way. */
export function fill(content: unknown, element: HTMLElement) {
  if (!filled.has(element)) element.replaceChildren();
  filled.add(element);
  render(content, element);
}

export const fixed = (value: number, digits: number) => value.toFixed(digits).replace("-", "−");

export const megabytes = (bytes: number) => (bytes < 1e5 ? `${(bytes / 1e3).toFixed(0)} kB` : `${(bytes / 1e6).toFixed(1)} MB`);

/** Pixels as a canvas of their own size, in memory, where they outlive a crash of the browser's graphics. */
export function canvasOf(image: ImageData) {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [image.width, image.height];
  canvas.getContext("2d", { willReadFrequently: true })?.putImageData(image, 0, 0);
  return canvas;
}
