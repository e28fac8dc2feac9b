// What a frame tells, by name.
/** @import {Frame, GridMap, TokensMap} from "./types.js" */

/** @param {Frame} frame @param {string} name */
export const numberOf = (frame, name) => frame.numbers.find((number) => number.name === name)?.value;

/** Weights on a grid. @param {Frame | undefined} frame @param {string} name @returns {GridMap | undefined} */
export function gridOf(frame, name) {
  for (const map of frame?.maps ?? []) if (map.kind === "grid" && map.name === name) return map;
  return undefined;
}

/** Weights on the pieces of a text. @param {Frame | undefined} frame @param {string} name @returns {TokensMap | undefined} */
export function tokensOf(frame, name) {
  for (const map of frame?.maps ?? []) if (map.kind === "tokens" && map.name === name) return map;
  return undefined;
}

/** The place with the greatest weight. @param {Float32Array} weights */
export const greatest = (weights) => weights.reduce((best, weight, i) => (weight > weights[best] ? i : best), 0);

/** The likeliest choice. @param {Frame} frame */
export const bestOf = (frame) => frame.choices.reduce((most, one) => (one.probability > most.probability ? one : most), frame.choices[0]);
