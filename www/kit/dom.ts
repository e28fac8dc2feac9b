// The few words the page needs to make elements.

/** @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag @param {Record<string, string | number | boolean>} [attributes] @param {(Node | string)[]} children
 * @returns {HTMLElementTagNameMap[T]} */
export function el(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) element.setAttribute(name, "");
    else if (value !== false) element.setAttribute(name, String(value));
  }
  element.append(...children);
  return element;
}

/** The element of the page with this id, which must be there.
 * @template {HTMLElement} T @param {string} id @param {new () => T} kind @returns {T} */
export function byId(id, kind) {
  const element = document.getElementById(id);
  if (!(element instanceof kind)) throw new Error(`the page has no ${kind.name} #${id}`);
  return element;
}

/** Holds what was typed into a field to the whole numbers that it may have. @param {HTMLInputElement} field */
export function holdWhole(field) {
  const [low, high] = [Number(field.min), Number(field.max)];
  field.value = String(Math.min(high, Math.max(low, Math.round(Number(field.value) || low))));
}

/** Trusted markup of our own, such as MathML, as nodes. @param {string} markup */
export function html(markup) {
  const template = document.createElement("template");
  template.innerHTML = markup;
  return template.content;
}

/** @param {number} value @param {number} digits */
export const fixed = (value, digits) => value.toFixed(digits).replace("-", "−");

/** @param {number} bytes */
export const megabytes = (bytes) => (bytes < 1e5 ? `${(bytes / 1e3).toFixed(0)} kB` : `${(bytes / 1e6).toFixed(1)} MB`);

/** Pixels as a canvas of their own size, in memory, where they outlive a crash of the browser's graphics. @param {ImageData} image */
export function canvasOf(image) {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [image.width, image.height];
  canvas.getContext("2d", { willReadFrequently: true })?.putImageData(image, 0, 0);
  return canvas;
}
