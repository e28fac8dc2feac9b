// What an error of the core is: the core says what it refuses, but a panic, an abort or a lack of memory only traps.
import { Refusal } from "./refusal";

/** What the core wrote before it trapped. */
let panic = "";

/** The core writes its panics to the console, and then traps with no word of them. */
export function listenForPanics() {
  const write = console.error;
  console.error = (...words: unknown[]) => {
    const text = String(words[0]);
    if (text.startsWith("panicked at")) panic = text.split("\n").slice(0, 2).join(" ");
    write(...words);
  };
}

/** Browsers' own words for memory that cannot be had. */
const MEMORY = /out of memory|could not allocate|allocation failed|invalid array length|array buffer allocation/i;

/** The kind of an error, what it says, and whether it is of a picture file of which a part is there. */
export function kindOf(error: unknown): { kind: string; message: string; cut?: boolean } {
  const { kind, message, cut } = (error ?? {}) as { kind?: unknown; message?: string; cut?: boolean };
  const said = message ?? String(error);
  if (error instanceof Refusal || typeof kind === "string") return { kind: String(kind), message: said, cut };
  if (MEMORY.test(said)) return { kind: "out-of-memory", message: said };
  // An abort without a panic is Rust's answer to memory that cannot be had.
  if (error instanceof WebAssembly.RuntimeError && /unreachable/i.test(said) && panic === "") return { kind: "out-of-memory", message: said };
  return { kind: "internal", message: panic || said };
}
