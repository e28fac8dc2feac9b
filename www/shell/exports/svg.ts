// A scene as an SVG of its own: words stay words, what was painted is embedded.
import { PIXEL, type Item, type Scene } from "./scene";

/** XML 1.0 has no place for most control characters, nor for halves of a pair. */
const UNFIT = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/** Text as it may stand in XML and in HTML, between tags and in attributes. */
export const escaped = (text: string) =>
  text.replace(UNFIT, "\ufffd").replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;").replaceAll("'", "&#39;");

/** An element: its name, its attributes, and the words or elements in it. */
export type SvgNode = readonly [name: string, attributes: Record<string, string | number>, ...inside: (SvgNode | string)[]];

const rounded = (value: number) => Number(value.toFixed(2));

/** An element without the attributes that are null. */
function node(name: string, attributes: Record<string, string | number | null>, ...inside: (SvgNode | string)[]): SvgNode {
  const has = (pair: [string, string | number | null]): pair is [string, string | number] => pair[1] !== null;
  const kept = Object.entries(attributes).filter(has).map(([key, value]) => [key, typeof value === "number" ? rounded(value) : value]);
  return [name, Object.fromEntries(kept), ...inside];
}

/** Only addresses of the web become links. */
const isWeb = (href: string) => /^https?:\/\//i.test(href);

/**
 * What draws an item.
 * @param i its place among the items: no two bars may share a name
 * @param address what stands for a picture
 */
export function nodesOf(item: Item, i: number, address: (canvas: HTMLCanvasElement) => string): SvgNode[] {
  const { x, y } = item;
  if (item.kind === "text") {
    const { width, text, size, family, weight, italic, fill, struck, turn, href } = item;
    const fitted = text.length > 1;
    const font = { "font-size": size, "font-family": family, "font-weight": weight === "400" ? null : weight, "font-style": italic ? "italic" : null };
    const transform = turn === 0 ? null : `rotate(${rounded(turn)} ${rounded(x)} ${rounded(y)})`;
    const said = node("text", { x, y, ...font, "text-decoration": struck ? "line-through" : null, fill, textLength: fitted ? width : null, lengthAdjust: fitted ? "spacingAndGlyphs" : null, transform, "xml:space": "preserve" }, text);
    return [href && isWeb(href) ? node("a", { "xlink:href": href }, said) : said];
  }
  const { width, height } = item;
  if (item.kind === "image") return [node("image", { x, y, width, height, preserveAspectRatio: "none", "xlink:href": address(item.canvas) }, node("title", {}, item.says))];
  if (item.kind === "bar") {
    const stops = item.colours.map((colour, at) => node("stop", { offset: at / Math.max(1, item.colours.length - 1), "stop-color": colour }));
    return [node("linearGradient", { id: `bar-${i}` }, ...stops), node("rect", { x, y, width, height, fill: `url(#bar-${i})` })];
  }
  const { radius, fill, stroke, line, dashed } = item;
  return [node("rect", { x, y, width, height, rx: radius || null, fill: fill ?? "none", stroke, "stroke-width": stroke ? line : null, "stroke-dasharray": dashed ? `${3 * line} ${2 * line}` : null })];
}

/** An element as XML. */
function markup([name, attributes, ...inside]: SvgNode): string {
  const told = Object.entries(attributes).map(([key, value]) => ` ${key}="${escaped(String(value))}"`).join("");
  const within = inside.map((one) => (typeof one === "string" ? escaped(one) : markup(one))).join("");
  return inside.length > 0 ? `<${name}${told}>${within}</${name}>` : `<${name}${told}/>`;
}

/**
 * @param address what stands for a picture: an address of data
 * @param title for programs that show one, and `description` for those that read aloud
 */
export function svgOf(scene: Scene, { title, description }: { title: string; description: string }, address: (canvas: HTMLCanvasElement) => string) {
  const { width, height, background, items } = scene;
  const mm = (pixels: number) => `${rounded(pixels * PIXEL)}mm`;
  return `<?xml version="1.0" encoding="UTF-8"?>
<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="${mm(width)}" height="${mm(height)}" viewBox="0 0 ${rounded(width)} ${rounded(height)}" role="img">
<title>${escaped(title)}</title>
<desc>${escaped(description)}</desc>
<rect width="100%" height="100%" fill="${escaped(background)}"/>
${items.flatMap((item, i) => nodesOf(item, i, address).map(markup)).join("\n")}
</svg>
`;
}
