// The bridge to the worker: one run at a time, abort means end the worker, and a new one starts when it is needed.
import { coreWorker } from "./start-worker";
import type { Engine, Frame, FromWorker, Input, Progress, CoreSettings, Steer, ToWorker } from "../kit/types";

/**
 * */
export interface Listener {
  progress?: (progress: Progress) => void;
  picture?: (picture: {width: number, height: number, rgba: Uint8ClampedArray}) => void;
  frame: (frame: Frame) => void;
  done: () => void;
  error: (kind: string, message: string) => void;
}

export class Session {
  exhibit: string;
  told: (engine: Partial<Engine>) => void;
  worker: Worker | undefined;
  listeners: Map<number, Listener>;
  count: number;
  active: number;

  constructor(exhibit: string, told: (engine: Partial<Engine>) => void) {
    this.exhibit = exhibit;
    this.told = told;
    this.worker = undefined;
    this.listeners = new Map();
    this.count = 0;
    this.active = 0;
  }

  /** Loads the models of a run to come, while its input is still on its way. */
  prepare(settings: CoreSettings) {
    this.#send({ type: "prepare", settings });
  }

  /** Starts a run and returns its number. */
  start(settings: CoreSettings, input: Input, steers: Steer[], listener: Listener) {
    const run = ++this.count;
    this.listeners.clear();
    this.listeners.set(run, listener);
    this.#send({ type: "start", run, settings, input, steers });
    return run;
  }

  /** Whether the worker still knows this run, so that it can be steered. */
  knows(run: number) {
    return this.worker !== undefined && run > 0 && run >= this.count - 3;
  }

  /** Cuts a run back to before word `step` and goes on from there. */
  steer(run: number, step: number, weights: Float32Array, listener: Listener) {
    this.listeners.clear();
    this.listeners.set(run, listener);
    this.#send({ type: "steer", run, step, weights });
  }

  /** Measures what the present worker's models ran last; the answer is told bit by bit. */
  examine() {
    this.worker?.postMessage({ type: "examine" });
  }

  cancel() {
    if (this.worker) this.told({ ran: [] });
    this.worker?.terminate();
    this.worker = undefined;
    this.listeners.clear();
    this.active = 0;
  }

  #send(message: ToWorker) {
    try {
      this.worker ??= this.#open();
    } catch (error) {
      this.#fail("no-worker", String(error));
      return;
    }
    if ("run" in message) this.active = message.run;
    this.worker.postMessage(message);
  }

  #open() {
    const worker = coreWorker(this.exhibit);
    worker.addEventListener("message", (event: MessageEvent<FromWorker>) => this.#receive(event.data));
    worker.addEventListener("error", (event) => {
      event.preventDefault();
      this.#fail(navigator.onLine ? "no-worker" : "offline", event.message ?? "the worker did not start");
    });
    return worker;
  }

  #receive(message: FromWorker) {
    if (message.type === "engine") {
      this.told(message.engine);
      return;
    }
    const listener = this.listeners.get(message.run);
    if (!listener || message.run !== this.active) return;
    if (message.type === "progress") listener.progress?.(message);
    else if (message.type === "picture") listener.picture?.(message);
    else if (message.type === "frame") listener.frame(message.frame);
    else {
      this.active = 0;
      if (message.type === "done") listener.done();
      else listener.error(message.kind, message.message);
    }
  }

  #fail(kind: string, message: string) {
    const listeners = [...this.listeners.values()];
    this.cancel();
    for (const listener of listeners) listener.error(kind, message);
  }
}
