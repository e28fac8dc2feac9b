// Written by `./build.sh types` from the Rust core: change it there.

/**
 * What one step of a model saw and said.
 */
export type Frame = {
/**
 * Counted from 1.
 */
step: number,
/**
 * How many steps the run will have, where that is known.
 */
steps: number | null,
/**
 * All words said so far.
 */
words: Array<string>,
/**
 * No step follows.
 */
ended: boolean, maps: Array<AttentionMap>, pictures: Array<Picture>,
/**
 * What a student may ask for, by name.
 */
numbers: Array<NamedNumber>,
/**
 * The likeliest next words, likeliest first.
 */
choices: Array<Choice>,
/**
 * What was found in the input before the first step and is attended to (attributes of a picture).
 */
attributes: Array<Choice>,
/**
 * Words of the input that the model does not know, and what it read instead.
 */
replaced: Array<Replaced>, };

/**
 * Where a step attended.
 */
export type AttentionMap = { "kind": "grid", name: string, rows: number, cols: number, weights: Float32Array, } | { "kind": "tokens", name: string, tokens: Array<string>, weights: Float32Array, } | { "kind": "affine", name: string, theta: Float32Array, } | { "kind": "window", name: string, n: number, side: number,
/**
 * Centre of the grid, in pixels from the middle of the leftmost pixel.
 */
gx: number,
/**
 * Centre of the grid, in pixels from the middle of the topmost pixel.
 */
gy: number,
/**
 * Stride between neighbouring filters, in pixels.
 */
delta: number,
/**
 * Variance of the filters, in square pixels.
 */
sigma2: number,
/**
 * Intensity: a glimpse is multiplied by it, a patch divided.
 */
gamma: number, };

export type GridMap = Extract<AttentionMap, { kind: "grid" }>;

export type TokensMap = Extract<AttentionMap, { kind: "tokens" }>;

export type AffineMap = Extract<AttentionMap, { kind: "affine" }>;

export type WindowMap = Extract<AttentionMap, { kind: "window" }>;

/**
 * Numbers to be shown as a picture [height, width].
 */
export type Picture = { name: string, width: number, height: number, values: Float32Array,
/**
 * Least value, where it is not 0.
 */
min?: number,
/**
 * Greatest value, where it is not 1.
 */
max?: number, };

/**
 * One number of a frame, by name.
 */
export type NamedNumber = { name: string, value: number, };

export type Choice = { word: string, probability: number, };

/**
 * A word that the model does not know.
 */
export type Replaced = { typed: string,
/**
 * The known word, or words, that it was read as; none if it was left open.
 */
read: string | null, how: HowRead,
/**
 * Other known words that are near, the nearest first.
 */
suggestions: Array<string>, };

/**
 * Why an unknown word was read as a known one.
 */
export type HowRead = "contraction" | "form" | "synonym" | "spelling" | "unknown";

/**
 * What a visitor gives.
 */
export type Input = Uint8Array | ImageData | string;

/**
 * What went wrong, in one word.
 */
export type ErrorKind = "bad-input" | "bad-model" | "bad-picture" | "bad-settings" | "bad-text" | "bad-word" | "blank-picture" | "gpu" | "internal" | "missing-model" | "no-gpu" | "pending" | "picture-too-large";

/**
 * A file of a model: `name` is what models/manifest.json calls it.
 */
export type ModelFile = { model: string, name: string, };

/**
 * The GPU that there is.
 */
export type GpuFound = {
/**
 * Empty where the browser hides it.
 */
name: string,
/**
 * Whether it is one in software.
 */
fallback: boolean, };

/**
 * One step of a model's plan.
 */
export type EnginePart = {
/**
 * What the file calls the node.
 */
label: string,
/**
 * What it does: a kernel's name on the GPU, tract's name of the operator on the CPU.
 */
kind: string,
/**
 * Of a convolution on the GPU [rows and columns of the window, channels in, channels out, groups], of a product there
 * [batch, m, k, n], else the shape of what it makes.
 */
sizes: Array<number>,
/**
 * Whether it runs on the GPU.
 */
gpu: boolean,
/**
 * Multiply-adds.
 */
work: number,
/**
 * Bytes read and written, each once.
 */
moved: number,
/**
 * Of one run, the mean of several, where they were measured.
 */
milliseconds: number | null, };

/**
 * Why a model does not run on the GPU.
 */
export type Trouble = {
/**
 * Whether the GPU is gone; else it only does not run this model.
 */
lost: boolean, why: string, };

/**
 * Milliseconds of a run on each, where both were tried.
 */
export type Tried = { cpu: number | null, gpu: number | null, };

/**
 * Where a model ran.
 */
export type EngineModel = {
/**
 * "model/name".
 */
model: string, gpu: boolean, parts: Array<EnginePart>,
/**
 * The fastest variant of its kernels, where several were tried.
 */
variant: number | null, milliseconds: Tried, trouble: Trouble | null, };

/**
 * What a run costs in one place.
 */
export type Profile = {
/**
 * Of a whole run, the mean of `runs`; on the GPU with the way there and back.
 */
milliseconds: number, runs: number, parts: Array<EnginePart>, };

/**
 * What the GPU made of a model's last run.
 */
export type ExaminedOnGpu = { trouble: Trouble, } | { profile: Profile,
/**
 * The output that is farthest from the CPU's.
 */
output: string,
/**
 * The difference, relative to the larger of the CPU's number and one; null if it is no number.
 */
worst: number | null, };

/**
 * What a model's last run costs on the CPU and, if it was asked, on the GPU.
 */
export type Examined = {
/**
 * "model/name".
 */
model: string,
/**
 * The shape of its first input.
 */
size: Array<number>, cpu: Profile, gpu: ExaminedOnGpu | null, };
