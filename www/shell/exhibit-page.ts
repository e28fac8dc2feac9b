// The frame around every exhibit: cached run first, live runs on demand, one player, one link, one place for errors.
import type { CoreSettings, Exhibit, Frame, Input, Photo, Run, Settings, Steer } from "../kit/types";
import { cachedRun, recordingOf } from "../run/recordings";
import { keepForOffline, prefersStillness, startChrome } from "./page-setup";
import { byId, canvasOf } from "../kit/dom";
import { link, linked, linkedNumber, settleLink } from "../kit/link";
import { complain, hush, Loading } from "../kit/notice";
import { Player } from "./player";
import { Session } from "../run/session";

export type Running = Run & {number: number, other: Frame[] | undefined};

const root = document.documentElement;

export class Bench {
  exhibit: Exhibit & { core(settings: Settings): CoreSettings; input(): Promise<Input>; photo?(): Promise<CanvasImageSource | null>; grew?(run: Running): void; beside?(run: Running): Settings; sentence?(run: Running): string; };
  page: string;
  session: Session;
  loading: Loading;
  run: Running | null;
  /** What was asked for last: whatever is still on its way for other settings is not begun. */
  wanted: Settings | null;
  rest: Promise<void> | void;
  player: Player;
  /** Whether another model is to run beside; not every exhibit has one. */
  comparison: HTMLInputElement | null;

  constructor(exhibit: Exhibit & { core(settings: Settings): CoreSettings, input(): Promise<Input>, photo?(): Promise<CanvasImageSource | null>, grew?(run: Running): void, beside?(run: Running): Settings, sentence?(run: Running): string, }) {
    this.exhibit = exhibit;
    this.page = `${exhibit.name}.html`;
    const panel = this.#enginePanel();
    this.session = new Session(exhibit.name, (engine) => void panel.then((panel) => panel.tell(engine)));
    this.loading = new Loading();
    this.run = null;
    this.wanted = null;
    this.rest = undefined;
    this.player = new Player(
      {
        frame: (index, byHand) => this.#show(index, byHand),
        thumbnail: (context, index, x, y, width, height) => {
          const frame = this.run?.frames[index];
          if (frame && this.run) exhibit.thumbnail(context, frame, this.run, x, y, width, height);
        },
      },
      exhibit.pace,
    );
    startChrome(() => this.repaint());
    addEventListener("resize", () => this.repaint());
    const comparison = document.getElementById("compare");
    this.comparison = comparison instanceof HTMLInputElement ? comparison : null;
    this.comparison?.addEventListener("change", () => {
      if (!this.run) return;
      this.#regrow(this.run);
      this.rest = this.#compare(this.run);
    });
    byId("again", HTMLButtonElement).addEventListener("click", () => void this.live(null));
    byId("cancel", HTMLButtonElement).addEventListener("click", () => this.cancel());
    byId("share", HTMLButtonElement).addEventListener("click", () => void this.#share());
    byId("save", HTMLButtonElement).addEventListener("click", async () => {
      const { savePicture } = await import("./export");
      const words = this.run ? (exhibit.sentence?.(this.run) ?? "") : "";
      savePicture(byId("stage", HTMLElement), words, `glimpse-${exhibit.name}-${this.player.index + 1}.png`);
    });
    this.#offerHandle();
  }

  /** Not needed for the first frame. */
  async #enginePanel() {
    const { EnginePanel } = await import("./engine-panel");
    const changed = () => {
      this.session.cancel();
      void this.live(null);
    };
    return new EnginePanel(changed, () => this.session.examine());
  }

  #offerHandle() {
    const bench = this;
    window.glimpse = {
      get frames() {
        return bench.run?.frames ?? [];
      },
      get settings() {
        return bench.run?.settings ?? bench.exhibit.settings();
      },
      get picture() {
        return bench.#photo();
      },
      async recording() {
        await bench.rest;
        return bench.run ? recordingOf(bench.run, bench.run.other) : "";
      },
    };
  }

  #photo(): Photo | null {
    const photo = this.run?.photo;
    if (!(photo instanceof HTMLCanvasElement)) return null;
    const { width, height } = photo;
    const data = photo.getContext("2d")?.getImageData(0, 0, width, height).data;
    return data ? { width, height, rgba: data } : null;
  }

  #state(state: "cached" | "loading" | "running" | "done" | "error" | "cancelled") {
    root.dataset.state = state;
    const busy = state === "loading" || state === "running";
    byId("cancel", HTMLButtonElement).disabled = !busy;
    if (busy) return;
    this.loading.hide();
    keepForOffline();
  }

  #want() {
    return (this.wanted = this.exhibit.settings());
  }

  /** What the address asks for: the cached run if there is one of these settings, else a live one. */
  async open(steers: Steer[] = []) {
    const asked = linked("step") === null ? null : linkedNumber("step", 1, 999, 1);
    if (steers.length > 0 || !(await this.cached(asked))) await this.live(asked, steers);
  }

  /** Shows the cached run of the present settings. */
  async cached(step: number | null) {
    const settings = this.#want();
    const coming = this.exhibit.photo?.();
    coming?.catch(() => {});
    const recording = await cachedRun(this.page, settings);
    if (!recording) return this.wanted !== settings;
    const photo = (await coming) ?? null;
    if (this.wanted !== settings) return true;
    this.session.cancel();
    hush();
    const { frames, other } = recording;
    this.run = { settings, frames, live: false, over: true, photo, steers: [], number: 0, other };
    this.player.begin(step);
    this.exhibit.grew?.(this.run);
    this.player.have(frames.length);
    this.player.end();
    if (step === null && prefersStillness()) this.player.goTo(frames.length - 1);
    this.#state("cached");
    return true;
  }

  /** Runs the models on the present settings. */
  async live(step: number | null, steers: Steer[] = []) {
    hush();
    const settings = this.#want();
    this.session.prepare(this.exhibit.core(settings));
    const [input, photo] = await Promise.all([this.exhibit.input(), this.exhibit.photo?.() ?? null]);
    if (this.wanted !== settings) return;
    this.#state("loading");
    const before = this.run;
    const next: Running = { settings, frames: [], live: true, over: false, photo, steers, number: 0, other: undefined };
    if (!before) this.exhibit.show(undefined, next);
    const adopt = () => {
      if (this.run === next) return;
      this.run = next;
      this.player.begin(step);
      this.exhibit.replace();
    };
    next.number = this.session.start(this.exhibit.core(settings), input, steers, {
      ...this.#listener(next, adopt),
      picture: ({ width, height, rgba }) => {
        next.photo = canvasOf(new ImageData((rgba as Uint8ClampedArray<ArrayBuffer>), width, height));
        adopt();
        this.exhibit.grew?.(next);
        this.exhibit.show(undefined, next);
      },
      error: (kind, message) => {
        if (this.run === next && next.frames.length === 0 && before) this.#restore(before);
        this.#failed(kind, message);
      },
    });
  }

  /** The sentence is made again from word `step` on, with these weights. */
  async steer(step: number, weights: Float32Array) {
    const run = this.run;
    if (!run) return;
    const steers = [...run.steers.filter((one) => one.step < step), { step, weights }];
    if (!run.live || !this.session.knows(run.number)) {
      await this.live(step, steers);
      return;
    }
    hush();
    this.#state("running");
    const next = { ...run, steers, over: false, frames: run.frames.slice(0, step - 1) };
    this.session.steer(run.number, step, weights, {
      ...this.#listener(next, () => {
        if (this.run === next) return;
        this.run = next;
        this.player.cut(step - 1);
      }),
    });
  }

  #listener(run: Running, adopt: () => void) {
    return {
      progress: (progress: import("../kit/types").Progress) => {
        this.loading.show(progress);
        if (progress.phase === "run") this.#state("running");
      },
      frame: (frame: Frame) => {
        adopt();
        run.frames.push(frame);
        this.exhibit.grew?.(run);
        this.player.have(run.frames.length);
      },
      done: () => {
        run.over = true;
        this.player.end();
        this.exhibit.grew?.(run);
        this.repaint();
        this.#state("done");
        this.rest = this.#compare(run);
      },
      error: (kind: string, message: string) => this.#failed(kind, message),
    };
  }

  /** The run beside this one, where it is wanted. */
  other(run: {other?: Frame[]}) {
    return this.comparison?.checked ? run.other : undefined;
  }

  /** Runs what the exhibit sets otherwise on the same input, unless the run was steered, and shows it beside. */
  async #compare(run: Running) {
    if (!this.comparison?.checked || !run.over || run.other || run.steers.length > 0) return;
    const input = await this.exhibit.input();
    if (this.wanted !== run.settings) return;
    run.other = await this.#aside({ ...run.settings, ...this.exhibit.beside?.(run) }, input);
    if (this.run === run) this.#regrow(run);
  }

  #regrow(run: Running) {
    this.exhibit.grew?.(run);
    this.repaint();
  }

  /** A second run beside the one on the stage: its frames. */
  #aside(settings: Settings, input: Input): Promise<Frame[]> {
    return new Promise((resolve) => {
      const frames: Frame[] = [];
      this.session.start(this.exhibit.core(settings), input, [], {
        progress: (progress) => this.loading.show(progress),
        frame: (frame) => void frames.push(frame),
        done: () => {
          this.loading.hide();
          resolve(frames);
        },
        error: () => {
          this.loading.hide();
          resolve([]);
        },
      });
    });
  }

  cancel() {
    this.session.cancel();
    this.wanted = this.run?.settings ?? null;
    this.player.end();
    this.player.stop();
    this.#state("cancelled");
    complain("cancelled");
  }

  #failed(kind: string, message: string) {
    this.player.end();
    this.#state("error");
    complain(kind, message);
  }

  #restore(run: Running) {
    this.run = run;
    this.wanted = run.settings;
    this.exhibit.replace();
    this.player.begin(run.frames.length);
    this.exhibit.grew?.(run);
    this.player.have(run.frames.length);
  }

  #show(index: number, byHand: boolean) {
    const run = this.run;
    if (!run) return;
    const frame = run.frames[index];
    root.dataset.frame = String(index + 1);
    this.exhibit.show(frame, run);
    byId("lesson", HTMLElement).replaceChildren(...this.exhibit.lesson(frame, run));
    if (byHand) link({ step: index + 1 });
  }

  repaint() {
    this.player.repaint();
    if (this.run?.frames.length) this.#show(this.player.index, false);
  }

  async #share() {
    settleLink();
    const button = byId("share", HTMLButtonElement);
    try {
      if (this.run?.frames.length) link({ step: this.player.index + 1 });
      settleLink();
      await navigator.clipboard.writeText(location.href);
      button.dataset.said = "copied";
    } catch {
      button.dataset.said = "copy it from the address bar";
    }
    setTimeout(() => delete button.dataset.said, 2500);
  }
}
