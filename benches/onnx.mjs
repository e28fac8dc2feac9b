// Writes small ONNX files: as much of the format as a graph of a few nodes on numbers needs.
const varint = (value) => {
  const bytes = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return Buffer.from([...bytes, rest]);
    bytes.push((rest % 128) | 128);
  }
};
/** A field that holds a whole number, or one that holds bytes. */
const whole = (field, value) => Buffer.concat([varint(field * 8), varint(value)]);
const held = (field, ...parts) => {
  const body = Buffer.concat(parts.map((part) => (typeof part === "string" ? Buffer.from(part) : part)));
  return Buffer.concat([varint(field * 8 + 2), varint(body.length), body]);
};

const FLOAT = 1;
const INT64 = 7;
const OPSET = 17;

const tensor = (name, { shape, values, integers }) =>
  held(
    5,
    ...shape.map((side) => whole(1, side)),
    whole(2, integers ? INT64 : FLOAT),
    held(8, name),
    held(9, integers ? Buffer.from(BigInt64Array.from(values, BigInt).buffer) : Buffer.from(Float32Array.from(values).buffer)),
  );

const port = (field, name, shape) => {
  const dims = shape.map((side) => held(1, whole(1, side)));
  return held(field, held(1, name), held(2, held(1, whole(1, FLOAT), held(2, ...dims))));
};

/** An attribute: a whole number, several, or a word. */
const attribute = ([name, value]) => {
  if (Array.isArray(value)) return held(5, held(1, name), ...value.map((one) => whole(8, one)), whole(20, 7));
  if (typeof value === "string") return held(5, held(1, name), held(4, value), whole(20, 3));
  return held(5, held(1, name), whole(3, value), whole(20, 2));
};

const node = ([output, operator, inputs, attributes = {}]) =>
  held(1, ...inputs.map((input) => held(1, input)), held(2, output), held(4, operator), ...Object.entries(attributes).map(attribute));

/**
 * The bytes of a file.
 * @param {{inputs: Record<string, number[]>, outputs: Record<string, number[]>, constants?: Record<string, {shape: number[],
 *   values: number[], integers?: boolean}>, nodes: [string, string, string[], object?][]}} graph shapes by name; a node is the name of
 * what it makes, its operator, what it takes and its attributes
 */
export function onnx({ inputs, outputs, constants = {}, nodes }) {
  const graph = held(
    7,
    ...nodes.map(node),
    held(2, "kernel"),
    ...Object.entries(constants).map(([name, value]) => tensor(name, value)),
    ...Object.entries(inputs).map(([name, shape]) => port(11, name, shape)),
    ...Object.entries(outputs).map(([name, shape]) => port(12, name, shape)),
  );
  return Buffer.concat([whole(1, 8), graph, held(8, whole(2, OPSET))]);
}
