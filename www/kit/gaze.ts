// Where a frame looks, in words: for those who do not see the stage, and for whoever reads it out.
import type { Cell } from "./arrows";
import { fixed } from "./dom";
import { greatest } from "./frame";
import { weightSaid } from "./legend";
import type { AffineMap, Frame, TokensMap, WindowMap } from "./types";

/** Weights on a grid of places, row by row. */
export interface Weights { rows: number; cols: number; weights: Float32Array }

/** From this share on, a part of the picture has most of the gaze. */
const MOST = 0.5;
/** If half of the gaze needs this share of all places, it is spread. */
const SPREAD = 0.35;
/** Words that are named at most. */
const MOST_TOKENS = 3;
/** A word with less of the weight is not named after the first one. */
const LEAST_TOKEN = 0.1;
/** Degrees that nobody sees. */
const UPRIGHT = 3;

const ACROSS = ["left", "", "right"];
const DOWN = ["upper", "", "lower"];

/** A place of a grid, counted from one: "place 3 of 14 across, 5 of 14 down". */
export const cellText = ([column, row]: Cell, [columns, rows]: Cell) => `place ${column + 1} of ${columns} across, ${row + 1} of ${rows} down`;

/** Which ninth of the picture a point lies in, by shares of its sides: "upper left", "in the middle". */
export function partOf(x: number, y: number) {
  const third = (share: number) => Math.max(0, Math.min(2, Math.floor(3 * share)));
  const [across, down] = [ACROSS[third(x)], DOWN[third(y)]];
  if (across && down) return `${down} ${across}`;
  if (!across && !down) return "in the middle";
  return across ? `${across} of the middle` : down === "upper" ? "above the middle" : "below the middle";
}

/** The fewest places that hold half of the weight. */
function halfOf(weights: Float32Array) {
  const order = Array.from(weights, (weight, at) => ({ weight, at })).sort((a, b) => b.weight - a.weight);
  const all = order.reduce((sum, { weight }) => sum + weight, 0);
  let [count, sum] = [0, 0];
  while (count < order.length && sum < all / 2 - 1e-9) sum += order[count++].weight;
  return { count, all, first: order[0]?.at ?? 0 };
}

/** "mostly upper left, half of it on 6 of 196 places" */
export function gridInWords({ rows, cols, weights }: Weights) {
  const { count, all, first } = halfOf(weights);
  if (all <= 0) return "nowhere";
  const places = `half of it on ${count} of ${weights.length} places`;
  const parts = new Map<string, number>();
  weights.forEach((weight, at) => {
    const part = partOf(((at % cols) + 0.5) / cols, (Math.floor(at / cols) + 0.5) / rows);
    parts.set(part, (parts.get(part) ?? 0) + weight / all);
  });
  const [part, share] = [...parts].reduce((best, one) => (one[1] > best[1] ? one : best));
  const top = `most at ${cellText([first % cols, Math.floor(first / cols)], [cols, rows])}, weight ${weightSaid(weights[first])}`;
  const where = share >= MOST ? `mostly ${part}` : count >= SPREAD * weights.length ? "spread over the whole" : `in several parts, more ${part} than elsewhere`;
  return `${where}, ${places}; ${top}`;
}

/** "mostly on “dog” (0.83), then “brown” (0.10)" */
function tokensInWords({ tokens, weights }: Pick<TokensMap, "tokens" | "weights">) {
  const order = tokens.map((token, i) => ({ token: token.replace("▁", "").trim() || "a space", weight: weights[i] })).sort((a, b) => b.weight - a.weight);
  const named = order.filter(({ weight }, i) => i < MOST_TOKENS && (i === 0 || weight >= LEAST_TOKEN)).map(({ token, weight }) => `“${token}” (${weightSaid(weight)})`);
  const [first, ...others] = named;
  if (first === undefined) return "on nothing";
  return `${order[0].weight >= MOST ? "mostly " : ""}on ${first}${others.length > 0 ? `, then ${others.join(" and ")}` : ""}`;
}

/** "in the middle, 47 % wide and 47 % high, turned by 55°" */
function affineInWords({ theta: [a, b, x, c, d, y] }: AffineMap) {
  const percent = (share: number) => `${fixed(100 * share, 0)} %`;
  const turn = (Math.atan2(c, a) * 180) / Math.PI;
  const turned = Math.abs(turn) > UPRIGHT ? `, turned by ${fixed(turn, 0)}°` : "";
  return `${partOf((x + 1) / 2, (y + 1) / 2)}, ${percent(Math.hypot(a, c))} wide and ${percent(Math.hypot(b, d))} high${turned}`;
}

/** "upper left, 12 of 28 pixels wide" */
function windowInWords({ gx, gy, n, delta, side }: WindowMap) {
  return `${partOf((gx + 0.5) / side, (gy + 0.5) / side)}, ${fixed(n * delta, 0)} of ${side} pixels wide`;
}

/** What a frame's map is called; a name that is not here is said as it is. */
const NAMES: Record<string, string> = {
  alpha: "The gaze lies", phi: "The window lies", p: "The weight lies", input: "The input leans", output: "The output leans",
  window: "The window lies", box: "The box lies", target: "The target lies", theta: "The grid lies", read: "It reads", write: "It writes",
  glimpse_12: "The sharpest view lies", mean: "The gaze lies",
};
/** Maps that say nothing of their own beside the others of their frame. */
const SILENT = /^(region of|head \d|glimpse_(24|48))/;

/** The one place that was taken: the only one with a weight. */
function placeInWords({ rows, cols, weights }: Weights) {
  const at = greatest(weights);
  return `It took ${cellText([at % cols, Math.floor(at / cols)], [cols, rows])}.`;
}

function mapInWords(map: Frame["maps"][number]) {
  if (map.kind === "grid" && map.name === "place") return placeInWords(map);
  const where = { grid: gridInWords, tokens: tokensInWords, affine: affineInWords, window: windowInWords }[map.kind] as (one: typeof map) => string;
  return `${NAMES[map.name] ?? map.name} ${where(map)}.`;
}

/** Where a frame looks: a sentence for each of its maps. */
export function gazeInWords(maps: Frame["maps"]) {
  const told = maps.filter(({ name }) => !SILENT.test(name));
  return told.length > 0 ? told.map(mapInWords).join(" ") : "This step has no map of attention.";
}
