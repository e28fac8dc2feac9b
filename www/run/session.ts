// The bridge to the worker: one run at a time, abort means end the worker, and a new one starts when it is needed.
import { coreWorker } from "./core.js";
/** @import {Engine, Frame, FromWorker, Input, Progress, CoreSettings, Steer, ToWorker} from "./types.js" */

/**
 * @typedef {object} Listener
 * @property {(progress: Progress) => void} [progress]
 * @property {(picture: {width: number, height: number, rgba: Uint8ClampedArray}) => void} [picture]
 * @property {(frame: Frame) => void} frame
 * @property {() => void} done
 * @property {(kind: string, message: string) => void} error
 */

export class Session {
  /** @param {string} exhibit @param {(engine: Partial<Engine>) => void} told */
  constructor(exhibit, told) {
    this.exhibit = exhibit;
    this.told = told;
    /** @type {Worker | undefined} */
    this.worker = undefined;
    /** @type {Map<number, Listener>} */
    this.listeners = new Map();
    this.count = 0;
    this.active = 0;
  }

  /** Loads the models of a run to come, while its input is still on its way. @param {CoreSettings} settings */
  prepare(settings) {
    this.#send({ type: "prepare", settings });
  }

  /** Starts a run and returns its number. @param {CoreSettings} settings @param {Input} input @param {Steer[]} steers
   * @param {Listener} listener */
  start(settings, input, steers, listener) {
    const run = ++this.count;
    this.listeners.clear();
    this.listeners.set(run, listener);
    this.#send({ type: "start", run, settings, input, steers });
    return run;
  }

  /** Whether the worker still knows this run, so that it can be steered. @param {number} run */
  knows(run) {
    return this.worker !== undefined && run > 0 && run >= this.count - 3;
  }

  /** Cuts a run back to before word `step` and goes on from there.
   * @param {number} run @param {number} step @param {Float32Array} weights @param {Listener} listener */
  steer(run, step, weights, listener) {
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

  /** @param {ToWorker} message */
  #send(message) {
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
    worker.addEventListener("message", (/** @type {MessageEvent<FromWorker>} */ event) => this.#receive(event.data));
    worker.addEventListener("error", (event) => {
      event.preventDefault();
      this.#fail(navigator.onLine ? "no-worker" : "offline", event.message ?? "the worker did not start");
    });
    return worker;
  }

  /** @param {FromWorker} message */
  #receive(message) {
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

  /** @param {string} kind @param {string} message */
  #fail(kind, message) {
    const listeners = [...this.listeners.values()];
    this.cancel();
    for (const listener of listeners) listener.error(kind, message);
  }
}
