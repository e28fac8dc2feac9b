// Who runs a model file in the page: ours and ONNX Runtime Web's, each as {load(bytes), run(inputs)} on the same flat numbers.
import { feeds } from "./inputs.js";

/** @param {string} glue */
async function ours(glue) {
  const wasm = await import(glue);
  await wasm.default();
  return {
    cpu: {
      load: async (bytes) => new wasm.Model(bytes),
      run: async (model, inputs) => model.run(inputs),
      free: (model) => model.free(),
      shapes: (model) => model.shapes(),
    },
    gpu: {
      load: (bytes) => wasm.GpuModel.create(bytes),
      run: (model, inputs) => model.run(inputs),
      free: (model) => model.free(),
    },
  };
}

async function theirs(module, provider) {
  const ort = await import(module);
  ort.env.wasm.numThreads = 1;
  ort.env.wasm.wasmPaths = new URL("./", module).href;
  ort.env.logLevel = "error";
  return {
    load: (bytes) => ort.InferenceSession.create(bytes, { executionProviders: [provider] }),
    async run(session, inputs, shapes) {
      const made = await session.run(feeds(ort.Tensor, session.inputMetadata, inputs, shapes));
      return Object.fromEntries(Object.entries(made).map(([name, { data }]) => [name, data instanceof BigInt64Array ? Float32Array.from(data, Number) : data]));
    },
    free: (session) => session.release(),
  };
}

/** The contenders by name; `webgpu` leaves those out that need an adapter when it is false. */
export async function contenders({ glue, ort, webgpu }) {
  const { cpu, gpu } = await ours(glue);
  const all = { cpu, ortCpu: await theirs(`${ort}ort.wasm.min.mjs`, "wasm") };
  if (!webgpu) return all;
  return { ...all, gpu, ortGpu: await theirs(`${ort}ort.webgpu.min.mjs`, "webgpu") };
}
