/** What the wasm core hands to the page, and what the page's modules hand to each other. */

export interface GridMap { kind: "grid"; name: string; rows: number; cols: number; weights: Float32Array }
export interface WindowMap {
  kind: "window"; name: string;
  gx: number; gy: number; delta: number; sigma2: number; gamma: number; n: number; side: number;
}
/** A box of the picture: theta [2, 3] takes the box's places, -1 to 1, to the picture's. */
export interface AffineMap { kind: "affine"; name: string; theta: Float32Array }
export interface TokensMap { kind: "tokens"; name: string; tokens: string[]; weights: Float32Array }
export interface Picture {
  name: string; width: number; height: number; values: Float32Array; min?: number; max?: number;
}
export interface NamedNumber { name: string; value: number }
export interface Choice { word: string; probability: number }

/** What one step of a model saw and said. */
export interface Frame {
  step: number;
  steps: number | null;
  words: string[];
  ended: boolean;
  maps: (GridMap | WindowMap | TokensMap | AffineMap)[];
  pictures: Picture[];
  numbers: NamedNumber[];
  choices: Choice[];
  attributes: Choice[];
}

/** A picture of the visitor's as it stands on the stage. */
export interface Photo { width: number; height: number; rgba: Uint8ClampedArray }
export interface Drawing { width: number; height: number; data: Uint8ClampedArray }
export type Input = undefined | Uint8Array | Drawing | string;
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

export interface Progress { phase: "download" | "compile" | "run"; file: string; loaded: number; total: number }
export type FromWorker =
  | ({ type: "progress"; run: number } & Progress)
  | { type: "picture"; run: number; width: number; height: number; rgba: Uint8ClampedArray }
  | { type: "frame"; run: number; frame: Frame }
  | { type: "engine"; run: number; engine: Partial<Engine> }
  | { type: "done"; run: number }
  | { type: "error"; run: number; kind: string; message: string };

/** A step of a model's plan: what it does, the sizes that say how much, multiply-adds, bytes read and written, and milliseconds
 * where they were measured. */
export interface EnginePart {
  label: string; kind: string; sizes: number[]; gpu: boolean; work: number; moved: number; milliseconds: number | null;
}
/** Whether the GPU is gone, or only does not run a model. */
export interface Trouble { lost: boolean; why: string }
/** Where a model ran, with the milliseconds of a run on each, and the fastest variant of its kernels, where they were tried. */
export interface EngineModel {
  model: string; gpu: boolean; parts: EnginePart[];
  variant?: number | null;
  milliseconds?: { cpu: number | null; gpu: number | null };
  trouble?: Trouble | null;
}
/** What a run costs: milliseconds are the mean of so many runs. */
export interface Profile { milliseconds: number; runs: number; parts: EnginePart[] }
/** What a model's last run costs on both, and the output of the GPU that is farthest from the CPU's: null if it is no number. */
export interface Examined {
  model: string;
  /** The shape of its first input. */
  size: number[];
  cpu: Profile;
  gpu: null | { trouble: Trouble } | { trouble?: undefined; profile: Profile; output: string; worst: number | null };
}
/** A measurement under way: so many of the models are measured, on the CPU and on this GPU, or why on none. */
export interface Examining {
  gpu: string | null; why: string; done: number; total: number; models: Examined[]; over: boolean; trouble: string;
}
/** What runs the models: the GPU's name, or why there is none, the models that were brought to it, and all that have run. */
export interface Engine {
  gpu: string | null; why: string; models: EngineModel[]; ran: string[]; examining: Examining | null;
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

/** What an exhibit tells the frame around it. */
export interface Exhibit {
  name: string;
  /** Frames a second at speed 1. */
  pace: number;
  settings(): Settings;
  show(frame: Frame | undefined, run: Run): void;
  thumbnail(context: CanvasRenderingContext2D, frame: Frame, run: Run, x: number, y: number, width: number, height: number): void;
  lesson(frame: Frame | undefined, run: Run): Node[];
  replace(): void;
}

/** The wasm core as the worker sees it. */
export interface CoreSession {
  models(settings: string): string;
  load(model: string, name: string, bytes: Uint8Array): void;
  start(settings: string, input: Input): void;
  step(): Frame | null | undefined;
  picture(): { width: number; height: number; rgba: Uint8Array } | undefined;
  steer(step: number, weights: Float32Array | null): void;
  for_gpu(but: string[]): void;
  settle(force: boolean, known: string): Promise<string>;
  ran(): string;
  examine(name: string, bytes: Uint8Array, gpu: boolean): Promise<string>;
  forget(): void;
}
export interface Core {
  default(options: { module_or_path: BufferSource | Response | string }): Promise<unknown>;
  Session: new (exhibit: string) => CoreSession;
  gpu(): Promise<string>;
}

/** For teachers with a console, and for tests; reading only. */
export interface Handle {
  readonly frames: Frame[];
  readonly settings: Settings;
  readonly picture: Photo | null;
  recording(): Promise<string>;
}

declare global {
  interface Window { glimpse: Handle }
  /** What TypeScript's own declarations of WebGPU leave out. */
  const GPUBufferUsage: { readonly COPY_DST: number; readonly STORAGE: number; readonly UNIFORM: number };
  const GPUTextureUsage: { readonly COPY_DST: number; readonly RENDER_ATTACHMENT: number; readonly TEXTURE_BINDING: number };
}
