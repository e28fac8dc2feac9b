// ONNX Runtime Web on one thread, and what both pages do with it.
import * as ort from "../ort/ort.wasm.bundle.min.mjs";

ort.env.wasm.numThreads = 1;
ort.env.wasm.wasmPaths = new URL("../ort/", import.meta.url).href;
ort.env.logLevel = "error";

/** The bytes of a model's file. @param {string} file */
export const weights = async (file) => (await fetch(new URL(`../weights/${file}`, import.meta.url))).arrayBuffer();

/** A session, as soon as its file is there. @param {string} file */
export const session = async (file) => ort.InferenceSession.create(await weights(file), { executionProviders: ["wasm"] });

/** Runs a model on tensors, and on numbers that become tensors of the shape it wants; an input that is not given is zero.
 * @param {ort.InferenceSession} model @param {Record<string, ort.Tensor | Float32Array | BigInt64Array>} given */
export function run(model, given) {
  const feeds = model.inputMetadata.map(({ name, type, shape }) => {
    const length = shape.reduce((product, side) => product * side, 1);
    const value = given[name] ?? new Float32Array(length);
    return [name, value instanceof ort.Tensor ? value : new ort.Tensor(type, value, shape)];
  });
  return model.run(Object.fromEntries(feeds));
}

/** The first frame is on screen. @param {ArrayLike<number>} map what it shows of attention */
export function shown(map) {
  globalThis.peer = { map: Array.from(map) };
  document.documentElement.dataset.frame = "1";
}
