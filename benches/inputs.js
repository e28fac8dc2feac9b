// What a model file is given, as its golden.json says it: numbers, or a formula that stands for many.

/** @param {Record<string, number[]>} shapes @param {Record<string, number[] | {formula: string}>} inputs */
export const given = (shapes, inputs) =>
  Object.fromEntries(
    Object.entries(shapes).map(([name, shape]) => {
      const length = shape.reduce((product, side) => product * side, 1);
      return [name, Float32Array.from(inputs[name].formula ? { length } : inputs[name], (value, i) => value ?? Math.sin(i * 0.01))];
    }),
  );

/** The same as tensors of ONNX Runtime. @param {Tensor} Tensor @param {{name: string, type: string}[]} wanted what the model says of its
 * inputs @param {Record<string, Float32Array>} inputs @param {Record<string, number[]>} shapes */
export const feeds = (Tensor, wanted, inputs, shapes) =>
  Object.fromEntries(
    wanted.map(({ name, type }) => {
      const values = type === "int64" ? BigInt64Array.from(inputs[name], (value) => BigInt(Math.round(value))) : Float32Array.from(inputs[name]);
      return [name, new Tensor(type, values, shapes[name])];
    }),
  );
