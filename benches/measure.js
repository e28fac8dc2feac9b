// Runs in the page: one model file, all contenders, in turns.
import { contenders } from "./contenders.js";
import { given } from "./inputs.js";
import { summary } from "./summary.js";

/** A sample takes at least this many milliseconds, by running a model as often as that needs. */
const SAMPLE = 5;
/** @type {Promise<Awaited<ReturnType<typeof contenders>>> | undefined} */
let loaded;

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

async function shapesOf(cpu, bytes) {
  const model = await cpu.load(bytes);
  const shapes = cpu.shapes(model);
  cpu.free(model);
  return shapes;
}

async function sample(one, inputs, shapes, times) {
  const start = performance.now();
  for (let i = 0; i < times; i++) await one.who.run(one.model, inputs, shapes);
  return (performance.now() - start) / times;
}

/**
 * @param {{url: string, inputs: Record<string, unknown>, rounds: number, budget: number, glue: string, ort: string, webgpu: boolean,
 * shapes?: Record<string, number[]>}} task `shapes` of the inputs, where ours need not read them; `budget`: milliseconds that a GPU contender may take for one file.
 */
export async function measure({ url, inputs, shapes: known, rounds, budget, ...setup }) {
  const bytes = new Uint8Array(await (await fetch(url)).arrayBuffer());
  loaded ??= warmed(setup, bytes);
  const all = await loaded;
  const shapes = known ?? (await shapesOf(all.cpu, bytes));
  const values = given(shapes, inputs);
  const running = [];
  const told = {};
  for (const [name, who] of Object.entries(all)) {
    try {
      const start = performance.now();
      const model = await who.load(bytes);
      const ready = performance.now();
      const outputs = await who.run(model, values, shapes);
      const first = performance.now();
      await who.run(model, values, shapes);
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
      if (one.samples.length < one.share) one.samples.push(await sample(one, values, shapes, one.times));
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
