/** What the wasm core hands to the page, and what the page's modules hand to each other. */
import type { EngineModel, Examined, Frame, Input as CoreInput } from "./core-types";
import type { OnnxFile, OnnxInput } from "./onnx";

export type {
  AffineMap, AttentionMap, Choice, EngineModel, EnginePart, ErrorKind, Examined, Frame, GridMap, NamedNumber, Picture, Profile,
  Replaced, TokensMap, Trouble, WindowMap,
} from "./core-types";

export type Input = CoreInput | OnnxInput | undefined;
export type Settings = Record<string, string | number>;
/** Settings as the core wants them. */
export type CoreSettings = Record<string, unknown>;
export interface Steer { step: number; weights: Float32Array }

export type ToWorker =
  | { type: "open"; exhibit: string; base: string; gpu: "auto" | "force" | "off" }
  | { type: "prepare"; settings: CoreSettings }
  | { type: "start"; run: number; settings: CoreSettings; input: Input; steers: Steer[] }
  | { type: "steer"; run: number; step: number; weights: Float32Array }
  | { type: "examine" };

/** In the phase "work", `loaded` of `total` steps of what `file` says are done; a total of 0 is not known. */
export interface Progress { phase: "download" | "compile" | "work" | "run"; file: string; loaded: number; total: number }
export type FromWorker =
  | ({ type: "progress"; run: number } & Progress)
  | { type: "picture"; run: number; picture: ImageData }
  | { type: "frame"; run: number; frame: Frame }
  | { type: "engine"; run: number; engine: Partial<Engine> }
  | { type: "trapped" }
  | { type: "done"; run: number }
  | { type: "error"; run: number; kind: string; message: string; cut?: boolean };

/** A measurement under way: so many of the models are measured, on the CPU and on this GPU, or why on none. */
export interface Examining {
  gpu: string | null; why: string; done: number; total: number; models: Examined[]; over: boolean; trouble: string;
}
/** What runs the models: the GPU's name, or why there is none, the models that were brought to it, and all that have run. */
export interface Engine {
  gpu: string | null; why: string; models: EngineModel[]; ran: string[]; examining: Examining | null;
  /** A file of the visitor's, once it has been read. */
  file?: OnnxFile;
}

/** One run of an exhibit: live, or recorded from the live page. */
export interface Run {
  settings: Settings;
  frames: Frame[];
  live: boolean;
  over: boolean;
  photo: CanvasImageSource | null;
  steers: Steer[];
}

/** The wasm core as the worker sees it. */
export interface CoreSession {
  models(settings: string): string;
  load(model: string, name: string, bytes: Uint8Array): void;
  start(settings: string, input: Input): void;
  step(): Frame | null | undefined;
  picture(): ImageData | undefined;
  steer(step: number, weights: Float32Array | null): void;
  for_gpu(but: string[]): void;
  settle(force: boolean, known: string): Promise<string>;
  ran(): string;
  examine(name: string, bytes: Uint8Array, gpu: boolean): Promise<string>;
  forget(): void;
}
export interface Core {
  default(options: { module_or_path: WebAssembly.Module }): Promise<unknown>;
  Session: new (exhibit: string) => CoreSession;
  gpu(): Promise<string>;
}

/** For teachers with a console, and for tests; reading only. */
export interface Handle {
  readonly frames: Frame[];
  readonly settings: Settings;
  readonly picture: ImageData | null;
  recording(): Promise<string>;
}

declare global {
  interface Window { glimpse: Handle }
  /** What TypeScript's own declarations of WebGPU leave out. */
  const GPUBufferUsage: { readonly COPY_DST: number; readonly STORAGE: number; readonly UNIFORM: number };
  const GPUTextureUsage: { readonly COPY_DST: number; readonly RENDER_ATTACHMENT: number; readonly TEXTURE_BINDING: number };
}
