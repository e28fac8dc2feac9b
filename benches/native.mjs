// The limit: what the same files take natively, in tract with our reader and in ONNX Runtime, one thread each.
import { execFileSync } from "node:child_process";
import { createRequire } from "node:module";
import path from "node:path";
import { kernels } from "./kernels.mjs";
import { feeds, given } from "./inputs.js";
import { shipped } from "./files.mjs";
import { summary } from "./summary.js";

const ONE_THREAD = { intraOpNumThreads: 1, interOpNumThreads: 1, logSeverityLevel: 3 };
/** A sample takes at least this many milliseconds. */
const SAMPLE = 5;

async function timed(run, rounds) {
  await run();
  const warm = performance.now();
  await run();
  const times = Math.max(1, Math.ceil(SAMPLE / (performance.now() - warm)));
  const samples = [];
  for (let round = 0; round < rounds; round++) {
    const start = performance.now();
    for (let i = 0; i < times; i++) await run();
    samples.push((performance.now() - start) / times);
  }
  return summary(samples);
}

async function onnxruntime(root, rounds, only) {
  const ort = createRequire(import.meta.url)("onnxruntime-node");
  const own = (await shipped(root, only)).map((file) => ({ ...file, from: path.join(root, "models", file.path) }));
  const small = kernels().filter(({ name }) => name.includes(only)).map(({ bytes, ...kernel }) => ({ ...kernel, from: bytes }));
  const told = {};
  for (const { name, from, inputs } of [...own, ...small]) {
    const session = await ort.InferenceSession.create(from, ONE_THREAD);
    const wanted = session.inputMetadata.map(({ name, type, shape }) => ({ name, type: type === "int64" ? type : "float32", shape }));
    const shapes = Object.fromEntries(wanted.map(({ name, shape }) => [name, shape.map(Number)]));
    const values = feeds(ort.Tensor, wanted, given(shapes, inputs), shapes);
    told[name] = await timed(() => session.run(values), rounds);
    await session.release();
  }
  return told;
}

/** @param {{root: string, rounds: number, only: string}} task */
export async function natively({ root, rounds, only }) {
  const env = { ...process.env, ROUNDS: String(rounds), ONLY: only };
  const tract = execFileSync("cargo", ["bench", "--locked", "--quiet", "--bench", "native"], { cwd: root, env, encoding: "utf8" });
  return { tract: JSON.parse(tract), onnxruntime: await onnxruntime(root, rounds, only) };
}
