// A text as the tokens that a model takes, by a vocabulary of one token a line.
import { MASKS, UNKNOWNS } from "../../kit/onnx";

export interface Token { token: string; id: number }
export interface Tokenizer {
  /** How many tokens it knows. */
  size: number;
  /** The number of its token for an unknown word; null if it has none. */
  unknown: number | null;
  tokens(text: string): Token[];
}


/** Words and marks of a text by a list of tokens, longest pieces first ("##" before what continues a word, as WordPiece writes it). */
export function linesTokenizer(lines: readonly string[]): Tokenizer {
  const ids = new Map(lines.map((token, id) => [token, id]));
  const unknown = UNKNOWNS.find((token) => ids.has(token));
  const mask = MASKS.find((token) => ids.has(token));
  const isLower = !lines.some((token) => /^[A-Z][a-z]+$/.test(token));
  const known = (token: string): Token => ({ token, id: ids.get(token) ?? 0 });
  const around = (token: string) => (ids.has(token) ? [known(token)] : []);

  /** The pieces of a word; the unknown token where it has none. */
  function pieces(word: string): Token[] {
    const found: Token[] = [];
    for (let at = 0; at < word.length; ) {
      let end = word.length;
      const piece = () => (at > 0 ? "##" : "") + word.slice(at, end);
      while (end > at && !ids.has(piece())) end--;
      if (end === at) return [known(unknown ?? lines[0] ?? "")];
      found.push(known(piece()));
      at = end;
    }
    return found;
  }

  return {
    size: lines.length,
    unknown: unknown === undefined ? null : (ids.get(unknown) ?? null),
    tokens(text) {
      const words = (isLower ? text.toLowerCase() : text).match(/_{2,}|[\p{L}\p{N}]+|[^\s\p{L}\p{N}]/gu) ?? [];
      const inside = words.flatMap((word) => (mask && word.startsWith("__") ? [known(mask)] : pieces(word)));
      return [...around("[CLS]"), ...inside, ...around("[SEP]")];
    },
  };
}
