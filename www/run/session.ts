// The page's end of the worker: one run at a time. To cancel a run is to end the worker; a new one starts when it is needed.
import type { CoreSettings, Engine, Frame, FromWorker, Input, Progress, Steer, ToWorker } from "../kit/types";
import { coreWorker } from "./start-worker";

/** What a run tells. */
export interface Listener {
  progress?(progress: Progress): void;
  picture?(picture: ImageData): void;
  frame(frame: Frame): void;
  done(): void;
  error(kind: string, message: string): void;
}

/** How many runs the worker remembers. */
const REMEMBERED = 3;

export class Session {
  #worker: Worker | undefined;
  #listener: Listener | undefined;
  /** The last run's number. */
  #count = 0;
  /** The run that is not over; 0: none. */
  #active = 0;

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
    const run = ++this.#count;
    this.#listener = listener;
    this.#send({ type: "start", run, settings, input, steers });
    return run;
  }

  /** Whether the worker still knows this run, so that it can be steered. */
  knows(run: number) {
    return this.#worker !== undefined && run > 0 && run >= this.#count - REMEMBERED;
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
    this.#worker.postMessage(message);
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
    const listener = this.#listener;
    if (!listener || message.run !== this.#active) return;
    if (message.type === "progress") listener.progress?.(message);
    else if (message.type === "picture") listener.picture?.(message.picture);
    else if (message.type === "frame") listener.frame(message.frame);
    else if (message.type === "done") {
      this.#active = 0;
      listener.done();
    } else if (message.kind === "internal") {
      // A core that has trapped answers nothing any more: the next run gets a new one.
      this.#fail(message.kind, message.message);
    } else {
      this.#active = 0;
      listener.error(message.kind, message.message);
    }
  }

  #fail(kind: string, message: string) {
    const listener = this.#listener;
    this.cancel();
    listener?.error(kind, message);
  }
}
