// What the browser has laid out as a list of what is drawn: pictures, words where they stand, backgrounds and borders. Words that were
// drawn on a canvas become words again: what is written with `fillText` meanwhile is noted, not painted.
import type { Item, TextItem } from "./scene";

/** What belongs to the page and not to what it shows. */
const PAGE_ONLY = ".unseen, #notice, #progress, #guesses, .chosen-place, .key-hint, [role=tooltip], .reveal, datalist, script, style, template";

const inks = new Map<string, string | null>();
let dot: CanvasRenderingContext2D | null = null;

/** A computed colour as #rrggbb, or rgba() where it lets something through; null where nothing is seen of it. */
function colourOf(computed: string): string | null {
  const known = inks.get(computed);
  if (known !== undefined) return known;
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 1;
  dot ??= canvas.getContext("2d", { willReadFrequently: true });
  if (!dot) return computed;
  dot.clearRect(0, 0, 1, 1);
  dot.fillStyle = computed;
  dot.fillRect(0, 0, 1, 1);
  const [red, green, blue, alpha] = dot.getImageData(0, 0, 1, 1).data;
  const solid = `#${[red, green, blue].map((channel) => channel.toString(16).padStart(2, "0")).join("")}`;
  const colour = alpha === 0 ? null : alpha === 255 ? solid : `rgba(${red}, ${green}, ${blue}, ${(alpha / 255).toFixed(3)})`;
  inks.set(computed, colour);
  return colour;
}

const pixels = (length: string) => parseFloat(length) || 0;

let ruler: CanvasRenderingContext2D | null = null;
function measured(font: string, text: string) {
  ruler ??= document.createElement("canvas").getContext("2d");
  if (!ruler) throw new Error("This browser gives no canvas.");
  ruler.font = font;
  return ruler.measureText(text);
}

/** What a canvas holds, kept while it is drawn on again. */
function copied(canvas: HTMLCanvasElement) {
  const copy = document.createElement("canvas");
  [copy.width, copy.height] = [canvas.width, canvas.height];
  if (canvas.width > 0 && canvas.height > 0) copy.getContext("2d")?.drawImage(canvas, 0, 0);
  return copy;
}

/** Words that were written on a canvas, in its own pixels. */
export type Written = Map<HTMLCanvasElement, TextItem[]>;

/** Does something, and notes what it writes on the canvases of `stage`. */
export function noting(stage: HTMLElement, act: () => void): Written {
  const written: Written = new Map();
  const { fillText, clearRect } = CanvasRenderingContext2D.prototype;
  CanvasRenderingContext2D.prototype.clearRect = function (...box) {
    if (stage.contains(this.canvas)) written.delete(this.canvas);
    return clearRect.apply(this, box);
  };
  CanvasRenderingContext2D.prototype.fillText = function (text, x, y, most) {
    const { canvas } = this;
    if (!stage.contains(canvas)) return most === undefined ? fillText.call(this, text, x, y) : fillText.call(this, text, x, y, most);
    written.set(canvas, [...(written.get(canvas) ?? []), noted(this, text, x, y, most)]);
  };
  try {
    act();
  } finally {
    Object.assign(CanvasRenderingContext2D.prototype, { fillText, clearRect });
  }
  return written;
}

function noted(context: CanvasRenderingContext2D, text: string, x: number, y: number, most = Infinity): TextItem {
  const { width: whole, fontBoundingBoxAscent: above } = context.measureText(text);
  context.save();
  context.textBaseline = "alphabetic";
  const drop = context.measureText(text).fontBoundingBoxAscent - above;
  context.restore();
  const width = Math.min(whole, most);
  const across = { center: width / 2, right: width, end: width }[context.textAlign as string] ?? 0;
  const { a, b, c, d, e, f } = context.getTransform();
  const [left, down] = [x - across, y + drop];
  const scale = Math.hypot(a, b);
  const font = /^(?:(italic)\s+)?(?:(\d{3}|bold)\s+)?([\d.]+)px\s+(.*)$/.exec(context.font);
  return {
    kind: "text", x: a * left + c * down + e, y: b * left + d * down + f, width: width * scale, text,
    size: Number(font?.[3] ?? 16) * scale, family: font?.[4] ?? "serif", weight: font?.[2] ?? "400", italic: font?.[1] === "italic",
    fill: colourOf(String(context.fillStyle)) ?? "#000000", struck: false, turn: (Math.atan2(b, a) * 180) / Math.PI,
  };
}

/** What lies on a canvas, where it lies on the page. */
function canvasItems(canvas: HTMLCanvasElement, written: Written): Item[] {
  const { left, top, width, height } = canvas.getBoundingClientRect();
  if (width === 0 || height === 0) return [];
  const scale = width / canvas.width;
  const words = (written.get(canvas) ?? []).map((word) => ({ ...word, x: left + word.x * scale, y: top + word.y * scale, width: word.width * scale, size: word.size * scale }));
  return [{ kind: "image", x: left, y: top, width, height, canvas: copied(canvas), says: canvas.getAttribute("aria-label") ?? "" }, ...words];
}

/** The background and the borders of a box. */
function boxItems(element: Element, style: CSSStyleDeclaration): Item[] {
  const { left, top, width, height } = element.getBoundingClientRect();
  const swatch = element.matches("svg.swatch") ? element.querySelector("rect")?.getAttribute("fill") : null;
  const fill = colourOf(swatch ?? style.backgroundColor);
  const line = (side: "Top" | "Right" | "Bottom" | "Left") => {
    const thick = style[`border${side}Style`] === "none" ? 0 : pixels(style[`border${side}Width`]);
    return { thick, colour: thick > 0 ? colourOf(style[`border${side}Color`]) : null, dashed: style[`border${side}Style`] === "dashed" };
  };
  const [above, right, below, before] = (["Top", "Right", "Bottom", "Left"] as const).map(line);
  const rect = { kind: "rect" as const, stroke: null, line: 0, dashed: false, radius: 0 };
  const items: Item[] = [];
  if (above.colour && right.colour && below.colour && before.colour) {
    const { thick, colour, dashed } = above;
    items.push({ ...rect, x: left + thick / 2, y: top + thick / 2, width: width - thick, height: height - thick, radius: Math.min(pixels(style.borderTopLeftRadius), height / 2), fill, stroke: colour, line: thick, dashed });
    return items;
  }
  if (fill) items.push({ ...rect, x: left, y: top, width, height, radius: Math.min(pixels(style.borderTopLeftRadius), height / 2), fill });
  if (below.colour) items.push({ ...rect, x: left, y: top + height - below.thick, width, height: below.thick, fill: below.colour });
  if (above.colour) items.push({ ...rect, x: left, y: top, width, height: above.thick, fill: above.colour });
  return items;
}

/** The words of a text, one item a line. */
function textItems(node: Text, style: CSSStyleDeclaration): Item[] {
  const range = document.createRange();
  const lines: { text: string; left: number; right: number; top: number; height: number }[] = [];
  for (const { 0: word, index } of node.data.matchAll(/\S+/g)) {
    range.setStart(node, index);
    range.setEnd(node, index + word.length);
    const whole = [...range.getClientRects()].filter(({ width }) => width > 0);
    // A long word that is broken is taken letter by letter.
    const parts = whole.length > 1 ? [...word].map((letter, i, all) => [letter, all.slice(0, i).join("").length] as const) : [[word, 0] as const];
    for (const [text, at] of parts) {
      range.setStart(node, index + at);
      range.setEnd(node, index + at + text.length);
      const { left, right, top, height } = range.getBoundingClientRect();
      const last = lines.at(-1);
      if (right === left) continue;
      if (!last || Math.abs(last.top - top) > 2 || left < last.left) lines.push({ text, left, right, top, height });
      else [last.text, last.right] = [last.text + (left - last.right > 0.5 ? " " : "") + text, right];
    }
  }
  const [size, family] = [pixels(style.fontSize), style.fontFamily];
  const { fontBoundingBoxAscent: ascent, fontBoundingBoxDescent: descent } = measured(`${style.fontStyle} ${style.fontWeight} ${size}px ${family}`, "x");
  const fill = colourOf(style.color);
  const href = node.parentElement?.closest("a")?.href;
  if (!fill) return [];
  const struck = node.parentElement?.closest(".chip[aria-pressed=false]") !== null;
  return lines.map(({ text, left, right, top, height }): TextItem => ({
    kind: "text", x: left, y: top + (height * ascent) / (ascent + descent), width: right - left, text, size, family, weight: style.fontWeight, italic: style.fontStyle === "italic", fill, struck, turn: 0, href,
  }));
}

/** What is seen of an element and all in it, in the window's pixels. */
export function capture(element: Element, written: Written = new Map()): Item[] {
  const style = getComputedStyle(element);
  if (element.matches(PAGE_ONLY) || style.display === "none" || style.opacity === "0") return [];
  const seen = style.visibility === "visible";
  if (element instanceof HTMLCanvasElement) return seen ? canvasItems(element, written) : [];
  const items = seen ? boxItems(element, style) : [];
  if (element instanceof SVGElement) return items;
  for (const child of element.childNodes) {
    if (child instanceof Text) items.push(...(seen ? textItems(child, style) : []));
    else if (child instanceof Element) items.push(...capture(child, written));
  }
  return items;
}
