// The wasm core runs in this worker, so the page never blocks. The page ends a run by ending the worker; what was downloaded is kept
// in the browser's cache under names that carry their hash, so the next worker is quick.
import type { CoreSession, Examining, Frame, FromWorker, Input, Steer, ToWorker } from "../kit/types";
import { CoreHost } from "./core-host";
import { Refusal } from "./refusal";
import { kindOf, listenForPanics } from "./trap";

type Start = Extract<ToWorker, { type: "start" }>;
type Steered = Extract<ToWorker, { type: "steer" }>;

/** This worker, as far as it is used: TypeScript's declarations of pages and workers exclude each other. */
const scope = globalThis as unknown as {
  postMessage(message: FromWorker, transfer?: Transferable[]): void;
  addEventListener(type: "message", listener: (event: MessageEvent<ToWorker>) => void): void;
};
const post = (message: FromWorker, transfer: Transferable[] = []) => scope.postMessage(message, transfer);

/** How many runs can still be steered. */
const REMEMBERED = 4;

let host: CoreHost | undefined;
/** The newest run asked for: an older one stops at its next step. */
let wanted = 0;
/** What each of the last runs was made of, to make it again when it is steered after another run has used the session. */
const known = new Map<number, { settings: string; input: Input; steers: Steer[] }>();
/** Why the models of a run to come could not be loaded: that run tells it, and does not wait for all of it again. */
let refused: { settings: string; error: unknown } | null = null;
/** The run that the core's session stands in. */
let inSession = 0;
/** Messages are answered one after the other. */
let queue: Promise<void> = Promise.resolve();

/** Lets messages in. */
const breathe = () => new Promise((resolve) => setTimeout(resolve));

function opened() {
  if (!host) throw new Refusal("internal", "the worker was not opened");
  return host;
}

async function begin(run: number, session: CoreSession) {
  const made = known.get(run);
  if (!made) throw new Refusal("internal", `run ${run} is not remembered`);
  await opened().settled(session, () => session.start(made.settings, made.input));
  inSession = run;
}

/** Brings a session that has just begun to what was steered. */
async function replay(session: CoreSession, steers: readonly Steer[], seen: (frame: Frame) => void = () => {}) {
  for (const { step, weights } of steers) {
    for (;;) {
      const frame = await opened().settled(session, () => session.step());
      if (!frame) break;
      if (frame.step < step) seen(frame);
      if (frame.step >= step - 1 || frame.ended) break;
    }
    await opened().settled(session, () => session.steer(step, weights));
  }
}

/** Steps to the end, unless another run is asked for. */
async function stream(run: number, session: CoreSession) {
  post({ type: "progress", run, phase: "run", file: "", loaded: 0, total: 0 });
  let keeping: Promise<void> | undefined;
  while (run === wanted) {
    const frame = await opened().settled(session, () => session.step());
    if (!frame || run !== wanted) break;
    post({ type: "frame", run, frame });
    keeping ??= opened().store.keep();
    await breathe();
  }
  await keeping;
  if (run !== wanted) return;
  post({ type: "engine", run, engine: { ran: JSON.parse(session.ran()) } });
  post({ type: "done", run });
}

/** The session with the models for these settings. */
async function loaded(settings: string) {
  const earlier = refused;
  refused = null;
  if (earlier?.settings === settings) throw earlier.error;
  return opened().load(settings);
}

async function prepare(settings: string) {
  refused = null;
  await opened().load(settings).catch((error) => (refused = { settings, error }));
}

async function start({ run, settings, input, steers }: Start) {
  const text = JSON.stringify(settings);
  known.set(run, { settings: text, input, steers });
  for (const old of known.keys()) if (old < run - REMEMBERED) known.delete(old);
  const session = await loaded(text);
  if (run !== wanted) return;
  await begin(run, session);
  const picture = session.picture();
  if (picture) post({ type: "picture", run, picture }, [picture.data.buffer]);
  await replay(session, steers, (frame) => post({ type: "frame", run, frame }));
  await stream(run, session);
}

async function steer({ run, step, weights }: Steered) {
  const made = known.get(run);
  if (!made) throw new Refusal("internal", `run ${run} is not remembered`);
  const { session } = await opened().ready();
  made.steers = [...made.steers.filter((one) => one.step < step), { step, weights }];
  if (inSession === run) await opened().settled(session, () => session.steer(step, weights));
  else {
    await begin(run, session);
    await replay(session, made.steers);
  }
  await stream(run, session);
}

/** Measures the last run of every model, on the CPU and on whatever GPU there is, and tells each as it is known. A run that is asked
 * for meanwhile begins after the model that is being measured, and all are measured anew after it. */
async function examine() {
  const run = wanted;
  const examining: Examining = { gpu: null, why: "", done: 0, total: 0, models: [], over: false, trouble: "" };
  let trapped = false;
  const tell = () => post({ type: "engine", run, engine: { examining } });
  try {
    const { session } = await opened().ready();
    const names: string[] = JSON.parse(session.ran());
    examining.total = names.length;
    const { gpu, fallback, why } = await opened().gpu();
    examining.why = why;
    if (gpu !== null) examining.gpu = fallback ? `${gpu}, in software` : gpu;
    for (const name of names) {
      tell();
      await breathe();
      if (run !== wanted) {
        queue = queue.then(examine);
        return;
      }
      examining.models.push(...(await opened().examine(session, name, gpu !== null)));
      examining.done++;
    }
  } catch (error) {
    examining.trouble = kindOf(error).message;
    trapped = error instanceof WebAssembly.RuntimeError;
  }
  examining.over = true;
  tell();
  if (trapped) post({ type: "trapped" });
}

async function answer(data: Start | Steered) {
  if (data.run !== wanted) return;
  try {
    await (data.type === "start" ? start(data) : steer(data));
  } catch (error) {
    post({ type: "error", run: data.run, ...kindOf(error) });
  }
}

listenForPanics();
scope.addEventListener("message", ({ data }) => {
  // The page waits for a sign that the worker has started.
  post({ type: "engine", run: wanted, engine: {} });
  if (data.type === "open") {
    host = new CoreHost(data.exhibit, data.base, data.gpu, {
      progress: (progress) => post({ type: "progress", run: wanted, ...progress }),
      engine: (engine) => post({ type: "engine", run: wanted, engine }),
    });
    // Nobody waits for this one: the first run tells what is wrong.
    host.ready().catch(() => {});
  } else if (data.type === "prepare") {
    queue = queue.then(() => prepare(JSON.stringify(data.settings)));
  } else if (data.type === "examine") {
    queue = queue.then(examine);
  } else {
    wanted = data.run;
    queue = queue.then(() => answer(data));
  }
});
