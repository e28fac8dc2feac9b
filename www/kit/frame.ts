// What a frame tells, by name.
import type { Frame, GridMap, TokensMap, WindowMap } from "./types";

export const numberOf = (frame: Frame, name: string) => frame.numbers.find((number) => number.name === name)?.value;

/** Weights on a grid. */
export function gridOf(frame: Frame | undefined, name: string): GridMap | undefined {
  for (const map of frame?.maps ?? []) if (map.kind === "grid" && map.name === name) return map;
  return undefined;
}

/** Weights on the pieces of a text. */
export function tokensOf(frame: Frame | undefined, name: string): TokensMap | undefined {
  for (const map of frame?.maps ?? []) if (map.kind === "tokens" && map.name === name) return map;
  return undefined;
}

/** The place with the greatest weight. */
export const greatest = (weights: Float32Array) => weights.reduce((best, weight, i) => (weight > weights[best] ? i : best), 0);

/** The likeliest choice. */
export const bestOf = (frame: Frame) => frame.choices.reduce((most, one) => (one.probability > most.probability ? one : most), frame.choices[0]);

/** A picture that the frame carries. */
export const pictureOf = (frame: Frame, name: string) => frame.pictures.find((picture) => picture.name === name);

/** DRAW's window of Gaussian filters. */
export function windowOf(frame: Frame, name: string): WindowMap | undefined {
  for (const map of frame.maps) if (map.kind === "window" && map.name === name) return map;
  return undefined;
}
