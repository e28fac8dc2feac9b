// Whatever on the page is drawn on, dragged or pointed at can be worked by the keyboard, and says where it is. What carries this out is
// loaded once something is on the screen.
import { firstFrame, painted } from "../kit/dom";
import type { Keyed } from "./key-use";

export type { Keyed };

/** Lets the keyboard work a canvas, or a layer over one. Of several uses the first one counts that is wanted. */
export async function keyed(element: HTMLElement, ...uses: Keyed[]) {
  await firstFrame();
  await painted();
  const { KeyCursor } = await import("./keys");
  new KeyCursor(element, uses);
}
