// Finds entries by the beginnings of their words.
import type { SearchEntry } from "./search-entries";

/** Small letters without accents, and nothing between them but spaces. */
const simple = (text: string) =>
  text
    .normalize("NFD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, " ")
    .trim();

/** How well one word that was typed fits a text: its word, the beginning of one, or no fit. */
function fit(word: string, text: string) {
  if (text.includes(` ${word} `)) return 3;
  return text.includes(` ${word}`) ? 2 : 0;
}

/** Where a word counts: most in the title. */
const WEIGHTS = [["title", 4], ["note", 2], ["words", 1]] as const;

function score(entry: SearchEntry, typed: readonly string[]) {
  let sum = 0;
  for (const word of typed) {
    const best = Math.max(...WEIGHTS.map(([part, weight]) => weight * fit(word, ` ${simple(entry[part])} `)));
    if (best === 0) return 0;
    sum += best;
  }
  return sum;
}

/** The entries that hold every word of the query, best first, in their own order where they fit alike. */
export function find(query: string, entries: readonly SearchEntry[]): SearchEntry[] {
  const typed = simple(query).split(" ").filter(Boolean);
  if (typed.length === 0) return [];
  return entries
    .map((entry) => ({ entry, fits: score(entry, typed) }))
    .filter(({ fits }) => fits > 0)
    .sort((a, b) => b.fits - a.fits)
    .map(({ entry }) => entry);
}
