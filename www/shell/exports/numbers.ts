// The numbers of a run as tables that any spreadsheet reads (RFC 4180), and all of it as JSON.
import type { AttentionMap, Frame } from "../../kit/types";

/** The tables that a run can have. */
export const TABLES = {
  places: "Weights by place",
  tokens: "Weights by token",
  windows: "Windows and boxes",
  choices: "Likeliest words",
  numbers: "Numbers of each step",
} as const;
export type Table = keyof typeof TABLES;

type Cell = string | number;

/** Text that a spreadsheet would take for a formula gets an apostrophe before it, which spreadsheets hide. */
const harmless = (text: string) => (/^[=+\-@\t\r]./.test(text) && !Number.isFinite(Number(text)) ? `'${text}` : text);

const cell = (value: Cell) => {
  if (typeof value === "number") return shortest(value);
  const text = harmless(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};

/** Lines end as RFC 4180 asks. */
export const csv = (rows: readonly (readonly Cell[])[]) => rows.map((row) => `${row.map(cell).join(",")}\r\n`).join("");

/** The shortest decimal that is the same float32. */
export function shortest(value: number) {
  if (!Number.isFinite(value)) return String(value);
  const single = Math.fround(value);
  for (let digits = 6; digits <= 9; digits++) {
    const text = String(Number(value.toPrecision(digits)));
    if (Math.fround(Number(text)) === single) return text;
  }
  return String(value);
}

/** A piece of text as it is read: some models mark where a word begins. */
export const readable = (piece: string) => piece.replaceAll("▁", " ").trim();

/** The word that a step is about; none where the words of a frame are not said one by one. */
export const wordOf = ({ words, step }: Frame) => (words.length <= step ? readable(words.at(-1) ?? "") : "");

/** What a map that is not of weights says of itself. */
function parametersOf(map: AttentionMap): [string, number][] {
  if (map.kind === "affine") return [...map.theta].map((value, i) => [`theta_${Math.floor(i / 3) + 1}${(i % 3) + 1}`, value]);
  if (map.kind !== "window") return [];
  return (["n", "side", "gx", "gy", "delta", "sigma2", "gamma"] as const).map((name) => [name, map[name]]);
}

function rowsOf(frame: Frame, table: Table): Cell[][] {
  const head: Cell[] = [frame.step, wordOf(frame)];
  if (table === "numbers") return frame.numbers.map(({ name, value }) => [...head, name, value]);
  if (table === "choices") return frame.choices.map(({ word, probability }, i) => [...head, i + 1, readable(word), probability]);
  return frame.maps.flatMap((map): Cell[][] => {
    if (table === "places" && map.kind === "grid") return [...map.weights].map((weight, i) => [...head, map.name, Math.floor(i / map.cols) + 1, (i % map.cols) + 1, weight]);
    if (table === "tokens" && map.kind === "tokens") return [...map.weights].map((weight, i) => [...head, map.name, i + 1, readable(map.tokens[i] ?? ""), weight]);
    if (table === "windows") return parametersOf(map).map(([name, value]) => [...head, map.name, name, value]);
    return [];
  });
}

const HEADS: Record<Table, string[]> = {
  places: ["step", "word", "map", "row", "column", "weight"],
  tokens: ["step", "word", "map", "place", "token", "weight"],
  windows: ["step", "word", "map", "parameter", "value"],
  choices: ["step", "word", "rank", "choice", "probability"],
  numbers: ["step", "word", "number", "value"],
};

/** The tables of this run that are not empty. */
export const tablesOf = (frames: readonly Frame[]) => (Object.keys(TABLES) as Table[]).filter((table) => frames.some((frame) => rowsOf(frame, table).length > 0));

/** A table as parts of a file, the first of which has the names of the columns. */
export const tableAsCsv = (frames: readonly Frame[], table: Table): string[] => [csv([HEADS[table]]), ...frames.map((frame) => csv(rowsOf(frame, table)))];

/** A model's file, as models/manifest.json lists it. */
export interface ModelFile { model: string; name: string; sha256: string; bytes: number }

/** Where a run comes from. */
export interface Origin {
  exhibit: string;
  system: string;
  link: string;
  papers: string[];
  settings: Record<string, string | number>;
  /** Steps at which the visitor set the weights. */
  steers: readonly { step: number; weights: ArrayLike<number> }[];
  live: boolean;
  models: readonly ModelFile[];
}

const plain = (_key: string, value: unknown) => (value instanceof Float32Array ? Array.from(value, (number) => Number(shortest(number))) : typeof value === "number" && !Number.isInteger(value) ? Number(shortest(value)) : value);

/** A run as parts of a JSON file, a frame a line. */
export function runAsJson({ exhibit, system, link, papers, settings, steers, live, models }: Origin, frames: readonly Frame[]): string[] {
  const { seed = null } = settings;
  const head = { format: "glimpse-run", version: 1, exhibit, system, link, papers, made: live ? "live" : "recorded, weights in 16 bits", settings, seed, steers, models };
  const last = frames.length - 1;
  return [
    `${JSON.stringify(head, plain, 1).slice(0, -2)},\n "frames": [\n`,
    ...frames.map((frame, i) => `${JSON.stringify(frame, plain)}${i < last ? "," : ""}\n`),
    "]}\n",
  ];
}
