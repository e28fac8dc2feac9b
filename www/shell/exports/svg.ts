// A scene as an SVG of its own: words stay words, what was painted is embedded.
import { PIXEL, type Item, type Scene } from "./scene";

/** XML 1.0 has no place for most control characters, nor for halves of a pair. */
const UNFIT = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/** Text as it may stand in XML and in HTML, between tags and in attributes. */
export const escaped = (text: string) =>
  text.replace(UNFIT, "\ufffd").replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;").replaceAll("'", "&#39;");

const number = (value: number) => String(Number(value.toFixed(2)));

const attributes = (values: Record<string, string | number | null>) =>
  Object.entries(values)
    .filter(([, value]) => value !== null)
    .map(([name, value]) => ` ${name}="${typeof value === "number" ? number(value) : escaped(value ?? "")}"`)
    .join("");

/** Only addresses of the web become links. */
const isWeb = (href: string) => /^https?:\/\//i.test(href);

function itemAsSvg(item: Item, i: number, address: (canvas: HTMLCanvasElement) => string) {
  const { x, y } = item;
  if (item.kind === "text") {
    const { width, text, size, family, weight, italic, fill, struck, turn, href } = item;
    const turned = turn === 0 ? null : `rotate(${number(turn)} ${number(x)} ${number(y)})`;
    const said = `<text${attributes({ x, y, "font-size": size, "font-family": family, "font-weight": weight === "400" ? null : weight, "font-style": italic ? "italic" : null, "text-decoration": struck ? "line-through" : null, fill, textLength: text.length > 1 ? width : null, lengthAdjust: text.length > 1 ? "spacingAndGlyphs" : null, transform: turned, "xml:space": "preserve" })}>${escaped(text)}</text>`;
    return href && isWeb(href) ? `<a${attributes({ "xlink:href": href })}>${said}</a>` : said;
  }
  const { width, height } = item;
  if (item.kind === "image") return `<image${attributes({ x, y, width, height, preserveAspectRatio: "none", "xlink:href": address(item.canvas) })}><title>${escaped(item.says)}</title></image>`;
  if (item.kind === "bar") {
    const stops = item.colours.map((colour, at) => `<stop${attributes({ offset: at / Math.max(1, item.colours.length - 1), "stop-color": colour })}/>`).join("");
    return `<linearGradient id="bar-${i}">${stops}</linearGradient><rect${attributes({ x, y, width, height, fill: `url(#bar-${i})` })}/>`;
  }
  const { radius, fill, stroke, line, dashed } = item;
  return `<rect${attributes({ x, y, width, height, rx: radius || null, fill: fill ?? "none", stroke, "stroke-width": stroke ? line : null, "stroke-dasharray": dashed ? `${3 * line} ${2 * line}` : null })}/>`;
}

/**
 * @param address what stands for a picture: an address of data
 * @param title for programs that show one, and `description` for those that read aloud
 */
export function svgOf(scene: Scene, { title, description }: { title: string; description: string }, address: (canvas: HTMLCanvasElement) => string) {
  const { width, height, background, items } = scene;
  const mm = (pixels: number) => `${number(pixels * PIXEL)}mm`;
  return `<?xml version="1.0" encoding="UTF-8"?>
<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="${mm(width)}" height="${mm(height)}" viewBox="0 0 ${number(width)} ${number(height)}" role="img">
<title>${escaped(title)}</title>
<desc>${escaped(description)}</desc>
<rect width="100%" height="100%" fill="${escaped(background)}"/>
${items.map((item, i) => itemAsSvg(item, i, address)).join("\n")}
</svg>
`;
}
