// A figure of one frame: the stage laid out anew by the browser at the figure's own width, with title, words, legend and source around it.
// All of it happens in one task, so that nothing of it is seen on the page.
import { html, nothing, render } from "lit/html.js";
import type { Key } from "../../kit/meta";
import type { Frame } from "../../kit/types";
import { anchorsOf, COLOUR_MAPS, ink, type ColourMap } from "../../stage/colour";
import { atDensity } from "../../stage/density";
import { capture, noting } from "./capture";
import type { Exported, Shows } from "./exported";
import { bottomOf, moved, topOf, type Item, type Scene } from "./scene";
import { captionOf, sourceOf, stepOf, type Told } from "./words";

export interface Look {
  /** In CSS pixels. */
  width: number;
  /** The size of text, in CSS pixels: the figure's other sizes follow from it. */
  letters: number;
  theme: "light" | "dark";
  title: boolean;
  words: boolean;
  /** What stands below the words: the model beside it, how sure it is. */
  notes: boolean;
  legend: boolean;
  source: boolean;
}

export interface Figure { scene: Scene; told: Told; caption: string }

const root = document.documentElement;
const MARGIN = 8;
/** Figures narrower than this take the order of a phone. */
const NARROW = 45;
const NOTES = ".other, #replaced";

const coloursOf = (colours: string | readonly string[]) => {
  if (typeof colours !== "string") return colours.map(ink);
  if (!COLOUR_MAPS.includes(colours as ColourMap)) return [ink("--paper"), ink("--ink")];
  const anchors = anchorsOf(colours as ColourMap);
  return Array.from({ length: anchors.length / 3 }, (_, i) => `rgb(${anchors.slice(3 * i, 3 * i + 3).join(", ")})`);
};

const keyRow = (key: Key) =>
  key.kind === "scale"
    ? html`<p class="key"><span class="figure-number">${key.low}</span> <span class="figure-bar"></span> <span class="figure-number">${key.high}</span> <span>${key.says}</span></p>`
    : html`<p class="key"><span class=${`figure-mark ${key.mark} ${key.colour.slice(2)}`}></span> <span>${key.says}</span></p>`;

/** A part of the figure that is not the page's: laid out, taken, and gone again. */
function laidOut(content: unknown, width: number, keys: readonly Key[] = []): Item[] {
  const part = document.createElement("div");
  part.className = "figure-part";
  part.style.setProperty("--figure-width", `${width}px`);
  document.body.append(part);
  render(content, part);
  const items = capture(part);
  const bars = [...part.querySelectorAll(".figure-bar")];
  keys.filter((key) => key.kind === "scale").forEach((key, i) => {
    const { left, top, width: wide, height } = bars[i].getBoundingClientRect();
    items.push({ kind: "bar", x: left, y: top, width: wide, height, colours: coloursOf(key.colours) });
  });
  part.remove();
  return items;
}

/** Items with their top at `y`, and where they end. */
function stacked(items: readonly Item[], y: number, gap: number): { items: Item[]; end: number } {
  if (items.length === 0) return { items: [], end: y };
  const placed = moved(items, 0, y - topOf(items));
  return { items: placed, end: bottomOf(placed) + gap };
}

export function toldOf(page: Exported, index: number, frames: readonly Frame[] = page.run?.frames ?? []): Told {
  const words = (id: string) => (document.getElementById(id)?.textContent ?? "").replace(/\s+/g, " ").trim();
  const { run, meta } = page;
  const address = new URL(location.href);
  address.searchParams.set("step", String(index + 1));
  return {
    meta, headline: words("headline"), system: words("slides").replace(/, slides? [\d–]+$/, ""), settings: run?.settings ?? {}, frame: frames[index], steps: frames.at(-1)?.steps ?? frames.length,
    sentence: run ? page.sentence(run) : "", link: address.href, own: page.isOwn(),
  };
}

/** The stage and what stands below it, in the figure's width. */
function stageItems(page: Exported, { words, notes }: Look, show: () => void): Item[] {
  const area = page.stage.parentElement ?? page.stage;
  const written = noting(area, show);
  const isWanted = (part: Element) => part === page.stage || (part.matches(NOTES) ? notes : words);
  return [...area.children].filter(isWanted).flatMap((part) => capture(part, written));
}

/** The question that heads the page, with the word that stands out in it. */
const headline = () => [...(document.getElementById("headline")?.childNodes ?? [])].map((node) => (node instanceof Text ? node.data : node instanceof HTMLElement ? html`<em>${node.textContent}</em>` : nothing));

/**
 * The figure of frame `index`.
 * @param density pixels of its pictures in one of CSS
 * @param tall the least height of the stage, so that what stands below keeps its place in a film
 */
export function figureOf(page: Exported, show: Shows, index: number, look: Look, density: number, tall = 0): Figure {
  const before = { index: page.player.index, theme: root.dataset.theme, x: scrollX, y: scrollY };
  const inner = look.width - 2 * MARGIN;
  root.dataset.theme = look.theme;
  root.dataset.figure = look.width / look.letters < NARROW ? "narrow" : "wide";
  root.style.setProperty("--figure-width", `${inner}px`);
  root.style.setProperty("--figure-letters", `${look.letters}px`);
  try {
    // Twice: what a frame shows can change how much room the rest has.
    const draw = () => atDensity(density, () => {
      show(index);
      show(index);
    });
    const stage = stageItems(page, look, draw);
    const told = toldOf(page, index);
    const keys = look.legend ? (page.meta.legend?.(told.frame, page.values) ?? []) : [];
    const head = look.title ? laidOut(html`<p class="figure-title">${headline()}</p><p class="figure-system">${told.system}, ${stepOf(told)}</p>`, inner) : [];
    const legend = keys.length > 0 ? laidOut(html`<div class="figure-keys">${keys.map(keyRow)}</div>`, inner, keys) : [];
    const foot = look.source ? laidOut(html`<p class="figure-source">${sourceOf(told)} ${told.own ? nothing : html`<a href=${told.link}>${told.link}</a>`}</p>`, inner) : [];
    const gap = look.letters * 0.8;
    const top = stacked(head, MARGIN, gap);
    const middle = stacked(stage, top.end, gap);
    const middleEnd = Math.max(middle.end, top.end + tall);
    const low = stacked(legend, middleEnd, gap);
    const last = stacked(foot, low.end, gap);
    const items = moved([...top.items, ...middle.items, ...low.items, ...last.items], MARGIN, 0);
    return { scene: { width: look.width, height: Math.ceil(last.end - gap + MARGIN), background: ink("--paper"), items }, told, caption: captionOf(told) };
  } finally {
    delete root.dataset.figure;
    if (before.theme === undefined) delete root.dataset.theme;
    else root.dataset.theme = before.theme;
    root.style.removeProperty("--figure-width");
    root.style.removeProperty("--figure-letters");
    show(before.index);
    scrollTo(before.x, before.y);
  }
}

/** How tall the stage of some frames is at most, at this look. */
export function tallest(page: Exported, show: Shows, indices: readonly number[], look: Look) {
  const bare = { ...look, title: false, legend: false, source: false };
  return indices.reduce((most, index) => Math.max(most, figureOf(page, show, index, bare, 1).scene.height - 2 * MARGIN + look.letters * 0.8), 0);
}
