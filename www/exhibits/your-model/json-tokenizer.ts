// A tokenizer.json, as the tokenizers library writes it. Loaded when there is one.
import { Tokenizer as Reader } from "@huggingface/tokenizers";
import { MASKS, UNKNOWNS } from "../../kit/onnx";
import type { Tokenizer } from "./tokenizer";

/**
 * What a tokenizer.json describes.
 * @throws where it describes nothing that is known
 */
export function jsonTokenizer(text: string): Tokenizer {
  const reader = new Reader(JSON.parse(text) as object, {});
  const mask = MASKS.find((token) => reader.token_to_id(token) !== undefined);
  const unknown = UNKNOWNS.map((token) => reader.token_to_id(token)).find((id) => id !== undefined);
  const tokenizer: Tokenizer = {
    size: reader.get_vocab().size,
    unknown: unknown ?? null,
    tokens(said) {
      const { ids, tokens } = reader.encode(mask ? said.replace(/_{2,}/g, mask) : said);
      return ids.map((id, i) => ({ id, token: tokens[i] }));
    },
  };
  // Some faults show only at the first text.
  tokenizer.tokens("a");
  return tokenizer;
}
