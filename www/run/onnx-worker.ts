// The worker of the exhibit "Your model": the second core reads, prepares and runs a visitor's ONNX file. It speaks as run/worker.ts does.
import { onnx } from "virtual:site";
import { pictureShape, type Giving, type OnnxCore, type OnnxFile, type OnnxInput, type OnnxMade, type OnnxModel, type PictureShape } from "../kit/onnx";
import type { Frame, FromWorker, ToWorker } from "../kit/types";
import { compiledCore } from "./compiled-core";
import { ModelStore } from "./model-store";
import { answerOf, chancesOf, choicesOf, framesOf, numbered, occlusionFrame } from "./onnx-frames";
import { greyed, numbersOf, shown, suiting } from "./onnx-inputs";
import { counter } from "./progress";
import { Refusal } from "./refusal";
import { kindOf, listenForPanics } from "./trap";

type Start = Extract<ToWorker, { type: "start" }>;

/** This worker, as far as it is used: TypeScript's declarations of pages and workers exclude each other. */
const scope = globalThis as unknown as {
  postMessage(message: FromWorker, transfer?: Transferable[]): void;
  addEventListener(type: "message", listener: (event: MessageEvent<ToWorker>) => void): void;
};
const post = (message: FromWorker) => scope.postMessage(message);

/** Bytes of a file that are read at most. */
const MOST_BYTES = 1e9;
/** Numbers of an output that the page shows. */
const SHOWN = 8;
/** Nodes that run between two words on the progress. */
const OFTEN = 16;

/** The run asked for last. */
let wanted = 0;
let store: ModelStore | undefined;
let core: Promise<OnnxCore> | undefined;
/** The file that was read last, and what it was made ready for. */
let held: { of: OnnxInput["model"]["file"]; model: OnnxModel; file: OnnxFile; sizes: string } | undefined;
let queue: Promise<void> = Promise.resolve();

function work(what: string, done = 0, all = 0) {
  post({ type: "progress", run: wanted, phase: "work", file: what, loaded: done, total: all });
}

const tell = (file: OnnxFile) => post({ type: "engine", run: wanted, engine: { file } });
/** Lets messages out. */
const breathe = () => new Promise((resolve) => setTimeout(resolve));

function opened() {
  if (!store) throw new Refusal("internal", "the worker was not opened");
  return store;
}

async function ready(): Promise<OnnxCore> {
  if (!onnx) throw new Refusal("no-second-core", "The program that reads any ONNX file is not on this site.");
  core ??= compiledCore<OnnxCore>(opened(), onnx, "the program that reads ONNX", (progress) => post({ type: "progress", run: wanted, ...progress }));
  return core.catch((error) => {
    core = undefined;
    throw error;
  });
}

async function bytesOf({ name, file }: OnnxInput["model"]) {
  if (file instanceof Blob) {
    if (file.size > MOST_BYTES) throw new Refusal("model-too-large", `${name} has ${(file.size / 1e9).toFixed(1)} GB. Files of up to 1 GB are read.`);
    return new Uint8Array(await file.arrayBuffer());
  }
  return opened().load(file, counter(name, file.bytes, (progress) => post({ type: "progress", run: wanted, ...progress })));
}

const sameFile = (a: OnnxInput["model"]["file"], b: OnnxInput["model"]["file"]) =>
  a instanceof File && b instanceof File ? a.name === b.name && a.size === b.size && a.lastModified === b.lastModified : !(a instanceof Blob) && !(b instanceof Blob) && a.url === b.url;

async function read(input: OnnxInput) {
  if (held && sameFile(held.of, input.model.file)) return held;
  const { AnyModel } = await ready();
  held?.model.free();
  held = undefined;
  const bytes = await bytesOf(input.model);
  work(`Reading ${input.model.name}`);
  await breathe();
  const began = performance.now();
  const model = new AnyModel(bytes);
  const file: OnnxFile = { name: input.model.name, bytes: bytes.length, description: JSON.parse(model.description()), ready: null, outputs: [], milliseconds: { read: performance.now() - began } };
  held = { of: input.model.file, model, file, sizes: "" };
  tell(file);
  return held;
}

async function prepared(input: OnnxInput) {
  const now = await read(input);
  const sizes = JSON.stringify(input.sizes);
  if (now.file.ready && now.sizes === sizes) return now;
  work(`Preparing ${now.file.description.nodes.length} nodes`);
  await breathe();
  const began = performance.now();
  now.file = { ...now.file, ready: null, outputs: [] };
  now.file.ready = JSON.parse(now.model.prepare(sizes));
  now.file.milliseconds = { ...now.file.milliseconds, prepare: performance.now() - began };
  now.sizes = sizes;
  tell(now.file);
  return now;
}

function outputsOf(made: readonly OnnxMade[]): OnnxFile["outputs"] {
  const bounds = (values: Float32Array) => values.reduce(([low, high], value) => [Math.min(low, value), Math.max(high, value)], [Infinity, -Infinity]);
  return made.filter(({ output }) => output).map(({ name, shape, values }) => {
    const [low, high] = bounds(values);
    return { name, shape, low, high, first: Array.from(values.subarray(0, SHOWN)) };
  });
}

/** How far the chance of the likeliest answer falls for each of `count` changes of the input numbered `at`. */
async function occlusion(model: OnnxModel, inputs: Float32Array[], at: number, made: readonly OnnxMade[], count: number, change: (values: Float32Array, place: number) => Float32Array) {
  const answer = answerOf(made);
  if (!answer) return null;
  const chances = chancesOf(answer);
  const best = chances.reduce((most, chance, i) => (chance > chances[most] ? i : most), 0);
  const losses = new Float32Array(count);
  for (let place = 0; place < count; place++) {
    work("Hiding one place after the other", place, count);
    await breathe();
    const given = inputs.map((values, i) => (i === at ? change(values, place) : values));
    const again = answerOf(model.run(given, () => {}));
    losses[place] = again ? Math.max(0, chances[best] - chancesOf(again)[best]) : 0;
  }
  return losses;
}

/** What hiding each place of the picture, or each word of the text, takes from the answer: the losses in rows. */
async function hidden(model: OnnxModel, inputs: Float32Array[], givings: readonly Giving[], picture: PictureShape | null, made: readonly OnnxMade[], side: number) {
  const at = givings.findIndex(({ kind }) => kind === (picture ? "picture" : "tokens"));
  const giving = givings[at];
  if (picture) {
    const grey = (values: Float32Array, place: number) => greyed(values, picture, Math.floor(place / side), place % side, side);
    return { rows: side, losses: await occlusion(model, inputs, at, made, side * side, grey) };
  }
  if (giving?.kind !== "tokens" || !giving.ids || giving.unknown === null) return null;
  const { ids, unknown } = giving;
  const forget = (values: Float32Array, place: number) => values.map((value, i) => (i === place ? unknown : value));
  return { rows: 1, losses: await occlusion(model, inputs, at, made, Math.min(ids.length, inputs[at].length), forget) };
}

async function start({ run, input: any, settings }: Start) {
  const input = any as OnnxInput;
  const { model, file } = await prepared(input);
  const ports = file.description.inputs;
  const shapes = (file.ready?.inputs ?? []).map(([, shape]) => shape);
  const givings = ports.map((port, i) => input.given[port.name] ?? suiting(port, shapes[i]));
  const inputs = await Promise.all(ports.map((port, i) => numbersOf(port, shapes[i], givings[i], input.picture)));
  const at = givings.findIndex(({ kind }) => kind === "picture");
  const picture = at < 0 ? null : pictureShape(shapes[at]);
  if (picture && run === wanted) post({ type: "picture", run, picture: await shown(input.picture) });
  work("Running");
  await breathe();
  const began = performance.now();
  const made = model.run(inputs, (ran, all) => {
    if (ran % OFTEN === 0) work("Running", ran, all);
  });
  const milliseconds = { ...file.milliseconds, run: performance.now() - began };
  const told = { ...file, milliseconds, outputs: outputsOf(made) };
  if (held) held.file = told;
  tell(told);
  const frames = framesOf(made, file.description.nodes, input.labels, picture);
  if (settings.occlude === true) {
    const found = await hidden(model, inputs, givings, picture, made, input.occlude);
    if (found?.losses) frames.push(occlusionFrame(found.rows, found.losses, choicesOf(answerOf(made), input.labels)));
  }
  if (run !== wanted) return;
  post({ type: "progress", run, phase: "run", file: "", loaded: 0, total: 0 });
  for (const frame of numbered(frames, true)) post({ type: "frame", run, frame: frame as Frame });
  await opened().keep();
  post({ type: "done", run });
}

async function answer(message: Start) {
  if (message.run !== wanted) return;
  try {
    await start(message);
  } catch (error) {
    const { kind, message: said } = kindOf(error);
    post({ type: "error", run: message.run, kind, message: said });
  }
}

listenForPanics();
scope.addEventListener("message", ({ data }) => {
  // The page waits for a sign that the worker has started.
  post({ type: "engine", run: wanted, engine: {} });
  if (data.type === "open") {
    store = new ModelStore(data.base);
    // Nobody waits for this one: the first run tells what is wrong.
    ready().catch(() => {});
  } else if (data.type === "start") {
    wanted = data.run;
    queue = queue.then(() => answer(data));
  }
});
