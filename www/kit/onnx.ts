// What the second core tells of a visitor's ONNX file, and what the page reads out of shapes.
import type { OnnxDescription, OnnxMade, OnnxReady } from "./onnx-types";

export type { OnnxDescription, OnnxMade, OnnxNode, OnnxPort, OnnxReady } from "./onnx-types";

/** A file that the worker has read, and how it ran. */
export interface OnnxFile {
  name: string;
  bytes: number;
  description: OnnxDescription;
  ready: OnnxReady | null;
  /** What came out; nothing before the first run. */
  outputs: { name: string; shape: number[]; low: number; high: number; first: number[] }[];
  milliseconds: Partial<Record<"read" | "prepare" | "run", number>>;
}

export interface OnnxModel {
  description(): string;
  prepare(sizes: string): string;
  run(inputs: Float32Array[], progress: (ran: number, all: number) => void): OnnxMade[];
  free(): void;
}
export interface OnnxCore {
  default(options: { module_or_path: WebAssembly.Module }): Promise<unknown>;
  AnyModel: new (bytes: Uint8Array) => OnnxModel;
}

/** Numbers by which a pixel, 0 to 1, becomes an input: (value − mean) / deviation, one for all channels or one each. */
export interface Scale { mean: number[]; deviation: number[] }
/** What an input is given. */
export type Giving =
  | { kind: "picture"; scale: Scale; invert: boolean }
  /** `unknown` is the token of an unknown word, where there is one. */
  | { kind: "tokens"; text: string; ids: number[] | null; unknown: number | null }
  | { kind: "zeros" }
  | { kind: "ones" }
  | { kind: "random"; seed: number }
  | { kind: "json"; text: string };

/** A file that ships with the site. */
export interface ShippedFile { url: string; bytes: number; sha256: string }

export interface OnnxInput {
  /** The visitor's file, or one that ships. */
  model: { name: string; file: Blob | ShippedFile };
  sizes: Record<string, number>;
  /** By the inputs' names; what is missing is given what suits it. */
  given: Record<string, Giving>;
  /** For every input that takes one. */
  picture: Blob | ImageData;
  labels: string[];
  /** Places a side that are greyed one after the other; 0: none. */
  occlude: number;
}

/** The tokens that mean a hidden word, which a text writes as "___", and an unknown one. */
export const MASKS = ["[MASK]", "<mask>"];
export const UNKNOWNS = ["[UNK]", "<unk>", "unk", "<UNK>"];

export const SCALES = {
  unit: { mean: [0], deviation: [1] },
  imagenet: { mean: [0.485, 0.456, 0.406], deviation: [0.229, 0.224, 0.225] },
  signed: { mean: [0.5], deviation: [0.5] },
} satisfies Record<string, Scale>;

export interface PictureShape { layout: "NCHW" | "NHWC"; channels: number; height: number; width: number }

/** How a picture lies in an input of this shape; null where it is none. */
export function pictureShape(shape: readonly number[]): PictureShape | null {
  const sizes = shape.length === 4 && shape[0] === 1 ? shape.slice(1) : shape.length === 3 ? [...shape] : null;
  if (!sizes) return null;
  // Without a batch, one channel could as well be a list of vectors: then only a square is taken for a picture.
  const isSquare = new Set(sizes.filter((size) => size > 1)).size === 1;
  const channels = (count: number) => count === 3 || (count === 1 && (shape.length === 4 || isSquare));
  const large = (side: number) => side >= 8;
  if (channels(sizes[0]) && large(sizes[1]) && large(sizes[2])) return { layout: "NCHW", channels: sizes[0], height: sizes[1], width: sizes[2] };
  if (channels(sizes[2]) && large(sizes[0]) && large(sizes[1])) return { layout: "NHWC", channels: sizes[2], height: sizes[0], width: sizes[1] };
  return null;
}

/** Rows and columns of places, and how many tokens stand before them. */
export interface Places { rows: number; cols: number; before: number }

/** The grid that so many weights lie on over a picture of this height and width: with no, one or two tokens before it. */
export function placesOf(count: number, height = 1, width = 1): Places | null {
  for (const before of [0, 1, 2]) {
    const places = count - before;
    const cols = Math.round(Math.sqrt((places * width) / height));
    const rows = places / cols;
    if (cols >= 2 && rows >= 2 && Number.isInteger(rows) && Math.abs((rows * width) / (cols * height) - 1) < 0.1) return { rows, cols, before };
  }
  return null;
}

/** The parts of a node's name, outermost first: "/layers.0/attention/Softmax" is ["layers.0", "attention", "Softmax"]. */
export const partsOf = (name: string) => name.split("/").filter(Boolean);

/** Where in the network a node stands: its scope, or its own name where there is none. */
export const scopeOf = (name: string) => partsOf(name).slice(0, -1).join("/") || name;
