// Pieces of words put together for people: whole words, with the spaces that French printing wants.

/** A word, or a punctuation mark, made of pieces that follow each other. */
export interface Word {
  text: string;
  /** What stands before it: nothing, a space, or one at which a line does not break. */
  gap: string;
  /** The place of its first piece, and how many it has. */
  first: number;
  count: number;
}

export type Language = "en" | "fr";

const END = "<end>";
const MARK = "▁";
const NO_BREAK = "\u00a0";
const NARROW_NO_BREAK = "\u202f";
/** What stands at the edges of a word as a word of its own. */
const OPENS = /^[«“"([]$/;
const CLOSES = /^[»”")\].,;:!?…]$/;
/** A word that has lost its last vowel before another, and one whose apostrophe is within. */
const ELIDED = /^(?:[cdjlmnst]|qu|jusqu|lorsqu|puisqu|quoiqu|presqu|quelqu|entr|aujourd|prud)'$/iu;
const MAY_ELIDE = /^(?:[cdjlmnst]|qu|jusqu|lorsqu|puisqu|quoiqu|presqu|quelqu|entr|aujourd|prud)$/iu;

/** A piece as it is read: the mark of a new word is a space. */
export const readable = (piece: string) => (piece === END ? "end" : piece.replaceAll(MARK, " ").trim() || "␣");

/** The words of a sentence in pieces; the end is one of its own. */
export function wordsOf(pieces: string[], language: Language): Word[] {
  const words = groupsOf(pieces).flatMap(parted);
  // A pair of straight quotes opens and closes in turn.
  let quotes = 0;
  return words.map(({ spaced, ...word }, i) => {
    const before = words[i - 1]?.text;
    quotes += Number(word.text === '"');
    if (before === undefined) return { ...word, gap: "" };
    const opened = before === '"' && quotes % 2 === 1 && word.text !== '"';
    const closes = word.text === '"' && quotes % 2 === 0;
    const french = opened || closes ? "" : frenchGap(before, word.text, spaced);
    return { ...word, gap: language === "fr" ? french : spaced ? " " : "" };
  });
}

interface Part {
  text: string;
  first: number;
  count: number;
  /** Whether a space, or nothing, is before it. */
  spaced: boolean;
}

/** Pieces without a space between them; a mark that is a piece of its own goes with the piece behind it. */
function groupsOf(pieces: string[]): Part[][] {
  const groups: Part[][] = [];
  for (let i = 0; i < pieces.length; i += 1) {
    const first = i;
    const spaced = i === 0 || pieces[i] === END || pieces[i].startsWith(MARK);
    if (pieces[i] === MARK && i + 1 < pieces.length && !pieces[i + 1].startsWith(MARK) && pieces[i + 1] !== END) i += 1;
    const text = pieces[i] === END ? readable(END) : pieces[i].replaceAll(MARK, "");
    const part = { text, first, count: i + 1 - first, spaced };
    if (spaced) groups.push([part]);
    else groups[groups.length - 1].push(part);
  }
  return groups;
}

/** Cuts a group into marks before, the word, and marks behind. */
function parted(group: Part[]): Part[] {
  let [start, end] = [0, group.length];
  while (start < end - 1 && OPENS.test(group[start].text)) start += 1;
  while (end > start + 1 && CLOSES.test(group[end - 1].text)) end -= 1;
  const inner = group.slice(start, end);
  const count = inner.reduce((sum, part) => sum + part.count, 0);
  const word = { ...inner[0], text: inner.map(({ text }) => text).join(""), count };
  return [...group.slice(0, start), word, ...group.slice(end)];
}

/** The space between two words of French, whatever the translator wrote there. */
function frenchGap(before: string, after: string, spaced: boolean) {
  if (/^[?!;]$/.test(after)) return /^[?!;]$/.test(before) ? "" : NARROW_NO_BREAK;
  if (after === ":" || after === "»" || before === "«") return NO_BREAK;
  if (/^[.,…)\]]/.test(after) || /^[([]$/.test(before)) return "";
  if (ELIDED.test(before) || (after.startsWith("'") && MAY_ELIDE.test(before))) return "";
  return spaced ? " " : "";
}

/** The sentence that pieces make, as people write it. */
export const sentenceOf = (pieces: string[], language: Language = "fr") =>
  wordsOf(pieces, language)
    .map(({ gap, text }) => gap + text)
    .join("");

/** What a word is made of, for those who ask. */
export function piecesTold(pieces: string[], { first, count }: Word) {
  const told = pieces.slice(first, first + count).map(readable);
  const seen = told.length > 1 && told[0] === "␣" ? told.slice(1) : told;
  return `${seen.length > 1 ? "pieces" : "piece"}: ${seen.join(" · ")}`;
}
