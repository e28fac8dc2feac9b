// Runs in the page: a whole sentence searched with a beam of five, as the exhibit does it, and by the same search with ONNX Runtime Web
// stepping. Both have seen the photo, and know what may be the first word, before the clock runs.
import { normalised } from "./peer/picture.js";
import { summary } from "./summary.js";

const BEAM = 5;
const LONGEST = 20;
const [PAD, START, END, UNKNOWN] = [0, 1, 2, 3];
const MODEL = { model: "soft", beam: BEAM, max_words: LONGEST };

/** Our exhibit on the photo's file. */
async function ours(glue, files, photo) {
  const wasm = await import(glue);
  await wasm.default();
  const session = new wasm.Session("captions");
  for (const { model, name, bytes } of files) session.load(model, name, bytes);
  const begin = () => session.start(JSON.stringify(MODEL), photo);
  const search = () => session.step();
  const told = () => {
    const words = [];
    for (let frame = session.step(); frame; frame = session.step()) words.splice(0, words.length, ...frame.words);
    return words;
  };
  return { begin, search, told };
}

async function image(photo) {
  const bitmap = await createImageBitmap(new Blob([photo]));
  const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext("2d");
  context.drawImage(bitmap, 0, 0);
  return normalised(context.getImageData(0, 0, bitmap.width, bitmap.height));
}

/** The likeliest words that the search may say. */
function likeliest(logp, count) {
  const ids = [];
  for (let id = 0; id < logp.length; id++) if (![PAD, START, UNKNOWN].includes(id)) ids.push(id);
  return ids.sort((a, b) => logp[b] - logp[a]).slice(0, count);
}

/** As src/exhibits/beam.rs. @param {(token: number, state: object) => Promise<object>} step */
async function searched(first, step, penalty) {
  let live = [{ told: first, logp: 0, words: [] }];
  const ended = [];
  while (live.length > 0 && live[0].words.length < LONGEST) {
    const room = BEAM - ended.length;
    const candidates = [];
    for (const one of live) {
      one.told ??= await step(one.words.at(-1), one.before);
      for (const id of likeliest(one.told.logp, room)) {
        candidates.push({ logp: one.logp + one.told.logp[id], words: [...one.words, id], before: one.told });
      }
    }
    candidates.sort((a, b) => b.logp - a.logp);
    live = candidates.slice(0, room);
    ended.push(...live.filter(({ words }) => words.at(-1) === END));
    live = live.filter(({ words }) => words.at(-1) !== END);
  }
  const score = ({ logp, words }) => logp / words.length ** penalty;
  return [...ended, ...live].reduce((best, one) => (score(one) > score(best) ? one : best)).words;
}

/** The same with ONNX Runtime Web. */
async function theirs(module, files, photo, penalty) {
  const ort = await import(module);
  const [encoder, start, step] = await Promise.all(files.map(({ bytes }) => ort.InferenceSession.create(bytes, { executionProviders: ["wasm"] })));
  const tensor = (model, name, values) => {
    const { type, shape } = model.inputMetadata.find((one) => one.name === name);
    return new ort.Tensor(type, values, shape);
  };
  const { features, pooled } = await encoder.run({ image: tensor(encoder, "image", await image(photo)) });
  const { keys, h, c } = await start.run({ features, pooled });
  const zeros = (name, length) => tensor(step, name, new Float32Array(length));
  const given = { features, keys, steer: zeros("steer", features.dims[1]), steering: zeros("steering", 1) };
  const next = async (token, state) => {
    const told = await step.run({ ...given, token: tensor(step, "token", BigInt64Array.of(BigInt(token))), h: state.h, c: state.c });
    return { logp: told.logp.data, h: told.h_out, c: told.c_out };
  };
  const first = await next(START, { h, c });
  let said = [];
  return { begin: () => {}, search: async () => (said = await searched(first, next, penalty)), told: () => said };
}

/** @param {{glue: string, ort: string, photo: string, files: {model: string, name: string, url: string}[], rounds: number,
 * penalty: number}} task */
export async function beamOfFive({ glue, ort, photo, files, rounds, penalty }) {
  const fetched = async (url) => new Uint8Array(await (await fetch(url)).arrayBuffer());
  const picture = await fetched(photo);
  const loaded = await Promise.all(files.map(async (file) => ({ ...file, bytes: await fetched(file.url) })));
  const graphs = loaded.filter(({ url }) => url.endsWith(".onnx"));
  const both = { cpu: await ours(glue, loaded, picture), ortCpu: await theirs(`${ort}ort.wasm.min.mjs`, graphs, picture, penalty) };
  const vocabulary = new TextDecoder().decode(loaded.find(({ name }) => name === "vocabulary").bytes).split("\n");
  const samples = { cpu: [], ortCpu: [] };
  const said = {};
  for (let round = 0; round <= rounds; round++) {
    for (const [name, who] of round % 2 ? Object.entries(both) : Object.entries(both).reverse()) {
      who.begin();
      const start = performance.now();
      await who.search();
      if (round > 0) samples[name].push(performance.now() - start);
      said[name] ??= who.told();
    }
  }
  const sentence = said.cpu.join(" ");
  const other = said.ortCpu.filter((id) => id !== END).map((id) => vocabulary[id]).join(" ");
  if (sentence !== other) throw new Error(`the beams say "${sentence}" and "${other}"`);
  return { cpu: summary(samples.cpu), ortCpu: summary(samples.ortCpu), sentence };
}
