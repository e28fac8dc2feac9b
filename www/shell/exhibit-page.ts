// The page around every exhibit: its settings, its runs, one player, one link, one place for what went wrong.
import "./exhibit.css";
import "./view.css";
import { html, nothing, render, type TemplateResult } from "lit/html.js";
import { byId, fill, firstFrame, painted } from "../kit/dom";
import { link, linked, linkedNumber, settleLink } from "../kit/link";
import { slidesOf, type Entry, type ExhibitMeta, type Schema, type Values } from "../kit/meta";
import { complain, hush, Loading } from "../kit/notice";
import type { CoreSettings, Engine, Frame, Input, Progress, Run, Settings, Steer } from "../kit/types";
import { view } from "../kit/view";
import { keepForOffline } from "../run/offline";
import { Session } from "../run/session";
import { Controls } from "./controls";
import { offerHandle } from "./handle";
import { offerExports, offerShare } from "./offers";
import { prefersStillness, setUpPage } from "./page-setup";
import { applyView, keepsWords } from "./page-view";
import { showWay } from "./path";
import { keepPlaceOnLeaving } from "./place";
import { Player } from "./player";
import type { Prediction } from "./predict";
import { offerPresenting } from "./present-offer";
import { RunLoop, type Runnable, type Running, type RunState, type RunView } from "./run-loop";
import type { Spoken } from "./spoken";

export type { Running };

const root = document.documentElement;
const BUSY: RunState[] = ["asked", "loading", "running"];
/** Buttons that give a model something: what it makes of that is seen on the stage. */
const GIVES = "[data-sample], [data-digit], #use-drawing, #use-hand";
/** Kinds of errors that say that a picture cannot be used. */
const REFUSED = ["bad-picture", "picture-too-large", "blank-picture"];

/** What an exhibit's page does; an exhibit says what goes in, how a frame is drawn, and what is said about it. */
export abstract class ExhibitPage<S extends Schema> implements Runnable {
  readonly controls: Controls<S>;
  readonly player: Player;
  readonly loading = new Loading();
  readonly runs: RunLoop;
  readonly stage = byId("stage", HTMLElement);
  /** The visitor's guesses of the next look, where an exhibit has one to guess. */
  readonly prediction: Prediction | null = null;
  readonly #session: Session;
  #firstShown = () => {};
  /** Loaded once something is on the stage. */
  #spoken: Spoken | null = null;
  /** What heads the page now. */
  #system = "";

  constructor(readonly meta: ExhibitMeta<S>) {
    const panel = this.#enginePanel();
    this.#session = new Session(meta.name, (engine) => {
      this.told(engine);
      void panel.then((panel) => panel?.tell(engine));
    });
    this.runs = new RunLoop(`${meta.name}.html`, this, this.#session, this.#view());
    this.player = new Player(
      {
        frame: (index, byHand) => this.#show(index, byHand),
        thumbnail: (context, index, x, y, width, height) => {
          const frame = this.run?.frames[index];
          if (frame && this.run && !this.prediction?.hides(index)) this.thumbnail(context, frame, this.run, x, y, width, height);
        },
      },
      meta.pace,
    );
    this.controls = new Controls(meta.settings, meta.run, {
      changed: (name, settled) => this.settingChanged(name, settled),
      pressed: (name) => this.pressed(name),
      run: () => {
        this.#bringStage();
        this.runPressed();
      },
      cancel: () => this.#cancel(),
    });
    setUpPage(() => this.repaint());
    addEventListener("resize", () => this.repaint());
    new ResizeObserver(() => this.repaint()).observe(this.stage);
    offerShare(() => ({ meta: this.meta as ExhibitMeta, step: this.run?.frames.length ? this.player.index + 1 : null, own: this.given() }));
    offerExports(this, (index) => {
      this.player.index = index;
      this.#show(index, false);
    });
    this.stage.closest("main")?.addEventListener("click", ({ target }) => target instanceof Element && target.closest(GIVES) && this.#bringStage());
    // The link that skips the head of the page leads here.
    this.stage.tabIndex = -1;
    applyView(meta.settings, () => this.dress());
    offerPresenting(this);
    keepPlaceOnLeaving(() => this.#place());
    offerHandle(this.runs, () => this.settings());
    // Without a network its code may be missing: then the stage is silent.
    void this.#speak().catch(() => {});
  }

  // ---- what an exhibit says of itself

  /** Draws a frame; none before the first one has come. */
  abstract show(frame: Frame | undefined, run: Running): void;
  abstract thumbnail(context: CanvasRenderingContext2D, frame: Frame, run: Run, x: number, y: number, width: number, height: number): void;
  /** What happens at this frame. */
  abstract lesson(frame: Frame, run: Running): TemplateResult;
  /** The settings as the core wants them. */
  abstract core(settings: Settings): CoreSettings;
  abstract input(): Promise<Input>;

  /** The maps of a frame that are told in words. */
  gazes(frame: Frame): Frame["maps"] {
    return frame.maps;
  }
  /** What tells one run from another: recorded runs are found by it. */
  settings(): Settings {
    return this.controls.ofRun();
  }
  /** The picture on the stage where the page has it; else the core sends it. */
  async photo(): Promise<CanvasImageSource | null> {
    return null;
  }
  /** The worker tells of what runs the models. */
  told(_engine: Partial<Engine>) {}
  /** Frames, a photo or the run beside have come. */
  grew(_run: Running) {}
  /** What is set otherwise in the run beside this one. */
  rival(_run: Run): Settings | null {
    return null;
  }
  /** What the run says, for what is exported. */
  sentence(_run: Run) {
    return "";
  }
  /** Brings what stands beside the settings in line with them. */
  dress() {
    this.headline(this.meta.entries[0]);
  }
  /** What the address says beside the settings: null takes a name out of it. */
  links(): Record<string, string | number | null> {
    return {};
  }
  /** Whether what is given is what the page opens with, which its headline may name. */
  isFirst() {
    return Object.entries(this.meta.settings).every(([name, setting]) => setting.kind !== "text" || this.controls.values[name as keyof Values<S>] === setting.first);
  }
  /** Whether there can be no recorded run, since the visitor gave something of their own. */
  isOwn() {
    return false;
  }
  /** What the visitor gave and the address does not tell: a photo, which a link can carry, or something that none can. */
  given(): HTMLCanvasElement | "no" | null {
    return this.isOwn() ? "no" : null;
  }
  /** The picture that was given cannot be used: it is given up. */
  refused() {}
  /** A setting of the drawing only repaints; any other makes a new run. */
  settingChanged(name: string, settled: boolean) {
    if (name === "compare") this.#compareChanged();
    else if (this.meta.settings[name]?.look) this.lookChanged();
    else if (settled) void this.changed();
  }
  /** A button among the settings. */
  pressed(name: string) {
    if (name === "steer") {
      this.steering = !this.steering;
      if (this.steering) this.prediction?.switch(false);
    }
    if (name === "guess") this.prediction?.switch(!this.prediction.on);
    if (name === "reset") void this.changed();
  }
  /** Whether the run is not what the model does by itself: then there is a button that undoes it. */
  isSteered(run: Run) {
    return run.steers.length > 0;
  }
  runPressed() {
    void this.live(null);
  }

  // ---- what the page does for it

  get run() {
    return this.runs.run;
  }
  get values(): Values<S> {
    return this.controls.values;
  }
  /** The frame on the stage. */
  get frame(): Frame | undefined {
    return this.run?.frames[this.player.index];
  }

  /** Whether what is done on the stage steers the model. */
  get steering() {
    return this.controls.isPressed("steer");
  }
  set steering(on: boolean) {
    if (!("steer" in this.meta.settings)) return;
    this.controls.show("steer", { pressed: on });
    this.stage.toggleAttribute("data-steering", on);
    if (on) this.player.stop();
  }

  /** Shows what the address asks for: the recorded run of these settings if there is one, else a live one. */
  async open(steers: Steer[] = []) {
    this.dress();
    const step = linked("step") === null ? null : linkedNumber("step", 1, 999, 1);
    if (steers.length > 0 || this.isOwn() || !(await this.recorded(step))) await this.live(step, steers);
    this.prediction?.open();
  }

  /** Something else is asked for: the recorded run of it, or a live one. */
  async changed({ live = false, steers = [] as Steer[] } = {}) {
    this.steering = false;
    this.dress();
    this.linkAll({ step: null, steer: null });
    if (live || steers.length > 0 || this.isOwn() || !(await this.recorded(null))) await this.live(null, steers);
  }

  recorded(step: number | null) {
    hush();
    return this.runs.recorded(step);
  }

  live(step: number | null, steers: Steer[] = []) {
    hush();
    return this.runs.live(step, steers);
  }

  /** Goes on from the frame on the stage, or from `step`, with these weights in place of the model's own; `asText` is what the
   * address says of all steering so far. */
  steer(weights: Float32Array, asText: (steers: Steer[]) => string, step = this.player.index + 1) {
    const run = this.run;
    if (!run || run.frames.length === 0) return;
    link({ step, steer: asText([...run.steers.filter((one) => one.step < step), { step, weights }]) });
    hush();
    void this.runs.steer(step, weights);
  }

  /** Puts all settings into the address, and `more`. */
  linkAll(more: Record<string, string | number | null> = {}) {
    link({ ...this.controls.links(), ...this.links(), ...more });
  }

  lookChanged() {
    this.linkAll();
    this.repaint();
  }

  /** The frames of the run beside, where they are wanted. */
  other(run: Running) {
    return this.#compares() ? run.other : undefined;
  }

  beside(run: Run) {
    return this.#compares() ? this.rival(run) : null;
  }

  /** Heads the page with another question and system. */
  headline(entry: Entry, other: Partial<Entry> = {}) {
    const { question, general = question, system, slides } = { ...entry, ...other };
    const [before, word, after] = (this.isFirst() && !keepsWords() ? question : general).split("*");
    fill(word === undefined ? before : html`${before}<em>${word}</em>${after}`, byId("headline", HTMLElement));
    byId("slides", HTMLElement).textContent = `${system}, ${slidesOf(slides)}`;
    this.#system = system;
    showWay(this.meta.entries.indexOf(entry));
  }

  /** Says something to a screen reader. */
  announce(words: string) {
    if (words) byId("announce", HTMLElement).textContent = keepsWords() ? "" : words;
  }

  repaint() {
    this.player.repaint();
    if (this.run?.frames.length) this.#show(this.player.index, false);
  }

  #compares() {
    return (this.values as Record<string, unknown>).compare === true;
  }

  #compareChanged() {
    if (!this.run) return;
    this.grew(this.run);
    this.repaint();
    this.runs.rest = this.runs.compare();
  }

  #view(): RunView {
    return {
      state: (state) => this.#state(state),
      progress: (progress: Progress) => this.loading.show(progress),
      began: (run, step) => {
        this.player.begin(step);
        this.prediction?.reset();
        if (run.frames.length === 0) this.show(undefined, run);
        else this.#grew(run);
        if (run.over && run.frames.length > 0) {
          this.player.end();
          if (step === null && prefersStillness() && view.start !== "paused") this.player.goTo(run.frames.length - 1);
        }
      },
      cut: (count) => this.player.cut(count),
      grew: (run) => {
        this.#grew(run);
        if (run.frames.length === 0) this.show(undefined, run);
        else if (run.over) this.repaint();
      },
      ended: (run) => {
        this.player.end();
        this.#grew(run);
        this.repaint();
      },
      failed: (kind, message) => {
        this.player.end();
        if (REFUSED.includes(kind)) this.refused();
        complain(kind, message, () => void this.live(null));
      },
      noted: (kind) => complain(kind),
    };
  }

  #grew(run: Running) {
    this.grew(run);
    if ("reset" in this.meta.settings) this.controls.show("reset", { hidden: !this.isSteered(run) });
    this.player.have(run.frames.length);
    this.prediction?.grew();
  }

  #state(state: RunState) {
    root.dataset.state = state;
    const busy = BUSY.includes(state);
    this.controls.busy = busy;
    if (busy) return;
    this.#firstShown();
    this.loading.hide();
    keepForOffline();
  }

  /** On a phone what begins a run is far below the stage. */
  #bringStage() {
    const { top, bottom, height } = this.stage.getBoundingClientRect();
    const seen = Math.min(bottom, innerHeight) - Math.max(top, 0);
    if (seen < 0.7 * Math.min(height, innerHeight)) this.stage.scrollIntoView();
  }

  #cancel() {
    this.runs.cancel();
    this.player.end();
    this.player.stop();
    complain("cancelled");
  }

  #show(index: number, byHand: boolean) {
    const run = this.run;
    if (!run) return;
    const frame = run.frames[index];
    root.dataset.frame = String(index + 1);
    this.show(frame, run);
    this.#firstShown();
    render(frame ? this.lesson(frame, run) : nothing, byId("lesson", HTMLElement));
    if (this.prediction?.on) this.player.repaint();
    this.#spoken?.tell(byHand);
    if (!byHand) return;
    link({ step: index + 1 });
    const word = frame?.words.at(-1);
    if (frame) this.announce(`Step ${frame.step}${word ? `: ${word.replace("▁", " ").trim()}` : ""}`);
  }

  /** None for an exhibit with a core of its own. */
  async #enginePanel() {
    if (this.meta.hasOwnCore) return null;
    await new Promise<void>((shown) => (this.#firstShown = shown));
    await painted();
    const { EnginePanel } = await import("./engine-panel");
    const changed = () => {
      this.#session.cancel();
      void this.live(null);
    };
    return new EnginePanel(changed, () => this.#session.examine());
  }

  async #speak() {
    await firstFrame();
    await painted();
    const { Spoken } = await import("./spoken");
    this.#spoken = new Spoken(this);
  }

  /** What the start page leads back to. */
  #place() {
    if (!this.run?.frames.length) return null;
    settleLink();
    const query = new URLSearchParams(location.search);
    const step = this.player.index + 1;
    query.set("step", String(step));
    return { address: `${this.meta.name}.html?${query}`, system: this.#system, step };
  }
}
