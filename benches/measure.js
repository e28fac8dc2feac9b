// Runs in the page: one model file, all contenders, in turns.
import { contenders } from "./contenders.js";

/** A sample takes at least this many milliseconds, by running a model as often as that needs. */
const SAMPLE = 5;
/** @type {Promise<Awaited<ReturnType<typeof contenders>>> | undefined} */
let loaded;

const quantile = (sorted, share) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];

function summary(samples) {
  const sorted = [...samples].sort((a, b) => a - b);
  return { median: quantile(sorted, 0.5), low: quantile(sorted, 0.25), high: quantile(sorted, 0.75), rounds: sorted.length };
}

function farthest(ours, theirs) {
  let worst = 0;
  for (const [name, values] of Object.entries(theirs)) {
    values.forEach((value, i) => {
      const apart = Math.abs(ours[name][i] - value) / Math.max(1, Math.abs(value));
      if (Number.isFinite(value) && !(apart <= worst)) worst = apart;
    });
  }
  return worst;
}

/** The contenders with their runtimes compiled, which is no part of loading a file. */
async function warmed(setup, bytes) {
  const all = await contenders(setup);
  for (const who of Object.values(all)) who.free(await who.load(bytes));
  return all;
}

async function sample(one, inputs, shapes, times) {
  const start = performance.now();
  for (let i = 0; i < times; i++) await one.who.run(one.model, inputs, shapes);
  return (performance.now() - start) / times;
}

/**
 * @param {{url: string, inputs: Record<string, unknown>, rounds: number, budget: number, glue: string, ort: string, webgpu: boolean}} task
 * `budget`: milliseconds that a GPU contender may take for one file.
 */
export async function measure({ url, inputs, rounds, budget, ...setup }) {
  const bytes = new Uint8Array(await (await fetch(url)).arrayBuffer());
  loaded ??= warmed(setup, bytes);
  const all = await loaded;
  const shaped = await all.cpu.load(bytes);
  const shapes = all.cpu.shapes(shaped);
  all.cpu.free(shaped);
  const given = Object.fromEntries(
    Object.entries(shapes).map(([name, shape]) => {
      const length = shape.reduce((product, side) => product * side, 1);
      const known = inputs[name].formula ? Array.from({ length }, (_, i) => Math.sin(i * 0.01)) : inputs[name];
      return [name, Float32Array.from(known)];
    }),
  );
  const running = [];
  const told = {};
  for (const [name, who] of Object.entries(all)) {
    try {
      const start = performance.now();
      const model = await who.load(bytes);
      const ready = performance.now();
      const outputs = await who.run(model, given, shapes);
      const first = performance.now();
      await who.run(model, given, shapes);
      const once = performance.now() - first;
      const gpu = name.toLowerCase().endsWith("gpu");
      const times = Math.max(1, Math.ceil(SAMPLE / Math.max(once, 0.02)));
      const share = gpu ? Math.max(1, Math.min(rounds, Math.floor(budget / (once * times)))) : rounds;
      told[name] = { load: ready - start, ready: first - start };
      running.push({ name, who, model, outputs, times, share, samples: [] });
    } catch (error) {
      told[name] = { refused: String(error).slice(0, 200) };
    }
  }
  for (let round = 0; round < rounds; round++) {
    for (let turn = 0; turn < running.length; turn++) {
      const one = running[(turn + round) % running.length];
      if (one.samples.length < one.share) one.samples.push(await sample(one, given, shapes, one.times));
    }
  }
  const reference = running.find(({ name }) => name === "ortCpu");
  for (const one of running) {
    Object.assign(told[one.name], summary(one.samples));
    if (reference && one !== reference) told[one.name].apart = farthest(one.outputs, reference.outputs);
    one.who.free(one.model);
  }
  return told;
}
