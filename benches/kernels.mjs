// The lecture's mechanisms by themselves as ONNX files, of the sizes that captions and DRAW have: what our
// engine and ONNX Runtime Web make of the same arithmetic. benches/native.rs times our own kernels by the same names.
import { onnx } from "./onnx.mjs";

const SIDE = 28;
const COUNT = 5;
const range = (length, value = (i) => i) => Array.from({ length }, (_, i) => value(i));
const one = (value) => ({ shape: [1, 1], values: [value] });
const banks = { filter_x: [COUNT, SIDE], filter_y: [COUNT, SIDE] };

const GRAPHS = {
  "soft attention": {
    inputs: { scores: [1, 196], values: [196, 432] },
    outputs: { context: [1, 432] },
    nodes: [["alpha", "Softmax", ["scores"], { axis: 1 }], ["context", "MatMul", ["alpha", "values"]]],
  },
  filterbank: {
    inputs: { centre: [1, 1], delta: [1, 1], sigma2: [1, 1] },
    outputs: { bank: [COUNT, SIDE] },
    constants: {
      offsets: { shape: [COUNT, 1], values: range(COUNT, (i) => i - (COUNT - 1) / 2) },
      pixels: { shape: [1, SIDE], values: range(SIDE) },
      minus_two: one(-2),
    },
    nodes: [
      ["strides", "Mul", ["offsets", "delta"]],
      ["means", "Add", ["strides", "centre"]],
      ["apart", "Sub", ["pixels", "means"]],
      ["squared", "Mul", ["apart", "apart"]],
      ["spread", "Mul", ["sigma2", "minus_two"]],
      ["scores", "Div", ["squared", "spread"]],
      ["bank", "Softmax", ["scores"], { axis: 1 }],
    ],
  },
  read: {
    inputs: { picture: [SIDE, SIDE], ...banks },
    outputs: { glimpse: [COUNT, COUNT] },
    constants: { gamma: one(1.7) },
    nodes: [
      ["across", "Transpose", ["filter_x"], { perm: [1, 0] }],
      ["narrow", "MatMul", ["picture", "across"]],
      ["plain", "MatMul", ["filter_y", "narrow"]],
      ["glimpse", "Mul", ["plain", "gamma"]],
    ],
  },
  write: {
    inputs: { patch: [COUNT, COUNT], ...banks },
    outputs: { canvas: [SIDE, SIDE] },
    constants: { gamma: one(1.7) },
    nodes: [
      ["rows", "MatMul", ["patch", "filter_x"]],
      ["down", "Transpose", ["filter_y"], { perm: [1, 0] }],
      ["plain", "MatMul", ["down", "rows"]],
      ["canvas", "Div", ["plain", "gamma"]],
    ],
  },
};
/** Inputs that a sine does not suit. */
const GIVEN = { centre: [13.2], delta: [2.1], sigma2: [0.8] };

/** The files by name: {bytes, inputs, shapes}. */
export const kernels = () =>
  Object.entries(GRAPHS).map(([name, graph]) => ({
    name: `kernels/${name}`,
    bytes: onnx(graph),
    inputs: Object.fromEntries(Object.keys(graph.inputs).map((input) => [input, GIVEN[input] ?? { formula: "sin" }])),
    shapes: graph.inputs,
  }));
