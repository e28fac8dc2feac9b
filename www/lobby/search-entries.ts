// What the search on the start page finds: exhibits, papers, slides. The build puts the list into the page.
import { slidesOf, type Paper } from "../kit/meta";
import { plain, type Stop } from "../shell/path";
import { addressOfShown, type Slide } from "./slides";

export interface SearchEntry {
  title: string;
  /** What kind of thing it is and where it belongs. */
  note: string;
  address: string;
  /** Words by which it is found beside its title and note. */
  words: string;
}

const exhibitEntries = (path: readonly Stop[]): SearchEntry[] =>
  path.map(({ meta, entry, address }) => ({
    title: `${entry.system}: ${plain(entry.question)}`,
    note: `Exhibit, ${slidesOf(entry.slides)}. ${entry.can}`,
    address,
    words: [meta.title, meta.description, entry.shows].join(" "),
  }));

/** Each paper once, under its longest title, with the exhibits that show it. */
function paperEntries(path: readonly Stop[]): SearchEntry[] {
  const papers = new Map<string, { paper: Paper; shown: Map<string, string> }>();
  for (const { meta } of path) {
    for (const paper of meta.papers) {
      const known = papers.get(paper.url) ?? { paper, shown: new Map() };
      if (paper.title.length > known.paper.title.length) known.paper = paper;
      papers.set(paper.url, { ...known, shown: known.shown.set(meta.title, `${meta.name}.html`) });
    }
  }
  return [...papers.values()].map(({ paper: { authors, title, venue }, shown }) => ({
    title,
    note: `Paper: ${authors}, ${venue}. Shown in ${[...shown.keys()].join(", ")}`,
    address: [...shown.values()][0],
    words: "",
  }));
}

const slideEntries = (slides: readonly Slide[]): SearchEntry[] =>
  slides.map(({ number, holds, shown }) => ({
    title: `Slide ${number}: ${holds}`,
    note: shown.length > 0 ? shown.map(({ label }) => label).join(", ") : "no exhibit",
    address: shown.length > 0 ? addressOfShown(shown[0]) : `index.html#slide-${number}`,
    words: "",
  }));

export const searchEntries = (path: readonly Stop[], slides: readonly Slide[]): SearchEntry[] => [...exhibitEntries(path), ...slideEntries(slides), ...paperEntries(path)];
