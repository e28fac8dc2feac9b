// Where a frame looks, in words.
import assert from "node:assert/strict";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { runnerImport } from "../../www/node_modules/vite/dist/node/index.js";

const WWW = fileURLToPath(new URL("../../www/", import.meta.url));
const { cellText, gazeInWords, gridInWords, partOf } = (await runnerImport(`${WWW}kit/gaze.ts`, { configFile: false, root: WWW, logLevel: "error" })).module;

/** A grid with so much weight at some places, by column and row; the rest shares what is left. */
function grid(side, heavy = []) {
  const rest = 1 - heavy.reduce((sum, [, , weight]) => sum + weight, 0);
  const weights = new Float32Array(side * side).fill(rest / (side * side - heavy.length));
  for (const [column, row, weight] of heavy) weights[row * side + column] = weight;
  return { rows: side, cols: side, weights };
}

test("a place is counted from one, across and down", () => {
  assert.equal(cellText([2, 4], [14, 14]), "place 3 of 14 across, 5 of 14 down");
});

test("the ninths of a picture have names, and what lies outside belongs to the nearest", () => {
  assert.equal(partOf(0.1, 0.1), "upper left");
  assert.equal(partOf(0.5, 0.5), "in the middle");
  assert.equal(partOf(0.9, 0.5), "right of the middle");
  assert.equal(partOf(0.5, 0.1), "above the middle");
  assert.equal(partOf(0.5, 1), "below the middle");
  assert.equal(partOf(-1, 7), "lower left");
});

test("a gaze on a few places is told with its part, their number and the greatest", () => {
  const six = [[2, 4, 0.15], [1, 4, 0.08], [2, 3, 0.08], [3, 4, 0.08], [2, 2, 0.06], [1, 3, 0.06]];
  assert.equal(gridInWords(grid(14, six)), "mostly upper left, half of it on 6 of 196 places; most at place 3 of 14 across, 5 of 14 down, weight 0.15");
});

test("an even gaze is spread, one on two sides has several parts, one without weight is nowhere", () => {
  assert.match(gridInWords(grid(14)), /^spread over the whole, half of it on 98 of 196 places/);
  assert.match(gridInWords(grid(14, [[0, 0, 0.3], [13, 13, 0.28], [13, 0, 0.26]])), /^in several parts, more upper left than elsewhere, half of it on 2 of 196 places/);
  assert.equal(gridInWords({ rows: 2, cols: 2, weights: new Float32Array(4) }), "nowhere");
});

test("every kind of map is told, in sentences", () => {
  const alpha = { kind: "grid", name: "alpha", ...grid(14, [[7, 7, 0.9]]) };
  const place = { kind: "grid", name: "place", rows: 14, cols: 14, weights: Float32Array.from({ length: 196 }, (_, i) => Number(i === 29)) };
  assert.equal(
    gazeInWords([alpha, place]),
    "The gaze lies mostly in the middle, half of it on 1 of 196 places; most at place 8 of 14 across, 8 of 14 down, weight 0.90. It took place 2 of 14 across, 3 of 14 down.",
  );
  const tokens = { kind: "tokens", name: "alpha", tokens: ["▁A", "▁dog", "▁"], weights: Float32Array.of(0.15, 0.8, 0.05) };
  assert.equal(gazeInWords([tokens]), "The gaze lies mostly on “dog” (0.80), then “A” (0.15).");
  const affine = { kind: "affine", name: "window", theta: Float32Array.of(0.5, 0, -0.7, 0, 0.4, -0.8) };
  assert.equal(gazeInWords([affine]), "The window lies upper left, 50 % wide and 40 % high.");
  const turned = { kind: "affine", name: "theta", theta: Float32Array.of(0, -0.5, 0, 0.5, 0, 0) };
  assert.equal(gazeInWords([turned]), "The grid lies in the middle, 50 % wide and 50 % high, turned by 90°.");
  const window = { kind: "window", name: "write", n: 5, side: 28, gx: 4, gy: 23, delta: 2, sigma2: 1, gamma: 1 };
  assert.equal(gazeInWords([window]), "It writes lower left, 10 of 28 pixels wide.");
});

test("maps that repeat others are left out, and a frame without any says so", () => {
  const maps = ["region of dog", "head 2", "glimpse_48"].map((name) => ({ kind: "grid", name, ...grid(2) }));
  assert.equal(gazeInWords(maps), "This step has no map of attention.");
});

test("a weight that is next to nothing is said so", () => {
  const words = gazeInWords([{ kind: "tokens", name: "alpha", tokens: ["a"], weights: Float32Array.of(1e-7) }]);
  assert.equal(words, "The gaze lies on “a” (less than 0.001).");
});
