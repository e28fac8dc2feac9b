// The few words the page needs to find and fill elements.
import { render } from "lit/html.js";

/** The element of the page with this id, which must be there. */
export function byId<T extends HTMLElement>(id: string, kind: new () => T): T {
  const element = document.getElementById(id);
  if (!(element instanceof kind)) throw new Error(`the page has no ${kind.name} #${id}`);
  return element;
}

/** Whether text that is pasted or dropped there belongs to the element itself. */
export const isTextField = (target: EventTarget | null) => target instanceof HTMLElement && (target.isContentEditable || target.matches("input, textarea"));

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

/** When the first frame is on the stage, or the first run has failed. */
export const firstFrame = () =>
  new Promise<void>((done) => {
    const root = document.documentElement;
    const look = () => {
      if (root.dataset.frame === undefined && root.dataset.state !== "failed") return;
      watch.disconnect();
      done();
    };
    const watch = new MutationObserver(look);
    watch.observe(root, { attributeFilter: ["data-frame", "data-state"] });
    look();
  });

/** Milliseconds until what is drawn is on the screen, too. */
const PAINT = 100;

/** When what is drawn now is on the screen: what can wait is loaded then. */
export const painted = () => new Promise<void>((done) => setTimeout(done, PAINT));
