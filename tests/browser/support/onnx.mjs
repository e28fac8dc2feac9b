// Writes small ONNX files: as much of the format (protocol buffers, onnx/onnx.proto) as the tests need.

function varint(value) {
  const bytes = [];
  for (let left = BigInt.asUintN(64, BigInt(value)); ; left >>= 7n) {
    if (left < 128n) return [...bytes, Number(left)];
    bytes.push(Number(left & 127n) | 128);
  }
}
const number = (field, value) => [...varint(field << 3), ...varint(value)];
const bytes = (field, content) => [...varint((field << 3) | 2), ...varint(content.length), ...content];
const text = (field, value) => bytes(field, [...new TextEncoder().encode(value)]);
const message = (field, ...parts) => bytes(field, parts.flat());

/** Sizes are numbers, or names of open dimensions; the kind is the format's number for it, 1 being float and 7 int64. */
function port(field, name, sizes, kind = 1) {
  const dimensions = sizes.map((size) => message(1, typeof size === "number" ? number(1, size) : text(2, size)));
  return message(field, text(1, name), message(2, message(1, number(1, kind), message(2, ...dimensions))));
}

/** Attributes are whole numbers or lists of them. */
function attribute([name, value]) {
  const list = Array.isArray(value);
  return message(5, text(1, name), number(20, list ? 7 : 2), ...(list ? value.map((one) => number(8, one)) : [number(3, value)]));
}

function tensor({ name, shape, values }) {
  return message(5, ...shape.map((size) => number(1, size)), number(2, 1), text(8, name), bytes(9, [...new Uint8Array(Float32Array.from(values).buffer)]));
}

/**
 * The bytes of a model.
 * @param nodes [operator, inputs, outputs, name, attributes] each, and `kinds` of inputs that are no floats, by name
 */
export function onnxFile({ inputs, outputs, nodes, kinds = {}, weights = [], opset = 17 }) {
  const graph = [
    ...nodes.flatMap(([operator, from, to, name, attributes = {}]) =>
      message(1, ...from.map((one) => text(1, one)), ...to.map((one) => text(2, one)), text(3, name), text(4, operator), ...Object.entries(attributes).map(attribute)),
    ),
    ...text(2, "test"),
    ...weights.flatMap(tensor),
    ...Object.entries(inputs).flatMap(([name, sizes]) => port(11, name, sizes, kinds[name])),
    ...Object.entries(outputs).flatMap(([name, sizes]) => port(12, name, sizes)),
  ];
  return Buffer.from([...number(1, 8), ...text(2, "glimpse-test"), ...bytes(7, graph), ...message(8, number(2, opset))]);
}
