// The wasm lives here, so the page never blocks. The page ends a run by ending this worker; what it had fetched stays
// in the browser's cache under names that carry their hash, so the next worker is quick.
import type { Core, CoreSession, Engine, EngineModel, Examining, Frame, FromWorker, Input, Site, Steer, ToWorker } from "../kit/types";

const scope: {postMessage(message: FromWorker, transfer?: Transferable[]): void, addEventListener(type: "message", listener: (event: MessageEvent<ToWorker>) => void): void} = (globalThis as any);
const STORE = "glimpse-models";
/** Where the service worker looks for the core. */
const CORE_STORE = "glimpse-used";
/** The core's files: the site's layout puts them here, so that they are on their way at once. */
const CORE = (("development" as unknown) as Site["wasm"]);
/** Where the choices between CPU and GPU are kept, in the same store. */
const CHOICES = "engine.json";

class Refusal extends Error {
  kind: string;

  constructor(kind: string, message: string) {
    super(message);
    this.kind = kind;
  }
}

let base = "";
let exhibit = "";
/** Whether models run faster on a GPU, and in which variant of its kernels, as far as that was measured, by the GPU's name. */
let choices: Record<string, Record<string, {gpu: boolean, variant: number}>> = {};
/** The GPU that models run on. */
let adapter = "";
/** What the page was asked for: the GPU where it is faster, always, or never. */
let wish: "auto" | "force" | "off" = "auto";
export type Opened = {core: Core, site: Site, session: CoreSession, engine: Partial<Engine> | null};
let opening: Promise<Opened> | undefined;
/** The newest run asked for: an older one stops at its next step. */
let wanted = 0;

const post = (message: FromWorker, transfer: Transferable[] = []) => scope.postMessage(message, transfer);

const store = async (name = STORE) => ("caches" in globalThis ? caches.open(name).catch(() => null) : null);

/** Where the store holds something, asked for once: asking for each file takes as long as fetching it. */
let held: Promise<Set<string>> | undefined;
const kept = () =>
  (held ??= store()
    .then(async (cache) => new Set((await cache?.keys())?.map(({ url }) => url)))
    .catch(() => new Set()));

/** What was downloaded and is not stored yet, for that takes longer than computing with it. */
let unkept: {name: string, address: string, bytes: Uint8Array}[] = [];

/**
 * A file of the site.
 * @param file how errors call it
 */
async function fetched(address: string, file: string) {
  const response = await fetch(address).catch(() => {
    throw new Refusal("offline", `${file} could not be fetched`);
  });
  if (!response.ok || !response.body) throw new Refusal("offline", `${file} answered ${response.status}`);
  return response;
}

/**
 * The bytes of an answer.
 * @param told how many more came
 */
async function bytesOf(response: Response, file: string, told: (count: number) => void) {
  const reader = (response.body as ReadableStream<Uint8Array>).getReader();
  const parts = [];
  let length = 0;
  for (;;) {
    const { value } = await reader.read().catch(() => {
      throw new Refusal("offline", `${file} broke off after ${length} bytes`);
    });
    if (!value) break;
    parts.push(value);
    length += value.length;
    told(value.length);
  }
  const bytes = new Uint8Array(length);
  for (const part of parts.reverse()) bytes.set(part, (length -= part.length));
  return bytes;
}

/** Tells the page how much has come of what is on its way together. */
function counter(file: string, total: number) {
  let loaded = 0;
  return (count: number) => {
    loaded += count;
    const phase = loaded < total ? "download" : "compile";
    post({ type: "progress", run: wanted, phase, file, loaded, total });
  };
}

/** A model's file, from the store or from the network. */
async function download(url: string, file: string, told: (count: number) => void) {
  const address = new URL(url, base).href;
  const stored = (await kept()).has(address) ? await (await store())?.match(address) : undefined;
  const bytes = await bytesOf(stored ?? (await fetched(address, file)), file, told);
  if (!stored) unkept.push({ name: STORE, address, bytes });
  return bytes;
}

/** Stores what was downloaded for the next worker. A full disk or a private window must not stop the run. */
async function keep() {
  const files = unkept;
  unkept = [];
  const addresses = await kept();
  const put = async ({ name, address, bytes }: typeof unkept[0]) => {
    const cache = await store(name);
    if (!cache || (await cache.match(address))) return;
    const type = address.endsWith(".wasm") ? "application/wasm" : "application/octet-stream";
    await cache.put(address, new Response((bytes as BodyInit), { headers: { "content-type": type } }));
    if (name === STORE) addresses.add(address);
  };
  await Promise.all(files.map((file) => put(file).catch(() => {})));
}

/** The core, compiled while it comes in; a copy of what comes is counted and stored, so that the compiler need not wait for this
 * thread. */
async function compiled() {
  const name = "the core";
  const [glueAddress, address] = [CORE.js, CORE.wasm].map((file) => new URL(file, base).href);
  const glue: Promise<Core> = import(glueAddress).catch((error) => {
    throw new Refusal("offline", `the core's glue could not be loaded: ${error.message}`);
  });
  const [core, response] = await Promise.all([glue, fetched(address, name)]);
  const copy = bytesOf(response.clone(), name, counter(name, CORE.bytes));
  // If it breaks off, the compiler says so too, in words that nobody understands.
  copy.then((bytes) => unkept.push({ name: CORE_STORE, address, bytes }), () => {});
  try {
    await core.default({ module_or_path: response });
  } catch (error) {
    await copy;
    throw error;
  }
  return core;
}

/** What there is, by its names. */
async function layout(): Promise<Site> {
  const answer = await fetch(new URL("site.json", base)).catch(() => null);
  if (!answer?.ok) throw new Refusal("offline", "site.json could not be fetched");
  return answer.json();
}

async function open(): Promise<Opened> {
  if (typeof WebAssembly !== "object") throw new Refusal("no-wasm", "this browser has no WebAssembly");
  void kept();
  void adapterOfBrowser();
  const [core, site] = await Promise.all([compiled(), layout()]);
  const session = new core.Session(exhibit);
  return { core, site, session, engine: await choose(core, session) };
}

let asked: Promise<any> | undefined;
/** The browser's own word of a GPU, asked for while the core is on its way. */
const adapterOfBrowser = async () =>
  wish === "off" ? null : (asked ??= (navigator as any).gpu?.requestAdapter({ powerPreference: "high-performance" }).catch(() => null));

/** The GPU of this browser, or why none is to be asked. */
async function findGpu(core: Core): Promise<{gpu: string | null, fallback: boolean, why: string}> {
  const none = { gpu: null, fallback: false };
  if (wish === "off") return { ...none, why: "switched off" };
  if (!("gpu" in navigator)) return { ...none, why: "this browser has no WebGPU" };
  if (!(await adapterOfBrowser())) return { ...none, why: "no GPU was found" };
  try {
    const { name, fallback } = JSON.parse(await core.gpu());
    return { gpu: name || (await adapterName()) || "WebGPU", fallback, why: "" };
  } catch (error) {
    return { ...none, why: (error as Error).message };
  }
}

/** What the browser tells of a GPU whose description it hides. */
async function adapterName() {
  const info = (await adapterOfBrowser())?.info;
  return [info?.vendor, info?.architecture, info?.device].filter(Boolean).join(" ");
}

/** Lets heavy models run on the GPU, if there is one that is worth it, and says which. */
async function choose(core: Core, session: CoreSession): Promise<Partial<Engine>> {
  let { gpu, fallback, why } = await findGpu(core);
  if (fallback && wish !== "force") [gpu, why] = [null, "only a GPU in software was found"];
  if (gpu !== null) {
    adapter = gpu;
    if (wish !== "force") choices = await remembered();
    session.for_gpu(chosen(false).map(([model]) => model));
  }
  return { gpu, why };
}

/** The models that ran faster on this GPU, or slower. */
const chosen = (faster: boolean) => Object.entries(choices[adapter] ?? {}).filter(([, { gpu }]) => gpu === faster);

/** What was measured before. */
async function remembered(): Promise<typeof choices> {
  const cache = await store();
  const kept = await cache?.match(new URL(CHOICES, base).href);
  return kept ? kept.json() : {};
}

/** Calls the core, and again after each wait for the GPU. */
async function settled<T>(session: CoreSession, act: () => T): Promise<T> {
  for (;;) {
    try {
      const done = act();
      session.forget();
      return done;
    } catch (error) {
      if (((error ?? {}) as {kind?: string}).kind !== "pending") throw error;
      const known = JSON.stringify(Object.fromEntries(chosen(true).map(([model, { variant }]) => [model, variant])));
      const models: EngineModel[] = JSON.parse(await session.settle(wish === "force", known));
      post({ type: "engine", run: wanted, engine: { models } });
      await remember(models);
    }
  }
}

async function remember(models: EngineModel[]) {
  const measured = models.filter(({ milliseconds }) => milliseconds?.cpu);
  if (measured.length === 0) return;
  for (const { model, gpu, variant } of measured) (choices[adapter] ??= {})[model] = { gpu, variant: variant ?? 0 };
  const cache = await store();
  await cache?.put(new URL(CHOICES, base).href, Response.json(choices)).catch(() => {});
}

async function ready() {
  opening ??= open();
  try {
    return await opening;
  } catch (error) {
    opening = undefined;
    throw error;
  }
}

async function loadModels(settings: string) {
  const opened = await ready();
  const { site, session, engine } = opened;
  if (engine) post({ type: "engine", run: wanted, engine });
  opened.engine = null;
  const missing: {model: string, name: string}[] = JSON.parse(session.models(settings));
  const files = missing.map((one) => ({ ...one, ...site.models[one.model]?.files[one.name] }));
  const refused = files.find(({ url }) => !url);
  if (refused) throw new Refusal("missing-model", `this site ships no ${refused.model}/${refused.name}`);
  const names = [...new Set(files.map(({ model }) => model))].join(", ");
  const told = counter(names, files.reduce((sum, { bytes }) => sum + bytes, 0));
  // Whatever comes first is read first.
  const loads = files.map(async ({ model, name, url }) => session.load(model, name, await download(url, model, told)));
  const broken = (await Promise.allSettled(loads)).find(({ status }) => status === "rejected");
  if (broken) throw (broken as PromiseRejectedResult).reason;
  return session;
}

/** What the newest start asked for, to be made again when a steer comes after another run has used the session. */
const known: Map<number, {settings: string, input: Input, steers: Steer[]}> = new Map();
let inSession = 0;
const breathe = () => new Promise((resolve) => setTimeout(resolve));

async function begin(run: number, session: CoreSession) {
  const { settings, input } = (known.get(run) as {settings: string, input: Input});
  await settled(session, () => session.start(settings, input));
  inSession = run;
}

/** Brings a session that has just begun to what was steered. */
async function replay(session: CoreSession, steers: Steer[], seen: (frame: Frame) => void = () => {}) {
  for (const { step, weights } of steers) {
    for (;;) {
      const frame = await settled(session, () => session.step());
      if (!frame) break;
      if (frame.step < step) seen(frame);
      if (frame.step >= step - 1 || frame.ended) break;
    }
    await settled(session, () => session.steer(step, weights));
  }
}

/** Steps to the end, letting messages in between. */
async function stream(run: number, session: CoreSession) {
  post({ type: "progress", run, phase: "run", file: "", loaded: 0, total: 0 });
  let kept;
  while (run === wanted) {
    const frame = await settled(session, () => session.step());
    if (!frame || run !== wanted) break;
    post({ type: "frame", run, frame });
    kept ??= keep();
    await breathe();
  }
  await kept;
  if (run !== wanted) return;
  post({ type: "engine", run, engine: { ran: JSON.parse(session.ran()) } });
  post({ type: "done", run });
}

async function start({ run, settings, input, steers }: Extract<ToWorker, {type: "start"}>) {
  const text = JSON.stringify(settings);
  if (input instanceof Uint8Array) input = await (await import("./decode")).readable(input);
  known.set(run, { settings: text, input, steers });
  for (const old of known.keys()) if (old < run - 4) known.delete(old);
  const session = await loadModels(text);
  if (run !== wanted) return;
  await begin(run, session);
  const picture = session.picture();
  if (picture) {
    const rgba = new Uint8ClampedArray(picture.rgba);
    post({ type: "picture", run, width: picture.width, height: picture.height, rgba }, [rgba.buffer]);
  }
  await replay(session, steers, (frame) => post({ type: "frame", run, frame }));
  await stream(run, session);
}

async function steer({ run, step, weights }: Extract<ToWorker, {type: "steer"}>) {
  const run0 = known.get(run);
  if (!run0) throw new Refusal("internal", "no run to steer");
  const { session } = await ready();
  const steers = [...run0.steers.filter((one) => one.step < step), { step, weights }];
  run0.steers = steers;
  if (inSession === run) await settled(session, () => session.steer(step, weights));
  else {
    await begin(run, session);
    await replay(session, steers);
  }
  await stream(run, session);
}

/** Measures the last run of every model, on the CPU and on whatever GPU there is, and tells each as it is known. A run that is
 * asked for meanwhile begins after the model that is measured just then, and all are measured anew after it. */
async function examine() {
  const run = wanted;
  const examining: Examining = { gpu: null, why: "", done: 0, total: 0, models: [], over: false, trouble: "" };
  const tell = () => post({ type: "engine", run, engine: { examining } });
  try {
    const { core, site, session } = await ready();
    const names: string[] = JSON.parse(session.ran());
    examining.total = names.length;
    const { gpu, fallback, why } = await findGpu(core);
    examining.why = why;
    if (gpu !== null) examining.gpu = fallback ? `${gpu}, in software` : gpu;
    for (const name of names) {
      tell();
      await breathe();
      if (run !== wanted) {
        queue = queue.then(examine);
        return;
      }
      const [model, file] = name.split("/");
      const { url, bytes: size } = site.models[model].files[file];
      const bytes = await download(url, model, counter(model, size));
      examining.models.push(...JSON.parse(await session.examine(name, bytes, gpu !== null)));
      examining.done++;
    }
  } catch (error) {
    examining.trouble = (error as Error).message ?? String(error);
  }
  examining.over = true;
  tell();
}

let queue: Promise<void> = Promise.resolve();

scope.addEventListener("message", ({ data }) => {
  if (data.type === "open") {
    ({ exhibit, base, gpu: wish } = data);
    // Whoever asks for a run hears what is wrong.
    ready().catch(() => {});
    return;
  }
  if (data.type === "prepare") {
    queue = queue.then(() => loadModels(JSON.stringify(data.settings))).then(() => {}, () => {});
    return;
  }
  if (data.type === "examine") {
    queue = queue.then(examine);
    return;
  }
  wanted = data.run;
  queue = queue.then(async () => {
    if (data.run !== wanted) return;
    try {
      await (data.type === "start" ? start(data) : steer(data));
    } catch (error) {
      const { kind, message } = ((error ?? {}) as {kind?: string, message?: string});
      post({ type: "error", run: data.run, kind: kind ?? "internal", message: message ?? String(error) });
    }
  });
});
