// One run at a time: asked → loading → running → done | failed | cancelled. What was recorded is on the stage at once.
import { canvasOf } from "../kit/dom";
import type { CoreSettings, Frame, Input, Progress, Run, Settings, Steer } from "../kit/types";
import { cachedRun } from "../run/recordings";
import { Session } from "../run/session";

export type RunState = "cached" | "asked" | "loading" | "running" | "done" | "failed" | "cancelled";

/** A run, its number in the worker (0: none there), and the frames of the run beside it. */
export interface Running extends Run {
  number: number;
  other: Frame[] | undefined;
}

/** What an exhibit gives to its runs. */
export interface Runnable {
  settings(): Settings;
  core(settings: Settings): CoreSettings;
  input(): Promise<Input>;
  /** The picture on the stage where the page has it; else the core sends it. */
  photo(): Promise<CanvasImageSource | null>;
  /** What is set otherwise in the run beside this one; null where none is wanted. */
  beside(run: Run): Settings | null;
}

/** What the loop tells the page. */
export interface RunView {
  state(state: RunState): void;
  progress(progress: Progress): void;
  /** Another run is on the stage from now on; `step` is the frame that a link asks for. */
  began(run: Running, step: number | null): void;
  /** The run goes on from frame `count`: what came after is made again. */
  cut(count: number): void;
  /** Its photo, its frames or the run beside it have come. */
  grew(run: Running): void;
  ended(run: Running): void;
  failed(kind: string, message: string): void;
  /** Something is missing, yet the run is there. */
  noted(kind: string): void;
}

export class RunLoop {
  /** The run on the stage. */
  run: Running | null = null;
  /** Ends when the run beside the last one is there, too. */
  rest: Promise<void> = Promise.resolve();
  /** What was asked for last: what is still on its way for other settings is not begun. */
  #asked: Settings | null = null;

  constructor(private readonly page: string, private readonly exhibit: Runnable, private readonly session: Session, private readonly view: RunView) {}

  #ask() {
    return (this.#asked = this.exhibit.settings());
  }

  /** Shows the recorded run of the present settings, and tells whether there is one (or something else has been asked for meanwhile). */
  async recorded(step: number | null): Promise<boolean> {
    const settings = this.#ask();
    const coming = this.exhibit.photo();
    coming.catch(() => {});
    const recording = await cachedRun(this.page, settings);
    if (!recording) return this.#asked !== settings;
    let missing = false;
    const photo = await coming.catch(() => {
      missing = true;
      return null;
    });
    if (this.#asked !== settings) return true;
    this.session.cancel();
    const { frames, other } = recording;
    this.#adopt({ settings, frames, live: false, over: true, photo, steers: [], number: 0, other }, step);
    this.view.state("cached");
    if (missing) this.view.noted("missing-sample");
    return true;
  }

  /** Runs the models on the present settings. */
  async live(step: number | null, steers: Steer[] = []) {
    const settings = this.#ask();
    this.view.state("asked");
    this.session.prepare(this.exhibit.core(settings));
    const given = await Promise.all([this.exhibit.input(), this.exhibit.photo()]).catch((error: Error) => error);
    if (this.#asked !== settings) return;
    if (given instanceof Error) {
      this.view.state("failed");
      return this.view.failed("missing-sample", given.message);
    }
    const [input, photo] = given;
    this.view.state("loading");
    const before = this.run;
    const next: Running = { settings, frames: [], live: true, over: false, photo, steers, number: 0, other: undefined };
    if (!before) this.#adopt(next, step);
    const listener = this.#listener(next, step);
    next.number = this.session.start(this.exhibit.core(settings), input, steers, {
      ...listener,
      picture: (picture) => {
        next.photo = canvasOf(picture);
        if (this.run !== next) this.#adopt(next, step);
        this.view.grew(next);
      },
      error: (kind, message) => {
        // What was on the stage stays there if nothing came in its place.
        if (before && kind !== "gpu-silent" && this.run === next && next.frames.length === 0) {
          this.#asked = before.settings;
          this.#adopt(before, before.frames.length);
        }
        listener.error(kind, message);
      },
    });
  }

  /** Makes the run again from frame `step` on, with these weights in place of the model's own. */
  async steer(step: number, weights: Float32Array) {
    const run = this.run;
    if (!run) return;
    const steers = [...run.steers.filter((one) => one.step < step), { step, weights }];
    if (!run.live || !this.session.knows(run.number)) return this.live(step, steers);
    this.view.state("running");
    const next: Running = { ...run, steers, over: false, frames: run.frames.slice(0, step - 1) };
    const cut = () => {
      if (this.run === next) return;
      this.run = next;
      this.view.cut(step - 1);
    };
    this.session.steer(run.number, step, weights, this.#listener(next, step, cut));
  }

  cancel() {
    this.session.cancel();
    this.#asked = this.run?.settings ?? null;
    this.view.state("cancelled");
  }

  /** Runs what the exhibit sets otherwise on the same input, unless the run was steered. */
  async compare() {
    const run = this.run;
    const others = run && this.exhibit.beside(run);
    if (!run || !others || !run.over || run.other || run.steers.length > 0) return;
    const input = await this.exhibit.input().catch(() => null);
    if (input === null || this.#asked !== run.settings) return;
    run.other = await this.#aside({ ...run.settings, ...others }, input);
    if (this.run === run) this.view.grew(run);
  }

  #adopt(run: Running, step: number | null) {
    this.run = run;
    this.view.began(run, step);
  }

  #listener(run: Running, step: number | null, adopt = () => this.#adopt(run, step)) {
    return {
      progress: (progress: Progress) => {
        this.view.progress(progress);
        if (progress.phase === "run") this.view.state("running");
      },
      frame: (frame: Frame) => {
        if (this.run !== run) adopt();
        run.frames.push(frame);
        this.view.grew(run);
      },
      done: () => {
        run.over = true;
        this.view.ended(run);
        this.view.state("done");
        this.rest = this.compare();
      },
      noted: (kind: string) => this.view.noted(kind),
      error: (kind: string, message: string) => {
        if (kind === "gpu-silent") {
          void this.live(step, run.steers).then(() => this.view.noted(kind));
          return;
        }
        this.view.state("failed");
        this.view.failed(kind, message);
      },
    };
  }

  /** The frames of a second run beside the one on the stage; none where it fails. */
  #aside(settings: Settings, input: Input) {
    return new Promise<Frame[]>((resolve) => {
      const frames: Frame[] = [];
      this.session.start(this.exhibit.core(settings), input, [], {
        progress: (progress) => this.view.progress(progress),
        frame: (frame) => void frames.push(frame),
        done: () => resolve(frames),
        error: () => resolve([]),
      });
    });
  }
}
