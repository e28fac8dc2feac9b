// The page's end of the worker: one run at a time. To cancel a run is to end the worker; a new one starts when it is needed. A worker
// whose core has trapped is ended, too.
import type { CoreSettings, Engine, Frame, FromWorker, Input, Progress, Steer, ToWorker } from "../kit/types";
import { Refusal } from "./refusal";
import { asShown } from "./shown";
import { avoidGpu, coreWorker, whyNoWorker } from "./start-worker";

/** What a run tells. */
export interface Listener {
  progress?(progress: Progress): void;
  picture?(picture: ImageData): void;
  frame(frame: Frame): void;
  done(): void;
  error(kind: string, message: string): void;
  /** Something is missing, yet the run goes on. */
  noted?(kind: string): void;
}

/** How many runs the worker remembers. */
const REMEMBERED = 3;
/** Milliseconds for a worker's script to come and to answer. */
const PATIENCE = 20_000;
/** Errors after which the worker is of no use any more. */
const FATAL = ["internal", "out-of-memory", "gpu-silent", "host"];

export class Session {
  #worker: Worker | undefined;
  #listener: Listener | undefined;
  /** The last run's number. */
  #count = 0;
  /** The first run that the present worker knows. */
  #since = 0;
  /** The run that is not over; 0: none. */
  #active = 0;
  /** What that run was started with, as long as its picture may be left to the browser. */
  #started: Extract<ToWorker, { type: "start" }> | null = null;
  /** What was sent last to a worker that has not answered yet: it is sent again to a second one if the first does not start. */
  #unanswered: ToWorker[] | null = null;

  /**
   * @param exhibit the core's name for it
   * @param told what the worker tells of the engine, bit by bit
   */
  constructor(private readonly exhibit: string, private readonly told: (engine: Partial<Engine>) => void) {}

  /** Loads the models of a run to come, while its input is still on its way. */
  prepare(settings: CoreSettings) {
    this.#send({ type: "prepare", settings });
  }

  /** Starts a run and returns its number. */
  start(settings: CoreSettings, input: Input, steers: Steer[], listener: Listener) {
    const run = this.#count + 1;
    this.#listener = listener;
    this.#started = { type: "start", run, settings, input, steers };
    this.#send(this.#started);
    this.#count = run;
    return run;
  }

  /** Whether the worker still knows this run, so that it can be steered. */
  knows(run: number) {
    return this.#worker !== undefined && run > 0 && run >= Math.max(this.#since, this.#count - REMEMBERED);
  }

  /** Cuts a run back to before step `step` and goes on from there with these weights. */
  steer(run: number, step: number, weights: Float32Array, listener: Listener) {
    this.#listener = listener;
    this.#send({ type: "steer", run, step, weights });
  }

  /** Measures what the present worker's models ran last. */
  examine() {
    this.#worker?.postMessage({ type: "examine" });
  }

  /** Ends the worker, and the run with it. */
  cancel() {
    if (this.#worker) this.told({ ran: [] });
    this.#worker?.terminate();
    this.#worker = undefined;
    this.#listener = undefined;
    this.#active = 0;
  }

  #send(message: ToWorker) {
    try {
      this.#worker ??= this.#open();
    } catch (error) {
      this.#fail("no-worker", String(error));
      return;
    }
    if ("run" in message) this.#active = message.run;
    this.#unanswered?.push(message);
    this.#worker.postMessage(message);
  }

  /** @param first whether another one may be tried if this one does not start */
  #open(first = true) {
    const worker = coreWorker(this.exhibit);
    if (first) this.#since = this.#count + 1;
    this.#unanswered = [];
    worker.addEventListener("message", (event: MessageEvent<FromWorker>) => {
      if (this.#worker === worker) this.#receive(event.data);
    });
    worker.addEventListener("error", (event) => {
      event.preventDefault();
      if (this.#worker === worker) void this.#broken(worker, event.message ?? "the worker did not start", first);
    });
    setTimeout(() => {
      if (this.#worker === worker && this.#unanswered?.length) void this.#broken(worker, "the worker does not answer", first);
    }, PATIENCE);
    return worker;
  }

  /** The worker does not start, or what nobody awaits in it has failed. */
  async #broken(worker: Worker, message: string, first: boolean) {
    const unanswered = this.#unanswered;
    if (unanswered === null) return this.#fail("internal", message);
    const why = await whyNoWorker();
    if (this.#worker !== worker) return;
    if (why || !first) return this.#fail(...(why ?? (["no-worker", message] as const)));
    worker.terminate();
    const second = (this.#worker = this.#open(false));
    this.#unanswered = unanswered;
    for (const one of unanswered) second.postMessage(one);
  }

  #receive(message: FromWorker) {
    this.#unanswered = null;
    if (message.type === "engine") {
      this.told(message.engine);
      return;
    }
    if (message.type === "trapped") return this.cancel();
    const listener = this.#listener;
    if (!listener || message.run !== this.#active) return;
    if (message.type === "progress") listener.progress?.(message);
    else if (message.type === "picture") listener.picture?.(message.picture);
    else if (message.type === "frame") listener.frame(message.frame);
    else if (message.type === "done") {
      this.#active = 0;
      listener.done();
    } else if (message.kind === "bad-picture" && this.#started?.run === message.run && this.#started.input instanceof Uint8Array) {
      void this.#show(this.#started, this.#started.input, message);
    } else if (FATAL.includes(message.kind)) {
      this.#fail(message.kind, message.message);
    } else {
      this.#active = 0;
      listener.error(message.kind, message.message);
    }
  }

  /** Begins a run again with its picture as the browser shows it, if it does. */
  async #show(started: Extract<ToWorker, { type: "start" }>, file: Uint8Array, { message, cut }: { message: string; cut?: boolean }) {
    this.#started = null;
    const input = await asShown(file).catch((error: Error) => error);
    if (this.#active !== started.run) return;
    const listener = this.#listener;
    if (input instanceof Error) {
      this.#active = 0;
      const isTold = input instanceof Refusal;
      return listener?.error(isTold ? input.kind : "bad-picture", isTold ? input.message : message);
    }
    if (cut) listener?.noted?.("cut-picture");
    this.#worker?.postMessage({ ...started, input } satisfies ToWorker);
  }

  /** Ends the worker: it answers nothing any more, and the next run gets a new one. */
  #fail(kind: string, message: string) {
    const listener = this.#listener;
    this.cancel();
    if (kind === "gpu-silent") avoidGpu();
    // The core trapped: another one is ready when the visitor goes on.
    if (kind === "internal") this.#worker = this.#open();
    listener?.error(kind, message);
  }
}
