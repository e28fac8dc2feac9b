// The core's matrix product over sizes that are no multiple of its tile, with what it does to the numbers on the way out.
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { SITE, useBrowser } from "./support/browser.mjs";
import { assertClose } from "./support/exhibit.mjs";

const visit = useBrowser();
const site = JSON.parse(await readFile(`${SITE}site.json`, "utf8"));
/** Of the largest number, or of one. */
const TOLERANCE = 1e-5;

/** A field of a protobuf message: a whole number, or the bytes of a text or message. */
const varint = (value) => (value < 128 ? [value] : [(value & 127) | 128, ...varint(value >>> 7)]);
const whole = (tag, value) => [...varint(tag << 3), ...varint(value)];
const bytes = (tag, value) => [...varint((tag << 3) | 2), ...varint(value.length), ...value];
const text = (tag, value) => bytes(tag, Array.from(Buffer.from(value)));

const tensor = (name, shape, values) => [
  ...shape.flatMap((size) => whole(1, size)),
  ...whole(2, 1),
  ...text(8, name),
  ...bytes(9, Array.from(new Uint8Array(Float32Array.from(values).buffer))),
];
const node = (operator, inputs, output) => [
  ...inputs.flatMap((input) => text(1, input)),
  ...text(2, output),
  ...text(4, operator),
];
const port = (name, shape) => {
  const dims = shape.flatMap((size) => bytes(1, whole(1, size)));
  return [...text(1, name), ...bytes(2, bytes(1, [...whole(1, 1), ...bytes(2, dims)]))];
};

/** An ONNX file of opset 17 (onnx.proto3 has the tags). */
function file({ nodes, weights, inputs, output }) {
  const graph = [
    ...nodes.flatMap((made) => bytes(1, made)),
    ...weights.flatMap((made) => bytes(5, made)),
    ...inputs.flatMap((made) => bytes(11, made)),
    ...bytes(12, text(1, output)),
  ];
  return [...whole(1, 8), ...bytes(7, graph), ...bytes(8, whole(2, 17))];
}

const numbers = (count, seed) => Array.from({ length: count }, (_, i) => Math.fround(Math.sin(i * 0.7 + seed) * 2));

/** What follows the product, as ONNX nodes from "xw" to "y" and as a function of one number. */
const ENDINGS = {
  nothing: { nodes: [["Add", ["xw", "zero"], "y"]], of: (v) => v },
  "a number a column, then bounds": {
    nodes: [
      ["Add", ["xw", "columns"], "a"],
      ["Max", ["a", "low"], "b"],
      ["Min", ["b", "high"], "y"],
    ],
    of: (v, { column }) => Math.min(Math.max(v + column, -1), 1.5),
  },
  "a number a row, times one": {
    nodes: [
      ["Sub", ["xw", "rows"], "a"],
      ["Mul", ["a", "high"], "y"],
    ],
    of: (v, { row }) => (v - row) * 1.5,
  },
  "numbers that are taken from": {
    nodes: [
      ["Sub", ["columns", "xw"], "a"],
      ["Mul", ["a", "rows"], "y"],
    ],
    of: (v, { row, column }) => (column - v) * row,
  },
  "another matrix": { nodes: [["Add", ["xw", "other"], "y"]], of: (v, { other }) => v + other },
};

/** Runs ONNX files, given as bytes, through the wasm's own Model. */
function runAll({ glue, cases }) {
  return import(glue).then(async (wasm) => {
    await wasm.default();
    return cases.map(({ model, inputs }) => Array.from(new wasm.Model(new Uint8Array(model)).run(inputs).y));
  });
}

const SIZES = [
  [1, 1, 1],
  [1, 7, 13],
  [1, 40, 1],
  [1, 64, 41],
  [2, 1, 2],
  [3, 5, 7],
  [4, 8, 8],
  [5, 9, 17],
  [13, 31, 9],
  [8, 3, 30],
  [33, 64, 41],
];

for (const [name, ending] of Object.entries(ENDINGS)) {
  test(`a matrix product and ${name}`, () =>
    visit("data.html", {}, async ({ page, base }) => {
      const cases = SIZES.map(([m, k, n]) => {
        const [x, w, other] = [numbers(m * k, 1), numbers(k * n, 2), numbers(m * n, 3)];
        const [rows, columns] = [numbers(m, 4), numbers(n, 5)];
        const weights = [
          tensor("w", [k, n], w),
          tensor("rows", [m, 1], rows),
          tensor("columns", [1, n], columns),
          tensor("low", [1], [-1]),
          tensor("high", [1], [1.5]),
          tensor("zero", [1], [0]),
        ];
        const nodes = [["MatMul", ["x", "w"], "xw"], ...ending.nodes].map((made) => node(...made));
        const inputs = [port("x", [m, k]), port("other", [m, n])];
        const wanted = other.map((beside, at) => {
          const [r, c] = [Math.floor(at / n), at % n];
          let sum = 0;
          for (let i = 0; i < k; i++) sum += x[r * k + i] * w[i * n + c];
          return ending.of(sum, { row: rows[r], column: columns[c], other: beside });
        });
        return { size: `${m}×${k}×${n}`, model: file({ nodes, weights, inputs, output: "y" }), inputs: { x, other }, wanted };
      });
      const given = cases.map(({ model, inputs }) => ({ model, inputs }));
      const answers = await page.evaluate(runAll, { glue: base + site.wasm.js, cases: given });
      cases.forEach(({ size, wanted }, i) => assertClose(answers[i], wanted, TOLERANCE * Math.max(1, ...wanted.map(Math.abs)), size));
    }));
}
