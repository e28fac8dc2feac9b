// What the build knows and the page needs at once: see build/site-files.ts.
declare module "virtual:site" {
  /** The core's files, below the site's folder. */
  export const wasm: import("./site").Site["wasm"];
  /** The second core's. */
  export const onnx: import("./site").Site["onnx"];
  /** The models' files, by the model's name and the file's. */
  export const files: Record<string, Record<string, import("./site").SiteFile>>;
}

declare module "virtual:confidences" {
  /** How sure each model may be of its sentence, where that was measured. */
  export const confidences: Record<string, import("./site").Confidence | undefined>;
}

declare module "virtual:recordings" {
  /** The recorded runs. */
  export const recordings: readonly import("./recordings").Entry[];
}

declare module "virtual:glossary" {
  /** The definition of each term that a lesson marks, and its place in the glossary. */
  export const definitions: Record<string, readonly [definition: string, id: string]>;
}

declare module "virtual:keep" {
  /** What each exhibit needs without a network. */
  export const kept: import("./keep").KeptExhibit[];
}
