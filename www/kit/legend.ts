// The keys of a figure: what its colours and marks mean.
import { gridOf, tokensOf } from "./frame";
import type { Key } from "./meta";
import type { Frame } from "./types";

/** A weight as it stands beside a bar of colours. */
export const weightText = (weight: number) => (weight >= 0.0995 ? weight.toFixed(2) : weight.toPrecision(2));

/** A weight as it is said. */
export const weightSaid = (weight: number) => (weight < 0.001 ? "less than 0.001" : weightText(weight));

const greatestOf = (weights: Float32Array) => weightText(weights.reduce((most, weight) => Math.max(most, weight), 0));

export const markKey = (mark: "line" | "box" | "ring", colour: string, says: string): Key => ({ kind: "mark", mark, colour, says });
export const scaleKey = (colours: string | readonly string[], low: string, high: string, says: string): Key => ({ kind: "scale", colours, low, high, says });

/** The bar of a heatmap, whose brightest place is the frame's greatest weight. */
export function heatKeys(frame: Frame, name: string, colours: unknown, says = "attention weight of a place"): Key[] {
  const map = gridOf(frame, name);
  return map ? [scaleKey(String(colours), "0", greatestOf(map.weights), says)] : [];
}

/** The bar of weights on the pieces of a text, which reaches to 1 where the colours do not fall and rise with a frame. */
export function tokenKeys(frame: Frame, name: string, colours: string | readonly string[], says: string): Key[] {
  const map = tokensOf(frame, name);
  return map ? [scaleKey(colours, "0", typeof colours === "string" ? greatestOf(map.weights) : "1", says)] : [];
}
