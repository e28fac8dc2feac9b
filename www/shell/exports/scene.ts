// A figure as a list of what is drawn: made of the page by capture.ts, written as SVG by svg.ts, painted by paint.ts and carried by the
// stand-alone page. All sizes are in CSS pixels, of which four make three points.

export interface ImageItem { kind: "image"; x: number; y: number; width: number; height: number; canvas: HTMLCanvasElement; says: string }
export interface TextItem {
  kind: "text";
  /** Where its baseline begins. */
  x: number;
  y: number;
  /** What it takes on the page; another font is fitted into it. */
  width: number;
  text: string;
  size: number;
  family: string;
  weight: string;
  italic: boolean;
  fill: string;
  struck: boolean;
  /** Turned around where it begins, in degrees. */
  turn: number;
  href?: string;
}
export interface RectItem { kind: "rect"; x: number; y: number; width: number; height: number; radius: number; fill: string | null; stroke: string | null; line: number; dashed: boolean }
/** A bar of colours from left to right. */
export interface BarItem { kind: "bar"; x: number; y: number; width: number; height: number; colours: string[] }

export type Item = ImageItem | TextItem | RectItem | BarItem;
export interface Scene { width: number; height: number; background: string; items: Item[] }

/** A pixel of CSS in millimetres: ninety-six make an inch. */
export const PIXEL = 25.4 / 96;

/** Where the items of a scene end, below. */
export const bottomOf = (items: readonly Item[]) =>
  items.reduce((most, item) => Math.max(most, item.kind === "text" ? item.y + 0.25 * item.size : item.y + item.height), 0);

export const topOf = (items: readonly Item[]) =>
  items.reduce((least, item) => Math.min(least, item.kind === "text" ? item.y - 0.8 * item.size : item.y), Infinity);

export const moved = (items: readonly Item[], x: number, y: number): Item[] => items.map((item) => ({ ...item, x: item.x + x, y: item.y + y }));
