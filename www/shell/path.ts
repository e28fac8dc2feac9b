// The lecture as a path: every entry of every exhibit in the order of its slides, and the way from each to its neighbours.
import { html, nothing } from "lit/html.js";
import { slidesOf, type Entry, type ExhibitMeta } from "../kit/meta";

/** One exhibit on the path, in one of its states. */
export interface Stop {
  meta: ExhibitMeta;
  entry: Entry;
  /** Which of the exhibit's entries it is. */
  index: number;
  /** Its place on the path, from 1 on. */
  number: number;
  address: string;
}

export const addressOf = (name: string, query: string) => `${name}.html${query && `?${query}`}`;

/** All stops, by their first slide. */
export function pathOf(exhibits: readonly ExhibitMeta[]): readonly Stop[] {
  const entries = exhibits.flatMap((meta) => meta.entries.map((entry, index) => ({ meta, entry, index, address: addressOf(meta.name, entry.query) })));
  entries.sort((a, b) => a.entry.slides[0] - b.entry.slides[0]);
  return entries.map((stop, i) => ({ ...stop, number: i + 1 }));
}

/** A question without the stars around its word. */
export const plain = (question: string) => question.replaceAll("*", "");

/** The stops of an exhibit with those before and after each. */
export function waysOf(meta: ExhibitMeta, path: readonly Stop[]) {
  return meta.entries.map((_, index) => {
    const at = path.findIndex((stop) => stop.meta.name === meta.name && stop.index === index);
    return { stop: path[at], before: path.at(at - 1 < 0 ? path.length : at - 1), after: path.at(at + 1) };
  });
}

type Way = ReturnType<typeof waysOf>[number];

const said = ({ entry }: Stop) => `${entry.system}, ${slidesOf(entry.slides)}`;

/** Where the exhibit stands on the path, and the links to its neighbours; the first of its entries is shown at first. */
export const wayInHeader = (ways: readonly Way[]) => html`${ways.map(
  ({ before, after }, i) => html`<nav class="way" data-way=${i} aria-label="The lecture's path" ?hidden=${i > 0}>${
    before ? html`<a rel="prev" href=${before.address} aria-label=${`Previous: ${said(before)}`}>‹ previous</a>` : nothing
  }${after ? html`<a rel="next" href=${after.address} aria-label=${`Next: ${said(after)}`}>next ›</a>` : nothing}</nav>`,
)}`;

/** The same after the lesson, with the neighbours' questions. */
export const wayAfterLesson = (ways: readonly Way[]) => html`${ways.map(
  ({ before, after }, i) => html`<nav class="onwards" data-way=${i} aria-label="The path, after the lesson" ?hidden=${i > 0}>${
    after ? html`<a rel="next" href=${after.address}><small>Next, ${slidesOf(after.entry.slides)}</small> ${plain(after.entry.question)} ›</a>` : html`<a href="index.html#slides"><small>The end of the path</small> All 31 slides ›</a>`
  }${before ? html`<a rel="prev" href=${before.address}><small>Previous, ${slidesOf(before.entry.slides)}</small> ‹ ${plain(before.entry.question)}</a>` : nothing}</nav>`,
)}`;

/** Shows the way from this entry of the exhibit, and its number on the path. */
export function showWay(index: number) {
  for (const one of document.querySelectorAll<HTMLElement>("[data-way]")) one.hidden = one.dataset.way !== String(index);
}
