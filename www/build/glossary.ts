// The glossary: glossary/*.md, one heading of the second level a term. The tooltips of the page and its search are made of it.
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import type { Token } from "marked";
import type { Plugin } from "vite";
import type { SearchEntry } from "../lobby/search-entries";
import { linksIn, plain, split, tokensOf } from "./markdown";

const WWW = path.resolve(import.meta.dirname, "..");
const FOLDER = path.join(WWW, "glossary");

export interface GlossaryEntry {
  /** As it is headed: "context vector". */
  term: string;
  /** The name of its place on the page. */
  id: string;
  /** One or two sentences. */
  definition: string;
  /** "Slides 6–7", and the exhibits where it is met. */
  where: Token[];
  slides: number[];
  /** Addresses from the site's folder. */
  exhibits: string[];
}

/** "thin plate" → "thin-plate". */
const idOf = (term: string) => term.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "-");

/** "Slides 6–7, 28" as the numbers of all these slides. */
function slidesIn(text: string) {
  const said = /^Slides? ([\d–, ]+)/.exec(text)?.[1] ?? "";
  return said.split(",").filter((part) => part.trim()).flatMap((part) => {
    const [from, to = from] = part.split("–").map(Number);
    return Array.from({ length: to - from + 1 }, (_, i) => from + i);
  });
}

/** The entries of one file. */
export function entriesOf(text: string, file: string): GlossaryEntry[] {
  return split(tokensOf(text), 2).sections.map(({ title, body }) => {
    const [definition, where, ...more] = body;
    if (definition?.type !== "paragraph" || where?.type !== "paragraph" || more.length > 0) throw new Error(`${file}: “${title}” holds a definition and a line that says where`);
    return { term: title, id: idOf(title), definition: plain([definition]), where: [where], slides: slidesIn(plain([where])), exhibits: linksIn([where]) };
  });
}

/** All entries by the alphabet. */
export async function glossary(): Promise<GlossaryEntry[]> {
  const files = (await readdir(FOLDER)).filter((file) => file.endsWith(".md"));
  const entries = await Promise.all(files.map(async (file) => entriesOf(await readFile(path.join(FOLDER, file), "utf8"), `www/glossary/${file}`)));
  return entries.flat().sort((a, b) => a.term.localeCompare(b.term, "en"));
}

/** The glossary as the page's search takes it. */
export const glossaryEntries = async (): Promise<SearchEntry[]> => (await glossary()).map(({ term, definition, id }) => ({ title: term, note: definition, address: `glossary.html#${id}`, words: "" }));

/** The terms that the lessons mark, by the source of each lesson. */
export const marked = (source: string) => [...source.matchAll(/\bterm\("([^"]+)"/g)].map(([, term]) => term);

/** All terms that are marked somewhere. */
export async function markedTerms() {
  const files = (await readdir(path.join(WWW, "exhibits"), { recursive: true })).filter((file) => file.endsWith("lesson.ts"));
  const sources = await Promise.all(files.map((file) => readFile(path.join(WWW, "exhibits", file), "utf8")));
  return [...new Set(sources.flatMap(marked))].sort();
}

/** The definitions of the terms that are marked, for their tooltips: no page carries the whole glossary. */
export function glossaryPlugin(): Plugin {
  const name = "\0virtual:glossary";
  return {
    name: "glimpse-glossary",
    resolveId: (id) => (id === name.slice(1) ? name : null),
    configureServer(server) {
      server.watcher.on("change", (file) => {
        const module = path.dirname(file) === FOLDER && server.moduleGraph.getModuleById(name);
        if (module) server.moduleGraph.invalidateModule(module);
      });
    },
    async load(id) {
      if (id !== name) return null;
      const [entries, terms] = await Promise.all([glossary(), markedTerms()]);
      const defined = terms.map((term) => {
        const entry = entries.find((one) => one.term === term);
        if (!entry) throw new Error(`www/glossary does not define “${term}”, which a lesson marks as a term`);
        return [term, [entry.definition, entry.id]];
      });
      return `export const definitions = ${JSON.stringify(Object.fromEntries(defined))};\n`;
    },
  };
}
